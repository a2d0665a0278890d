import JSON

/// What an ended run has left behind.
///
/// Objects are put into the blob store before the row that refers to them is written, so a handler that dies in between, or loses the row to
/// another, leaves one that nothing refers to. Whoever puts one has seen the run before its end; so when no such handler can be alive any
/// more, what nothing refers to is nobody's.
extension Supervisor {
  /// Removes the objects of an ended run that nothing refers to, and takes the row out of the sweeper's sight.
  func collect(_ record: OrchestrationRecord) async throws {
    var next = machine.collected(record)
    do {
      let removed = try await removeLeftovers(of: record)
      if removed > 0 { note(.info, "objects that nothing refers to were removed", record.id, ["count": .number(removed)]) }
    } catch {
      await report(error, orchestrationID: record.id)
      // Without all tracking records nobody can tell what is needed, and a record that cannot be read will not become readable by itself.
      if !(error is LedgerError) { next = machine.notCollected(record, nowMilliseconds: now) }
    }
    // Should somebody else have written, the row is still due.
    _ = try await effects.store.update(record, to: next)
  }

  /// - Returns: how many there were.
  private func removeLeftovers(of record: OrchestrationRecord) async throws -> Int {
    let found = try await payloads.keys(of: record.id)
    // Most runs have put nothing, and their tracking records need not be read.
    if found.isEmpty { return 0 }
    var needed = record.payloadKeys
    for number in stride(from: 1, through: record.rounds, by: 1) {
      let requestID = RoundRecord.requestID(orchestrationID: record.id, number: number)
      if let round = try await effects.store.loadRound(requestID) { needed.formUnion(round.payloadKeys) }
    }
    var removed = 0
    for key in found where !needed.contains(key) {
      try await payloads.remove(key)
      removed += 1
    }
    return removed
  }
}
