import AWSClient
import AgentKit
import JSON
import Testing

@testable import Orchestration

@Suite struct BadInputTests {
  private func handle(_ world: World, _ event: JSONValue) async throws -> JSONValue {
    try await world.supervisor.handle(event.bytes, traceHeader: nil, deadlineMilliseconds: world.clock.nowMilliseconds + 30_000)
  }

  private static func event(_ source: String, _ detail: JSONValue) -> JSONValue {
    ["id": "7bf73129-1428-4cd3-a780-95db273d1602", "source": .string(source), "detail-type": .string(source), "detail": detail]
  }

  private static let unusable: [(JSONValue, String)] = [
    (Self.event("task.request", [:]), "field 'detail.task' is absent"),
    (Self.event("task.request", ["task": 7]), "field 'detail.task' is 7"),
    (Self.event("task.request", ["task": "  "]), "field 'detail.task'"),
    (Self.event("task.request", ["task": "x", "orchestrationId": "a b"]), #"field 'detail.orchestrationId' is "a b""#),
    (Self.event("task.request", ["task": "x", "orchestrationId": "0"]), "field 'detail.orchestrationId'"),
    (Self.event("task.request", ["task": "x", "budgetUSD": -1]), "field 'detail.budgetUSD' is -1"),
    (Self.event("task.request", ["task": "x", "deadlineSeconds": "soon"]), "field 'detail.deadlineSeconds'"),
    (Self.event("task.request", ["task": "x", "callback": ["type": "fax"]]), "field 'detail.callback.type' is fax"),
    (Self.event("task.request", "text"), "field 'detail'"),
    (Self.event("task.completion", ["orchestration_id": "run-1"]), "field 'detail.agent_use_id' is absent"),
    (Self.event("task.completion", ["orchestration_id": "run-9", "agent_use_id": "t", "node": "n", "data": "d"]), "run-9"),
    (
      Self.event("task.completion", ["orchestration_id": "run-1", "agent_use_id": "t", "node": "n", "status": "maybe"]),
      "field 'detail.status'"
    ),
    (Self.event("task.cancel", ["orchestrationId": "run-9"]), "field 'detail.orchestrationId' is run-9"),
    (Self.event("order.created", [:]), "field 'source' is order.created"),
    (["detail": [:]], "field 'source' is absent"),
    (["source": "aws.events", "detail-type": "Other"], "field 'detail-type'"),
    ([1, 2], "field 'event'"),
  ]

  @Test(arguments: unusable)
  func `an event that cannot be used is reported by field and value, and done with`(event: JSONValue, expected: String) async throws {
    let world = World { _, _ in .says("finished") }
    let answer = try await handle(world, event)
    #expect(answer["status"] == "rejected")
    let error = try #require(world.bus.details("arbiter.error").first)
    #expect(error["message"]?.stringValue?.contains(expected) == true, "\(error)")
    #expect(error["code"] == "invalid_event")
    #expect(error["function"] == "supervisor")
    // The sender finds his event, and his run where he named one.
    #expect(error["event_id"] == event["id"])
    let id = event["detail"]?["orchestrationId"]?.stringValue ?? event["detail"]?["orchestration_id"]?.stringValue
    #expect(error["orchestration_id"]?.stringValue == id.flatMap { OrchestrationID.isValid($0) ? $0 : nil })
    #expect(world.model.requests.isEmpty)
    #expect(world.observer.counted("CriticalError") == 1)
  }

  @Test func `bytes that are no JSON are reported with the byte`() async throws {
    let world = World { _, _ in .says("finished") }
    _ = try await world.supervisor.handle(Array("{\"source\":".utf8), traceHeader: nil, deadlineMilliseconds: 0)
    #expect(world.bus.details("arbiter.error").first?["message"]?.stringValue?.contains("at byte 10") == true)
  }

  @Test func `an input that breaks the agent's schema is answered at once and never sent`() async throws {
    let schema: JSONValue = ["type": "object", "properties": ["year": ["type": "integer"]], "required": ["year"]]
    let world = World(agents: [.agent("reader", schema: schema)]) { _, turn in
      turn == 0 ? .asks(("t1", "reader", ["year": "last"])) : .says("finished")
    }
    try await world.request()
    #expect(world.queue.messages.isEmpty)
    let text = world.model.requests.last?.messages.last?.toolResults.first?.content.first?.text
    #expect(text?.hasPrefix("invalid_input") == true)
    #expect(text?.contains("year") == true)
  }

  @Test func `a result for a finished round changes nothing`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", [:])) : .says("finished") }
    try await world.request()
    try await world.answer("t1")
    let before = try await world.record()
    try await world.answer("t1", "other")
    #expect(try await world.record() == before)
  }

  @Test func `a completion for a task that the round does not have is reported`() async throws {
    let world = World { _, _ in .asks(("t1", "echo", [:])) }
    try await world.request()
    let answer = try await handle(
      world, Self.event("task.completion", ["orchestration_id": "run-1", "agent_use_id": "t9", "node": "echo", "data": "x"]))
    #expect(answer["status"] == "rejected")
    #expect(world.bus.details("arbiter.error").first?["message"]?.stringValue?.contains("t9") == true)
    try await world.answer("t1")
    #expect(world.model.requests.count == 2)
  }

  @Test func `a completion may not point outside its own orchestration`() async throws {
    let world = World { _, _ in .asks(("t1", "echo", [:])) }
    try await world.request()
    let answer = try await handle(
      world,
      Self.event(
        "task.completion",
        ["orchestration_id": "run-1", "agent_use_id": "t1", "node": "echo", "data_ref": ["key": "agents/secret.js", "bytes": 3]]))
    #expect(answer["error"]?.stringValue?.contains("agents/secret.js") == true)
  }

  @Test func `a registry row that does not parse is named, and keeps no other agent from work`() {
    let directory = AgentDirectory(rows: [
      AgentConfiguration.echo.row,
      ["agentId": "broken", "state": "active", "config": "{not json"],
      ["agentId": "noschema", "state": "active", "config": ["name": "noschema"]],
      [
        "agentId": "odd", "state": "active",
        "config": ["name": "odd", "schema": ["type": "string"], "action": ["type": "sqs", "target": "q"]],
      ],
      ["agentId": "resting", "state": "inactive", "config": 7],
      [
        "agentId": "textual", "state": "active",
        "config": .string(#"{"schema":"{\"type\":\"object\"}","action":{"type":"sqs","target":"q"}}"#),
      ],
    ])
    #expect(directory.entries.map(\.agent.agentID) == ["echo", "textual"])
    #expect(directory.rejected.map(\.agentID) == ["broken", "noschema", "odd"])
    #expect(directory.rejected.map(\.problem.field) == ["config", "config.schema", "config.schema.type"])
  }

  @Test func `a call of an agent whose row does not parse is answered with what is wrong with the row`() async throws {
    let world = World(rows: [AgentConfiguration.echo.row, ["agentId": "broken", "state": "active", "config": "{not json"]]) { _, turn in
      turn == 0 ? .asks(("t1", "broken", [:])) : .says("finished")
    }
    try await world.request()
    let result = try #require(world.model.requests.last?.messages.last?.toolResults.first)
    #expect(result.status == .error)
    let text = try #require(result.content.first?.text)
    #expect(text.hasPrefix("agent_unreadable") && text.contains("'broken'") && text.contains("config") && text.contains("{not json"))
  }

  @Test func `a block of tomorrow goes back to the model untouched`() async throws {
    let thought: JSONObject = ["thoughtOfTomorrow": ["weight": 1.50, "signature": "abc=="]]
    let world = World { _, turn in
      turn == 0
        ? ConverseResponse(
          message: Message(role: .assistant, content: [ContentBlock(thought), .toolUse(id: "t1", name: "echo", input: [:])]),
          stopReason: .toolUse, usage: nil)
        : .says("finished")
    }
    try await world.request()
    try await world.answer("t1")
    #expect(world.model.requests.last?.messages[1].content.first?.object == thought)
  }

  @Test func `a queue that does not exist is an answer to the model, one that is busy is tried again`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", [:]), ("t2", "echo", [:])) : .says("finished") }
    world.queue.refuse("t1", SendFailure(reason: "NonExistentQueue", isPermanent: true))
    world.queue.refuse("t2", SendFailure(reason: "ServiceUnavailable", isPermanent: false))
    try await world.request()
    #expect(world.queue.tasks.isEmpty)
    world.queue.refuse("t2", nil)
    world.clock.advance(seconds: 31)
    try await world.supervisor.sweep(untilMilliseconds: world.clock.nowMilliseconds + 1000)
    #expect(world.queue.tasks.map(\.toolUseID) == ["t2"])
    try await world.answer("t2")
    let results = world.model.requests.last?.messages.last?.toolResults ?? []
    #expect(results.map(\.status) == [.error, .success])
    #expect(results.first?.content.first?.text?.hasPrefix("undeliverable") == true)
  }

  @Test func `a queue that the Supervisor has no permission for is an answer to the model, and a person hears of it once`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", [:]), ("t2", "echo", [:])) : .says("finished") }
    for task in ["t1", "t2"] {
      world.queue.refuse(task, SendFailure(reason: "name it in access.queues", isPermanent: true, isDenied: true))
    }
    try await world.request()
    let results = world.model.requests.last?.messages.last?.toolResults ?? []
    #expect(results.map(\.status) == [.error, .error])
    #expect(results.allSatisfy { $0.content.first?.text?.contains("name it in access.queues") == true })
    let errors = world.bus.details("arbiter.error")
    #expect(errors.map { $0["code"] } == ["sending_denied"])
    #expect(errors.first?["message"]?.stringValue?.contains("name it in access.queues") == true)
    #expect(try await world.record()?.state == .completed)
  }

  @Test func `the same request twice is one orchestration`() async throws {
    let world = World { _, _ in .says("finished") }
    try await world.request()
    try await world.request()
    #expect(world.model.requests.count == 1)
    #expect(world.bus.events("supervisor.feedback").count == 1)
  }

  @Test func `without an id of the caller the event's id is the key`() async throws {
    let world = World { _, _ in .says("finished") }
    let answer = try await handle(world, Self.event("task.request", ["task": "Do it"]))
    #expect(answer["orchestrationId"] == "7bf73129-1428-4cd3-a780-95db273d1602")
  }

  @Test func `the callback is told, on a bus or in a queue`() async throws {
    let world = World { _, _ in .says("finished") }
    try await world.request(id: "a", callback: .eventBridge(busName: "other", source: "task.response", detailType: "task.response"))
    try await world.request(id: "b", callback: .sqs(queueURL: "https://queue/answers"))
    let event = try #require(world.bus.events("task.response").first)
    #expect(event.busName == "other")
    #expect(try JSONValue(parsing: event.detail)["orchestrationId"] == "a")
    let message = try #require(world.queue.messages.first)
    #expect(message.queueURL == "https://queue/answers")
    #expect(try JSONValue(parsing: message.body)["result_id"] == "b#result")
  }
}
