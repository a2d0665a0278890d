import AWSClient
import AgentKit
import JSON
import Synchronization
import Testing

@testable import Orchestration

/// The defects of the Python original, B1 to B10, each as a test that an implementation with the defect fails. B8 is in SharedModuleDefectTests.
@Suite struct OriginalDefectTests {
  @Test func `B1: a completion that arrives the moment its message is sent is not lost`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", ["text": "hi"])) : .says("finished") }
    // The agent answers inside the send, before the Supervisor has had any time to write after it.
    world.queue.onSend { task in
      _ = try? await world.supervisor.complete(
        TaskCompletion(orchestrationID: task.orchestrationID, toolUseID: task.toolUseID, node: task.node, data: "hi"))
    }
    try await world.request()
    #expect(try await world.record()?.state == .completed)
    #expect(world.model.violations.isEmpty)
  }

  @Test func `B2: one agent asked twice in a round gives two results`() async throws {
    let world = World { _, turn in
      turn == 0 ? .asks(("t1", "echo", ["text": "a"]), ("t2", "echo", ["text": "b"])) : .says("finished")
    }
    try await world.request()
    try await world.answer("t1", "a")
    #expect(try await world.record()?.state == .running)
    try await world.answer("t2", "b")
    #expect(try await world.record()?.state == .completed)
    let results = world.model.requests.last?.messages.last?.toolResults ?? []
    #expect(results.map(\.id) == ["t1", "t2"])
    #expect(results.map { $0.content.first?.json?["data"] } == ["a", "b"])
    #expect(world.model.violations.isEmpty)
  }

  @Test func `B3: an unknown agent is answered at once with an error`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "nobody", [:])) : .says("finished") }
    try await world.request()
    #expect(try await world.record()?.state == .completed)
    let result = world.model.requests.last?.messages.last?.toolResults.first
    #expect(result?.status == .error)
    #expect(result?.content.first?.text?.contains("'nobody'") == true)
    #expect(result?.content.first?.text?.contains("echo") == true)
    #expect(world.queue.messages.isEmpty)
  }

  @Test func `B4: a duplicate of the last completion asks the model nothing`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", [:])) : .says("finished") }
    try await world.request()
    try await world.answer("t1")
    try await world.answer("t1")
    try await world.answer("t1")
    #expect(world.model.requests.count == 2)
    #expect(world.bus.events("supervisor.feedback").count == 1)
  }

  @Test func `B4: duplicates that arrive at the same moment join the round once`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", [:])) : .says("finished") }
    try await world.request()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { try? await world.answer("t1") } }
    }
    #expect(world.model.requests.count == 2)
    #expect(world.model.violations.isEmpty)
    #expect(world.bus.events("supervisor.feedback").count == 1)
  }

  @Test func `B4: a late completion of an old round does not count for the current one`() async throws {
    let world = World { _, turn in
      switch turn {
      case 0: .asks(("t1", "echo", [:]))
      case 1: .asks(("t2", "echo", [:]))
      default: .says("finished")
      }
    }
    try await world.request()
    try await world.answer("t1")
    try await world.answer("t1", "again")
    #expect(try await world.record()?.state == .running)
    #expect(world.model.requests.count == 2)
    try await world.answer("t2")
    #expect(try await world.record()?.state == .completed)
    #expect(world.model.requests.last?.messages.flatMap(\.toolResults).map(\.id) == ["t1", "t2"])
  }

  @Test func `B5: of two handlers that saw the same conversation only one writes to it`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", [:])) : .says("finished \(turn)") }
    try await world.request()
    let registry = InterruptedRegistry()
    let slow = world.supervisor { $0.registry = registry }
    // Between what the slow handler has read and its first write another one joins the round, asks the model and ends the run.
    registry.interruptOnce { try await world.answer("t1", "again") }
    try await slow.complete(TaskCompletion(orchestrationID: World.id, toolUseID: "t1", node: "echo", data: "first"))
    let record = try #require(try await world.record())
    #expect(record.outcome?.message == "finished 1")
    #expect(record.conversation.map(\.role) == [.user, .assistant, .user, .assistant])
    #expect(world.model.requests.count == 2)
    #expect(world.model.requests.last?.messages.last?.toolResults.first?.content.first?.json?["data"] == "first")
  }

  @Test func `B5: a handler that lost its lease does not overwrite what another has written`() async throws {
    let world = World { _, _ in .says("in time") }
    let late = ModelDouble { _, _ in
      world.clock.advance(seconds: 121)
      // The sweep is another invocation, with a time of its own.
      try await RequestContext.$deadlineMilliseconds.withValue(nil) {
        _ = try await world.supervisor.sweep(untilMilliseconds: world.clock.nowMilliseconds + 1000)
      }
      return .says("too late")
    }
    let slow = world.supervisor { $0.model = late }
    try await slow.accept(TaskRequest(task: "Do it", orchestrationID: World.id), eventID: "event-1", traceHeader: nil)
    let record = try #require(try await world.record())
    #expect(record.outcome?.message == "in time")
    #expect(record.conversation == [.inline(.user("Do it")), .inline(.assistant(.text("in time")))])
    #expect(world.bus.details("supervisor.feedback").map { $0["message"] } == ["in time"])
  }

  @Test func `B5: a conversation far over 400 KB goes on, and the model sees all of it`() async throws {
    let rounds = 12
    let world = World { _, turn in turn < rounds ? .asks(("t\(turn)", "echo", [:])) : .says("finished") }
    try await world.request(budgetMicroUSD: 100_000_000)
    let large = JSONValue.string(String(repeating: "0123456789", count: 10_000))
    for round in 0..<rounds { try await world.answer("t\(round)", large) }
    #expect(try await world.record()?.state == .completed)
    let last = try #require(world.model.requests.last)
    #expect(last.messages.flatMap(\.toolResults).count == rounds)
    #expect(last.messages.flatMap(\.toolResults).allSatisfy { $0.content.first?.json?["data"] == large })
    #expect(world.model.violations.isEmpty)
  }

  @Test func `B6: an agent's failure reaches the model as an error`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", [:])) : .says("finished") }
    try await world.request()
    try await world.answer("t1", .null, status: .error, code: "no_such_file", message: "sales.csv is not there")
    let result = world.model.requests.last?.messages.last?.toolResults.first
    #expect(result?.status == .error)
    #expect(result?.content.first?.text == "no_such_file: sales.csv is not there")
  }

  @Test(arguments: [
    (StopReason.guardrailIntervened, "guardrail_intervened"), (.contentFiltered, "content_filtered"),
    (.malformedToolUse, "malformed_reply"), (.malformedModelOutput, "malformed_reply"),
    (.modelContextWindowExceeded, "context_window_exceeded"), (.maxTokens, "max_tokens"),
    (StopReason(rawValue: "reason_of_tomorrow"), "unknown_stop_reason"),
  ])
  func `B7: a stop reason that is no answer never passes for one`(reason: StopReason, code: String) async throws {
    let world = World { _, _ in .stops(reason) }
    try await world.request()
    let record = try #require(try await world.record())
    #expect(record.state == .failed)
    #expect(record.outcome?.code == code)
    #expect(world.bus.details("supervisor.feedback").first?["code"]?.stringValue == code)
    #expect(world.model.violations.isEmpty)
  }

  @Test func `B7: an answer that was cut off is continued and given as a whole`() async throws {
    let world = World { _, turn in turn == 0 ? .stops(.maxTokens, "The answer is ") : .says("forty-two.") }
    try await world.request()
    #expect(try await world.record()?.outcome?.message == "The answer is forty-two.")
    #expect(world.model.violations.isEmpty)
  }

  @Test func `B7: a malformed tool use is asked for once more`() async throws {
    let world = World { _, turn in turn == 0 ? .stops(.malformedToolUse) : .says("finished") }
    try await world.request()
    #expect(try await world.record()?.state == .completed)
    #expect(world.model.requests.count == 2)
  }

  @Test func `B9: a result over the ceiling travels as a reference and reaches the model whole`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", [:])) : .says("finished") }
    try await world.request()
    let large = JSONValue.string(String(repeating: "x", count: 300_000))
    try await world.answer("t1", large)
    #expect(try await world.record()?.state == .completed)
    #expect(world.model.requests.last?.messages.last?.toolResults.first?.content.first?.json?["data"] == large)
    #expect(world.blobs.keys.contains { $0.hasPrefix("payloads/run-1/") })
  }

  @Test func `B9: an event that the bus refuses is published later, with the same id`() async throws {
    let world = World { _, _ in .says("finished") }
    world.bus.refuseNext(1)
    await #expect(throws: Refused.self) { try await world.request() }
    #expect(world.bus.events("supervisor.feedback").isEmpty)
    world.clock.advance(seconds: 11)
    try await world.supervisor.sweep(untilMilliseconds: world.clock.nowMilliseconds + 1000)
    #expect(world.bus.details("supervisor.feedback").map { $0["result_id"]?.stringValue } == ["run-1#result"])
    try await world.supervisor.sweep(untilMilliseconds: world.clock.nowMilliseconds + 1000)
    #expect(world.bus.events("supervisor.feedback").count == 1)
  }

  /// An answer of PutEvents to these entries: HTTP 200, also when some are refused.
  private static func putEventsAnswer(_ body: JSONValue, refusing isRefused: (String) -> Bool) -> (status: Int, body: JSONValue) {
    let results: [JSONValue] = (body["Entries"]?.arrayValue ?? []).map { entry in
      isRefused(entry["DetailType"]?.stringValue ?? "") ? ["ErrorCode": "InternalFailure", "ErrorMessage": "try later"] : ["EventId": "e"]
    }
    return (200, ["FailedEntryCount": .number(results.count { $0["ErrorCode"] != nil }), "Entries": .array(results)])
  }

  private static func events(_ names: String...) -> [BusEvent] {
    names.map { BusEvent(source: "supervisor", detailType: $0, detail: Array("{}".utf8)) }
  }

  @Test func `B9: an entry that PutEvents refuses inside a successful answer is sent again, and only that one`() async throws {
    let transport = ScriptedTransport { body, index in Self.putEventsAnswer(body) { $0 == "second" && index == 0 } }
    let bus = EventBridgeEventBus(client: EventBridgeClient(try transport.client), busName: "bus")
    try await bus.publish(Self.events("first", "second", "third"))
    let sent = transport.requests.map { ($0["Entries"]?.arrayValue ?? []).compactMap { $0["DetailType"]?.stringValue } }
    #expect(sent == [["first", "second", "third"], ["second"]])
  }

  @Test func `B9: an entry that PutEvents goes on refusing is an error that says why`() async throws {
    let transport = ScriptedTransport { body, _ in Self.putEventsAnswer(body) { $0 == "second" } }
    let bus = EventBridgeEventBus(client: EventBridgeClient(try transport.client), busName: "bus")
    let error = await #expect(throws: EventBridgeEventBus.RefusedEntries.self) { try await bus.publish(Self.events("first", "second")) }
    #expect(error?.reasons == ["second: InternalFailure: try later"])
  }

  @Test func `B10: a completion that never comes is noticed, and the run goes on`() async throws {
    let world = World { _, turn in turn == 0 ? .asks(("t1", "echo", [:])) : .says("finished without it") }
    try await world.request()
    world.clock.advance(seconds: 1801)
    try await world.supervisor.sweep(untilMilliseconds: world.clock.nowMilliseconds + 1000)
    #expect(try await world.record()?.state == .completed)
    let result = world.model.requests.last?.messages.last?.toolResults.first
    #expect(result?.status == .error)
    #expect(result?.content.first?.text?.hasPrefix("timed_out") == true)
  }
}
