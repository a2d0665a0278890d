import JSON

/// What nobody can use: events that are none, answers to what nobody asked, messages that are no tasks.
public enum Poison: String, CaseIterable, Sendable {
  // Invocations of the Supervisor that no bus would make.
  case notJSON, eventWithoutDetail, unknownSource
  // Events.
  case requestWithoutTask, requestWithBadField
  case completionOfUnknownRun, completionOfUnknownTask, completionOfUnknownRound, completionOfOtherRunsRound, completionOfWrongNode
  case completionWithoutFields, completionWithOddStatus, completionOfDirectTask
  case cancelOfUnknownRun, cancelWithoutID, wakeOfUnknownRun, wakeOfRun
  // Messages in the workers' queue.
  case messageNotJSON, messageWithoutField, messageInputNoObject, messageOfUnknownAgent, messageOfUnknownRun, messageOfBadRunID
  case messageWithInputElsewhere, directTask

  enum Delivery: Equatable {
    /// The Supervisor is invoked with these bytes.
    case invocation([UInt8])
    /// An event is published on the deployment's bus.
    case event(source: String, detailType: String, detail: [UInt8])
    case message(queueURL: String, body: [UInt8])
  }

  /// - Parameter run: the run that it is about, where it is about one.
  func delivery(run: String, in scenario: Scenario) -> Delivery {
    let task = scenario.runs.first { $0.id == run }?.rounds.first?.first
    return delivery(run: run, use: task?.toolUseID ?? "t1", agent: task?.agent ?? scenario.agents.first?.id ?? "agent-1")
  }

  private func delivery(run: String, use: String, agent: String) -> Delivery {
    switch self {
    case .notJSON: .invocation(Array("{\"source\": task.request".utf8))
    case .eventWithoutDetail: .invocation(Array(#"{"id":"poison-1","source":"task.request","detail-type":"task.request"}"#.utf8))
    case .unknownSource: .invocation(Array(#"{"id":"poison-2","source":"task.gossip","detail-type":"x","detail":{}}"#.utf8))
    case .requestWithoutTask: event("task.request", ["orchestrationId": "poison-3", "task": "  "])
    case .requestWithBadField: event("task.request", ["orchestrationId": "poison-4", "task": "Do it.", "deadlineSeconds": "soon"])
    case .completionOfUnknownRun: completion("nobody-asked", use, agent, ["request_id": "nobody-asked#1"])
    case .completionOfUnknownTask: completion(run, "nobody-asked", agent, ["request_id": .string("\(run)#1")])
    case .completionOfUnknownRound: completion(run, use, agent, ["request_id": .string("\(run)#99")])
    case .completionOfOtherRunsRound: completion(run, use, agent, ["request_id": "nobody-asked#1"])
    case .completionOfWrongNode: completion(run, use, "nobody", [:])
    case .completionWithoutFields: event("task.completion", ["orchestration_id": .string(run), "data": "lost"])
    case .completionWithOddStatus: completion(run, use, agent, ["request_id": .string("\(run)#1"), "status": "perhaps"])
    case .completionOfDirectTask: completion("0", "direct-1", agent, [:])
    case .cancelOfUnknownRun: event("task.cancel", ["orchestrationId": "nobody-asked"])
    case .cancelWithoutID: event("task.cancel", ["reason": "none"])
    case .wakeOfUnknownRun: event("task.wake", ["orchestrationId": "nobody-asked"])
    case .wakeOfRun: event("task.wake", ["orchestrationId": .string(run)])
    case .messageNotJSON: .message(queueURL: DeploymentNames.workerQueue, body: Array("Hello?".utf8))
    case .messageWithoutField: message(run, agent, ["agent_use_id": .null])
    case .messageInputNoObject: message(run, agent, ["agent_input": "everything"])
    case .messageOfUnknownAgent: message(run, "nobody", [:])
    case .messageOfUnknownRun: message("nobody-asked", agent, [:])
    case .messageOfBadRunID: message("../etc", agent, [:])
    case .messageWithInputElsewhere:
      message(run, agent, ["agent_input_ref": ["key": "payloads/nobody-asked/input.json", "bytes": 10]])
    case .directTask: message("0", agent, ["request_id": .null])
    }
  }

  private func event(_ source: String, _ detail: JSONValue) -> Delivery { .event(source: source, detailType: source, detail: detail.bytes) }

  private func completion(_ run: String, _ use: String, _ node: String, _ others: JSONObject) -> Delivery {
    var detail: JSONObject = [
      "orchestration_id": .string(run), "data": "lost", "agent_use_id": .string(use), "node": .string(node),
    ]
    for member in others { detail[member.key] = member.value }
    return event("task.completion", .object(detail))
  }

  private func message(_ run: String, _ node: String, _ others: JSONObject) -> Delivery {
    var body: JSONObject = [
      "agent_input": ["run": .string(run), "task": "poison", "text": "."], "orchestration_id": .string(run), "agent_use_id": "poison",
      "node": .string(node), "request_id": .string("\(run)#1"),
    ]
    // Null stands for a field that is missing.
    for member in others { body[member.key] = member.value.isNull ? nil : member.value }
    return .message(queueURL: DeploymentNames.workerQueue, body: JSONValue.object(body).bytes)
  }
}
