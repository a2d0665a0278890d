import JSON

@testable import Orchestration
@testable import Simulation

// What goes wrong with the time at which somebody looks again.

extension Mutant {
  static let silence = [
    supervisorHandler("nobody looks at what is overdue", defect: "B10", breaks: [NothingFallsSilent()]) { supervisor, delivery in
      if case .sweep? = try? SupervisorEvent(bytes: delivery.bytes) { return ["status": "swept", "rows": 0] }
      return try await supervisor.handle(delivery)
    },
    supervisor("a row does not say when to look at it", breaks: [NothingFallsSilent()]) { effects, _ in
      effects.store = RewrittenRows(inner: effects.store) { _, new in new.wakeAtMilliseconds = nil }
    },
    supervisor("the sweeper reads the first shard of its index", breaks: [NothingFallsSilent()]) { effects, _ in
      effects.store = FirstShard(inner: effects.store)
    },
  ]
}

private struct FirstShard: StoreDecorator {
  let inner: any OrchestrationStore

  func due(atMilliseconds: Int64, limit: Int) async throws -> [String] {
    try await inner.due(atMilliseconds: atMilliseconds, limit: limit)
      .filter { StableHash.of($0) % UInt64(OrchestrationRecord.wakeShardCount) == 0 }
  }
}
