import AWSClient
import AgentKit
import JSON
import Testing

@testable import Orchestration

/// An agent that another one has registered can be called in the very next round, wherever that round runs.
@Suite struct FreshnessTests {
  /// Two processes, each with a reading of the registry of its own.
  private struct Processes {
    let world: World
    let rows = RegistryRows([.agent("maker")])
    let first: Supervisor
    let second: Supervisor

    /// The model asks the maker, then what the maker has made, as soon as it may; then it answers.
    init(_ script: @escaping ModelDouble.Script = Processes.script) async throws {
      let world = World(agents: [], script: script)
      let rows = rows
      func process() -> Supervisor {
        world.supervisor { effects in
          effects.registry = CachedAgentRegistry(source: rows, clock: world.clock, observer: SilentObserver())
        }
      }
      (self.world, first, second) = (world, process(), process())
      // Both have read the registry before there is anything new in it.
      _ = try await first.effects.registry.directory(changedAtMilliseconds: nil)
      _ = try await second.effects.registry.directory(changedAtMilliseconds: nil)
      world.clock.advance(seconds: 1)
    }

    static let script: ModelDouble.Script = { request, _ in
      switch request.messages.count {
      case 1: .asks(("t1", "maker", [:]), ("t2", "maker", [:]))
      case 3: .asks(("t3", "made", [:]))
      default: .says("finished")
      }
    }

    func begin() async throws {
      try await first.accept(
        TaskRequest(task: "Do it", orchestrationID: World.id, budgetMicroUSD: 50_000_000), eventID: "event-1", traceHeader: nil)
    }

    func completion(_ toolUseID: String, round: Int = 1, registryChanged: Bool = false, status: TaskCompletion.Status = .success)
      -> TaskCompletion
    {
      TaskCompletion(
        orchestrationID: World.id, toolUseID: toolUseID, node: "maker", requestID: "\(World.id)#\(round)", status: status, data: "done",
        registryChanged: registryChanged)
    }

    /// The maker registers an agent and answers, and then the other task of the round is answered.
    func make(by supervisor: Supervisor, thenBy last: Supervisor, status: TaskCompletion.Status = .success) async throws {
      rows.add(.agent("made"))
      try await supervisor.complete(completion("t1", registryChanged: true, status: status))
      world.clock.advance(seconds: 1)
      try await last.complete(completion("t2"))
    }
  }

  private func checkCalled(_ processes: Processes) async throws {
    #expect(processes.world.queue.tasks.contains { $0.toolUseID == "t3" && $0.node == "made" })
    let entry = try await processes.world.store.loadRound("\(World.id)#2")?.task("t3")
    #expect(entry?.agentID == "made" && entry?.state == .pending)
  }

  @Test(arguments: [TaskCompletion.Status.success, .error])
  func `the next round offers the new agent in a process that has read the registry before`(status: TaskCompletion.Status) async throws {
    let processes = try await Processes()
    try await processes.begin()
    try await processes.make(by: processes.first, thenBy: processes.second, status: status)
    try await checkCalled(processes)
    let offered = processes.world.model.requests.last?.toolConfiguration?.tools.map(\.name)
    #expect(offered == ["made", "maker"])
  }

  @Test func `the change stands with its task and then in the run's row`() async throws {
    let processes = try await Processes()
    try await processes.begin()
    processes.rows.add(.agent("made"))
    try await processes.first.complete(processes.completion("t1", registryChanged: true))
    let changed = processes.world.clock.nowMilliseconds
    let round = try #require(try await processes.world.store.loadRound("\(World.id)#1"))
    #expect(round.task("t1")?.result?.registryChanged == true && round.registryChangedAtMilliseconds == changed)
    #expect(try await processes.world.record()?.registryChangedAtMilliseconds == nil)
    processes.world.clock.advance(seconds: 5)
    // What a duplicate says changes nothing.
    try await processes.first.complete(processes.completion("t1"))
    try await processes.second.complete(processes.completion("t2"))
    #expect(try await processes.world.record()?.registryChangedAtMilliseconds == changed)
    try await checkCalled(processes)
  }

  @Test func `a round that is resumed elsewhere offers the new agent too`() async throws {
    // The call that would see it fails, and its lease is given up; another process goes on from the row alone.
    let processes = try await Processes { request, index in
      if index == 1 { throw AWSError(code: "ServiceUnavailableException", message: "busy", httpStatus: 503, isRetryable: true) }
      return try await Processes.script(request, index)
    }
    try await processes.begin()
    try await processes.make(by: processes.first, thenBy: processes.first)
    #expect(processes.world.model.requests.count == 2)
    processes.world.clock.advance(seconds: 20)
    try await processes.second.sweep(untilMilliseconds: processes.world.clock.nowMilliseconds + 1000)
    #expect(processes.world.model.requests.count == 3)
    try await checkCalled(processes)
  }

  @Test func `a handler that dies between the answers and the model leaves the change in the row`() async throws {
    let processes = try await Processes()
    try await processes.begin()
    let dying = processes.world.supervisor { effects in effects.model = DyingModel() }
    await #expect(throws: DyingModel.Death.self) { try await processes.make(by: processes.first, thenBy: dying) }
    #expect(try await processes.world.record()?.registryChangedAtMilliseconds != nil)
    // The lease of the dead has ended.
    processes.world.clock.advance(seconds: 15 * 60)
    try await processes.second.sweep(untilMilliseconds: processes.world.clock.nowMilliseconds + 1000)
    try await checkCalled(processes)
  }

  @Test func `later rounds too know what was registered before`() async throws {
    // The model takes a round for something else first.
    let processes = try await Processes { request, _ in
      switch request.messages.count {
      case 1: .asks(("t1", "maker", [:]), ("t2", "maker", [:]))
      case 3: .asks(("other", "maker", [:]))
      case 5: .asks(("t3", "made", [:]))
      default: .says("finished")
      }
    }
    try await processes.begin()
    try await processes.make(by: processes.first, thenBy: processes.first)
    processes.world.clock.advance(seconds: 5)
    // This process has not read the registry since, and its reading is not old.
    try await processes.second.complete(processes.completion("other", round: 2))
    let entry = try await processes.world.store.loadRound("\(World.id)#3")?.task("t3")
    #expect(entry?.agentID == "made" && entry?.state == .pending)
  }

  @Test func `a registry that cannot be read keeps the round waiting, and never offers less`() async throws {
    let processes = try await Processes()
    try await processes.begin()
    processes.rows.fails(true)
    await #expect(throws: Refused.self) { try await processes.make(by: processes.first, thenBy: processes.second) }
    #expect(processes.world.model.requests.count == 1)
    processes.rows.fails(false)
    processes.world.clock.advance(seconds: 120)
    try await processes.second.sweep(untilMilliseconds: processes.world.clock.nowMilliseconds + 1000)
    try await checkCalled(processes)
  }

  @Test func `a run in which nothing is registered reads the registry no more often than before`() async throws {
    let processes = try await Processes { request, _ in
      request.messages.count < 20 ? .asks(("t\(request.messages.count)", "maker", [:])) : .says("finished")
    }
    try await processes.begin()
    for round in 1...9 {
      try await processes.second.complete(processes.completion("t\(round * 2 - 1)", round: round))
    }
    #expect(processes.world.model.requests.count == 10)
    #expect(processes.rows.readings == [false, false])
    #expect(try await processes.world.record()?.registryChangedAtMilliseconds == nil)
  }
}

/// A model whose caller is lost while it speaks.
private struct DyingModel: Model {
  struct Death: Error {}
  func converse(modelID: String, _ request: ConverseRequest) async throws -> ConverseResponse { throw Death() }
}
