import AWSClient
import AgentKit
import JSON
import Orchestration
import Sandbox
import Synchronization

@testable import CodeAgents

struct Refused: Error, CustomStringConvertible { let description = "refused" }

/// A bucket that counts what is read, and fails as a test has it fail.
final class WatchedBlobs: BlobStore {
  let inner = InMemoryBlobStore()
  private let state = Mutex<(reads: [String], readFailures: [any Error], refusedPrefix: String?)>(([], [], nil))

  var reads: [String] { state.withLock { $0.reads } }
  /// The next reads fail with these, one each.
  func failReads(_ errors: [any Error]) { state.withLock { $0.readFailures = errors } }
  /// Nothing whose key begins so can be written.
  func refuseWrites(_ prefix: String) { state.withLock { $0.refusedPrefix = prefix } }

  func put(key: String, bytes: [UInt8], contentType: String) async throws {
    if let prefix = state.withLock({ $0.refusedPrefix }), key.hasPrefix(prefix) { throw Refused() }
    try await inner.put(key: key, bytes: bytes, contentType: contentType)
  }
  func putIfAbsent(key: String, bytes: [UInt8], contentType: String) async throws -> Bool {
    try await inner.putIfAbsent(key: key, bytes: bytes, contentType: contentType)
  }
  func get(key: String) async throws -> [UInt8]? {
    let failure = state.withLock { state in
      state.reads.append(key)
      return state.readFailures.isEmpty ? nil : state.readFailures.removeFirst()
    }
    if let failure { throw failure }
    // Others may run before the answer is there.
    await Task.yield()
    return try await inner.get(key: key)
  }
  func list(prefix: String, limit: Int) async throws -> [BlobSummary] { try await inner.list(prefix: prefix, limit: limit) }
  func delete(key: String) async throws { try await inner.delete(key: key) }
}

/// A bus that keeps what was published, and refuses what a test has it refuse.
final class CountingBus: EventBus {
  private let state = Mutex<(events: [BusEvent], refused: [String: Int])>(([], [:]))

  var events: [BusEvent] { state.withLock { $0.events } }
  func details(_ detailType: String) -> [JSONValue] {
    events.filter { $0.detailType == detailType }.compactMap { try? JSONValue(parsing: $0.detail) }
  }
  /// The next publications of this type are refused.
  func refuse(_ detailType: String, _ count: Int) { state.withLock { $0.refused[detailType] = count } }

  func publish(_ events: [BusEvent]) async throws {
    try state.withLock { state in
      for event in events {
        if let left = state.refused[event.detailType], left > 0 {
          state.refused[event.detailType] = left - 1
          throw Refused()
        }
      }
      state.events += events
    }
  }
}

final class NotingObserver: OrchestrationObserver {
  struct Line: Sendable {
    let level: ObservationLevel
    let message: String
    let fields: JSONObject
  }

  private let kept = Mutex<(lines: [Line], counts: [String: Int])>(([], [:]))
  var lines: [Line] { kept.withLock { $0.lines } }
  /// The audit records, in their order.
  var audits: [JSONObject] { lines.map(\.fields).filter { $0["audit"] == "host_call" } }
  func note(_ level: ObservationLevel, _ message: String, _ fields: JSONObject) {
    kept.withLock { $0.lines.append(Line(level: level, message: message, fields: fields)) }
  }
  func count(_ metric: String) { kept.withLock { $0.counts[metric, default: 0] += 1 } }
  func counted(_ metric: String) -> Int { kept.withLock { $0.counts[metric] ?? 0 } }
}

/// A clock that a test moves; waiting moves it too.
final class HandClock: AgentKit.Clock, AWSClock {
  private let now = Mutex<Int64>(1_800_000_000_000)
  var nowMilliseconds: Int64 { now.withLock { $0 } }
  func advance(milliseconds: Int64) { now.withLock { $0 += milliseconds } }
  func sleep(milliseconds: Int64) async throws { advance(milliseconds: milliseconds) }
  func randomFraction() -> Double { 0.5 }
}

final class CountedIDs: IDSource {
  private let count = Mutex(0)
  func makeID() -> String {
    count.withLock {
      $0 += 1
      return "id-\($0)"
    }
  }
}

final class ScriptedModel: Model {
  typealias Script = @Sendable (ConverseRequest, Int) async throws -> ConverseResponse

  private let script: Script
  private let seen = Mutex<[ConverseRequest]>([])
  init(_ script: @escaping Script) { self.script = script }
  var requests: [ConverseRequest] { seen.withLock { $0 } }

  func converse(modelID: String, _ request: ConverseRequest) async throws -> ConverseResponse {
    let index = seen.withLock { seen in
      seen.append(request)
      return seen.count - 1
    }
    return try await script(request, index)
  }
}

extension ConverseResponse {
  static func saying(_ text: String) -> ConverseResponse {
    ConverseResponse(message: .assistant(.text(text)), stopReason: .endTurn, usage: TokenUsage(inputTokens: 100, outputTokens: 20))
  }
}

/// Runs no module: a script says what becomes of each run.
final class ScriptedRunner: ModuleRunner {
  typealias Script = @Sendable (SandboxModule, JSONValue, any SandboxHost) async -> Result<JSONValue, SandboxFailure>

  private let script: Script
  private let count = Mutex(0)
  init(_ script: @escaping Script) { self.script = script }
  /// How many runs there were.
  var runs: Int { count.withLock { $0 } }

  func run(
    _ module: SandboxModule, input: JSONValue, capabilities: Capabilities, limits: SandboxLimits, deadlineMilliseconds: Int64,
    host: any SandboxHost
  ) async -> SandboxRun {
    count.withLock { $0 += 1 }
    let outcome = await script(module, input, host)
    let recorded: RunRecord.Outcome =
      switch outcome {
      case .success(let value): .result(value.json)
      case .failure(let failure): .failure(failure)
      }
    return SandboxRun(
      outcome: outcome,
      record: RunRecord(
        module: module, input: input, capabilities: capabilities, limits: limits, nowMilliseconds: host.nowMilliseconds(),
        randomSeed: host.randomSeed(), outcome: recorded))
  }

  func check(_ module: SandboxModule, limits: SandboxLimits) async -> SandboxFailure? { nil }
}

extension SandboxFailure {
  /// A failure that is the agent's own.
  static let thrown = SandboxFailure(.threw, "TypeError: x is undefined", stack: "    at handler (made.js:1:9)")
}
