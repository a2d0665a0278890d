import AgentKit
import JSON
import Synchronization

/// The schedule's work: whatever is due and nobody is doing.
extension Supervisor {
  /// Rows that are looked at side by side.
  private static let width = 8

  /// Looks at everything that is due: unsent and overdue tasks, abandoned leases, unpublished outcomes.
  ///
  /// What takes milliseconds comes first. Of the model calls that are due the sweeper makes a few itself; for each of the others it
  /// publishes an event, so that they run side by side in invocations of their own. What ended runs have left behind comes last.
  /// - Parameter untilMilliseconds: no new row is begun after this time.
  /// - Returns: how many rows were looked at.
  @discardableResult
  public func sweep(untilMilliseconds: Int64) async throws -> Int {
    let looked = Mutex(0)
    let waitingForCall = Mutex<[String]>([])
    let waitingForCollection = Mutex<[String]>([])
    var seen: Set<String> = []
    while now < untilMilliseconds {
      // Rows that stay due however often they are looked at must not keep the sweeper from those behind them.
      let due = try await effects.store.due(atMilliseconds: now, limit: 100 + seen.count).filter { !seen.contains($0) }
      if due.isEmpty { break }
      seen.formUnion(due)
      await forEach(due, untilMilliseconds) { id in
        looked.withLock { $0 += 1 }
        switch await advanceReporting(id, .quickSweep) {
        case .nothing: break
        case .modelCall: waitingForCall.withLock { $0.append(id) }
        case .collection: waitingForCollection.withLock { $0.append(id) }
        }
      }
    }
    // Ids come in the order in which the rows became due, or nearly so.
    let calls = waitingForCall.withLock { $0 }
    let limits = configuration.limits
    let own = Array(calls.prefix(limits.callsOfSweep))
    let others = Array(calls.dropFirst(own.count).prefix(limits.wakesOfSweep))
    let left = await wake(others)
    await forEach(own + left + waitingForCollection.withLock { $0 }, untilMilliseconds) { id in _ = await advanceReporting(id, .sweep) }
    return looked.withLock { $0 }
  }

  /// Asks for an invocation for each of these orchestrations.
  /// - Returns: those for which none could be asked for.
  private func wake(_ ids: [String]) async -> [String] {
    guard !ids.isEmpty else { return [] }
    do {
      try await effects.bus.publish(ids.map { WakeEvent.event(orchestrationID: $0) })
      effects.observer.note(.info, "woke orchestrations", ["count": .number(ids.count)])
      return []
    } catch {
      effects.observer.note(.warning, "orchestrations could not be woken by events: \(error)", ["count": .number(ids.count)])
      return ids
    }
  }

  private func forEach(_ ids: [String], _ untilMilliseconds: Int64, _ body: @escaping @Sendable (String) async -> Void) async {
    await withTaskGroup(of: Void.self) { group in
      var waiting = ids.makeIterator()
      for _ in 0..<Self.width {
        if let id = waiting.next() { group.addTask { await body(id) } }
      }
      while await group.next() != nil {
        if now < untilMilliseconds, let id = waiting.next() { group.addTask { await body(id) } }
      }
    }
  }

  /// One bad row must not keep the sweeper from the others.
  /// - Returns: what is due that the visit may not do.
  private func advanceReporting(_ id: String, _ visit: Visit) async -> LeftForLater {
    do {
      return try await advance(id, visit: visit)
    } catch {
      await report(error, orchestrationID: id)
      return .nothing
    }
  }
}
