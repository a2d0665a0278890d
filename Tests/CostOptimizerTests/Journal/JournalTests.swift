import AWSClient
import CostOptimizer
import Testing

@Suite struct JournalTests {
  let time = TestTime()
  let memory = InMemoryJournalStore()

  func journal(_ store: any JournalStore, run: String = "run-1") -> Journal {
    Journal(store: store, sessionID: "s", agentRun: run, clock: time, pause: time.pause)
  }

  func stored() async throws -> SessionJournal { try #require(try await memory.journal(of: "s", nowSeconds: 0)) }

  @Test func `a phase is IN_PROGRESS when it starts and has its figures when it ends`() async throws {
    let journal = journal(memory)
    #expect(await journal.begin() == .began)
    await journal.start(.discovery)
    #expect(try await stored().tasks.map(\.status) == [.inProgress])
    #expect(try await stored().tasks[0].startTime == "2027-01-15T08:00:00.000Z")
    time.advance(2_345)
    await journal.end(.discovery, .completed, resourceCount: 60)
    let task = try await stored().tasks[0]
    #expect(task.status == .completed)
    #expect(task.timestamp == "2027-01-15T08:00:02.345Z")
    #expect(task.endTime == "2027-01-15T08:00:02.345Z")
    #expect(task.durationSeconds == "2.345")
    #expect(task.resourceCount == 60)
    let expiry: Int64 = 1_800_000_002 + 2_592_000
    #expect(task.expiresAtSeconds == expiry)
  }

  @Test func `the session's end sums up its phases`() async throws {
    let journal = journal(memory)
    _ = await journal.begin()
    await journal.start(.discovery)
    time.advance(1_000)
    await journal.end(.discovery, .completed, resourceCount: 60)
    await journal.start(.usage)
    time.advance(500)
    await journal.end(.usage, .failed, error: "no metrics")
    await journal.start(.analysis)
    await journal.end(.analysis, .completed, resourceCount: 60, recommendationCount: 9)
    await journal.end(.storage, .skipped, error: "nothing to store")
    await journal.finish(.completed)
    let row = try #require(try await stored().session)
    #expect(row.status == .completed)
    #expect(row.durationSeconds == "1.5")
    #expect(
      row.totals
        == SessionTotals(
          resourceCount: 60, recommendationCount: 9,
          phaseMilliseconds: [
            "Discovery": 1_000, "Usage and Metrics Collection": 500, "Analysis and Decision Rules": 0, "S3 Write Requirements": 0,
          ]))
    #expect(try await stored().tasks.map(\.status) == [.completed, .failed, .completed, .skipped])
  }

  @Test func `the duration counts from the workflow's start`() async throws {
    try await StoreUnderTest.memory(memory).initiate("s", "2027-01-15T07:59:30.000Z")
    let journal = journal(memory)
    _ = await journal.begin()
    time.advance(10_000)
    await journal.finish(.completed)
    #expect(try await stored().session?.durationSeconds == "40")
  }

  @Test func `a write that fails for a passing reason is repeated after 1, 2 and 4 seconds`() async throws {
    let store = FaultyStore(memory) { _, number in number <= 3 ? .refused(FaultyStore.throttled) : nil }
    let journal = journal(store)
    #expect(await journal.begin() == .began)
    #expect(time.pauses == [1_000, 2_000, 4_000])
    #expect(await journal.gaps.isEmpty)
  }

  @Test func `a write that keeps failing becomes a gap, and everything goes on`() async throws {
    let store = FaultyStore(memory) { call, _ in call.hasPrefix("Discovery") ? .refused(FaultyStore.throttled) : nil }
    let journal = journal(store)
    _ = await journal.begin()
    await journal.start(.discovery)
    #expect(store.calls.count { $0 == "Discovery IN_PROGRESS" } == 4)
    await journal.start(.usage)
    #expect(try await stored().tasks.map(\.phase) == [.usage])
    #expect(
      await journal.gaps == [
        Gap(
          .journal, subject: "Journal", message: "DYNAMODB_ERROR: ProvisionedThroughputExceededException: too fast",
          consequence: "The journal of this session is not complete; the analysis went on.")
      ])
  }

  @Test func `a refusal is not repeated`() async throws {
    let store = FaultyStore(memory) { _, _ in .refused(FaultyStore.denied) }
    let journal = journal(store)
    #expect(await journal.begin() == .unavailable("ACCESS_DENIED: AccessDeniedException: not yours"))
    #expect(store.calls == ["begin"])
    #expect(time.pauses.isEmpty)
  }

  @Test func `an answer that was lost is no second begin, and no second end`() async throws {
    let store = FaultyStore(memory) { _, number in number % 2 == 1 ? .lost(FaultyStore.throttled) : nil }
    let journal = journal(store)
    #expect(await journal.begin() == .began)
    await journal.start(.discovery)
    await journal.end(.discovery, .completed, resourceCount: 1)
    #expect(await journal.finish(.completed)?.status == .completed)
    #expect(try await stored().tasks.map(\.status) == [.completed])
    #expect(await journal.gaps.isEmpty)
  }

  @Test func `a journal that is never there costs a bounded time`() async throws {
    let store = FaultyStore(memory) { _, _ in .refused(FaultyStore.throttled) }
    let journal = journal(store)
    _ = await journal.begin()
    for phase in Phase.allCases {
      await journal.start(phase)
      await journal.end(phase, .completed)
    }
    #expect(await journal.finish(.completed) == nil)
    // Two writes with all repetitions, then none of 15 others, and the end again with all.
    #expect(time.pauses == [1_000, 2_000, 4_000, 1_000, 2_000, 4_000, 1_000, 2_000, 4_000])
    #expect(store.calls.count == 12)
    let gaps = await journal.gaps
    #expect(gaps.count == 1)
    #expect(gaps.first?.count == 18)
  }

  @Test func `a journal that comes back is written again`() async throws {
    let store = FaultyStore(memory) { _, number in number <= 8 ? .refused(FaultyStore.throttled) : nil }
    let journal = journal(store)
    _ = await journal.begin()
    await journal.start(.discovery)
    await journal.end(.discovery, .completed, resourceCount: 5)
    #expect(store.calls.count == 8)
    time.advance(15_000)
    await journal.start(.usage)
    await journal.end(.usage, .completed)
    #expect(try await stored().tasks.map(\.phase) == [.usage])
    #expect(await journal.beat() == .written)
    await journal.finish(.completed)
    #expect(try await stored().session?.status == .completed)
    // The end's sums know the phases whose rows are missing.
    #expect(try await stored().session?.totals?.resourceCount == 5)
  }

  @Test func `a session that could not begin is begun by a sign of life`() async throws {
    try await StoreUnderTest.memory(memory).initiate("s", "2027-01-15T07:59:30.000Z")
    let store = FaultyStore(memory) { _, number in number <= 4 ? .refused(FaultyStore.throttled) : nil }
    let journal = journal(store)
    guard case .unavailable = await journal.begin() else {
      Issue.record("the session began")
      return
    }
    #expect(await journal.beat() == .written)
    #expect(try await stored().session?.status == .busy)
    #expect(try await stored().session?.startTime == "2027-01-15T07:59:30.000Z")
  }

  @Test func `a sign of life is told who ended the session`() async throws {
    let journal = journal(memory)
    _ = await journal.begin()
    time.advance(15_000)
    #expect(await journal.beat() == .written)
    #expect(try await stored().session?.heartbeat == "2027-01-15T08:00:15.000Z")
    try await StoreUnderTest.memory(memory).failFromOutside("s", "2027-01-15T08:01:00.000Z")
    guard case .lost(let row?) = await journal.beat() else {
      Issue.record("the session is still there")
      return
    }
    #expect(row.errorMessage == "no sign of life")
  }

  @Test func `a missed sign of life is no gap, and is not repeated`() async throws {
    let store = FaultyStore(memory) { call, _ in call == "beat" ? .refused(FaultyStore.throttled) : nil }
    let journal = journal(store)
    _ = await journal.begin()
    #expect(await journal.beat() == .unavailable)
    #expect(time.pauses.isEmpty)
    #expect(await journal.gaps.isEmpty)
  }

  @Test func `signs of life that were missed leave no phase out of the journal`() async throws {
    let store = FaultyStore(memory) { call, _ in call == "beat" ? .refused(FaultyStore.throttled) : nil }
    let journal = journal(store)
    _ = await journal.begin()
    await journal.start(.discovery)
    for _ in 1...3 { #expect(await journal.beat() == .unavailable) }
    await journal.end(.discovery, .completed, resourceCount: 2)
    await journal.start(.usage)
    #expect(try await stored().tasks.map(\.status) == [.completed, .inProgress])
    #expect(await journal.gaps.isEmpty)
  }

  @Test func `a sign of life is tried while other writes rest, also when the clock is set back`() async throws {
    let store = FaultyStore(memory) { _, number in (2...9).contains(number) ? .refused(FaultyStore.throttled) : nil }
    let journal = journal(store)
    #expect(await journal.begin() == .began)
    await journal.start(.discovery)
    await journal.end(.discovery, .completed)
    #expect(store.calls.count == 9)
    time.advance(-3_600_000)
    await journal.start(.usage)
    #expect(store.calls.count == 9)
    #expect(await journal.beat() == .written)
    await journal.end(.usage, .completed)
    #expect(try await stored().tasks.map(\.phase) == [.usage])
  }

  @Test func `a late sign of life does not bring back a session that has ended`() async throws {
    let journal = journal(memory)
    _ = await journal.begin()
    await journal.finish(.completed)
    let row = try await stored().session
    time.advance(60_000)
    #expect(await journal.beat() == .written)
    #expect(try await stored().session == row)
  }

  @Test func `a missing table is made where that is allowed, and the write repeated`() async throws {
    let created: @Sendable () async throws -> Void = {}
    let store = FaultyStore(memory, creation: created) { _, number in number == 1 ? .refused(FaultyStore.noTable) : nil }
    let journal = journal(store)
    #expect(await journal.begin() == .began)
    #expect(store.calls == ["begin", "createTable", "begin"])
    #expect(await journal.gaps.isEmpty)
  }

  @Test func `a missing table is a gap where it may not be made`() async throws {
    let store = FaultyStore(memory) { _, _ in .refused(FaultyStore.noTable) }
    let journal = journal(store)
    guard case .unavailable(let problem) = await journal.begin() else {
      Issue.record("the session began")
      return
    }
    #expect(problem == "TABLE_NOT_FOUND: ResourceNotFoundException: no such table; not allowed here")
    await journal.start(.discovery)
    #expect(await journal.gaps.map(\.count) == [2])
    #expect(time.pauses.isEmpty)
  }

  @Test func `a cancelled task still writes what happened`() async throws {
    let journal = journal(memory)
    _ = await journal.begin()
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      await journal.start(.discovery)
      await journal.end(.discovery, .cancelled, error: "stopped")
      await journal.finish(.failed, error: "stopped")
    }
    task.cancel()
    await task.value
    #expect(try await stored().tasks.map(\.status) == [.cancelled])
    #expect(try await stored().session?.status == .failed)
  }

  @Test func `long errors are cut`() async throws {
    let journal = journal(memory)
    _ = await journal.begin()
    await journal.finish(.failed, error: String(repeating: "é", count: 5_000))
    #expect(try await stored().session?.errorMessage == String(repeating: "é", count: 2_000) + " [cut]")
  }

  @Test(arguments: [(0, "0"), (1, "0.001"), (1_000, "1"), (12_340, "12.34"), (-5, "0"), (3_600_001, "3600.001")])
  func `seconds are written to the millisecond`(_ milliseconds: Int64, _ text: String) {
    #expect(JournalTime.seconds(milliseconds: milliseconds) == text)
    #expect(JournalTime.milliseconds(seconds: text) == max(0, milliseconds))
  }
}
