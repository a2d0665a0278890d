import Synchronization

@testable import Orchestration

/// A registry that lets something happen between a handler's reading of the row and its next write.
final class InterruptedRegistry: AgentRegistry {
  private let agents = AgentDirectory(rows: [AgentConfiguration.echo.row])
  private let interruption = Mutex<(@Sendable () async throws -> Void)?>(nil)

  func interruptOnce(_ body: @escaping @Sendable () async throws -> Void) { interruption.withLock { $0 = body } }

  func directory(changedAtMilliseconds: Int64?) async throws -> AgentDirectory {
    let body = interruption.withLock { interruption in
      defer { interruption = nil }
      return interruption
    }
    try await body?()
    return agents
  }
}
