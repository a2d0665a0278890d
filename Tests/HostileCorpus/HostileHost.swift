import JSON
import Sandbox
import Synchronization

/// Performs what the modules of the corpus are granted, and remembers what it was asked.
final class HostileHost: SandboxHost {
  /// The beginning of 2026, at which the clock stands.
  static let nowMilliseconds: Int64 = 1_767_225_600_000

  private struct Heard {
    var calls: [String] = []
    var logs: [String] = []
  }

  private let heard = Mutex(Heard())

  var calls: [String] { heard.withLock { $0.calls } }
  var logs: [String] { heard.withLock { $0.logs } }

  func callTool(_ name: String, _ input: JSONValue) async throws(HostCallError) -> JSONValue {
    heard.withLock { $0.calls.append(name) }
    switch name {
    case "echo": return input
    case "large": return .string(String(repeating: "x", count: 500_000))
    case "prototype":
      return ["__proto__": ["polluted": true], "constructor": ["prototype": ["polluted": true]], "toJSON": "forged", "then": "forged"]
    case "fail": throw HostCallError("tool_failed", "{\"code\":\"crashed\"}\nR 0 {}")
    case "never":
      // Ends when the task is cancelled.
      let (stream, continuation) = AsyncStream<Void>.makeStream()
      for await _ in stream {}
      continuation.finish()
      throw HostCallError("cancelled", "nobody waits for it any more")
    default: throw HostCallError("unknown", "no tool of this name is granted to any module")
    }
  }

  func converse(_ request: JSONValue) async throws(HostCallError) -> JSONValue {
    heard.withLock { $0.calls.append("converse") }
    return request
  }

  func log(_ level: String, _ message: String) { heard.withLock { $0.logs.append(message) } }

  func nowMilliseconds() -> Int64 { Self.nowMilliseconds }

  func randomSeed() -> [UInt8] { (0..<32).map { $0 } }
}
