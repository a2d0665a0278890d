internal import JSON

/// Decides what of a field may be logged: names that look secret hide their values, and signed URLs lose their signatures.
enum Redaction {
  static let replacement = "(redacted)"

  /// Parts of names, in lower case without separators, whose values nobody should read in a log.
  private static let secretParts = [
    "password", "passwd", "passphrase", "secret", "credential", "apikey", "accesskey", "privatekey", "authorization", "cookie", "signature",
  ]

  static func hides(_ name: String, _ value: JSONValue) -> Bool {
    // null, true and 0 give nothing away, and "no secret was found" is worth knowing.
    switch value {
    case .null, .bool: return false
    default: break
    }
    var plain: [UInt8] = []
    plain.reserveCapacity(name.utf8.count)
    for byte in name.utf8 where byte != UInt8(ascii: "_") && byte != UInt8(ascii: "-") && byte != UInt8(ascii: ".") {
      plain.append(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)
    }
    // "secretArn" and "secretName" say where a secret lies, not what it is.
    if hasSuffix(plain, "arn") || hasSuffix(plain, "name") { return false }
    for part in secretParts where contains(plain, part) { return true }
    // Tokens that are numbers are counts of a model's tokens.
    if contains(plain, "token"), value.numberValue == nil, !isObjectOrArray(value) { return true }
    return false
  }

  /// The text without the queries of presigned URLs, which are as good as a password until they expire.
  static func cleaned(_ text: String) -> String {
    guard text.utf8.count > 20, mentionsSignature(text.utf8[...]) else { return text }
    var cleaned = ""
    var rest = text[...]
    while let mark = rest.firstIndex(of: "?") {
      let query = rest[mark...].prefix { !$0.isWhitespace && !"\"'<>()".contains($0) }
      cleaned += rest[..<mark]
      cleaned += mentionsSignature(query.utf8) ? "?" + replacement : query
      rest = rest[query.endIndex...]
    }
    return cleaned + rest
  }

  private static func mentionsSignature(_ text: Substring.UTF8View) -> Bool {
    contains(text, "X-Amz-Signature=") || contains(text, "X-Amz-Security-Token=")
  }

  private static func isObjectOrArray(_ value: JSONValue) -> Bool {
    switch value {
    case .array, .object: true
    default: false
    }
  }

  private static func hasSuffix(_ bytes: [UInt8], _ suffix: String) -> Bool { bytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) }

  private static func contains(_ bytes: some Collection<UInt8>, _ part: String) -> Bool {
    var rest = bytes[...]
    while let start = rest.firstIndex(where: { $0 == part.utf8.first }) {
      rest = rest[start...]
      if rest.starts(with: part.utf8) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}
