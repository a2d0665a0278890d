import JSON
import Synchronization
import Testing

@testable import Orchestration

/// How long a reading of the registry serves.
@Suite struct CachedAgentRegistryTests {
  private let rows = RegistryRows([.echo])
  private let clock = ManualClock()

  private func registry() -> CachedAgentRegistry {
    CachedAgentRegistry(source: rows, clock: clock, observer: SilentObserver(), timeToLiveMilliseconds: 30_000)
  }

  private func names(_ registry: CachedAgentRegistry, changedAt: Int64?) async throws -> [String] {
    try await registry.directory(changedAtMilliseconds: changedAt).entries.map(\.toolName)
  }

  @Test func `a reading that may be older than a change does not serve`() async throws {
    let registry = registry()
    #expect(try await names(registry, changedAt: nil) == ["echo"])
    rows.add(.agent("fresh"))
    clock.advance(seconds: 1)
    let changed = clock.nowMilliseconds
    #expect(try await names(registry, changedAt: nil) == ["echo"])
    #expect(try await names(registry, changedAt: changed) == ["echo", "fresh"])
    #expect(rows.readings == [false, true])
    // Who knows of no change gets what was read for another.
    #expect(try await names(registry, changedAt: nil) == ["echo", "fresh"])
    #expect(rows.readings.count == 2)
  }

  @Test func `a reading serves once no clock can say that it was before the change`() async throws {
    let registry = registry()
    let changed = clock.nowMilliseconds
    clock.advance(seconds: 59)
    _ = try await names(registry, changedAt: changed)
    _ = try await names(registry, changedAt: changed)
    #expect(rows.readings == [true, true])
    clock.advance(seconds: 2)
    _ = try await names(registry, changedAt: changed)
    clock.advance(seconds: 29)
    _ = try await names(registry, changedAt: changed)
    #expect(rows.readings == [true, true, true])
    // From then on the registry is read as often as without a change.
    clock.advance(seconds: 31)
    for _ in 0..<9 { _ = try await names(registry, changedAt: changed) }
    #expect(rows.readings == [true, true, true, false])
  }

  @Test func `a process whose clock is ahead does not take its old reading for a new one`() async throws {
    let registry = registry()
    _ = try await names(registry, changedAt: nil)
    rows.add(.agent("fresh"))
    // The change was written down by a process whose clock is half a minute behind.
    #expect(try await names(registry, changedAt: clock.nowMilliseconds - 30_000) == ["echo", "fresh"])
  }

  @Test func `an old reading does not serve in place of one that fails`() async throws {
    let registry = registry()
    _ = try await names(registry, changedAt: nil)
    rows.fails(true)
    await #expect(throws: Refused.self) { try await names(registry, changedAt: clock.nowMilliseconds) }
    #expect(try await names(registry, changedAt: nil) == ["echo"])
    clock.advance(seconds: 61)
    #expect(try await names(registry, changedAt: nil) == ["echo"])
    rows.fails(false)
    #expect(try await names(registry, changedAt: clock.nowMilliseconds) == ["echo"])
  }
}

/// The rows of a registry that changes, and how they were read.
final class RegistryRows: AgentRowSource {
  private let state: Mutex<(rows: [JSONValue], readings: [Bool], fails: Bool)>

  init(_ agents: [AgentConfiguration]) { state = Mutex((agents.map(\.row), [], false)) }

  /// One for each reading: was it a consistent one?
  var readings: [Bool] { state.withLock { $0.readings } }
  func add(_ agent: AgentConfiguration) { state.withLock { $0.rows.append(agent.row) } }
  func fails(_ fails: Bool) { state.withLock { $0.fails = fails } }

  func rows(consistently: Bool) async throws -> [JSONValue] {
    try state.withLock { state in
      state.readings.append(consistently)
      if state.fails { throw Refused() }
      return state.rows
    }
  }
}
