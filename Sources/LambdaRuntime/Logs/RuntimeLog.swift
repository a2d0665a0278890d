internal import Glibc
internal import JSON
internal import Synchronization

/// The runtime's own log lines, in the form that AWS_LAMBDA_LOG_FORMAT asks for; one is written at a time, so lines never mix.
///
/// Texts of handlers' errors are cut at 16 KB and lose the queries of presigned URLs.
///
/// Functions log through Telemetry, which knows more; the fields of both are the same.
struct RuntimeLog: Sendable {
  /// The levels of AWS_LAMBDA_LOG_LEVEL that the runtime uses.
  enum Level: Int, Sendable, Comparable {
    case debug, info, warn, error, fatal

    var name: String {
      switch self {
      case .debug: "DEBUG"
      case .info: "INFO"
      case .warn: "WARN"
      case .error: "ERROR"
      case .fatal: "FATAL"
      }
    }

    init(_ text: String?) {
      switch text?.uppercased() {
      case "TRACE", "DEBUG": self = .debug
      case "WARN": self = .warn
      case "ERROR": self = .error
      case "FATAL": self = .fatal
      default: self = .info
      }
    }

    static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  let isJSON: Bool
  let threshold: Level
  private let write: @Sendable ([UInt8]) -> Void

  init(isJSON: Bool, threshold: Level, write: @escaping @Sendable ([UInt8]) -> Void = RuntimeLog.toStandardError) {
    self.isJSON = isJSON
    self.threshold = threshold
    self.write = write
  }

  init(_ environment: LambdaEnvironment, write: @escaping @Sendable ([UInt8]) -> Void = RuntimeLog.toStandardError) {
    // Lambda Managed Instances, which set a concurrency, take JSON lines only: text of several events at a time could not be told apart.
    let isJSON = environment["AWS_LAMBDA_LOG_FORMAT"]?.uppercased() == "JSON" || environment["AWS_LAMBDA_MAX_CONCURRENCY"] != nil
    self.init(isJSON: isJSON, threshold: Level(environment["AWS_LAMBDA_LOG_LEVEL"]), write: write)
  }

  static let standard = RuntimeLog(isJSON: false, threshold: .info)

  func log(_ level: Level, _ message: String, requestID: String? = nil, _ fields: [(String, String)] = []) {
    guard level >= threshold else { return }
    write(line(level, message, requestID: requestID, fields, milliseconds: nowMilliseconds()))
  }

  func line(
    _ level: Level, _ message: String, requestID: String?, _ fields: [(String, String)], milliseconds: Int64
  ) -> [UInt8] {
    let timestamp = ISO8601.text(milliseconds: milliseconds)
    let message = LogText.cleaned(message)
    let fields = fields.map { ($0, LogText.cleaned($1)) }
    guard isJSON else {
      var text = "\(timestamp) \(level.name) \(requestID ?? "-") \(message)"
      for (name, value) in fields { text += " \(name)=\(value)" }
      // A line break would make two log events of one.
      return text.utf8.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 } + [0x0A]
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("timestamp", timestamp)
    writer.member("level", level.name)
    writer.member("message", message)
    writer.member(ifPresent: "requestId", requestID)
    for (name, value) in fields { writer.member(name, value) }
    writer.endObject()
    return writer.bytes + [0x0A]
  }

  /// A pipe takes more than 4096 bytes in pieces, between which another thread's line might stand.
  private static let isWriting = Mutex(())

  @Sendable static func toStandardError(_ line: [UInt8]) {
    isWriting.withLock { _ in
      line.withUnsafeBytes { bytes in
        var rest = bytes[...]
        while !rest.isEmpty {
          let count = retryingInterrupts { Glibc.write(2, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count) }
          // Nobody can be told of a log that takes nothing.
          guard count > 0 else { return }
          rest = rest.dropFirst(count)
        }
      }
    }
  }
}
