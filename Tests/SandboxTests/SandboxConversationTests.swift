import JSON
import Testing

@testable import Sandbox

/// The parent's half of the protocol without a process: frames in, actions out.
@Suite struct SandboxConversationTests {
  private typealias Action = SandboxConversation.Action

  private static func conversation(
    _ capabilities: Capabilities = Capabilities(tools: ["echo"], functions: [.log, .now]), limits: SandboxLimits = SandboxLimits(),
    lockPolicy: LockPolicy = .available
  ) -> SandboxConversation {
    SandboxConversation(
      SandboxConversation.Terms(
        lockPolicy: lockPolicy, module: SandboxModule(name: "m.js", source: Array("export default 1".utf8)), input: Array("{}".utf8),
        capabilities: capabilities, limits: limits, nowMilliseconds: 1, randomSeed: [UInt8](repeating: 0, count: 32)))
  }

  /// A conversation that has begun, with a child that is locked.
  private static func running(
    _ capabilities: Capabilities = Capabilities(tools: ["echo"], functions: [.log, .now]), limits: SandboxLimits = SandboxLimits()
  ) -> SandboxConversation {
    var conversation = conversation(capabilities, limits: limits)
    _ = conversation.begin()
    _ = conversation.receive(.locked, #"{"held":[],"missing":[]}"#)
    _ = conversation.inspected(contradiction: nil)
    return conversation
  }

  private static let echo = #"{"function":"callTool","name":"echo","input":{}}"#

  @Test func theParentBeginsWithAllThatAModuleNeeds() throws {
    var conversation = Self.conversation()
    let kinds = conversation.begin().map { action -> FrameKind? in
      guard case .send(let frame) = action else { return nil }
      return FrameHeader(frame)?.kind
    }
    #expect(kinds == [.begin, .module, .input])
    #expect(conversation.begin().isEmpty)
  }

  @Test func limitsOutOfTheirRangeStartNothing() {
    var limits = SandboxLimits()
    limits.memoryBytes = 0
    var conversation = Self.conversation(limits: limits)
    #expect(conversation.begin().isEmpty)
    #expect(
      conversation.ending
        == .failure(SandboxFailure(.notStarted, "the limit memoryBytes is 0; it must be 1048576 to 1073741824")))
  }

  @Test func aModuleThatIsNoUTF8DoesNotCompile() {
    var conversation = SandboxConversation(
      SandboxConversation.Terms(
        lockPolicy: .required, module: SandboxModule(name: "m.js", source: [0xFF]), input: [], capabilities: Capabilities(),
        limits: SandboxLimits(), nowMilliseconds: 0, randomSeed: []))
    #expect(conversation.begin().isEmpty)
    #expect(conversation.ending == .failure(SandboxFailure(.compileError, "the module m.js is not UTF-8")))
  }

  @Test func whatTheChildSaysIsTheSameInPiecesOfAnySize() {
    let frames: [(FrameKind, UInt32, String)] = [
      (.locked, 0, #"{"held":["dumpable"],"missing":[]}"#), (.log, 0, #"{"level":"info","message":"a"}"#), (.call, 1, Self.echo),
      (.call, 2, #"{"function":"now"}"#), (.call, 3, #"{"function":"callTool","name":"rm","input":1}"#), (.result, 0, "[1,2,3]"),
    ]
    let bytes = frames.flatMap { $0.0.frame(id: $0.1, Array($0.2.utf8)) ?? [] }
    var outcomes: [[Action]] = []
    for size in [1, 2, 3, 7, 9, 50, bytes.count] {
      var conversation = Self.conversation()
      _ = conversation.begin()
      var actions: [Action] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        actions += conversation.receive(Array(bytes[start..<min(start + size, bytes.count)]))
        if case .inspect = actions.last { actions += conversation.inspected(contradiction: nil) }
      }
      #expect(conversation.ending == .result(Array("[1,2,3]".utf8), [1, 2, 3]))
      #expect(conversation.entries.count == 5 && conversation.hostCallCount == 4)
      outcomes.append(actions)
    }
    #expect(Set(outcomes.map { "\($0)" }).count == 1)
    #expect(outcomes[0].count == 5)
  }

  @Test func callsBeyondThoseThatRunWaitTheirTurn() {
    var conversation = Self.running()
    var performed: [Int] = []
    func note(_ actions: [Action]) {
      for case .perform(let call) in actions { performed.append(call.id) }
    }
    for id in 1...40 { note(conversation.receive(.call, id: UInt32(id), Self.echo)) }
    #expect(performed == Array(1...16))
    // In whatever order they are answered, those that wait begin in the order in which they came.
    note(conversation.answer(9, .success([0x31])))
    note(conversation.answer(1, .failure(HostCallError("no", "no"))))
    #expect(performed == Array(1...18))
    // A look at the clock waits for nobody.
    note(conversation.receive(.call, id: 41, #"{"function":"now"}"#))
    #expect(performed.last == 41)
  }

  @Test func entriesStandInTheOrderInWhichTheyWereExchanged() {
    var conversation = Self.running()
    _ = conversation.receive(.call, id: 1, Self.echo)
    _ = conversation.receive(.call, id: 2, Self.echo)
    _ = conversation.answer(2, .success(Array("2".utf8)))
    _ = conversation.receive(.log, #"{"level":"info","message":"two"}"#)
    _ = conversation.answer(1, .success(Array("1".utf8)))
    let call = { HostCall(id: $0, function: .callTool, name: "echo", input: Array("{}".utf8)) }
    #expect(
      conversation.entries == [
        .call(call(1)), .call(call(2)), .answer(id: 2, Array("2".utf8)), .log(level: "info", message: "two"),
        .answer(id: 1, Array("1".utf8)),
      ])
  }

  @Test func anAnswerThatIsTooLargeIsTheModulesToCatch() {
    var limits = SandboxLimits()
    limits.hostCallBytes = 100
    var conversation = Self.running(limits: limits)
    _ = conversation.receive(.call, id: 1, Self.echo)
    let actions = conversation.answer(1, .success([UInt8](repeating: 0x31, count: 101)))
    guard case .send(let frame) = actions.first else {
      Issue.record("nothing is said")
      return
    }
    #expect(FrameHeader(frame)?.kind == .refusal)
    #expect(conversation.ending == nil)
    guard case .refusal(1, let error) = conversation.entries.last else {
      Issue.record("no refusal is kept")
      return
    }
    #expect(error.code == "answer_too_large" && error.message.contains("has 101 bytes of JSON; at most 100 are allowed"))
  }

  @Test func requestsHaveALimitEachAndOneTogether() {
    var limits = SandboxLimits()
    limits.hostCallBytes = 100
    limits.hostTotalBytes = 250
    let long = #"{"function":"callTool","name":"echo","input":"\#(String(repeating: "a", count: 99))"}"#
    var each = Self.running(limits: limits)
    _ = each.receive(.call, id: 1, long)
    #expect(
      each.ending
        == .failure(SandboxFailure(.hostCallTooLarge, "the request of host call 1 has 101 bytes of JSON; at most 100 are allowed")))
    #expect(each.entries.isEmpty)
    let fit = #"{"function":"callTool","name":"echo","input":"\#(String(repeating: "a", count: 98))"}"#
    var together = Self.running(limits: limits)
    for id in 1...2 { _ = together.receive(.call, id: UInt32(id), fit) }
    #expect(together.ending == nil)
    _ = together.answer(1, .success([UInt8](repeating: 0x31, count: 51)))
    #expect(
      together.ending
        == .failure(SandboxFailure(.hostCallLimit, "the requests and answers of host calls have more than 250 bytes of JSON together")))
    // Or else no replay would come to the same end.
    #expect(together.entries.last == .answer(id: 1, [UInt8](repeating: 0x31, count: 51)), "the answer that was too much is kept")
  }

  /// A megabyte of JSON can be thirty as a value, and sixteen of them more than the function has.
  @Test func callsWaitForTheirTurnByTheirSizeToo() {
    var conversation = Self.running()
    let text = String(repeating: "a", count: 900_000)
    let long = #"{"function":"callTool","name":"echo","input":"\#(text)"}"#
    func performed(_ actions: [Action]) -> [Int] {
      actions.compactMap { if case .perform(let call) = $0 { call.id } else { nil } }
    }
    var begun: [Int] = []
    for id in 1...4 { begun += performed(conversation.receive(.call, id: UInt32(id), long)) }
    #expect(begun == [1, 2])
    // Behind those that wait, small as it is.
    #expect(performed(conversation.receive(.call, id: 5, Self.echo)).isEmpty)
    #expect(performed(conversation.receive(.call, id: 6, #"{"function":"now"}"#)) == [6], "who asks for the time waits for the answer")
    #expect(performed(conversation.answer(2, .success(Array("2".utf8)))) == [3])
    #expect(performed(conversation.answer(1, .failure(HostCallError("no", "")))) == [4, 5])
    #expect(conversation.ending == nil)
  }

  @Test func aCallThatIsLongerThanAllMayBeTogetherHasItsTurnAlone() {
    var limits = SandboxLimits()
    limits.hostCallBytes = 8 << 20
    var conversation = Self.running(limits: limits)
    let text = String(repeating: "a", count: 3 << 20)
    let actions = conversation.receive(.call, id: 1, #"{"function":"callTool","name":"echo","input":"\#(text)"}"#)
    #expect(actions.count == 1)
    #expect(conversation.receive(.call, id: 2, Self.echo).isEmpty)
    #expect(conversation.answer(1, .success(Array("1".utf8))).count == 2, "the answer, and the next call")
  }

  /// Names count for no limit of their own: two hundred of a megabyte each would all be kept.
  @Test func namesOfToolsHaveALength() {
    var conversation = Self.running()
    // As the child cuts a longer one off.
    let longest = String(repeating: "n", count: 256) + "…"
    _ = conversation.receive(.call, id: 1, #"{"function":"callTool","name":"\#(longest)","input":{}}"#)
    #expect(conversation.ending == nil && conversation.entries.count == 2, "the call, and its refusal")
    let longer = String(repeating: "n", count: 900_000)
    _ = conversation.receive(.call, id: 2, #"{"function":"callTool","name":"\#(longer)","input":{}}"#)
    guard case .failure(let failure) = conversation.ending else {
      Issue.record("goes on")
      return
    }
    #expect(failure.code == .protocolViolation && failure.message.contains("a call that cannot be read"), "\(failure)")
    #expect(conversation.entries.count == 2)
  }

  /// The sign of the unit kelvin is the letter K, as far as texts are compared as such.
  @Test func namesAreComparedByteByByte() {
    var conversation = Self.running(Capabilities(tools: ["K"]))
    let actions = conversation.receive(.call, id: 1, #"{"function":"callTool","name":"\u212A","input":{}}"#)
    guard case .send(let frame) = actions.first else {
      Issue.record("nothing is said")
      return
    }
    #expect(FrameHeader(frame)?.kind == .refusal)
  }

  @Test func noHostCallIsAllowedWhereTheLimitIsNone() {
    var limits = SandboxLimits()
    limits.hostCalls = 0
    var conversation = Self.running(limits: limits)
    _ = conversation.receive(.call, id: 1, Self.echo)
    #expect(
      conversation.ending == .failure(SandboxFailure(.hostCallLimit, "the module called its host more than 0 times, log lines included")))
  }

  @Test func whatHappensAfterTheEndChangesNothing() {
    var conversation = Self.running()
    _ = conversation.receive(.call, id: 1, Self.echo)
    _ = conversation.receive(.result, "1")
    let ended = conversation
    #expect(conversation.answer(1, .success([0x31])).isEmpty)
    #expect(conversation.receive(.call, id: 2, Self.echo).isEmpty)
    #expect(conversation.inspected(contradiction: "is a liar").isEmpty)
    conversation.childEnded(.signaled(11))
    conversation.end(SandboxFailure(.cancelled, ""))
    #expect(conversation.ending == ended.ending && conversation.entries == ended.entries)
  }

  @Test func textsOfTheChildHaveALength() {
    var conversation = Self.running()
    let long = String(repeating: "é", count: 50_000)
    _ = conversation.receive(.failure, #"{"code":"threw","message":"\#(long)","stack":"\#(long)"}"#)
    guard case .failure(let failure) = conversation.ending else {
      Issue.record("no failure")
      return
    }
    #expect(failure.code == .threw)
    #expect(failure.message == String(repeating: "é", count: 4_000) + "…" && failure.stack?.utf8.count == 32_003)
  }

  /// Any bytes at all: the conversation goes on or ends, and never holds more of them than a frame may have.
  @Test func noBytesAreTooStrange() {
    var random = Generator(state: 0x5DEE_CE66_D123_4567)
    for _ in 0..<2_000 {
      var conversation = Self.running()
      for _ in 0..<8 where conversation.ending == nil {
        var bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        // Mostly frames that look like some.
        if bytes.count >= 9, Bool.random(using: &random) {
          let kinds = Array("LCGRFBMIAX".utf8)
          bytes.replaceSubrange(0..<9, with: [UInt8(bytes.count - 9), 0, 0, 0, kinds[Int.random(in: 0..<10, using: &random)], 1, 0, 0, 0])
        }
        _ = conversation.receive(bytes)
      }
    }
  }
}

extension SandboxConversation {
  fileprivate mutating func receive(_ bytes: [UInt8]) -> [Action] { bytes.withUnsafeBytes { receive($0) } }

  fileprivate mutating func receive(_ kind: FrameKind, id: UInt32 = 0, _ payload: String) -> [Action] {
    receive(kind.frame(id: id, Array(payload.utf8)) ?? [])
  }
}
