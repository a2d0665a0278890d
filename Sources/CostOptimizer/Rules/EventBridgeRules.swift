import AgentKit

extension RuleContext {
  /// EventBridge: rules that do nothing, and schedules that could be one.
  func judgeEvents(_ inventory: Inventory, _ usage: [String: RuleUsage], _ judgement: inout Judgement) {
    let merging = mergeable(inventory, usage)
    for rule in inventory.rules {
      judgement.begin(rule.reference)
      do {
        try judge(rule, usage[rule.reference.arn] ?? RuleUsage(), isMerged: merging.resources.contains(rule.reference.arn), &judgement)
      } catch {
        judgement.cannotJudge("the rule", because: Self.outOfRange)
      }
      judgement.end(otherwise: "It matches events, and its targets take them.")
    }
    for schedule in inventory.schedules {
      judgement.begin(schedule.reference)
      if !schedule.isEnabled {
        judgement.remark("It is disabled; a schedule that does not run costs nothing.")
      } else if schedule.expression.flatMap({ ScheduleRate.runs($0, days: days) }) == nil {
        judgement.cannotJudge("merging of schedules", because: "How often it runs is told by a rate(...) only")
      }
      if merging.resources.contains(schedule.reference.arn) { judgement.isInAnotherFinding() }
      judgement.end(otherwise: "It runs often enough, or nothing else starts its target.")
    }
    for finding in merging.findings { judgement.add(finding) }
  }

  private func judge(_ rule: EventRule, _ usage: RuleUsage, isMerged: Bool, _ judgement: inout Judgement) throws(DecimalError) {
    if let owner = rule.managedBy {
      judgement.remark("\(owner) made it and keeps it.")
      return
    }
    if !rule.isEnabled {
      judgement.add(removal(.ruleDisabled, of: rule, title: "is disabled", evidence: [configuration("State", "DISABLED")]))
      return
    }
    guard let targets = rule.targets else {
      judgement.cannotJudge("targets", because: "Targets could not be read")
      return
    }
    if targets.isEmpty {
      judgement.add(removal(.ruleWithoutTargets, of: rule, title: "has no target", evidence: [configuration("Targets", "none")]))
      return
    }
    if isMerged { judgement.isInAnotherFinding() }
    guard let matched = usage.matchedEvents else {
      judgement.cannotJudge("use of rules", because: "MatchedEvents could not be read")
      return
    }
    if matched.isZero {
      if let expression = rule.scheduleExpression {
        // What only runs once a quarter is not unused, and that a schedule's run counts as a match is not documented.
        judgement.remark("It is a schedule, \(expression), whose use is not told by matches.")
        guard usage.invocations?.isZero == false else { return }
      } else {
        guard let invocations = usage.invocations else {
          judgement.cannotJudge("use of rules", because: "Invocations could not be read")
          return
        }
        guard !invocations.isZero else {
          judgement.add(unused(rule))
          return
        }
      }
    }
    guard let invocations = usage.invocations, let failed = usage.failedInvocations else {
      judgement.cannotJudge("failures of rules", because: "Invocations and FailedInvocations could not be read")
      return
    }
    guard try Amount.isAbove(failed, percent: settings.errorPercent, of: invocations) else { return }
    let name = rule.reference.name
    judgement.add(
      Finding(
        .ruleFailures, [rule.reference], title: "Targets of \(name) refuse many events",
        evidence: [
          metric("Invocations", FigureText.number(invocations), "AWS/Events Invocations, sum"),
          metric("Failed invocations", FigureText.number(failed), "AWS/Events FailedInvocations, sum"),
        ],
        action: "Mend the target's permission or address; an event that fails is lost unless the target has a dead-letter queue.",
        risk: .low,
        "None from looking.",
        steps: [
          "Look: aws events list-targets-by-rule --rule \(name) --event-bus-name \(rule.busName); the target's own policy has to allow events.amazonaws.com."
        ],
        validation: "FailedInvocations is 0 for \(recentDays) days."))
  }

  private func unused(_ rule: EventRule) -> Finding {
    var finding = removal(
      .ruleUnused, of: rule, title: "matched no event for \(days) days",
      evidence: [
        metric("Matched events", "0", "AWS/Events MatchedEvents, sum"), metric("Invocations", "0", "AWS/Events Invocations, sum"),
      ])
    finding.riskNote += " EventBridge does not tell when a rule was made: a new one looks the same."
    return finding
  }

  private func removal(_ id: RuleID, of rule: EventRule, title: String, evidence: [Finding.Evidence]) -> Finding {
    let name = rule.reference.name
    return Finding(
      id, [rule.reference], title: "\(name) \(title)", evidence: evidence + [configuration("Bus", rule.busName)],
      action: "Remove the rule \(name) from the bus \(rule.busName), once its owner agrees.", risk: .low,
      "Somebody may mean to enable it again, or wait for a rare event. A rule by itself costs nothing: this is order, not money.",
      steps: [
        "Look: aws events describe-rule --name \(name) --event-bus-name \(rule.busName).",
        "To change: aws events remove-targets, then aws events delete-rule --name \(name) --event-bus-name \(rule.busName).",
      ],
      validation: "aws events list-rules no longer shows it, and nobody misses it for \(days) days.")
  }

  /// Two or more enabled schedules with little traffic and the same one target.
  private func mergeable(_ inventory: Inventory, _ usage: [String: RuleUsage]) -> (findings: [Finding], resources: Set<String>) {
    struct Candidate {
      var reference: ResourceReference
      var expression: String
      var runs: ExactDecimal
    }
    var order: [String] = []
    var byTarget: [String: [Candidate]] = [:]
    func add(_ candidate: Candidate, _ target: String) {
      guard candidate.runs < ExactDecimal(Int64(settings.lowScheduleRuns)) else { return }
      if byTarget[target] == nil { order.append(target) }
      byTarget[target, default: []].append(candidate)
    }
    for rule in inventory.rules where rule.isEnabled && rule.managedBy == nil && !rule.hasPattern {
      guard let expression = rule.scheduleExpression, let targets = rule.targets, targets.count == 1,
        let runs = usage[rule.reference.arn]?.invocations, !runs.isZero
      else { continue }
      add(Candidate(reference: rule.reference, expression: expression, runs: runs), targets[0])
    }
    for schedule in inventory.schedules where schedule.isEnabled {
      guard let expression = schedule.expression, let target = schedule.target, let runs = ScheduleRate.runs(expression, days: days) else {
        continue
      }
      add(Candidate(reference: schedule.reference, expression: expression, runs: runs), target)
    }
    var findings: [Finding] = []
    var resources: Set<String> = []
    for target in order {
      guard let candidates = byTarget[target], candidates.count > 1 else { continue }
      resources.formUnion(candidates.map(\.reference.arn))
      let names = candidates.map(\.reference.name).joined(separator: ", ")
      findings.append(
        Finding(
          .schedulesMerge, candidates.map(\.reference), title: "\(candidates.count) schedules with little traffic start the same target",
          evidence: [configuration("Target", target)]
            + candidates.map {
              metric("Runs of \($0.reference.name) (\($0.expression))", FigureText.number($0.runs), "AWS/Events Invocations, or the rate")
            },
          action: "Merge \(names) into one schedule, if what they pass may be passed together.", risk: .low,
          "The target has to do in one run what it does in several now.",
          steps: [
            "Look at what each passes: aws events list-targets-by-rule; aws scheduler get-schedule.",
            "Let one run do the work, then disable the others.",
          ],
          validation: "The target's invocations fall by those of the merged schedules, and its errors do not rise."))
    }
    return (findings, resources)
  }
}

/// How often a rate expression runs.
enum ScheduleRate {
  /// Runs in so many days of "rate(5 minutes)"; nil for a cron, an at, or what is no rate.
  static func runs(_ expression: String, days: Int) -> ExactDecimal? {
    guard expression.hasPrefix("rate("), expression.hasSuffix(")") else { return nil }
    let inner = expression.utf8.dropFirst(5).dropLast()
    let parts = inner.split(separator: UInt8(ascii: " "))
    guard parts.count == 2, let value = Int64(String(Substring(parts[0]))), value > 0 else { return nil }
    let minutes: Int64
    switch String(Substring(parts[1])) {
    case "minute", "minutes": minutes = 1
    case "hour", "hours": minutes = 60
    case "day", "days": minutes = 1_440
    default: return nil
    }
    let (interval, overflow) = value.multipliedReportingOverflow(by: minutes)
    guard !overflow else { return nil }
    return ExactDecimal(Int64(days) * 1_440 / interval)
  }
}
