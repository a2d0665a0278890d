public import JSON

/// Writes structured log lines, one JSON object a line:
/// ```swift
/// logger.info("round started", ["round": 3])
/// // {"timestamp":"2026-11-20T07:19:00.123Z","level":"INFO","message":"round started","requestId":"...","round":3}
/// ```
/// A value that is cheap to copy and to hand down. A line below the threshold costs a comparison: neither message nor fields are made.
/// Logging never throws. Values under names that look secret are written as "(redacted)", and what is too long or nested too deeply is cut.
///
/// A line's fields come from five places; of a name in several, the last counts: the ambient fields, the invocation (`withInvocation`), the
/// task (`Correlation`), the logger (its service, and `with`), the call.
public struct Logger: Sendable {
  /// The form of a line, after AWS_LAMBDA_LOG_FORMAT.
  public enum Format: Sendable { case json, text }

  private final class Output: Sendable {
    let settings: LoggerSettings
    let lowest: LogLevel
    let ambient: @Sendable () -> JSONObject
    let nowMilliseconds: @Sendable () -> Int64
    let random: @Sendable () -> Double
    let write: @Sendable ([UInt8]) -> Void

    init(
      settings: LoggerSettings, ambient: @escaping @Sendable () -> JSONObject, nowMilliseconds: @escaping @Sendable () -> Int64,
      random: @escaping @Sendable () -> Double, write: @escaping @Sendable ([UInt8]) -> Void
    ) {
      self.settings = settings
      lowest = settings.lowest
      self.ambient = ambient
      self.nowMilliseconds = nowMilliseconds
      self.random = random
      self.write = write
    }
  }

  private let output: Output
  private let fields: JSONObject

  /// - Parameters:
  ///   - ambient: fields that belong to every line at the time it is written, such as the request id.
  ///   - random: a number from 0 up to but not including 1, for the sampling of an invocation.
  ///   - output: takes a whole line, with its line feed.
  public init(
    _ settings: LoggerSettings, ambient: @escaping @Sendable () -> JSONObject = { [:] },
    nowMilliseconds: @escaping @Sendable () -> Int64 = Logger.systemTime,
    random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
    output: @escaping @Sendable ([UInt8]) -> Void = Logger.standardOutput
  ) {
    self.output = Output(settings: settings, ambient: ambient, nowMilliseconds: nowMilliseconds, random: random, write: output)
    fields = settings.service.map { ["service": .string($0)] } ?? JSONObject()
    for problem in settings.problems { warning("the log's settings: \(problem)") }
  }

  /// - Parameters:
  ///   - threshold: the lowest level that is written.
  ///   - ambient: fields that belong to every line at the time it is written, such as the request id.
  ///   - output: takes a whole line, with its line feed.
  public init(
    threshold: LogLevel = .info, format: Format = .json, ambient: @escaping @Sendable () -> JSONObject = { [:] },
    nowMilliseconds: @escaping @Sendable () -> Int64 = Logger.systemTime,
    output: @escaping @Sendable ([UInt8]) -> Void = Logger.standardOutput
  ) {
    self.init(
      LoggerSettings(threshold: threshold, format: format), ambient: ambient, nowMilliseconds: nowMilliseconds, output: output)
  }

  /// A logger set up by environment variables, as `LoggerSettings` reads them. A value that cannot be used is warned of in the first lines.
  /// - Parameter environment: the value of a variable; nil when it is not set.
  public init(environment: (String) -> String?, ambient: @escaping @Sendable () -> JSONObject = { [:] }) {
    self.init(LoggerSettings(environment: environment), ambient: ambient)
  }

  private init(output: Output, fields: JSONObject) {
    self.output = output
    self.fields = fields
  }

  /// A logger that writes nothing, for tests.
  public static let silent = Logger(threshold: .fatal, output: { _ in })

  /// The same logger with fields that each of its lines carries.
  public func with(_ fields: JSONObject) -> Logger { Logger(output: output, fields: self.fields.merging(fields)) }

  // MARK: Invocations

  /// Runs an operation as one invocation: whether its lines below the threshold are written is decided once, by chance, and those that are
  /// kept back are written when it logs an error or throws, and forgotten when it does not.
  /// - Parameter fields: what each line of the invocation carries, such as its request id.
  public func withInvocation<Result>(
    _ fields: JSONObject = [:], operation: () async throws -> Result
  ) async rethrows -> Result {
    let rate = output.settings.sampleRate
    let isSampled = rate > 0 && output.random() < rate
    let scope = LogScope(sampleRate: isSampled ? rate : nil, fields: fields, bufferBytes: output.settings.bufferBytes)
    return try await LogScope.$current.withValue(scope) {
      do { return try await operation() } catch {
        flush(scope)
        throw error
      }
    }
  }

  /// Adds fields to every later line of the current invocation, whichever logger writes it; does nothing outside of one.
  public func addToInvocation(_ fields: JSONObject) { LogScope.current?.add(fields) }

  /// Writes the lines of the current invocation that are kept back, before something else can end the process.
  public func flush() { LogScope.current.map(flush) }

  private func flush(_ scope: LogScope) {
    let (lines, dropped) = scope.takeKept()
    if dropped > 0 {
      let capacity = output.settings.bufferBytes
      write(
        .warning, "\(dropped) earlier lines did not fit into the log's buffer", ["bufferBytes": .number(capacity)], scope, output.write)
    }
    for line in lines { output.write(line) }
  }

  // MARK: Lines

  /// Whether a line of this level would be made now, to be written or kept back.
  public func isEnabled(_ level: LogLevel) -> Bool { destination(of: level) != nil }

  private enum Destination { case output, buffer }

  private func destination(of level: LogLevel) -> Destination? {
    if level >= output.settings.threshold { return .output }
    guard level >= output.lowest, let scope = LogScope.current else { return nil }
    if scope.sampleRate != nil { return .output }
    return output.settings.bufferBytes > 0 ? .buffer : nil
  }

  /// Writes a line, or keeps it back; neither text nor fields are made for a level that is off.
  /// - Parameter fields: go before those of the scope and of the logger that have the same names.
  public func log(_ level: LogLevel, _ message: @autoclosure () -> String, _ fields: @autoclosure () -> JSONObject = [:]) {
    guard let destination = destination(of: level) else { return }
    let scope = LogScope.current
    switch destination {
    case .output:
      if level >= .error, output.settings.bufferBytes > 0, let scope { flush(scope) }
      write(level, message(), fields(), scope, output.write)
    case .buffer: write(level, message(), fields(), scope) { scope?.keep($0) }
    }
  }

  private func write(
    _ level: LogLevel, _ message: String, _ fields: JSONObject, _ scope: LogScope?, _ take: ([UInt8]) -> Void
  ) {
    var all = output.ambient()
    if let scope {
      all = all.merging(scope.fields)
      if let rate = scope.sampleRate { all["sampling_rate"] = JSONNumber(rate).map(JSONValue.number) }
    }
    all = all.merging(Correlation.fields).merging(self.fields).merging(fields)
    let line = LogLine(
      timestampMilliseconds: output.nowMilliseconds(), level: level, message: message, fields: all, redaction: output.settings.redaction)
    take(line.bytes(format: output.settings.format))
  }
}

extension Logger {
  /// What only a search for a fault needs: every step.
  public func trace(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> JSONObject = [:]) {
    log(.trace, message(), fields())
  }
  /// What a developer wants to know; kept back and shown with an error where the logger buffers.
  public func debug(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> JSONObject = [:]) {
    log(.debug, message(), fields())
  }
  /// What happened.
  public func info(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> JSONObject = [:]) {
    log(.info, message(), fields())
  }
  /// What went wrong and did no harm yet.
  public func warning(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> JSONObject = [:]) {
    log(.warning, message(), fields())
  }
  /// What failed.
  public func error(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> JSONObject = [:]) {
    log(.error, message(), fields())
  }

  /// Logs an error with its type and text as `errorType` and `errorMessage`.
  public func error(_ message: @autoclosure () -> String, error: any Error, _ fields: @autoclosure () -> JSONObject = [:]) {
    log(
      .error, message(),
      (["errorType": .string("\(type(of: error))"), "errorMessage": .string("\(error)")] as JSONObject).merging(fields()))
  }
}
