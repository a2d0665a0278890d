import AgentKit
import JSON
import Orchestration

/// The modules of a world's code agents, played by the world, and the count of their failures.
///
/// What a module answers follows from its task; how long it takes and whether it fails is for the faults to say each time, so that a task
/// that runs again need not end as before.
// Unchecked: a world has one thread.
final class CodeModules: @unchecked Sendable {
  private let plan: Plan
  private let faults: FaultSource
  private let seed: UInt64
  /// How often each task has been run.
  private var runs: [String: Int] = [:]
  private var settled: Set<String> = []
  private var failuresInARow: [String: Int] = [:]
  /// Told of an agent that has failed too often in a row.
  var onQuarantine: (String) -> Void = { _ in }

  static let failuresUntilQuarantine = 3

  init(scenario: Scenario, faults: FaultSource, seed: UInt64) {
    plan = Plan(scenario)
    self.faults = faults
    self.seed = seed
  }

  /// What a run comes to, and how long it takes.
  func play(_ task: CodeAgentTask) -> (milliseconds: Int64, outcome: Result<JSONValue, TaskFailure>) {
    let key = task.claim.key.claimID
    runs[key, default: 0] += 1
    var chance = RandomStream(seed: seed, purpose: "module \(key)/\(runs[key] ?? 0)")
    var milliseconds: Int64 = chance.number(in: 1...2_000)
    if faults.occurs(Fault.slowAgent) { milliseconds = faults.number(in: 2_000...200_000) }
    if faults.occurs(Fault.failingAgent) {
      let code = chance.element(of: ["threw", "cpu_limit", "memory_limit", "crashed"]) ?? "threw"
      return (milliseconds, .failure(TaskFailure(code, "The module of '\(task.agent.agentID)' ended with \(code).")))
    }
    let names = TaskNames(task.input) ?? TaskNames(run: task.message.orchestrationID, round: 0, toolUseID: task.message.toolUseID)
    let bytes = faults.occurs(Fault.oversizedResult) ? Int(faults.number(in: 2_000...70_000)) : plan.task(names)?.resultBytes ?? 10
    return (milliseconds, .success(["found": .string(Filler.text(byteCount: bytes)), "of": .string(names.toolUseID)]))
  }

  /// Counts an answer once, however often it is told of.
  func settle(_ answer: TaskCompletion, _ task: TaskKey) throws {
    guard answer.codeVersion != nil else { return }
    // Counting is a write, and writes fail.
    if faults.occurs(Fault.internalError) { throw CountingFailed() }
    guard settled.insert(task.claimID).inserted else { return }
    failuresInARow[answer.node] = answer.status == .error ? (failuresInARow[answer.node] ?? 0) + 1 : 0
    if failuresInARow[answer.node] == Self.failuresUntilQuarantine { onQuarantine(answer.node) }
  }

  struct CountingFailed: Error {}
}

/// Runs code agents in one process of a world: what it waits, its clock waits, and a process that dies runs nothing to its end.
struct ProcessCodeAgents: CodeAgentRunner {
  let modules: CodeModules
  let clock: ProcessClock

  func run(_ task: CodeAgentTask) async throws(TaskFailure) -> TaskRun {
    let (milliseconds, played) = modules.play(task)
    let left = task.limits.deadlineMilliseconds.map { max(0, $0 - clock.nowMilliseconds) } ?? .max
    do { try await clock.sleep(milliseconds: min(milliseconds, left)) } catch {
      throw TaskFailure("cancelled", "The run was given up: \(error)")
    }
    let outcome = milliseconds <= left ? played : .failure(TaskFailure("deadline_exceeded", "The module was ended at its deadline."))
    return TaskRun(
      outcome: outcome, usage: TaskCompletion.Usage(costMicroUSD: task.claim.spentEarlierMicroUSD),
      code: TaskCompletion.CodeVersion(version: task.agent.version, sha256: task.agent.sha256 ?? ""))
  }

  func settle(_ answer: TaskCompletion, _ task: TaskKey) async throws { try modules.settle(answer, task) }
}
