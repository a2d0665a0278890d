/// The trace header of W3C Trace Context: "00-5bef4de7ad49b0e87f6ef6c87fc2e700-9a9197af755a6419-01".
/// https://www.w3.org/TR/trace-context/#traceparent-header
///
/// X-Ray's ids are the same bits: a trace's first 8 digits are its time there, and the digits stand in two groups.
public struct TraceParent: Sendable, Hashable, CustomStringConvertible {
  /// 32 hexadecimal digits in lower case, not all zero.
  public let traceID: String
  /// The span that caused this one: 16 hexadecimal digits in lower case, not all zero.
  public let parentID: String
  public let isSampled: Bool

  /// nil unless the ids are what the standard takes.
  public init?(traceID: String, parentID: String, isSampled: Bool) {
    guard Self.isID(traceID, count: 32), Self.isID(parentID, count: 16) else { return nil }
    self.traceID = traceID
    self.parentID = parentID
    self.isSampled = isSampled
  }

  /// Reads a header; nil for one that is not well-formed. Of later versions of the standard, the parts that this one has are read.
  public init?(parsing text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, Self.isHexadecimal(parts[0], count: 2), parts[0] != "ff", parts[0] != "00" || parts.count == 4,
      Self.isHexadecimal(parts[3], count: 2), let flags = UInt8(parts[3], radix: 16)
    else { return nil }
    self.init(traceID: String(parts[1]), parentID: String(parts[2]), isSampled: flags & 1 == 1)
  }

  /// The header's text.
  public var description: String { "00-\(traceID)-\(parentID)-\(isSampled ? "01" : "00")" }

  /// The trace of an X-Ray header; nil when that has no parent. Sampling that is not decided counts as not sampled.
  public init?(_ header: TraceHeader) {
    guard let parent = header.parent else { return nil }
    self.init(traceID: header.traceID, parentID: parent.lowercased(), isSampled: header.isSampled ?? false)
  }

  private static func isID(_ text: String, count: Int) -> Bool {
    isHexadecimal(text[...], count: count) && !text.utf8.allSatisfy { $0 == UInt8(ascii: "0") }
  }

  private static func isHexadecimal(_ text: Substring, count: Int) -> Bool {
    text.utf8.count == count && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 >= 0x61 && $0 <= 0x66 }
  }
}

extension TraceHeader {
  /// The trace of a W3C header.
  public init(_ parent: TraceParent) {
    self.init(root: "1-\(parent.traceID.prefix(8))-\(parent.traceID.dropFirst(8))", parent: parent.parentID, isSampled: parent.isSampled)
  }

  /// The trace's id as OpenTelemetry writes it: 32 hexadecimal digits in lower case.
  public var traceID: String { root.split(separator: "-").dropFirst().joined().lowercased() }
}
