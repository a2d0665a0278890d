/// What was wrong with a JSON text, where it was found, and what should have stood there.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kind of a JSON error; open to additions.
  public struct Code: Sendable, Equatable, CustomStringConvertible {
    private enum Base: String {
      case unexpectedByte, unexpectedEnd, invalidUTF8, invalidEscape, invalidNumber, tooDeep, trailingBytes, typeMismatch, missingField,
        invalidValue
    }
    private let base: Base
    private init(_ base: Base) { self.base = base }
    /// A byte that the grammar of RFC 8259 does not allow at this place.
    public static let unexpectedByte = Code(.unexpectedByte)
    /// The text ended inside a value.
    public static let unexpectedEnd = Code(.unexpectedEnd)
    /// Bytes that are not well-formed UTF-8 (RFC 8259 section 8.1).
    public static let invalidUTF8 = Code(.invalidUTF8)
    /// A backslash escape that RFC 8259 section 7 does not know, or half a surrogate pair.
    public static let invalidEscape = Code(.invalidEscape)
    /// A number outside the grammar of RFC 8259 section 6, or outside the range of the type asked for.
    public static let invalidNumber = Code(.invalidNumber)
    /// More nested arrays and objects than the limit allows.
    public static let tooDeep = Code(.tooDeep)
    /// Bytes other than white space after the value.
    public static let trailingBytes = Code(.trailingBytes)
    /// A well-formed value of another type than the one asked for.
    public static let typeMismatch = Code(.typeMismatch)
    /// A field that must be there is not.
    public static let missingField = Code(.missingField)
    /// A value of the right type that its field does not allow.
    public static let invalidValue = Code(.invalidValue)
    public var description: String { base.rawValue }
  }

  public let code: Code
  /// Zero-based offset into the text, in bytes: of a missing field, that of the object that should have it. Nil when the error is about a
  /// value that has no text of its own, such as one read from a tree.
  public let byteOffset: Int?
  /// What should have stood there, as a phrase: "a string", "',' or ']'".
  public let expected: String
  /// The field concerned, as a dotted path, when one is known.
  public let field: String?

  public init(_ code: Code, byteOffset: Int?, expected: String, field: String? = nil) {
    self.code = code
    self.byteOffset = byteOffset
    self.expected = expected
    self.field = field
  }

  /// The error of a field that must be there and is not.
  /// - Parameter byteOffset: where the object begins that should have it (`JSONReader.valueOffset`).
  public static func missing(_ field: String, expected: String, at byteOffset: Int? = nil) -> JSONError {
    JSONError(.missingField, byteOffset: byteOffset, expected: expected, field: field)
  }

  /// The same error at an offset, where it has none itself: for values that are read from the tree of a text.
  public func at(_ byteOffset: Int) -> JSONError {
    JSONError(code, byteOffset: self.byteOffset ?? byteOffset, expected: expected, field: field)
  }

  public var description: String {
    var text = "JSON \(code)"
    if let field { text += " in field '\(field)'" }
    if let byteOffset { text += " at byte \(byteOffset)" }
    return text + ": expected \(expected)"
  }
}
