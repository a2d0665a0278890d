/// One invocation of a function while it runs.
// Unchecked: a world has one thread.
final class Invocation: @unchecked Sendable {
  /// The invocation that the running task belongs to.
  @TaskLocal static var current: Invocation?

  let facts: InvocationFacts
  let process: FunctionProcess
  /// True once it has been given up: it has no effect any more, and hears nothing.
  var isLost: Bool { process.isDead }
  private var stepsAfterLoss = 0

  /// An invocation that goes on without end after its process died waits for nothing, which no test could tell from work.
  private static let mostStepsAfterLoss = 10_000

  init(facts: InvocationFacts, process: FunctionProcess) {
    self.facts = facts
    self.process = process
  }

  /// The process dies, and with it all that still runs in it.
  func lose() { process.isDead = true }

  /// - Throws: when the process has died: nothing that follows may have an effect.
  func requireAlive() throws(InvocationLost) {
    guard isLost else { return }
    stepsAfterLoss += 1
    precondition(stepsAfterLoss < Self.mostStepsAfterLoss, "an invocation does not end after its process has died: \(facts)")
    throw InvocationLost()
  }
}

/// What a dead process would hear, if it could: every effect ends with it.
struct InvocationLost: Error, CustomStringConvertible {
  var description: String { "the process died" }
}
