import AgentKit

@testable import Orchestration
@testable import Simulation

// What goes wrong with money.

extension Mutant {
  static let spending = [
    supervisor("the Supervisor's own model calls cost nothing", breaks: [BudgetsHold()]) { effects, _ in
      effects.prices = ModelPrices(asOf: "2026-01-01", entries: ["free": ModelPrices.Price(input: 0, output: 0)])
    },
    supervisor("what agents spend is not charged", breaks: [BudgetsHold()]) { effects, _ in
      effects.store = RewrittenAnswers(inner: effects.store) { _, result in result.usage = TaskCompletion.Usage() }
    },
    supervisor("nothing is set aside", breaks: [BudgetsHold()]) { effects, _ in
      effects.store = RewrittenRows(inner: effects.store) { _, new in new.spending.reservedMicroUSD = 0 }
    },
    supervisor("a call whose handler died counts as free", breaks: [BudgetsHold()]) { effects, _ in
      effects.store = RewrittenRows(inner: effects.store) { old, new in
        if let old, let dead = old.lease, let lease = new.lease, lease.owner != dead.owner {
          new.spending.costMicroUSD = old.spending.costMicroUSD
        }
      }
    },
    supervisor("nobody looks at the budget", breaks: [BudgetsHold()]) { effects, _ in
      effects.store = MisreadRows(inner: effects.store) { $0.budgetMicroUSD = 100_000_000 }
    },
    worker("what an attempt spent that died is forgotten", breaks: [BudgetsHold()]) { effects in
      effects.claims = ForgetsAttempts(inner: effects.claims)
    },
  ]
}

private struct ForgetsAttempts: ClaimDecorator {
  let inner: any ClaimStore

  func claim(_ task: TaskKey, owner: String, untilMilliseconds: Int64, nowMilliseconds: Int64) async throws -> ClaimOutcome {
    let outcome = try await inner.claim(task, owner: owner, untilMilliseconds: untilMilliseconds, nowMilliseconds: nowMilliseconds)
    return if case .claimed = outcome { .claimed(spentEarlierMicroUSD: 0) } else { outcome }
  }

  func reserve(_ task: TaskKey, owner: String, atMostMicroUSD: Int64, untilMilliseconds: Int64) async throws -> Int64? {
    try await inner.reserve(task, owner: owner, atMostMicroUSD: atMostMicroUSD, untilMilliseconds: untilMilliseconds).map { _ in 0 }
  }
}
