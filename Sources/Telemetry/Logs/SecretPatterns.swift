/// Secrets that can be told by their form, wherever in a text they stand:
///
/// - the queries of presigned URLs, which are as good as a password until they expire;
/// - AWS access key ids ("AKIA..." and "ASIA...");
/// - bearer tokens ("Bearer ...") and JSON web tokens;
/// - private keys in PEM;
/// - the user name and password of a URL ("https://user:password@host").
///
/// One pass over the text; what is not a secret is left as it is, byte for byte.
enum SecretPatterns {
  static func cleaned(_ text: String) -> String {
    var text = text
    // Too short for any of them.
    guard text.utf8.count >= 8 else { return text }
    return text.withUTF8 { bytes in
      var scanner = Scanner(bytes: bytes)
      return scanner.run()
    } ?? text
  }

  private struct Scanner {
    let bytes: UnsafeBufferPointer<UInt8>
    private var cleaned: [UInt8] = []
    private var copied = 0
    /// Up to where a query was looked through already, so that a text of question marks is not looked through for each.
    private var queryEnd = 0
    /// Likewise of a run of token bytes in which no web token began.
    private var tokenEnd = 0

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The text without its secrets; nil when it has none.
    mutating func run() -> String? {
      var position = 0
      while position < bytes.count {
        guard let secret = secret(at: position) else {
          position += 1
          continue
        }
        cleaned.append(contentsOf: bytes[copied..<secret.lowerBound])
        cleaned.append(contentsOf: Redaction.replacement.utf8)
        copied = secret.upperBound
        position = secret.upperBound
      }
      guard copied > 0 else { return nil }
      cleaned.append(contentsOf: bytes[copied...])
      return String(decoding: cleaned, as: UTF8.self)
    }

    private mutating func secret(at position: Int) -> Range<Int>? {
      switch bytes[position] {
      case UInt8(ascii: "?"): return presignedQuery(at: position)
      case UInt8(ascii: "A"): return accessKeyID(at: position)
      case UInt8(ascii: "B"), UInt8(ascii: "b"): return bearerToken(at: position)
      case UInt8(ascii: "e"): return webToken(at: position)
      case UInt8(ascii: "-"): return privateKey(at: position)
      case UInt8(ascii: ":"): return userInformation(at: position)
      default: return nil
      }
    }

    private mutating func presignedQuery(at position: Int) -> Range<Int>? {
      guard position >= queryEnd else { return nil }
      queryEnd = end(from: position + 1) { byte in byte > 0x20 && !Self.endsURL(byte) }
      let query = position + 1..<queryEnd
      return has("X-Amz-Signature=", in: query) || has("X-Amz-Security-Token=", in: query) ? query : nil
    }

    private func accessKeyID(at position: Int) -> Range<Int>? {
      guard begins("AKIA", at: position) || begins("ASIA", at: position), !isWord(position - 1) else { return nil }
      let end = end(from: position) { $0 >= 0x30 && $0 <= 0x39 || $0 >= 0x41 && $0 <= 0x5A }
      return end - position == 20 && !isWord(end) ? position..<end : nil
    }

    private func bearerToken(at position: Int) -> Range<Int>? {
      guard begins("earer ", at: position + 1), !isWord(position - 1) else { return nil }
      let begin = position + 7
      let end = end(from: begin) {
        Self.isTokenByte($0) || $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "=")
      }
      // A shorter one is a word: "the bearer of the news".
      return end - begin >= 16 ? begin..<end : nil
    }

    /// Three parts of base64url, of which the first begins an object.
    private mutating func webToken(at position: Int) -> Range<Int>? {
      guard position >= tokenEnd, begins("eyJ", at: position), !isWord(position - 1) else { return nil }
      let end = end(from: position, while: Self.isTokenByte)
      let points = bytes[position..<end].count { $0 == UInt8(ascii: ".") }
      guard points >= 2, end - position >= 32 else {
        // A later beginning in the same run has no more points, and fewer bytes.
        tokenEnd = end
        return nil
      }
      return position..<end
    }

    private func privateKey(at position: Int) -> Range<Int>? {
      guard begins("-----BEGIN ", at: position) else { return nil }
      let label = position..<min(bytes.count, position + 60)
      guard has("PRIVATE KEY", in: label) else { return nil }
      var index = position + 11
      while index < bytes.count {
        if begins("-----END ", at: index) {
          let end = end(from: index + 9) { $0 != UInt8(ascii: "-") }
          return position..<self.end(from: end) { $0 == UInt8(ascii: "-") }
        }
        index += 1
      }
      return position..<bytes.count
    }

    private func userInformation(at position: Int) -> Range<Int>? {
      guard begins("//", at: position + 1) else { return nil }
      let begin = position + 3
      let end = end(from: begin) {
        $0 > 0x20 && !Self.endsURL($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#")
      }
      guard let at = bytes[begin..<end].lastIndex(of: UInt8(ascii: "@")), bytes[begin..<at].contains(UInt8(ascii: ":")) else { return nil }
      return begin..<at
    }

    // MARK: Looking at bytes

    private func begins(_ text: StaticString, at position: Int) -> Bool {
      guard position >= 0, position + text.utf8CodeUnitCount <= bytes.count else { return false }
      for offset in 0..<text.utf8CodeUnitCount where bytes[position + offset] != text.utf8Start[offset] { return false }
      return true
    }

    private func has(_ text: StaticString, in range: Range<Int>) -> Bool {
      guard range.count >= text.utf8CodeUnitCount else { return false }
      for position in range.lowerBound...(range.upperBound - text.utf8CodeUnitCount) where begins(text, at: position) { return true }
      return false
    }

    private func end(from position: Int, while isPart: (UInt8) -> Bool) -> Int {
      var end = min(position, bytes.count)
      while end < bytes.count, isPart(bytes[end]) { end += 1 }
      return end
    }

    private func isWord(_ position: Int) -> Bool { bytes.indices.contains(position) && Self.isAlphanumeric(bytes[position]) }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
      byte >= 0x30 && byte <= 0x39 || byte >= 0x41 && byte <= 0x5A || byte >= 0x61 && byte <= 0x7A
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
      isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
    }

    private static func endsURL(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "("), UInt8(ascii: ")"): true
      default: false
      }
    }
  }
}
