/// Splits a command line into words as a POSIX shell does, and does nothing else a shell does (Python's `shlex.split`, by which botocore
/// reads `credential_process` and the names of sections).
enum ShellWords {
  /// What keeps a line from being split.
  enum Failure: Error, Sendable {
    case openQuote
    case trailingBackslash
  }

  static func split(_ text: String) throws(Failure) -> [String] {
    var words: [String] = []
    var word: [UInt8] = []
    // Two quotes are a word too, an empty one.
    var isInWord = false
    var quote: UInt8?
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      if let open = quote {
        if byte == open {
          quote = nil
        } else if byte == UInt8(ascii: "\\"), open == UInt8(ascii: "\"") {
          guard let next = bytes.next() else { throw .openQuote }
          // Within double quotes a backslash is one, but for those in front of a quote or of another.
          if next != UInt8(ascii: "\""), next != UInt8(ascii: "\\") { word.append(byte) }
          word.append(next)
        } else {
          word.append(byte)
        }
        continue
      }
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D:
        if isInWord { words.append(String(decoding: word, as: UTF8.self)) }
        isInWord = false
        word = []
        continue
      case UInt8(ascii: "'"), UInt8(ascii: "\""): quote = byte
      case UInt8(ascii: "\\"):
        guard let next = bytes.next() else { throw .trailingBackslash }
        word.append(next)
      default: word.append(byte)
      }
      isInWord = true
    }
    guard quote == nil else { throw .openQuote }
    if isInWord { words.append(String(decoding: word, as: UTF8.self)) }
    return words
  }
}
