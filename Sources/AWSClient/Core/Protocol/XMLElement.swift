/// An element of an XML document, as much of it as S3's answers use: names, text and children; attributes are read past.
package struct XMLElement: Sendable {
  /// The name without its namespace prefix.
  package let name: String
  /// The element's own text, entities resolved.
  package var text = ""
  package var children: [XMLElement] = []

  /// The first child of a name.
  package subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

  /// What was wrong with a document, and where.
  package struct ParsingError: Error, Sendable, CustomStringConvertible {
    let byteOffset: Int
    let expected: String
    package var description: String { "XML at byte \(byteOffset): expected \(expected)" }
  }

  /// Parses a document; document type declarations are refused, since they bring entities of their own.
  package init(parsing bytes: [UInt8]) throws(ParsingError) {
    var parser = XMLParser(bytes: bytes)
    self = try parser.document()
  }

  fileprivate init(name: String) { self.name = name }
}

private struct XMLParser {
  let bytes: [UInt8]
  var offset = 0
  private static let maximumDepth = 64

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(XMLElement.ParsingError) -> XMLElement {
    if starts(with: [0xEF, 0xBB, 0xBF]) { offset += 3 }
    try skipMisc()
    guard peek() == UInt8(ascii: "<") else { throw error("an element") }
    let root = try element(depth: 0)
    try skipMisc()
    guard offset == bytes.count else { throw error("the end of the document") }
    return root
  }

  private func peek() -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private func error(_ expected: String) -> XMLElement.ParsingError { XMLElement.ParsingError(byteOffset: offset, expected: expected) }

  private func starts(with prefix: some Collection<UInt8>) -> Bool { bytes[offset...].starts(with: prefix) }

  private mutating func skipBlanks() {
    while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { offset += 1 }
  }

  /// Reads past blanks, comments and processing instructions, the XML declaration among them.
  private mutating func skipMisc() throws(XMLElement.ParsingError) {
    while true {
      skipBlanks()
      if starts(with: "<?".utf8) {
        try skip(past: "?>")
      } else if starts(with: "<!--".utf8) {
        try skip(past: "-->")
      } else {
        return
      }
    }
  }

  private mutating func skip(past end: String) throws(XMLElement.ParsingError) {
    let end = Array(end.utf8)
    while offset < bytes.count {
      if starts(with: end) {
        offset += end.count
        return
      }
      offset += 1
    }
    throw error("'\(String(decoding: end, as: UTF8.self))'")
  }

  private mutating func name() throws(XMLElement.ParsingError) -> String {
    let begin = offset
    var localBegin = offset
    scan: while let byte = peek() {
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ">"), UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "<"): break scan
      case UInt8(ascii: ":"): localBegin = offset + 1
      default: break
      }
      offset += 1
    }
    guard offset > begin, offset > localBegin else { throw error("a name") }
    return String(decoding: bytes[localBegin..<offset], as: UTF8.self)
  }

  /// Reads an element; the parser stands at its '<'.
  private mutating func element(depth: Int) throws(XMLElement.ParsingError) -> XMLElement {
    guard depth < XMLParser.maximumDepth else { throw error("at most \(XMLParser.maximumDepth) nested elements") }
    offset += 1
    var element = XMLElement(name: try name())
    if try skipAttributes() { return element }
    var text: [UInt8] = []
    while let byte = peek() {
      if byte != UInt8(ascii: "<") {
        if byte == UInt8(ascii: "&") {
          try entity(into: &text)
        } else {
          text.append(byte)
          offset += 1
        }
      } else if starts(with: "</".utf8) {
        offset += 2
        guard try name() == element.name else { throw error("the end of '\(element.name)'") }
        skipBlanks()
        guard peek() == UInt8(ascii: ">") else { throw error("'>'") }
        offset += 1
        element.text = String(decoding: text, as: UTF8.self)
        return element
      } else if starts(with: "<![CDATA[".utf8) {
        offset += 9
        let begin = offset
        try skip(past: "]]>")
        text.append(contentsOf: bytes[begin..<(offset - 3)])
      } else if starts(with: "<!--".utf8) {
        try skip(past: "-->")
      } else if starts(with: "<?".utf8) {
        try skip(past: "?>")
      } else {
        element.children.append(try self.element(depth: depth + 1))
      }
    }
    throw error("the end of '\(element.name)'")
  }

  /// Reads past the attributes and the '>' of a start tag; true when the element is empty.
  private mutating func skipAttributes() throws(XMLElement.ParsingError) -> Bool {
    while true {
      skipBlanks()
      switch peek() {
      case UInt8(ascii: ">"):
        offset += 1
        return false
      case UInt8(ascii: "/"):
        offset += 1
        guard peek() == UInt8(ascii: ">") else { throw error("'>'") }
        offset += 1
        return true
      case nil: throw error("'>'")
      default:
        _ = try name()
        skipBlanks()
        guard peek() == UInt8(ascii: "=") else { throw error("'='") }
        offset += 1
        skipBlanks()
        guard let quote = peek(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { throw error("a quoted value") }
        offset += 1
        while let byte = peek(), byte != quote { offset += 1 }
        guard peek() == quote else { throw error("a closing quote") }
        offset += 1
      }
    }
  }

  /// Reads a reference; the parser stands at its '&'.
  private mutating func entity(into text: inout [UInt8]) throws(XMLElement.ParsingError) {
    let begin = offset
    while let byte = peek(), byte != UInt8(ascii: ";"), offset - begin < 12 { offset += 1 }
    guard peek() == UInt8(ascii: ";") else { throw error("';' at the end of a reference") }
    let reference = String(decoding: bytes[(begin + 1)..<offset], as: UTF8.self)
    offset += 1
    switch reference {
    case "amp": text.append(UInt8(ascii: "&"))
    case "lt": text.append(UInt8(ascii: "<"))
    case "gt": text.append(UInt8(ascii: ">"))
    case "quot": text.append(UInt8(ascii: "\""))
    case "apos": text.append(UInt8(ascii: "'"))
    default:
      let number =
        reference.hasPrefix("#x")
        ? UInt32(reference.dropFirst(2), radix: 16) : reference.hasPrefix("#") ? UInt32(reference.dropFirst()) : nil
      guard let scalar = number.flatMap(Unicode.Scalar.init) else { throw error("a reference that XML knows, not '&\(reference);'") }
      text.append(contentsOf: String(scalar).utf8)
    }
  }
}
