/// What of a text may stand in a log line.
enum LogText {
  /// Longest text of one field, in bytes, as in Telemetry's lines.
  static let longest = 16 << 10

  /// The text, cut where it is long, without the queries of presigned URLs, which are as good as a password until they expire.
  static func cleaned(_ text: String) -> String { withoutSignatures(shortened(text)) }

  private static func shortened(_ text: String) -> String {
    let count = text.utf8.count
    guard count > longest else { return text }
    return String(decoding: text.utf8.prefix(longest), as: UTF8.self) + "... (\(count - longest) bytes more)"
  }

  private static func withoutSignatures(_ text: String) -> String {
    guard mentionsSignature(text.utf8[...]) else { return text }
    var cleaned = ""
    var rest = text[...]
    while let mark = rest.firstIndex(of: "?") {
      let query = rest[mark...].prefix { !$0.isWhitespace && !"\"'<>()".contains($0) }
      cleaned += rest[..<mark]
      cleaned += mentionsSignature(query.utf8) ? "?(redacted)" : query
      rest = rest[query.endIndex...]
    }
    return cleaned + rest
  }

  private static func mentionsSignature(_ text: Substring.UTF8View) -> Bool {
    var rest = text
    while let start = rest.firstIndex(of: UInt8(ascii: "X")) {
      rest = rest[start...]
      if rest.starts(with: "X-Amz-Signature=".utf8) || rest.starts(with: "X-Amz-Security-Token=".utf8) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}
