import AgentKit
import Synchronization

/// Claims in the memory of the process, for tests and simulation.
public final class InMemoryClaimStore: ClaimStore {
  private struct Claim {
    var owner: String
    var untilMilliseconds: Int64
    var answer: TaskCompletion?
    var spentMicroUSD: Int64 = 0
    var spentEarlierMicroUSD: Int64 = 0
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
      let earlier = claims[task.claimID]
      if let earlier, earlier.owner == owner { return .claimed(spentEarlierMicroUSD: earlier.spentEarlierMicroUSD) }
      let spentEarlier = (earlier?.spentEarlierMicroUSD ?? 0).saturatingAdd(earlier?.spentMicroUSD ?? 0)
      claims[task.claimID] = Claim(owner: owner, untilMilliseconds: untilMilliseconds, spentEarlierMicroUSD: spentEarlier)
      return .claimed(spentEarlierMicroUSD: spentEarlier)
    }
  }

  public func isPending(_ task: TaskKey) async throws -> Bool {
    guard let requestID = task.requestID else { return true }
    return await isPending(requestID, task.toolUseID)
  }

  public func reserve(_ task: TaskKey, owner: String, atMostMicroUSD: Int64, untilMilliseconds: Int64) async throws -> Int64? {
    claims.withLock { claims in
      guard let claim = claims[task.claimID], claim.owner == owner, claim.answer == nil else { return nil }
      claims[task.claimID]?.spentMicroUSD = max(claim.spentMicroUSD, atMostMicroUSD)
      return claim.spentEarlierMicroUSD
    }
  }

  public func finish(_ task: TaskKey, owner: String, answer: TaskCompletion, untilMilliseconds: Int64) async throws -> Bool {
    claims.withLock { claims in
      guard claims[task.claimID]?.owner == owner else { return false }
      claims[task.claimID]?.answer = answer
      return true
    }
  }
}
