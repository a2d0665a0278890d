internal import Glibc

/// The X-Ray trace header that travels with every request and message: "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=...;Sampled=1".
/// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
///
/// SQS carries it as the message system attribute AWSTraceHeader, EventBridge as TraceHeader, HTTP as X-Amzn-Trace-Id.
public struct TraceHeader: Sendable, Hashable, CustomStringConvertible {
  /// The trace: "1-" and 8 hexadecimal digits of its time and 24 of chance.
  public let root: String
  /// The segment that caused this one: 16 hexadecimal digits.
  public let parent: String?
  /// Whether the trace is recorded; nil when that is not decided yet.
  public let isSampled: Bool?
  /// What else the header had, such as Lineage, which lets Lambda stop loops; passed on as it came.
  private let others: [String]

  public init(root: String, parent: String? = nil, isSampled: Bool? = nil) {
    self.init(root: root, parent: parent, isSampled: isSampled, others: [])
  }

  private init(root: String, parent: String?, isSampled: Bool?, others: [String]) {
    self.root = root
    self.parent = parent
    self.isSampled = isSampled
    self.others = others
  }

  /// Reads a header; nil when it has no well-formed Root.
  public init?(parsing text: String) {
    guard text.utf8.count <= 500 else { return nil }
    var root: String?
    var parent: String?
    var isSampled: Bool?
    var others: [String] = []
    for part in text.split(separator: ";") {
      let part = part.drop { $0 == " " }
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2 else { return nil }
      let value = String(pair[1])
      switch pair[0] {
      case "Root": root = value
      case "Parent": parent = Self.isHexadecimal(value, count: 16) ? value : nil
      case "Sampled": isSampled = value == "1" ? true : value == "0" ? false : nil
      default: others.append(String(part))
      }
    }
    guard let root, Self.isTrace(root) else { return nil }
    self.init(root: root, parent: parent, isSampled: isSampled, others: others)
  }

  /// The header's text.
  public var description: String {
    var parts = ["Root=\(root)"]
    if let parent { parts.append("Parent=\(parent)") }
    if let isSampled { parts.append("Sampled=\(isSampled ? 1 : 0)") }
    return (parts + others).joined(separator: ";")
  }

  /// The same trace, continued by another segment.
  /// - Parameter parent: 16 hexadecimal digits.
  public func continued(by parent: String) -> TraceHeader {
    TraceHeader(root: root, parent: parent, isSampled: isSampled, others: others)
  }

  /// The trace of the message in hand, where it is another than that of the invocation.
  @TaskLocal private static var ofTask: TraceHeader?

  /// The trace that the current task belongs to: the one set by `with`, else that of the invocation (_X_AMZN_TRACE_ID).
  public static var current: TraceHeader? {
    ofTask ?? getenv("_X_AMZN_TRACE_ID").flatMap { TraceHeader(parsing: String(cString: $0)) }
  }

  /// Runs `operation` as part of a trace, such as the one that an SQS record came with; nil leaves the trace as it is.
  public static func with<Result>(_ header: TraceHeader?, operation: () async throws -> Result) async rethrows -> Result {
    try await $ofTask.withValue(header ?? ofTask, operation: operation)
  }

  private static func isTrace(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    return parts.count == 3 && parts[0] == "1" && isHexadecimal(parts[1], count: 8) && isHexadecimal(parts[2], count: 24)
  }

  private static func isHexadecimal(_ text: String, count: Int) -> Bool {
    text.utf8.count == count
      && text.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) || ($0 >= 0x41 && $0 <= 0x46) }
  }
}
