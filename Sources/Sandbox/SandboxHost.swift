public import JSON

/// Answers a module's calls. Name, count and size are checked before a call comes here; what the input means is the host's to check.
public protocol SandboxHost: Sendable {
  /// - Throws: what the module's promise is rejected with.
  func callTool(_ name: String, _ input: JSONValue) async throws(HostCallError) -> JSONValue
  /// - Throws: what the module's promise is rejected with.
  func converse(_ request: JSONValue) async throws(HostCallError) -> JSONValue
  /// Hears a log line; it must not block.
  func log(_ level: String, _ message: String)
  /// Milliseconds since the Unix epoch.
  func nowMilliseconds() -> Int64
  /// What the run's random numbers are made from: 32 bytes.
  func randomSeed() -> [UInt8]
}

/// Why a host call has no result: the module sees an Error with this `code` and `message`.
public struct HostCallError: Error, Sendable, Equatable, CustomStringConvertible {
  public let code: String
  public let message: String

  public init(_ code: String, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { "\(code): \(message)" }
}
