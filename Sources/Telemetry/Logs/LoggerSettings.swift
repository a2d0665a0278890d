internal import JSON

/// How a logger writes; what the environment says of it, and what a function adds.
public struct LoggerSettings: Sendable {
  /// The lowest level that is always written.
  public var threshold: LogLevel
  /// The lowest level that sampling and the buffer write: Lambda itself drops lines below AWS_LAMBDA_LOG_LEVEL.
  public var floor: LogLevel
  public var format: Logger.Format
  /// Part of the invocations, 0 to 1, of which lines below the threshold are written too.
  public var sampleRate: Double
  /// Bytes of lines below the threshold that are kept back in an invocation, and written when it logs an error or fails; 0 for none.
  public var bufferBytes: Int
  /// The name that `service` has in each line; nil for none.
  public var service: String?
  public var redaction: Redaction
  /// What was wrong with the environment, and what is used instead.
  public private(set) var problems: [String] = []

  public init(
    threshold: LogLevel = .info, floor: LogLevel = .debug, format: Logger.Format = .json, sampleRate: Double = 0, bufferBytes: Int = 0,
    service: String? = nil, redaction: Redaction = .standard
  ) {
    self.threshold = threshold
    self.floor = floor
    self.format = format
    self.sampleRate = sampleRate
    self.bufferBytes = bufferBytes
    self.service = service
    self.redaction = redaction
  }

  /// Bytes that a buffer may have: it is held beside the function's own data.
  public static let largestBuffer = 1 << 20

  /// Settings by environment variables. A value that cannot be used is reported in `problems`, and counts as not set.
  ///
  /// - AWS_LAMBDA_LOG_FORMAT: "JSON", else text.
  /// - AWS_LAMBDA_LOG_LEVEL: what Lambda lets through; else INFO.
  /// - LOG_LEVEL: the function's own level. Of the two the stricter holds, since Lambda drops the rest.
  /// - LOG_SAMPLE_RATE: 0 to 1.
  /// - LOG_BUFFER_BYTES: 0 to 1048576.
  /// - SERVICE_NAME.
  /// - Parameter environment: the value of a variable; nil when it is not set.
  public init(environment: (String) -> String?) {
    self.init()
    func value(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
    format = value("AWS_LAMBDA_LOG_FORMAT")?.uppercased() == "JSON" ? .json : .text
    let platform = level("AWS_LAMBDA_LOG_LEVEL", value)
    let own = level("LOG_LEVEL", value)
    threshold = max(platform ?? .trace, own ?? platform ?? .info)
    floor = max(platform ?? .debug, .debug)
    if let platform, let own, own < platform {
      problems.append("LOG_LEVEL is \(own.name), but Lambda drops lines below AWS_LAMBDA_LOG_LEVEL, which is \(platform.name)")
    }
    if let text = value("LOG_SAMPLE_RATE") {
      if let rate = Double(text), (0...1).contains(rate) {
        sampleRate = rate
      } else {
        problems.append("LOG_SAMPLE_RATE is '\(text)'; expected a number from 0 to 1, and 0 is used")
      }
    }
    if let text = value("LOG_BUFFER_BYTES") {
      if let bytes = Int(text), (0...Self.largestBuffer).contains(bytes) {
        bufferBytes = bytes
      } else {
        problems.append("LOG_BUFFER_BYTES is '\(text)'; expected a whole number from 0 to \(Self.largestBuffer), and 0 is used")
      }
    }
    service = value("SERVICE_NAME")
  }

  private mutating func level(_ name: String, _ value: (String) -> String?) -> LogLevel? {
    guard let text = value(name) else { return nil }
    if let level = LogLevel(name: text) { return level }
    problems.append("\(name) is '\(text)'; expected TRACE, DEBUG, INFO, WARN, ERROR or FATAL, and it is taken as not set")
    return nil
  }

  /// The lowest level of which a line may ever be made.
  var lowest: LogLevel { sampleRate > 0 || bufferBytes > 0 ? min(floor, threshold) : threshold }
}
