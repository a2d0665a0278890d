public import Orchestration
import Synchronization

/// The runner of a function whose start must not wait for it: made when the first agent of kind code comes.
public final class DeferredCodeAgents: CodeAgentRunner {
  private let make: @Sendable () throws -> SandboxedCodeAgents
  private let made = Mutex<SandboxedCodeAgents?>(nil)

  public init(_ make: @escaping @Sendable () throws -> SandboxedCodeAgents) { self.make = make }

  private func runner() throws -> SandboxedCodeAgents {
    try made.withLock { made in
      if let made { return made }
      let runner = try make()
      made = runner
      return runner
    }
  }

  public func run(_ task: CodeAgentTask) async throws(TaskFailure) -> TaskRun {
    let runner: SandboxedCodeAgents
    do { runner = try self.runner() } catch {
      throw TaskFailure("code_not_available", "This worker is not set up to run code: \(error). A person must mend its configuration.")
    }
    return try await runner.run(task)
  }

  public func settle(_ answer: TaskCompletion, _ task: TaskKey) async throws {
    guard answer.codeVersion != nil else { return }
    try await runner().settle(answer, task)
  }
}
