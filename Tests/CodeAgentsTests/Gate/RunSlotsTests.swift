import JSON
import Orchestration
import Sandbox
import Synchronization
import Testing

@testable import CodeAgents

/// How many tools that are modules are at work at the same time.
@Suite struct RunSlotsTests {
  @Test func `whoever waits is next, and other depths have slots of their own`() async {
    let slots = RunSlots()
    for _ in 0..<RunSlots.perDepth { #expect(await slots.take(depth: 1)) }
    #expect(await slots.take(depth: 2))
    let next = Task { await slots.take(depth: 1) }
    slots.giveBack(depth: 1)
    #expect(await next.value)
  }

  @Test func `who is cancelled while waiting takes no slot`() async {
    let slots = RunSlots()
    for _ in 0..<RunSlots.perDepth { #expect(await slots.take(depth: 1)) }
    let waiting = Task { await slots.take(depth: 1) }
    waiting.cancel()
    #expect(await waiting.value == false)
    slots.giveBack(depth: 1)
    #expect(await slots.take(depth: 1))
  }

  /// An agent that calls twelve tools at once, each of which calls three more: without a bound, 48 processes.
  @Test func `tools that call tools never run more than a few at a time, and all of them run`() async throws {
    let runner = CountingRunner(inner: Sandbox(program: CodeWorld.child, lockPolicy: .available))
    let world = try CodeWorld(runner: runner)
    try await world.registerTool("leaf", "return 1")
    let fan: (String, Int) -> String = { "(await Promise.all(Array.from({length: \($1)}, () => host.callTool('\($0)', {})))).length" }
    try await world.registerTool("branch", "return \(fan("leaf", 3))", config: ["tools": ["leaf"]])
    try await world.register("made", "return \(fan("branch", 12))", config: ["tools": ["branch", "leaf"]])
    #expect(try await world.answer().data == 12)
    #expect(runner.total == 1 + 12 + 36)
    #expect(runner.most("branch/") <= RunSlots.perDepth && runner.most("leaf/") <= RunSlots.perDepth)
  }
}

/// Counts the runs that are under way at the same time, by the folders of their modules.
private final class CountingRunner: ModuleRunner {
  private struct Counts {
    var total = 0
    var now: [String: Int] = [:]
    var most: [String: Int] = [:]
  }

  private let inner: any ModuleRunner
  private let counts = Mutex(Counts())

  init(inner: any ModuleRunner) { self.inner = inner }

  var total: Int { counts.withLock { $0.total } }
  func most(_ folder: String) -> Int { counts.withLock { $0.most[folder] ?? 0 } }

  func run(
    _ module: SandboxModule, input: JSONValue, capabilities: Capabilities, limits: SandboxLimits, deadlineMilliseconds: Int64,
    host: any SandboxHost
  ) async -> SandboxRun {
    let folder = module.name.prefix { $0 != "/" } + "/"
    counts.withLock { counts in
      counts.total += 1
      counts.now[String(folder), default: 0] += 1
      counts.most[String(folder)] = max(counts.most[String(folder)] ?? 0, counts.now[String(folder)] ?? 0)
    }
    let run = await inner.run(
      module, input: input, capabilities: capabilities, limits: limits, deadlineMilliseconds: deadlineMilliseconds, host: host)
    counts.withLock { $0.now[String(folder), default: 0] -= 1 }
    return run
  }

  func check(_ module: SandboxModule, limits: SandboxLimits) async -> SandboxFailure? { await inner.check(module, limits: limits) }
}
