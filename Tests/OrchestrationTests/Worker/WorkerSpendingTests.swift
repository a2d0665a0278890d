import AWSClient
import AgentKit
import JSON
import Synchronization
import Testing

@testable import Orchestration

/// Model calls: when they are made, and what they may cost.
@Suite("Worker: model calls")
struct WorkerSpendingTests: WorkerTesting {
  let world = WorkerWorld()

  @Test func `an agent at work stops before its next model call when nobody waits for it any more`() async throws {
    let isWanted = Mutex(true)
    let model = ModelDouble { _, _ in
      isWanted.withLock { $0 = false }
      return .asks((id: "q", agent: "query_table", input: ["path": "shared/sales.csv"]))
    }
    let claims = InMemoryClaimStore { _, _ in isWanted.withLock { $0 } }
    try await handle(worker(model, claims: claims), message())
    #expect(model.requests.count == 1)
    #expect(try completion.code == "cancelled")
    #expect(try #require(try completion.usage?.costMicroUSD) > 0)
  }

  @Test func `a task that is run again has the budget that is left, and reports what both runs took`() async throws {
    let claims = InMemoryClaimStore { _, _ in true }
    let key = TaskKey(orchestrationID: "run-1", requestID: "run-1#1", toolUseID: "use-1")
    // A worker that died in its model call.
    _ = try await claims.claim(key, owner: "dead", untilMilliseconds: clock.nowMilliseconds, nowMilliseconds: clock.nowMilliseconds)
    _ = try await claims.reserve(key, owner: "dead", atMostMicroUSD: 400_000)
    clock.advance(seconds: 1)
    try await handle(worker(ModelDouble { _, _ in .says("done") }, claims: claims), message(budget: 1_000_000))
    #expect(try completion.status == .success)
    #expect(try #require(try completion.usage?.costMicroUSD) > 400_000)

    let poor = TaskKey(orchestrationID: "run-2", requestID: "run-2#1", toolUseID: "use-1")
    _ = try await claims.claim(poor, owner: "dead", untilMilliseconds: clock.nowMilliseconds, nowMilliseconds: clock.nowMilliseconds)
    _ = try await claims.reserve(poor, owner: "dead", atMostMicroUSD: 990_000)
    clock.advance(seconds: 1)
    let model = ModelDouble { _, _ in .says("done") }
    try await handle(worker(model, claims: claims), message(requestID: "run-2#1", budget: 1_000_000, orchestrationID: "run-2"))
    #expect(try completions.last?.code == "budget_exhausted")
    #expect(model.requests.isEmpty)
  }

  @Test func `a second attempt that ends before its first model call reports what the first one spent`() async throws {
    let claims = InMemoryClaimStore { _, _ in true }
    func dieAfterSpending(_ round: Int) async throws {
      let key = TaskKey(orchestrationID: "run-1", requestID: "run-1#\(round)", toolUseID: "use-1")
      _ = try await claims.claim(key, owner: "dead", untilMilliseconds: clock.nowMilliseconds, nowMilliseconds: clock.nowMilliseconds)
      _ = try await claims.reserve(key, owner: "dead", atMostMicroUSD: 900_000)
      clock.advance(seconds: 1)
    }
    let model = ModelDouble { _, _ in .says("done") }
    let worker = worker(model, claims: claims)
    // The agent is gone; the registry does not answer; the input does not fit; the money is spent.
    try await dieAfterSpending(1)
    try await handle(worker, message(node: "gone", requestID: "run-1#1"))
    try await dieAfterSpending(2)
    try await handle(worker, message(node: "unreachable", requestID: "run-1#2"))
    try await dieAfterSpending(3)
    try await handle(worker, message([:], requestID: "run-1#3"))
    try await dieAfterSpending(4)
    try await handle(worker, message(requestID: "run-1#4", budget: 1))
    #expect(try completions.map(\.code) == ["agent_not_found", "registry_unavailable", "invalid_input", "budget_exhausted"])
    #expect(try completions.allSatisfy { $0.usage?.costMicroUSD == 900_000 })
    #expect(model.requests.isEmpty)
  }

  @Test func `a model is not asked when what it costs cannot be noted`() async throws {
    let model = ModelDouble { _, _ in .says("done") }
    try await handle(worker(model, claims: FailingClaims(InMemoryClaimStore { _, _ in true }, .reserveThrows)), message())
    #expect(try completion.code == "ledger_unavailable")
    #expect(model.requests.isEmpty)
  }
}
