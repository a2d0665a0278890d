import Synchronization

/// Claims in the memory of the process, for tests and simulation.
public final class InMemoryClaimStore: ClaimStore {
  private struct Claim {
    var owner: String
    var untilMilliseconds: Int64
    var answer: TaskCompletion?
  }

  private let claims = Mutex<[String: Claim]>([:])
  private let isPending: @Sendable (_ requestID: String, _ toolUseID: String) async -> Bool

  /// - Parameter isPending: whether a round still waits for a task.
  public init(isPending: @escaping @Sendable (_ requestID: String, _ toolUseID: String) async -> Bool) { self.isPending = isPending }

  public func claim(_ task: TaskKey, owner: String, untilMilliseconds: Int64, nowMilliseconds: Int64) async throws -> ClaimOutcome {
    var pending = true
    if let requestID = task.requestID { pending = await isPending(requestID, task.toolUseID) }
    return claims.withLock { claims in
      if let claim = claims[task.claimID] {
        if let answer = claim.answer { return .finished(answer) }
        guard claim.owner == owner || claim.untilMilliseconds < nowMilliseconds else {
          return .inProgress(untilMilliseconds: claim.untilMilliseconds)
        }
      }
      guard pending else { return .notPending }
      claims[task.claimID] = Claim(owner: owner, untilMilliseconds: untilMilliseconds)
      return .claimed
    }
  }

  public func finish(_ task: TaskKey, owner: String, answer: TaskCompletion) async throws -> Bool {
    claims.withLock { claims in
      guard claims[task.claimID]?.owner == owner else { return false }
      claims[task.claimID]?.answer = answer
      return true
    }
  }
}
