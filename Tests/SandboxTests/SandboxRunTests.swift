import JSON
import Sandbox
import Testing

/// Runs in a child as functions have it.
@Suite struct SandboxRunTests {
  private let sandbox = Sandbox(program: Programs.runner)

  @Test func aHandlersResultIsTheRuns() async {
    let run = await sandbox.run(
      "export default async function handler(input, host) { return {sum: input.a + input.b} }", input: ["a": 1, "b": 2])
    #expect(run.value == ["sum": 3])
    #expect(run.record.missingLocks.isEmpty)
    #expect(Set(run.record.locks) == Set(SandboxLock.allCases))
    #expect(run.record.isParentUndumpable)
    #expect(run.record.outcome == .result(Array(#"{"sum":3}"#.utf8)))
    #expect(run.usage.peakMemoryBytes > 1 << 20)
    #expect(run.usage.outputBytes == 9)
  }

  @Test func callsGoToTheHostAndComeBack() async {
    let host = TestHost { (name, input) throws(HostCallError) in
      if name == "double" { return .number((input.intValue ?? 0) * 2) }
      if name == "converse" { return ["text": "hello"] }
      throw HostCallError("no_such_row", "there is no row \(input.text)")
    }
    let run = await sandbox.run(
      """
      export default async function handler(input, host) {
        const doubled = await Promise.all([1, 2, 3].map(n => host.callTool("double", n)));
        let code;
        try { await host.callTool("echo", 9) } catch (error) { code = error.code + "|" + error.message }
        host.log("so far", doubled);
        return {doubled, code, said: (await host.converse({})).text, now: host.now(), begin: Date.now()};
      }
      """, host: host)
    #expect(
      run.value == [
        "doubled": [2, 4, 6], "code": "no_such_row|there is no row 9", "said": "hello", "now": .number(TestHost.begin + 1),
        "begin": .number(TestHost.begin),
      ])
    #expect(host.lines == ["info: so far [2,4,6]"])
    #expect(run.usage.hostCalls == 7)
    #expect(run.record.used == Capabilities(tools: ["double", "echo"], functions: [.log, .converse, .now]))
  }

  @Test func callsThatAreMadeAtTheSameTimeRunAtTheSameTime() async {
    // Nobody is answered before the third has come.
    let (arrived, arrival) = AsyncStream<Void>.makeStream()
    let host = TestHost { (name, input) throws(HostCallError) in
      if input == 3 { arrival.finish() }
      for await _ in arrived {}
      return input
    }
    let run = await sandbox.run(
      "export default async (_, host) => Promise.all([1, 2, 3].map(n => host.callTool('echo', n)))", host: host)
    #expect(run.value == [1, 2, 3], "\(run.outcome)")
  }

  @Test func aHostMayRunAModuleForAnother() async {
    let sandbox = sandbox
    let host = TestHost { (_, input) throws(HostCallError) in
      let inner = await sandbox.run("export default n => n + 1", input: input)
      guard let value = inner.value else { throw HostCallError("failed", "\(inner.outcome)") }
      return value
    }
    let run = await sandbox.run("export default async (_, host) => host.callTool('echo', 41)", host: host)
    #expect(run.value == 42, "\(run.outcome)")
  }

  @Test func manyRunsAtTheSameTimeHaveNothingOfEachOther() async {
    await withTaskGroup(of: JSONValue?.self) { group in
      for index in 0..<40 {
        group.addTask {
          if index % 2 == 0 {
            return await Sandbox(program: Programs.hostile("tell"), lockPolicy: .available).run("").value?["descriptors"]
          }
          return await Sandbox(program: Programs.runner).run("export default () => [0, 1]").value
        }
      }
      for await value in group { #expect(value == [0, 1]) }
    }
  }

  @Test(arguments: [
    ("export default async function handler(input, host) { throw 1 }", SandboxFailure.Code?.none), ("export default (", .compileError),
    ("export const handler = 1", .compileError), ("import 'std'; export default () => 1", .compileError),
  ])
  func aCheckCompilesAndDoesNotRun(_ source: String, _ code: SandboxFailure.Code?) async {
    #expect(await sandbox.check(SandboxModule(name: "check.js", source: Array(source.utf8)))?.code == code)
  }

  @Test func theGeneratorFollowsFromTheHostsSeed() async {
    let source = "export default (_, host) => [Math.random(), host.random()]"
    let first = await sandbox.run(source, host: TestHost(seed: 1)).value
    #expect(await sandbox.run(source, host: TestHost(seed: 1)).value == first)
    #expect(await sandbox.run(source, host: TestHost(seed: 2)).value != first)
  }

  @Test func aCancelledTaskCancelsTheHostsCalls() async {
    let (begun, beginning) = AsyncStream<Void>.makeStream()
    let (cancelled, cancellation) = AsyncStream<Void>.makeStream()
    let host = TestHost { (_, _) throws(HostCallError) in
      beginning.finish()
      do { try await Task.sleep(for: .seconds(3_600)) } catch { cancellation.finish() }
      throw HostCallError("cancelled", "")
    }
    let sandbox = sandbox
    let task = Task { await sandbox.run("export default async (_, host) => host.callTool('echo', 1)", host: host) }
    for await _ in begun {}
    task.cancel()
    #expect(await task.value.failure?.code == .cancelled)
    for await _ in cancelled {}
  }
}
