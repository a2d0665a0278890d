/// How much a log line matters; the levels of AWS_LAMBDA_LOG_LEVEL.
public enum LogLevel: Int, Sendable, Comparable, CaseIterable {
  case trace, debug, info, warning, error, fatal

  /// The level as Lambda writes it: "WARN" for a warning.
  public var name: String {
    switch self {
    case .trace: "TRACE"
    case .debug: "DEBUG"
    case .info: "INFO"
    case .warning: "WARN"
    case .error: "ERROR"
    case .fatal: "FATAL"
    }
  }

  /// A level from its name, in any case, with "WARNING" and "CRITICAL" for WARN and FATAL; nil for other text.
  public init?(name: String) {
    let name = name.uppercased()
    guard let level = Self.allCases.first(where: { $0.name == name }) ?? (name == "WARNING" ? .warning : name == "CRITICAL" ? .fatal : nil)
    else { return nil }
    self = level
  }

  public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}
