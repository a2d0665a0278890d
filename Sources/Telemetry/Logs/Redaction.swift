package import JSON

/// Decides what of a field may be logged: names that look secret hide their values, and secrets that can be told by their form are cut out of
/// texts (`SecretPatterns`).
///
/// The standard rules always hold; a function may hide more, and may show fields that only look secret.
public struct Redaction: Sendable {
  /// What stands in a secret's place.
  public static let replacement = "(redacted)"

  /// The rules that hold without any of one's own.
  public static var standard: Redaction { Redaction(rules: nil) }

  /// What a function adds to the standard rules. One reference, since every logger and every metric carries it from the start of the process on.
  private final class Rules: Sendable {
    /// Names as `plain` makes them. There are few.
    let hidden: [[UInt8]]
    let shown: [[UInt8]]
    let clean: (@Sendable (String) -> String)?

    init(hidden: [[UInt8]], shown: [[UInt8]], clean: (@Sendable (String) -> String)?) {
      self.hidden = hidden
      self.shown = shown
      self.clean = clean
    }
  }

  private let rules: Rules?

  private init(rules: Rules?) { self.rules = rules }

  /// - Parameters:
  ///   - names: further names of fields whose values are hidden, at any depth; case and `_`, `-`, `.` do not matter.
  ///   - shownNames: names whose values are shown although they look secret, such as "passwordPolicy".
  ///   - clean: takes further secrets out of a text, such as account numbers; it is called for each text that is written, after the
  ///     standard patterns, and must be quick.
  public init(hiding names: Set<String> = [], showing shownNames: Set<String> = [], clean: (@Sendable (String) -> String)? = nil) {
    rules = Rules(hidden: names.map(Self.plain), shown: shownNames.map(Self.plain), clean: clean)
  }

  /// Parts of names, in lower case without separators, whose values nobody should read in a log.
  private static let secretParts = [
    "password", "passwd", "passphrase", "secret", "credential", "apikey", "accesskey", "privatekey", "authorization", "cookie", "signature",
  ]

  /// Whether a field's value must not be written.
  package func hides(_ name: String, _ value: JSONValue) -> Bool {
    // null, true and 0 give nothing away, and "no secret was found" is worth knowing.
    switch value {
    case .null, .bool: return false
    default: break
    }
    let plain = Self.plain(name)
    if let rules {
      if rules.hidden.contains(plain) { return true }
      if rules.shown.contains(plain) { return false }
    }
    // "secretArn" and "secretName" say where a secret lies, not what it is.
    if Self.hasSuffix(plain, "arn") || Self.hasSuffix(plain, "name") { return false }
    for part in Self.secretParts where Self.contains(plain, part) { return true }
    // Tokens that are numbers are counts of a model's tokens.
    if Self.contains(plain, "token"), value.numberValue == nil, !Self.isObjectOrArray(value) { return true }
    return false
  }

  /// The text without the secrets that can be told by their form.
  public func cleaned(_ text: String) -> String {
    let text = SecretPatterns.cleaned(text)
    return rules?.clean.map { $0(text) } ?? text
  }

  private static func plain(_ name: String) -> [UInt8] {
    var plain: [UInt8] = []
    plain.reserveCapacity(name.utf8.count)
    for byte in name.utf8 where byte != UInt8(ascii: "_") && byte != UInt8(ascii: "-") && byte != UInt8(ascii: ".") {
      plain.append(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)
    }
    return plain
  }

  private static func isObjectOrArray(_ value: JSONValue) -> Bool {
    switch value {
    case .array, .object: true
    default: false
    }
  }

  private static func hasSuffix(_ bytes: [UInt8], _ suffix: String) -> Bool { bytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) }

  private static func contains(_ bytes: [UInt8], _ part: String) -> Bool {
    var rest = bytes[...]
    while let start = rest.firstIndex(where: { $0 == part.utf8.first }) {
      rest = rest[start...]
      if rest.starts(with: part.utf8) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}
