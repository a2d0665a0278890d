/// The tokens of an expression.
struct ExpressionTokens {
  enum Token: Equatable {
    case name(String)
    case namePlaceholder(String)
    case valuePlaceholder(String)
    case number(String)
    /// An operator, a comma, a point, a bracket.
    case sign(String)
    case end

    var text: String {
      switch self {
      case .name(let text), .namePlaceholder(let text), .valuePlaceholder(let text), .number(let text), .sign(let text): text
      case .end: "<EOF>"
      }
    }
  }

  private(set) var tokens: [Token] = []
  private let slot: ExpressionSlot
  var position = 0

  init(_ text: String, slot: ExpressionSlot) throws(TableFailure) {
    self.slot = slot
    let utf8 = Array(text.utf8)
    var index = 0
    func isWord(_ byte: UInt8) -> Bool {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
      default: false
      }
    }
    func word(from begin: Int) -> String {
      index = begin + 1
      while index < utf8.count, isWord(utf8[index]) { index += 1 }
      return String(decoding: utf8[begin..<index], as: UTF8.self)
    }
    while index < utf8.count {
      let byte = utf8[index]
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D: index += 1
      case UInt8(ascii: "#"): tokens.append(.namePlaceholder(word(from: index)))
      case UInt8(ascii: ":"): tokens.append(.valuePlaceholder(word(from: index)))
      case 0x30...0x39: tokens.append(.number(word(from: index)))
      case _ where isWord(byte): tokens.append(.name(word(from: index)))
      case UInt8(ascii: "<") where index + 1 < utf8.count && (utf8[index + 1] == UInt8(ascii: ">") || utf8[index + 1] == UInt8(ascii: "=")),
        UInt8(ascii: ">") where index + 1 < utf8.count && utf8[index + 1] == UInt8(ascii: "="):
        tokens.append(.sign(String(decoding: utf8[index...index + 1], as: UTF8.self)))
        index += 2
      case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","),
        UInt8(ascii: "."), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "+"), UInt8(ascii: "-"):
        tokens.append(.sign(String(decoding: CollectionOfOne(byte), as: UTF8.self)))
        index += 1
      default:
        let character =
          String(decoding: utf8[index...].prefix { $0 == byte || $0 & 0xC0 == 0x80 }, as: UTF8.self).first.map(String.init) ?? ""
        tokens.append(.sign(character))
        position = tokens.count - 1
        throw unexpected()
      }
      if case .namePlaceholder("#")? = tokens.last { throw unexpected(at: tokens.count - 1) }
      if case .valuePlaceholder(":")? = tokens.last { throw unexpected(at: tokens.count - 1) }
    }
  }

  var next: Token { position < tokens.count ? tokens[position] : .end }
  func peek(_ offset: Int) -> Token { position + offset < tokens.count ? tokens[position + offset] : .end }
  var isAtEnd: Bool { position >= tokens.count }

  mutating func take(sign: String) -> Bool {
    guard case .sign(let text) = next, text == sign else { return false }
    position += 1
    return true
  }

  /// Takes a word of the language, in capitals or not.
  mutating func take(keyword: String) -> Bool {
    guard nextIs(keyword: keyword) else { return false }
    position += 1
    return true
  }

  func nextIs(keyword: String) -> Bool {
    guard case .name(let text) = next, text.utf8.count == keyword.utf8.count else { return false }
    return text.uppercased() == keyword
  }

  mutating func expect(sign: String) throws(TableFailure) {
    guard take(sign: sign) else { throw unexpected() }
  }

  func unexpected() -> TableFailure { unexpected(at: position) }

  private func unexpected(at position: Int) -> TableFailure {
    let token = position < tokens.count ? tokens[position] : .end
    let near = tokens[max(0, position - 1)..<min(tokens.count, position + 2)].map(\.text).joined(separator: " ")
    return slot.failure("Syntax error; token: \"\(token.text)\", near: \"\(near)\"")
  }
}
