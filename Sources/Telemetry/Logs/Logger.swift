internal import Glibc
public import JSON
internal import Synchronization

/// Writes structured log lines, one JSON object a line:
/// ```swift
/// logger.info("round started", ["round": 3])
/// // {"timestamp":"2026-11-20T07:19:00.123Z","level":"INFO","message":"round started","requestId":"...","round":3}
/// ```
/// A value that is cheap to copy and to hand down. A line below the threshold costs a comparison: neither message nor fields are made.
/// Values under names that look secret are written as "(redacted)".
public struct Logger: Sendable {
  /// The form of a line, after AWS_LAMBDA_LOG_FORMAT.
  public enum Format: Sendable { case json, text }

  private final class Settings: Sendable {
    let threshold: LogLevel
    let format: Format
    let ambient: @Sendable () -> JSONObject
    let nowMilliseconds: @Sendable () -> Int64
    let output: @Sendable ([UInt8]) -> Void

    init(
      threshold: LogLevel, format: Format, ambient: @escaping @Sendable () -> JSONObject, nowMilliseconds: @escaping @Sendable () -> Int64,
      output: @escaping @Sendable ([UInt8]) -> Void
    ) {
      self.threshold = threshold
      self.format = format
      self.ambient = ambient
      self.nowMilliseconds = nowMilliseconds
      self.output = output
    }
  }

  private let settings: Settings
  private let fields: JSONObject

  /// - Parameters:
  ///   - threshold: the lowest level that is written.
  ///   - ambient: fields that belong to every line at the time it is written, such as the request id.
  ///   - output: takes a whole line, with its line feed.
  public init(
    threshold: LogLevel = .info, format: Format = .json, ambient: @escaping @Sendable () -> JSONObject = { [:] },
    nowMilliseconds: @escaping @Sendable () -> Int64 = Logger.systemTime,
    output: @escaping @Sendable ([UInt8]) -> Void = Logger.standardOutput
  ) {
    settings = Settings(threshold: threshold, format: format, ambient: ambient, nowMilliseconds: nowMilliseconds, output: output)
    fields = [:]
  }

  /// A logger set up by AWS_LAMBDA_LOG_FORMAT (JSON or Text, else Text) and AWS_LAMBDA_LOG_LEVEL (else INFO).
  /// - Parameter environment: the value of a variable; nil when it is not set.
  public init(environment: (String) -> String?, ambient: @escaping @Sendable () -> JSONObject = { [:] }) {
    self.init(
      threshold: environment("AWS_LAMBDA_LOG_LEVEL").flatMap { LogLevel(name: $0) } ?? .info,
      format: environment("AWS_LAMBDA_LOG_FORMAT")?.uppercased() == "JSON" ? .json : .text, ambient: ambient)
  }

  private init(settings: Settings, fields: JSONObject) {
    self.settings = settings
    self.fields = fields
  }

  /// A logger that writes nothing, for tests.
  public static let silent = Logger(threshold: .fatal, output: { _ in })

  /// The same logger with fields that each of its lines carries.
  public func with(_ fields: JSONObject) -> Logger { Logger(settings: settings, fields: self.fields.merging(fields)) }

  public func isEnabled(_ level: LogLevel) -> Bool { level >= settings.threshold }

  public func log(_ level: LogLevel, _ message: @autoclosure () -> String, _ fields: @autoclosure () -> JSONObject = [:]) {
    guard level >= settings.threshold else { return }
    let all = settings.ambient().merging(Correlation.fields).merging(self.fields).merging(fields())
    let line = LogLine(timestampMilliseconds: settings.nowMilliseconds(), level: level, message: message(), fields: all)
    settings.output(line.bytes(format: settings.format))
  }

  public func trace(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> JSONObject = [:]) {
    log(.trace, message(), fields())
  }
  public func debug(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> JSONObject = [:]) {
    log(.debug, message(), fields())
  }
  public func info(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> JSONObject = [:]) {
    log(.info, message(), fields())
  }
  public func warning(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> JSONObject = [:]) {
    log(.warning, message(), fields())
  }
  public func error(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> JSONObject = [:]) {
    log(.error, message(), fields())
  }

  /// Logs an error with its type and text as `errorType` and `errorMessage`.
  public func error(_ message: @autoclosure () -> String, error: any Error, _ fields: @autoclosure () -> JSONObject = [:]) {
    log(
      .error, message(),
      (["errorType": .string("\(type(of: error))"), "errorMessage": .string("\(error)")] as JSONObject).merging(fields()))
  }

  /// Writes a line to standard output, one at a time, so that lines of several threads never mix.
  @Sendable public static func standardOutput(_ line: [UInt8]) { write(line, to: 1) }

  /// A pipe takes more than 4096 bytes in pieces, between which another thread's line might stand.
  private static let isWriting = Mutex(())

  static func write(_ line: [UInt8], to descriptor: Int32) {
    isWriting.withLock { _ in
      line.withUnsafeBytes { bytes in
        var rest = bytes[...]
        while !rest.isEmpty {
          let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
          if count < 0, errno == EINTR { continue }
          // Nobody can be told of a log that takes nothing.
          guard count > 0 else { return }
          rest = rest.dropFirst(count)
        }
      }
    }
  }

  /// Milliseconds since the Unix epoch by the machine's clock.
  @Sendable public static func systemTime() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}

/// Fields that every line carries which the current task, and the tasks it starts, log: the orchestration, the task, the agent.
public enum Correlation {
  @TaskLocal public static var fields: JSONObject = [:]

  /// Runs `operation` with fields added to those in force.
  public static func with<Result>(_ fields: JSONObject, operation: () async throws -> Result) async rethrows -> Result {
    try await $fields.withValue(self.fields.merging(fields), operation: operation)
  }
}

extension JSONObject {
  /// This object with the members of another; of a name in both, the other's value.
  func merging(_ other: JSONObject) -> JSONObject {
    if other.isEmpty { return self }
    if isEmpty { return other }
    var result = self
    for member in other { result[member.key] = member.value }
    return result
  }
}
