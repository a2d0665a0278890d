import JSON
import Sandbox
import Synchronization
import Testing

/// Runs that are repeated from their records.
@Suite struct ReplayTests {
  private let sandbox = Sandbox(program: Programs.runner)

  private static let busy = """
    export default async function handler(input, host) {
      const seen = [];
      const one = async n => { seen.push(await host.callTool("echo", {n, at: host.now(), luck: Math.random()})) };
      await Promise.all([1, 2, 3].map(one));
      host.log("seen", seen.map(each => each.n));
      try { await host.callTool("missing", {}) } catch (error) { seen.push(error.code) }
      return {seen, luck: host.random(), day: new Date().toISOString(), said: await host.converse({q: input.q})};
    }
    """

  @Test func aRunIsTheSameAgainWithoutItsHost() async throws {
    let run = await sandbox.run(Self.busy, input: ["q": "why"])
    #expect(run.value?["seen"]?.arrayValue?.count == 4, "\(run.outcome)")
    #expect(await sandbox.replay(run.record) == .same(run.record.outcome))
    // Also from what was written of it, and after somebody has laid that out anew.
    #expect(await sandbox.replay(try RunRecord(parsing: run.record.json)) == .same(run.record.outcome))
    let relaid = try RunRecord(parsing: Self.laidOut(run.record.json))
    #expect(relaid != run.record)
    #expect(await sandbox.replay(relaid) == .same(run.record.outcome))
  }

  /// The same JSON with white space wherever there may be some.
  private static func laidOut(_ json: [UInt8]) -> [UInt8] {
    var isString = false
    var isEscaped = false
    return json.flatMap { byte -> [UInt8] in
      defer { isEscaped = isString && byte == UInt8(ascii: "\\") && !isEscaped }
      if byte == UInt8(ascii: "\""), !isEscaped { isString.toggle() }
      return isString || !",:{[".utf8.contains(byte) ? [byte] : [byte] + Array("\n  ".utf8)
    }
  }

  @Test func aChangedInputIsFoundWhereItShows() async {
    var record = await sandbox.run(Self.busy, input: ["q": "why"]).record
    record.input = ["q": "how"]
    guard case .departed(let departure) = await sandbox.replay(record) else {
      Issue.record("not found")
      return
    }
    #expect(departure.recorded.contains(#"converse with {"q":"why"}"#) && departure.replayed.contains(#"converse with {"q":"how"}"#))
    #expect(departure.description.hasPrefix("the run departed from its record at entry"))
  }

  @Test(arguments: [
    // Another result, another call, a call less, a call more, another log line, an error.
    ("luck: host.random()", "luck: 0"), (#""echo", {n"#, #""double", {n"#), ("[1, 2, 3]", "[1, 2]"), ("[1, 2, 3]", "[1, 2, 3, 4]"),
    (#""seen", "#, #""found", "#), ("return {", "throw {"),
  ])
  func aChangedModuleIsFound(_ text: String, _ change: String) async throws {
    var record = await sandbox.run(Self.busy, input: ["q": "why"]).record
    #expect(Self.busy.contains(text))
    record.module.source = Array(Self.busy.replacing(text, with: change).utf8)
    guard case .departed = await sandbox.replay(record) else {
      Issue.record("not found")
      return
    }
  }

  @Test func aChangedRecordIsFound() async {
    let record = await sandbox.run(Self.busy, input: ["q": "why"]).record
    for index in record.entries.indices {
      var changed = record
      switch record.entries[index] {
      case .call(let call):
        changed.entries[index] = .call(HostCall(id: call.id, function: call.function, name: call.name, input: Array("7".utf8)))
      case .answer(let id, _): changed.entries[index] = .answer(id: id, Array("[7]".utf8))
      case .refusal(let id, _): changed.entries[index] = .refusal(id: id, HostCallError("other", "other"))
      case .log(let level, _): changed.entries[index] = .log(level: level, message: "other")
      case .unreadableCall: break
      }
      guard case .departed = await sandbox.replay(changed) else {
        // What the module does not look at changes nothing: the value of `now` goes into its calls, the answers into its result.
        Issue.record("the change of entry \(index) was not found: \(record.entries[index])")
        continue
      }
    }
    var seeded = record
    seeded.randomSeed[0] ^= 1
    guard case .departed = await sandbox.replay(seeded) else {
      Issue.record("another seed was not found")
      return
    }
    var missing = record
    missing.entries.removeLast()
    guard case .departed = await sandbox.replay(missing) else {
      Issue.record("an answer that is missing was not found")
      return
    }
  }

  @Test func anAnswerToACallThatWasNotMadeIsFound() async throws {
    var record = await sandbox.run("export default async (_, host) => host.callTool('echo', 1)").record
    try #require(record.entries.count == 2)
    record.entries.insert(.answer(id: 2, Array("1".utf8)), at: 1)
    #expect(
      await sandbox.replay(record)
        == .departed(ReplayOutcome.Departure(entry: 1, recorded: "the answer 1 to call 2", replayed: "no such call")))
  }

  @Test(arguments: [
    "export default 1", "syntax error", "export default () => { throw new TypeError('no') }", "export default () => new Promise(() => {})",
    "export default () => { const deep = () => deep() + 1; return deep() }", "export default () => 'x'.repeat(2_000_000)",
    "export default async (_, host) => { while (true) await host.callTool('echo', 1) }",
    "export default () => { const all = []; while (true) all.push(new Array(10_000).fill(1)) }", "export default () => { while (true); }",
  ])
  func failuresAreRepeatedToo(_ source: String) async {
    var limits = SandboxLimits()
    limits.cpuMilliseconds = 300
    let run = await sandbox.run(source, limits: limits)
    #expect(run.failure != nil)
    #expect(await sandbox.replay(run.record) == .same(run.record.outcome), "\(run.outcome)")
  }

  @Test func aRunThatWasEndedFromOutsideIsTheSameUntilThen() async {
    let (waiting, arrival) = AsyncStream<Void>.makeStream()
    let host = TestHost { (_, input) throws(HostCallError) in
      if input == 2 {
        arrival.finish()
        do { try await Task.sleep(for: .seconds(3_600)) } catch {}
      }
      return input
    }
    let sandbox = sandbox
    let task = Task {
      await sandbox.run("export default async (_, host) => [await host.callTool('echo', 1), await host.callTool('echo', 2)]", host: host)
    }
    for await _ in waiting {}
    task.cancel()
    var record = await task.value.record
    #expect(record.entries.count == 3)
    for code in [SandboxFailure.Code.cancelled, .deadlineExceeded, .crashed, .protocolViolation] {
      record.outcome = .failure(SandboxFailure(code, "from outside"))
      #expect(await sandbox.replay(record) == .sameUntilEnded(SandboxFailure(code, "from outside")))
    }
  }

  /// Modules that make calls of all kinds at the same time, and a host that answers them in an order of its own.
  @Test(arguments: 0..<24) func runsWhoseAnswersComeInAnyOrderAreRepeated(_ seed: UInt64) async {
    var random = Generator(state: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
    let source = RandomModule.source(&random)
    let run = await sandbox.run(source, host: ShuffledHost.host(random.next()))
    #expect(run.value != nil, "\(run.outcome)\n\(source)")
    #expect(await sandbox.replay(run.record) == .same(run.record.outcome), "\(source)")
  }
}

/// A module of a few tasks at the same time, each of which calls its host now and then, and leaves what it saw to all.
private enum RandomModule {
  static func source(_ random: inout Generator) -> String {
    var tasks: [String] = []
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let steps = (0..<Int.random(in: 1...6, using: &random)).map { _ in step(&random) }
      tasks.append("async () => { \(steps.joined(separator: " ")) }")
    }
    return """
      export default async function handler(input, host) {
        const seen = [];
        await Promise.all([\(tasks.joined(separator: ",\n"))].map(task => task()));
        return seen;
      }
      """
  }

  private static func step(_ random: inout Generator) -> String {
    switch Int.random(in: 0..<9, using: &random) {
    case 0: "seen.push(host.now());"
    case 1: "seen.push(Math.random());"
    case 2: "host.log('seen', seen.length);"
    case 3: "try { await host.callTool('missing', seen.length) } catch (error) { seen.push(error.code) }"
    case 4: "try { await host.callTool('fail', seen.length) } catch (error) { seen.push(error.message) }"
    case 5: "seen.push(await host.converse({seen: seen.length}));"
    case 6: "seen.push(await Promise.race([host.callTool('echo', 'a' + seen.length), host.callTool('echo', 'b' + host.random())]));"
    case 7: "await null; seen.push(seen.length);"
    default: "seen.push(await host.callTool('echo', {n: seen.length, last: seen.at(-1) ?? null}));"
    }
  }
}

/// Answers in an order that a seed decides: a call waits until some of those that came after it have been answered.
private final class ShuffledHost: Sendable {
  private let random: Mutex<Generator>
  private init(_ seed: UInt64) { random = Mutex(Generator(state: seed | 1)) }

  static func host(_ seed: UInt64) -> TestHost {
    let shuffle = ShuffledHost(seed)
    return TestHost { (name, input) throws(HostCallError) in
      for _ in 0..<shuffle.random.withLock({ Int.random(in: 0..<40, using: &$0) }) { await Task.yield() }
      if name == "fail" { throw HostCallError("failed", "no \(input.text)") }
      return ["name": .string(name), "input": input]
    }
  }
}

/// xorshift64.
struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state ^= state &<< 13
    state ^= state &>> 7
    state ^= state &<< 17
    return state
  }
}
