import Orchestration

/// No orchestration is silent past its due time plus one sweep, and every run ends by its deadline and one sweep at the latest.
///
/// Every row that is not done says when to look at it, and a row whose outcome was published asks for nothing more; that holds always. That
/// somebody does look is promised as far as the sweeper's calls succeed, so it is checked from when nothing goes wrong any more.
final class NothingFallsSilent: Invariant {
  let name = "no orchestration is silent"

  private struct Row {
    var record: OrchestrationRecord
    var touchedAtMilliseconds: Int64
  }

  private var rows: [String: Row] = [:]
  private var quietSinceMilliseconds: Int64?
  /// The earliest time at which a row can have been silent for too long.
  private var nextCheckAtMilliseconds = Int64.max

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    if quietSinceMilliseconds == nil, world.isQuiet {
      quietSinceMilliseconds = world.nowMilliseconds
      plan(world)
    }
    if case .rowChanged(let change) = fact {
      if let (_, after) = change.orchestration, let after {
        rows[after.id] = Row(record: after, touchedAtMilliseconds: world.nowMilliseconds)
        plan(world)
        if let breach = checkWakeTime(after, world) { return breach }
      } else if let (_, after) = change.round, let after {
        rows[after.orchestrationID]?.touchedAtMilliseconds = world.nowMilliseconds
        plan(world)
      }
    }
    return world.nowMilliseconds > nextCheckAtMilliseconds ? overdue(world) : nil
  }

  func checkEnd(in world: any WorldView) -> [Breach] {
    // The world stops when nothing is to happen any more, which may be before somebody should have looked.
    world.orchestrations.compactMap { record in
      if record.publishedAtMilliseconds == nil {
        return record.wakeAtMilliseconds == nil ? Breach("\(record.id) waits, and nobody will look at it", orchestrationID: record.id) : nil
      }
      return record.wakeAtMilliseconds == nil
        ? nil : Breach("\(record.id) was published, and asks to be looked at for ever", orchestrationID: record.id)
    }
  }

  private func checkWakeTime(_ record: OrchestrationRecord, _ world: any WorldView) -> Breach? {
    func breach(_ message: String) -> Breach { Breach("\(record.id) \(message)", orchestrationID: record.id) }
    if record.publishedAtMilliseconds != nil {
      // What it leaves in the bucket is looked at an hour later (docs/decisions/0025).
      return nil
    }
    guard let wakeAt = record.wakeAtMilliseconds else { return breach("is not done, and has no time at which somebody looks at it") }
    guard record.state.isTerminal || wakeAt <= max(record.deadlineMilliseconds, world.nowMilliseconds + world.clockToleranceMilliseconds)
    else {
      return breach("is to be looked at \(wakeAt - record.deadlineMilliseconds) ms after its deadline")
    }
    return nil
  }

  // MARK: While nothing goes wrong

  /// When a row has been left alone for too long.
  private func limit(_ row: Row, _ world: any WorldView) -> Int64? {
    guard let quiet = quietSinceMilliseconds, let wakeAt = row.record.wakeAtMilliseconds else { return nil }
    return max(wakeAt, row.touchedAtMilliseconds, quiet) + world.patienceMilliseconds
  }

  /// When a run should have ended: every look at it after its deadline ends it, unless a write meets another's.
  private func endLimit(_ row: Row, _ world: any WorldView) -> Int64? {
    guard let quiet = quietSinceMilliseconds, !row.record.state.isTerminal else { return nil }
    return max(row.record.deadlineMilliseconds, quiet) + 2 * world.patienceMilliseconds
  }

  private func plan(_ world: any WorldView) {
    guard quietSinceMilliseconds != nil else { return }
    nextCheckAtMilliseconds = .max
    for row in rows.values {
      nextCheckAtMilliseconds = min(nextCheckAtMilliseconds, limit(row, world) ?? .max, endLimit(row, world) ?? .max)
    }
  }

  private func overdue(_ world: any WorldView) -> Breach? {
    for row in rows.values.sorted(by: { $0.record.id < $1.record.id }) {
      let id = row.record.id
      if let limit = limit(row, world), world.nowMilliseconds > limit {
        return Breach(
          "\(id) has been due since \(seconds(world.nowMilliseconds - (row.record.wakeAtMilliseconds ?? 0))), and nobody looked at it",
          orchestrationID: id)
      }
      if let limit = endLimit(row, world), world.nowMilliseconds > limit {
        return Breach(
          "\(id) runs on \(seconds(world.nowMilliseconds - row.record.deadlineMilliseconds)) after its deadline", orchestrationID: id)
      }
    }
    return nil
  }

  private func seconds(_ milliseconds: Int64) -> String { "\(milliseconds / 1000) s" }
}
