import JSON
import Synchronization
import TestSupport
import Testing

@testable import LambdaRuntime

@Suite struct CustomResourceHandlerTests {
  /// Takes answers; fails the first `failures` times, by itself or, when it `hangs`, by not ending until it is cancelled.
  final class Sender: ResponseSender {
    struct Unreachable: Error {}
    private let state: Mutex<(failures: Int, sent: [(url: String, body: [UInt8])])>

    private let hangs: Bool
    private let times = Mutex<[Int64]>([])

    init(failures: Int = 0, hangs: Bool = false) {
      state = Mutex((failures, []))
      self.hangs = hangs
    }

    func put(_ body: [UInt8], to url: String, timeoutMilliseconds: Int64) async throws {
      times.withLock { $0.append(timeoutMilliseconds) }
      let fails = state.withLock { state in
        if state.failures == 0 { state.sent.append((url, body)) }
        defer { state.failures = max(0, state.failures - 1) }
        return state.failures > 0
      }
      guard fails else { return }
      if hangs { try await CustomResourceHandlerTests.untilCancelled() }
      throw Unreachable()
    }

    /// The time that each attempt was given, in milliseconds.
    var timeouts: [Int64] { times.withLock { $0 } }

    var sent: [(url: String, body: [UInt8])] { state.withLock { $0.sent } }
    func answer() throws -> JSONValue { try JSONValue(parsing: try #require(sent.first).body) }
  }

  struct NoSpace: Error, CustomStringConvertible { let description = "no space left" }
  typealias Work = @Sendable (CustomResourceRequest, LambdaContext) async throws -> CustomResourceResult

  let sender = Sender()

  /// A handler whose pauses end at once; neither its deadline nor the end of an attempt's time comes, unless it is said so.
  func handler(
    _ sender: Sender, deadlineComes: Bool = false, attemptsEnd: Bool = false, _ work: @escaping Work
  ) -> CustomResourceHandler {
    CustomResourceHandler(
      sender: sender, marginMilliseconds: 1000,
      sleep: { wait, _ in
        switch wait {
        case .deadline: if !deadlineComes { try await Self.untilCancelled() }
        case .endOfAttempt: if !attemptsEnd || sender.timeouts.count > 1 { try await Self.untilCancelled() }
        case .sendAgain: break
        }
      }, work)
  }

  static func untilCancelled() async throws {
    let (stream, continuation) = AsyncStream<Never>.makeStream()
    defer { continuation.finish() }
    for await _ in stream {}
    throw CancellationError()
  }

  @Test func createUpdateAndDeleteReachTheHandlerAndAreAnswered() async throws {
    for (name, kind) in [("create", CustomResourceRequest.Kind.create), ("update", .update), ("delete", .delete)] {
      let sender = Sender()
      let handler = handler(sender) { request, _ in
        #expect(request.kind == kind)
        #expect(request.resourceType == "Custom::AgentRegistrySeed")
        #expect(request.properties["Agents"]?.stringValue?.hasPrefix("[") == true)
        #expect((request.oldProperties != nil) == (kind == .update))
        #expect((request.physicalResourceID == nil) == (kind == .create))
        return CustomResourceResult(data: ["Written": "1"])
      }
      #expect(try await handler.handle(SampleEvents.bytes("custom-resource-\(name)"), .test(remaining: 30_000)) == Array("null".utf8))
      #expect(sender.sent.map(\.url).first?.contains("X-Amz-Signature=") == true)
      let event = try JSONValue(parsing: SampleEvents.bytes("custom-resource-\(name)"))
      let expected: JSONValue = [
        "Status": "SUCCESS", "PhysicalResourceId": "arbiter-dev-4ae7c2a0-RegistrySeed", "StackId": try #require(event["StackId"]),
        "RequestId": try #require(event["RequestId"]), "LogicalResourceId": "RegistrySeed", "Data": ["Written": "1"],
      ]
      #expect(try sender.answer() == expected)
    }
  }

  @Test func aThrownErrorIsAnsweredAsFailedWithItsReason() async throws {
    let lines = LogLines()
    _ = try await handler(sender) { _, _ in throw NoSpace() }.handle(
      SampleEvents.bytes("custom-resource-create"), .test(remaining: 30_000, lines: lines))
    let answer = try sender.answer()
    #expect(answer["Status"] == "FAILED")
    #expect(answer["Reason"] == "no space left")
    // The same id as on success: with another one, CloudFormation would delete the resource that is there.
    #expect(answer["PhysicalResourceId"] == "arbiter-dev-4ae7c2a0-RegistrySeed")
    #expect(lines.all.first?.contains("no space left") == true)
  }

  @Test(.timeLimit(.minutes(1))) func theDeadlineIsAnsweredAsFailedThoughTheWorkGoesOn() async throws {
    let (cancellations, cancelled) = AsyncStream<Bool>.makeStream()
    _ = try await handler(sender, deadlineComes: true) { _, _ in
      do { try await Self.untilCancelled() } catch { cancelled.yield(true) }
      throw NoSpace()
    }.handle(SampleEvents.bytes("custom-resource-create"), .test(remaining: 30_000))
    // The work is told to end.
    for await isCancelled in cancellations.prefix(1) { #expect(isCancelled) }
    #expect(sender.sent.count == 1)
    #expect(try sender.answer()["Status"] == "FAILED")
    #expect(try sender.answer()["Reason"] == "the handler was not done 1000 ms before the function's deadline")
  }

  @Test func withoutADeadlineTheHandlerIsWaitedFor() async throws {
    _ = try await handler(sender, deadlineComes: true) { _, _ in CustomResourceResult() }.handle(
      SampleEvents.bytes("custom-resource-create"), .test())
    #expect(try sender.answer()["Status"] == "SUCCESS")
  }

  @Test(
    arguments: [
      ("RequestType", .string("Replace")), ("RequestType", .null), ("ResourceProperties", .string("Agents")),
      ("ResourceProperties", .array([])), ("OldResourceProperties", .number(1)),
    ] as [(String, JSONValue)])
  func aMalformedRequestIsAnsweredAsFailedAndNamesTheField(field: String, value: JSONValue) async throws {
    var event = try #require(try JSONValue(parsing: SampleEvents.bytes("custom-resource-update")).objectValue)
    event[field] = value
    _ = try await handler(sender) { _, _ in
      Issue.record("the work began")
      return CustomResourceResult()
    }.handle(JSONValue.object(event).bytes, .test(remaining: 30_000))
    let answer = try sender.answer()
    #expect(answer["Status"] == "FAILED")
    #expect(answer["Reason"]?.stringValue?.hasPrefix("\(field) is ") == true)
    #expect(answer["RequestId"] == "2f3a4b5c-6d7e-8f9a-0b1c-2d3e4f5a6b7c")
  }

  @Test(arguments: ["{", "{}", #"{"ResponseURL":7}"#, #"{"ResponseURL":"file:///tmp/answer"}"#])
  func whereNobodyCanBeAnsweredTheInvocationFails(text: String) async throws {
    let handler = handler(sender) { _, _ in CustomResourceResult() }
    let context = LambdaContext.test(remaining: 30_000)
    await #expect(throws: InvalidEventError.self) { try await handler.handle(Array(text.utf8), context) }
    #expect(sender.sent.isEmpty)
  }

  @Test func sendingIsTriedAgain() async throws {
    let sender = Sender(failures: 2)
    _ = try await handler(sender) { _, _ in CustomResourceResult() }.handle(
      SampleEvents.bytes("custom-resource-create"), .test(remaining: 30_000))
    #expect(sender.sent.count == 1)
  }

  @Test(.timeLimit(.minutes(1))) func anAttemptThatHangsNearTheDeadlineLeavesTimeForAnother() async throws {
    let sender = Sender(failures: 1, hangs: true)
    _ = try await handler(sender, attemptsEnd: true) { _, _ in CustomResourceResult() }.handle(
      SampleEvents.bytes("custom-resource-create"), .test(remaining: 12_000))
    #expect(sender.sent.count == 1)
    #expect(sender.timeouts.count == 2)
    // A third of the 11.8 s that are left, then half of what is left of them; less where the machine has kept the test waiting.
    #expect((1_000...3_933).contains(try #require(sender.timeouts.first)))
    #expect((300...5_900).contains(try #require(sender.timeouts.last)))
  }

  @Test func anAttemptHasFiveSecondsAtMostAndThreeTenthsAtLeast() async throws {
    for (remaining, expected) in [(nil, 5_000), (60_000, 5_000), (100, 300)] as [(Int64?, Int64)] {
      let sender = Sender()
      _ = try await handler(sender) { _, _ in CustomResourceResult() }.handle(
        SampleEvents.bytes("custom-resource-create"), .test(remaining: remaining))
      #expect(sender.timeouts == [expected])
    }
  }

  @Test func withoutTimeForAnotherAttemptTheFirstIsTheLast() async throws {
    let sender = Sender(failures: 3)
    let handler = handler(sender) { _, _ in CustomResourceResult() }
    let context = LambdaContext.test(remaining: 100)
    let event = try SampleEvents.bytes("custom-resource-create")
    await #expect(throws: Sender.Unreachable.self) { try await handler.handle(event, context) }
    #expect(sender.timeouts.count == 1)
  }

  @Test func whenNothingCanBeSentTheInvocationFailsSoThatLambdaRunsItAgain() async throws {
    let sender = Sender(failures: 3)
    let handler = handler(sender) { _, _ in CustomResourceResult() }
    let context = LambdaContext.test(remaining: 30_000)
    let event = try SampleEvents.bytes("custom-resource-create")
    await #expect(throws: Sender.Unreachable.self) { try await handler.handle(event, context) }
    #expect(sender.sent.isEmpty)
  }

  @Test(arguments: ["x", "\u{1}", "ü", "🦊\n"])
  func aLongReasonIsCutToWhatCloudFormationTakes(unit: String) async throws {
    struct Long: Error, CustomStringConvertible { let description: String }
    let reason = String(repeating: unit, count: 5000)
    _ = try await handler(sender) { _, _ in throw Long(description: reason) }.handle(
      SampleEvents.bytes("custom-resource-create"), .test(remaining: 30_000))
    let body = try #require(sender.sent.first).body
    #expect(body.count <= 4096)
    let kept = try #require(try sender.answer()["Reason"]?.stringValue)
    #expect(kept.hasSuffix("..."))
    #expect(kept.hasPrefix(String(repeating: unit, count: 100)))
  }

  @Test func dataThatDoesNotFitIsAFailureThatSaysSo() async throws {
    _ = try await handler(sender) { _, _ in CustomResourceResult(data: ["Rows": .string(String(repeating: "x", count: 5000))]) }.handle(
      SampleEvents.bytes("custom-resource-create"), .test(remaining: 30_000))
    #expect(try sender.answer()["Status"] == "FAILED")
    #expect(try sender.answer()["Reason"]?.stringValue?.contains("at most 4096") == true)
  }

  @Test func theHandlerMayNameTheResourceAndHideItsData() async throws {
    _ = try await handler(sender) { _, _ in CustomResourceResult(physicalResourceID: "mine", data: ["Key": "k"], hidesData: true) }.handle(
      SampleEvents.bytes("custom-resource-update"), .test(remaining: 30_000))
    #expect(try sender.answer()["PhysicalResourceId"] == "mine")
    #expect(try sender.answer()["NoEcho"] == true)
  }

  @Test(arguments: ["", String(repeating: "x", count: 1025)])
  func anImpossibleNameIsAFailure(id: String) async throws {
    _ = try await handler(sender) { _, _ in CustomResourceResult(physicalResourceID: id) }.handle(
      SampleEvents.bytes("custom-resource-create"), .test(remaining: 30_000))
    #expect(try sender.answer()["Reason"]?.stringValue?.contains("expected 1 to 1024") == true)
  }
}
