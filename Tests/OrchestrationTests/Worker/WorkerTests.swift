import AWSClient
import AgentKit
import JSON
import Synchronization
import Testing

@testable import Orchestration

@Suite("Worker")
struct WorkerTests: WorkerTesting {
  let world = WorkerWorld()

  // MARK: Success

  @Test("A prompt agent runs with its tools, and its answer is published with usage and cost")
  func promptAgent() async throws {
    let model = ModelDouble { request, index in
      if index == 0 {
        return .asks(
          (
            id: "q", agent: "query_table",
            input: [
              "path": "shared/sales.csv", "group_by": ["region"], "aggregates": [["function": "sum", "column": "amount", "as": "total"]],
            ]
          ))
      }
      let result = request.messages.last?.toolResults.first?.content.first?.json
      if index == 1 {
        return .asks((id: "w", agent: "write_object", input: ["path": "out.md", "content": .string(result?["rows"]?.text ?? "")]))
      }
      return .says("written")
    }
    try await handle(worker(model), message())
    let completion = try completion
    #expect(completion.status == .success)
    #expect(completion.data == "written")
    #expect(completion.orchestrationID == "run-1" && completion.toolUseID == "use-1" && completion.node == "echo")
    #expect(completion.requestID == "run-1#1")
    #expect(completion.usage?.inputTokens == 300 && completion.usage?.outputTokens == 60)
    #expect((completion.usage?.costMicroUSD ?? 0) > 0)
    let file = try #require(try await blobs.get(key: "workspaces/run-1/out.md"))
    #expect(String(decoding: file, as: UTF8.self) == #"[{"region":"north","total":4.4},{"region":"south","total":2.2}]"#)
    #expect(model.violations.isEmpty)
    #expect(model.requests[0].system == [.text("You are echo.")])
    #expect(model.requests[0].messages == [.user("Your input, as JSON:\n{\"text\":\"hi\"}")])
    #expect(bus.events("task.completion").first?.traceHeader == "Root=1-5")
  }

  @Test("Notes of models and tools have OpenTelemetry's names beside their own")
  func genAINames() async throws {
    let model = ModelDouble { _, index in
      index == 0 ? .asks((id: "q", agent: "query_table", input: ["path": "nowhere.csv"])) : .says("done")
    }
    try await handle(worker(model), message())
    let reply = try #require(observer.fields(of: "the model answered"))
    #expect(reply["gen_ai.operation.name"] == "chat" && reply["gen_ai.provider.name"] == "aws.bedrock")
    #expect(reply["gen_ai.agent.id"] == "echo" && reply["gen_ai.conversation.id"] == "run-1")
    #expect(reply["gen_ai.response.finish_reasons"] == ["tool_use"] && reply["stop_reason"] == "tool_use")
    #expect(reply["gen_ai.usage.input_tokens"] == reply["input_tokens"])
    #expect(reply["gen_ai.request.model"]?.stringValue?.isEmpty == false)
    let tool = try #require(observer.fields(of: "a tool finished"))
    #expect(tool["gen_ai.operation.name"] == "execute_tool" && tool["gen_ai.tool.name"] == "query_table")
    #expect(tool["gen_ai.tool.call.id"] == "q" && tool["error.type"] == "tool_error")
  }

  @Test("The note of a model that could not be asked has the error's code as its type")
  func genAIErrorType() async throws {
    try await handle(worker(ModelDouble { _, _ in throw AWSError(code: "AccessDeniedException", message: "no") }), message())
    let failure = try #require(observer.fields(startingWith: "the model could not be asked"))
    #expect(failure["error.type"] == "AccessDeniedException")
  }

  @Test("An answer that is JSON travels as JSON")
  func jsonAnswer() async throws {
    try await handle(worker(ModelDouble { _, _ in .says(#"{"total": 1.10}"#) }), message())
    #expect(try completion.data.text == #"{"total":1.10}"#)
  }

  @Test("B9: a result of 300 KB is stored and travels as a reference, in an event that EventBridge takes")
  func largeResult() async throws {
    let text = String(repeating: "x", count: 300_000)
    try await handle(worker(ModelDouble { _, _ in .says(text) }), message())
    let completion = try completion
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html: an entry has at most 256 KB.
    #expect(bus.events.allSatisfy { $0.detail.count < 10_000 })
    #expect(completion.status == .success && completion.data == .null)
    let reference = try #require(completion.dataReference)
    #expect(reference == PayloadReference(key: "payloads/run-1/1-use-1-id-1.json", byteCount: 300_002))
    #expect(try await blobs.get(key: reference.key) == JSONValue.string(text).json)
  }

  @Test("An input that travels as a reference is fetched")
  func referencedInput() async throws {
    try await blobs.put(key: "payloads/run-1/in.json", bytes: Array(#"{"text":"from afar"}"#.utf8), contentType: "application/json")
    let model = ModelDouble { _, _ in .says("ok") }
    try await handle(worker(model), message([:], reference: PayloadReference(key: "payloads/run-1/in.json", byteCount: 20)))
    #expect(try completion.status == .success)
    #expect(model.requests[0].messages[0].text.hasSuffix(#"{"text":"from afar"}"#))
  }

  // MARK: Once

  @Test("A finished task publishes its stored answer again and does not run again")
  func duplicateAfterFinish() async throws {
    let model = ModelDouble { _, index in .says("answer \(index)") }
    let worker = worker(model)
    try await handle(worker, message())
    try await handle(worker, message())
    #expect(model.requests.count == 1)
    #expect(try completions.map(\.data) == ["answer 0", "answer 0"])
  }

  @Test("While one worker has the task another leaves the message in the queue, until the claim expires")
  func duplicateInProgress() async throws {
    let claims = InMemoryClaimStore { _, _ in true }
    let key = TaskKey(orchestrationID: "run-1", requestID: "run-1#1", toolUseID: "use-1")
    #expect(
      try await claims.claim(key, owner: "other", untilMilliseconds: clock.nowMilliseconds + 60_000, nowMilliseconds: clock.nowMilliseconds)
        == .claimedFirst)
    let model = ModelDouble { _, _ in .says("ok") }
    let worker = worker(model, claims: claims)
    await #expect(throws: TaskHandler.TaskInProgress.self) { try await handle(worker, message()) }
    #expect(model.requests.isEmpty && bus.events.isEmpty)
    clock.advance(seconds: 61)
    try await handle(worker, message())
    #expect(try completion.status == .success)
    // The first one comes back from the dead: its answer does not count.
    #expect(
      try await !claims.finish(
        key, owner: "other", answer: TaskCompletion(orchestrationID: "run-1", toolUseID: "use-1", node: "echo")))
  }

  @Test("A task that its round no longer waits for is not run")
  func notPending() async throws {
    let model = ModelDouble { _, _ in .says("ok") }
    try await handle(worker(model, claims: InMemoryClaimStore { _, _ in false }), message())
    #expect(model.requests.isEmpty && bus.events.isEmpty)
    #expect(observer.counted("TaskNotPending") == 1)
  }

  @Test("The same toolUseId in a later round is another task")
  func laterRound() async throws {
    let model = ModelDouble { _, index in .says("answer \(index)") }
    let worker = worker(model)
    try await handle(worker, message(requestID: "run-1#1"))
    try await handle(worker, message(requestID: "run-1#2"))
    #expect(try completions.map(\.data) == ["answer 0", "answer 1"])
  }

  @Test("A message of the original, without request_id, runs once too")
  func originalMessage() async throws {
    let model = ModelDouble { _, index in .says("answer \(index)") }
    let worker = worker(model)
    let body = Array(#"{"agent_input":{"text":"hi"},"orchestration_id":"run-1","agent_use_id":"use-1","node":"echo"}"#.utf8)
    try await handle(worker, body)
    try await handle(worker, body)
    #expect(model.requests.count == 1)
    #expect(try completions.map(\.data) == ["answer 0", "answer 0"])
  }

  @Test("A completion that the bus refuses is published when the message comes again, without another run")
  func refusedEvent() async throws {
    let model = ModelDouble { _, index in .says("answer \(index)") }
    let worker = worker(model)
    bus.refuseNext(1)
    await #expect(throws: Refused.self) { try await handle(worker, message()) }
    #expect(try completions.isEmpty)
    try await handle(worker, message())
    #expect(try completion.data == "answer 0")
    #expect(model.requests.count == 1)
  }

  @Test("An answer that cannot be kept is published all the same")
  func answerNotKept() async throws {
    let claims = FailingClaims(InMemoryClaimStore { _, _ in true }, .finishThrows)
    try await handle(worker(ModelDouble { _, _ in .says("ok") }, claims: claims), message())
    #expect(try completion.data == "ok")
    #expect(observer.counted("AnswerNotKept") == 1)
  }

  @Test("A worker that lost its claim leaves the answer to the other one")
  func claimLost() async throws {
    let claims = FailingClaims(InMemoryClaimStore { _, _ in true }, .finishLost)
    try await handle(worker(ModelDouble { _, _ in .says("ok") }, claims: claims), message())
    #expect(bus.events.isEmpty)
    #expect(observer.counted("ClaimLost") == 1)
  }

  @Test("Without a claim nothing runs, and the message comes again")
  func claimUnavailable() async throws {
    let model = ModelDouble { _, _ in .says("ok") }
    let claims = FailingClaims(InMemoryClaimStore { _, _ in true }, .claimThrows)
    await #expect(throws: Refused.self) { try await handle(worker(model, claims: claims), message()) }
    #expect(model.requests.isEmpty)
  }
}
