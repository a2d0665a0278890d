internal import JSON

extension Discovery {
  /// All state machines, with one call each. Their definitions are not asked for.
  func stateMachines() async -> [StateMachineFacts] {
    let list = AccountCall(
      "stepfunctions", "ListStateMachines", ["maxResults": 1000], subject: "Step Functions",
      consequence: "State machines are missing from this report.")
    var found: [StateMachineFacts] = []
    await calls.resources(.stepFunctions, list, PageToken("nextToken", "nextToken")) { page in
      for item in page["stateMachines"]?.arrayValue ?? [] {
        guard let arn = item["stateMachineArn"]?.stringValue, let name = item["name"]?.stringValue else {
          calls.note(Self.unreadable("Step Functions", "ListStateMachines", "a state machine without a name or an ARN"))
          continue
        }
        found.append(
          StateMachineFacts(
            reference: ResourceReference(.stepFunctions, name: name, arn: arn), type: item["type"]?.stringValue ?? "STANDARD"))
      }
    }
    return await found.sortedByARN(\.reference).mapBounded(limit: parallelism) { machine in
      var machine = machine
      let call = AccountCall(
        "stepfunctions", "DescribeStateMachine",
        ["stateMachineArn": .string(machine.reference.arn), "includedData": "METADATA_ONLY"], of: machine.reference.name,
        subject: "Step Functions", consequence: "What these state machines log is not known.")
      if let answer = await calls.value(call) {
        machine.loggingLevel = answer["loggingConfiguration"]?["level"]?.stringValue ?? "OFF"
      }
      return machine
    }
  }
}
