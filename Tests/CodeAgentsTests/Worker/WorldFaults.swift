import AWSClient
import AgentKit
import JSON
import Orchestration
import Sandbox
import Synchronization

@testable import CodeAgents

/// Loses a handler at one of the steps at which it touches the world: just before an effect, or just after it. A lost handler does nothing
/// more.
final class WorldFaults: Sendable {
  struct Crash: Error {}

  private let state = Mutex<(steps: Int, crashAt: Int?, isDead: Bool)>((0, nil, false))

  /// The handler is lost at this step; the first is 1.
  func crash(atStep step: Int) { state.withLock { $0 = (0, step, false) } }

  /// Another handler may begin, and will not be lost.
  /// - Returns: true when one had been lost.
  func recover() -> Bool {
    state.withLock { state in
      defer { state = (0, nil, false) }
      return state.isDead
    }
  }

  func step() throws {
    try state.withLock { state in
      state.steps += 1
      if state.steps == state.crashAt { state.isDead = true }
      if state.isDead { throw Crash() }
    }
  }

  func around<Value>(_ effect: () async throws -> Value) async throws -> Value {
    try step()
    let value = try await effect()
    try step()
    return value
  }
}

struct FaultyTransport: HTTPTransport {
  let inner: any HTTPTransport
  let faults: WorldFaults
  func send(_ request: HTTPRequest) async throws -> HTTPResponse { try await faults.around { try await inner.send(request) } }
  func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse { try await inner.stream(request) }
}

struct FaultyBus: EventBus {
  let inner: any EventBus
  let faults: WorldFaults
  func publish(_ events: [BusEvent]) async throws { try await faults.around { try await inner.publish(events) } }
}

struct FaultyBlobs: BlobStore {
  let inner: any BlobStore
  let faults: WorldFaults
  func put(key: String, bytes: [UInt8], contentType: String) async throws {
    try await faults.around { try await inner.put(key: key, bytes: bytes, contentType: contentType) }
  }
  func putIfAbsent(key: String, bytes: [UInt8], contentType: String) async throws -> Bool {
    try await faults.around { try await inner.putIfAbsent(key: key, bytes: bytes, contentType: contentType) }
  }
  func get(key: String) async throws -> [UInt8]? { try await faults.around { try await inner.get(key: key) } }
  func list(prefix: String, limit: Int) async throws -> [BlobSummary] { try await inner.list(prefix: prefix, limit: limit) }
  func delete(key: String) async throws { try await inner.delete(key: key) }
}

/// A run of a handler that is lost comes to nothing.
struct FaultyRunner: ModuleRunner {
  let inner: any ModuleRunner
  let faults: WorldFaults

  func run(
    _ module: SandboxModule, input: JSONValue, capabilities: Capabilities, limits: SandboxLimits, deadlineMilliseconds: Int64,
    host: any SandboxHost
  ) async -> SandboxRun {
    try? faults.step()
    let run = await inner.run(
      module, input: input, capabilities: capabilities, limits: limits, deadlineMilliseconds: deadlineMilliseconds, host: host)
    try? faults.step()
    return run
  }

  func check(_ module: SandboxModule, limits: SandboxLimits) async -> SandboxFailure? { await inner.check(module, limits: limits) }
}
