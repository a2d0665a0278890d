internal import JSON

extension Discovery {
  /// The rules of every bus, with one call each for the targets.
  func rules() async -> [EventRule] {
    let buses = AccountCall(
      "events", "ListEventBuses", ["Limit": 100], subject: "EventBridge",
      consequence: "Rules of event buses other than the default one are missing from this report.")
    var names: Set<String> = ["default"]
    await calls.pages(buses, PageToken("NextToken", "NextToken")) { page in
      for bus in page["EventBuses"]?.arrayValue ?? [] {
        if let name = bus["Name"]?.stringValue { names.insert(name) }
      }
    }
    var rules: [EventRule] = []
    for bus in names.sorted() { rules += await rulesOfBus(bus) }
    return await rules.sortedByARN(\.reference).mapBounded(limit: parallelism) { rule in
      var rule = rule
      let call = AccountCall(
        "events", "ListTargetsByRule", ["Rule": .string(rule.reference.name), "EventBusName": .string(rule.busName), "Limit": 100],
        of: rule.reference.name, subject: "EventBridge", consequence: "No advice on rules without targets.")
      var targets: [String] = []
      let isWhole = await calls.pages(call, PageToken("NextToken", "NextToken"), limit: 10) { page in
        targets += (page["Targets"]?.arrayValue ?? []).compactMap { $0["Arn"]?.stringValue }
      }
      if isWhole { rule.targets = targets.sorted() }
      return rule
    }
  }

  private func rulesOfBus(_ bus: String) async -> [EventRule] {
    let list = AccountCall(
      "events", "ListRules", ["EventBusName": .string(bus), "Limit": 100], of: bus, subject: "EventBridge",
      consequence: "Rules are missing from this report.")
    var found: [EventRule] = []
    await calls.resources(.eventBridge, list, PageToken("NextToken", "NextToken")) { page in
      for item in page["Rules"]?.arrayValue ?? [] {
        guard let name = item["Name"]?.stringValue, let arn = item["Arn"]?.stringValue else {
          calls.note(Self.unreadable("EventBridge", "ListRules", "a rule without a name or an ARN"))
          continue
        }
        let expression = item["ScheduleExpression"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        var rule = EventRule(
          reference: ResourceReference(.eventBridge, name: name, arn: arn), busName: bus,
          isEnabled: item["State"]?.stringValue != "DISABLED", scheduleExpression: expression,
          hasPattern: item["EventPattern"]?.stringValue?.isEmpty == false)
        rule.managedBy = item["ManagedBy"]?.stringValue
        found.append(rule)
      }
    }
    return found
  }

  /// The schedules of EventBridge Scheduler, with one call each for the expression.
  func schedules() async -> [ScheduleFacts] {
    let list = AccountCall(
      "scheduler", "ListSchedules", ["MaxResults": 100], subject: "EventBridge", consequence: "Schedules are missing from this report.")
    var found: [ScheduleFacts] = []
    await calls.resources(.eventBridge, list, PageToken("NextToken", "NextToken")) { page in
      for item in page["Schedules"]?.arrayValue ?? [] {
        guard let name = item["Name"]?.stringValue, let arn = item["Arn"]?.stringValue else {
          calls.note(Self.unreadable("EventBridge", "ListSchedules", "a schedule without a name or an ARN"))
          continue
        }
        found.append(
          ScheduleFacts(
            reference: ResourceReference(.eventBridge, name: name, arn: arn), groupName: item["GroupName"]?.stringValue ?? "default",
            isEnabled: item["State"]?.stringValue != "DISABLED", target: item["Target"]?["Arn"]?.stringValue))
      }
    }
    return await found.sortedByARN(\.reference).mapBounded(limit: parallelism) { schedule in
      var schedule = schedule
      let call = AccountCall(
        "scheduler", "GetSchedule", ["Name": .string(schedule.reference.name), "GroupName": .string(schedule.groupName)],
        of: schedule.reference.name, subject: "EventBridge", consequence: "When these schedules run is not known.")
      schedule.expression = await calls.value(call)?["ScheduleExpression"]?.stringValue
      return schedule
    }
  }
}
