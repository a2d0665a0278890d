/// A message from outside that cannot be used: which field, which value, and what would be right.
public struct WireError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Dotted path of the field, from the event's root: "detail.task".
  public let field: String
  /// The value found, shortened; "absent" when there is none.
  public let value: String
  public let expected: String

  public init(field: String, value: String, expected: String) {
    self.field = field
    self.value = WireError.shortened(value)
    self.expected = expected
  }

  public var description: String { "field '\(field)' is \(value), expected \(expected)" }

  /// At most 200 characters of a text, for messages.
  static func shortened(_ text: String) -> String {
    text.utf8.count <= 200 ? text : String(text.prefix(200)) + "…"
  }
}

extension String {
  /// The text, or as much of its beginning as has at most so many bytes, with an ellipsis.
  public func shortened(toByteCount limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var end = utf8.index(utf8.startIndex, offsetBy: limit)
    while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
    return String(self[..<end]) + "…"
  }
}
