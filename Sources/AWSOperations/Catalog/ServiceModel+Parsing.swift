import AWSClient

extension ServiceModel {
  /// Reads a table; Scripts/operations/table.py describes its lines. A line that is none is left out, and a test finds it.
  init?(name: String, table: StaticString) {
    let bytes = UnsafeBufferPointer(start: table.utf8Start, count: table.utf8CodeUnitCount)
    var lines = bytes.split(separator: UInt8(ascii: "\n")).makeIterator()
    guard let head = lines.next().map(TableText.init), head.bytes.starts(with: "service ".utf8) else { return nil }
    let fields = TableText(head.bytes.dropFirst("service ".utf8.count)).split("|", keepsEmpty: true).map(\.text)
    guard fields.count == 7, let wire = Wire(rawValue: fields[3]) else { return nil }
    self.init(
      name: name, service: AWSService(serviceID: fields[0], endpointPrefix: fields[1], signingName: fields[2]), wire: wire,
      jsonVersion: fields[4], targetPrefix: fields[5], apiVersion: fields[6])
    while let line = lines.next() { read(TableText(line)) }
  }

  private mutating func read(_ line: TableText) {
    let words = line.split(" ")
    guard let kind = words.first?.text else { return }
    switch kind {
    case "+": if let operation = OperationModel(words.dropFirst().map(\.text)) { operations[operation.name] = operation }
    case "-": if words.count > 1 { refusals[words[1].text] = line.rest(after: 2) }
    case "code": if words.count > 1 { codeOnly[words[1].text] = line.rest(after: 2) }
    case "query-mode": hasQueryMode = true
    case "regions", "host", "gov-fips": hosts.read(kind, words.dropFirst().map(\.text))
    case "s", "u": shapes.append(.structure(words.dropFirst().compactMap(Shape.Member.init), isUnion: kind == "u"))
    case "l":
      let fields = words.count > 1 ? words[1].split(",", keepsEmpty: true).map(\.text) : []
      guard let type = fields.first.flatMap(ValueType.init) else { return }
      shapes.append(.list(type, flags: MemberFlags(letters: fields.at(1)), element: fields.at(2) ?? "member"))
    case "m":
      let fields = words.count > 1 ? words[1].split(",", keepsEmpty: true).map(\.text) : []
      guard let type = fields.first.flatMap(ValueType.init) else { return }
      shapes.append(.map(type, flags: MemberFlags(letters: fields.at(1)), key: fields.at(2) ?? "key", value: fields.at(3) ?? "value"))
    default: break
    }
  }
}

extension OperationModel {
  init?(_ words: [String]) {
    guard words.count >= 4 else { return nil }
    let isPlain = words[1] == "."
    guard isPlain || words.count >= 5 else { return nil }
    let shapes = words[(isPlain ? 2 : 3)...]
    self.init(
      name: words[0], method: isPlain ? "POST" : words[1], uri: isPlain ? "/" : words[2], input: shapes.first.flatMap { Int($0) },
      output: shapes.dropFirst().first.flatMap { Int($0) })
    for word in shapes.dropFirst(2) {
      if word.hasPrefix("root=") {
        let parts = TableText(word.dropFirst(5).utf8).split(",").map(\.text)
        root = (parts.first ?? "", parts.at(1) ?? "")
      } else if word.hasPrefix("wrapper=") {
        wrapper = String(word.dropFirst(8))
      }
    }
  }
}

extension Shape.Member {
  init?(_ word: TableText) {
    let fields = word.split(",", keepsEmpty: true).map(\.text)
    guard fields.count >= 2, let type = ValueType(fields[1]) else { return nil }
    let name = fields[0]
    let wire =
      switch fields.at(3) {
      case nil: name
      case "^": name.prefix(1).lowercased() + name.dropFirst()
      case let wire?: wire
      }
    self.init(name: name, wire: wire, type: type, flags: MemberFlags(letters: fields.at(2)))
  }
}

extension ValueType {
  init?(_ text: String) {
    switch text {
    case "s": self = .text
    case "i": self = .integer
    case "d": self = .decimal
    case "b": self = .boolean
    case "o": self = .bytes
    case "j": self = .json
    case "e": self = .timestamp(.seconds)
    case "t": self = .timestamp(.iso8601)
    case "r": self = .timestamp(.rfc822)
    default:
      guard let number = Int(text) else { return nil }
      self = .shape(number)
    }
  }
}

extension MemberFlags {
  init(letters: String?) {
    self.init()
    for letter in (letters ?? "").utf8 {
      switch letter {
      case UInt8(ascii: "r"): insert(.required)
      case UInt8(ascii: "u"): insert(.label)
      case UInt8(ascii: "g"): insert(.greedyLabel)
      case UInt8(ascii: "q"): insert(.query)
      case UInt8(ascii: "h"): insert(.header)
      case UInt8(ascii: "p"): insert(.headers)
      case UInt8(ascii: "c"): insert(.status)
      case UInt8(ascii: "y"): insert(.payload)
      case UInt8(ascii: "f"): insert(.flattened)
      case UInt8(ascii: "a"): insert(.attribute)
      case UInt8(ascii: "x"): insert(.secret)
      default: break
      }
    }
  }
}

/// A part of a table, split byte by byte: the tables are ASCII.
struct TableText {
  let bytes: ArraySlice<UInt8>

  init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes)[...] }
  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  func split(_ separator: Unicode.Scalar, keepsEmpty: Bool = false) -> [TableText] {
    bytes.split(separator: UInt8(ascii: separator), omittingEmptySubsequences: !keepsEmpty).map { TableText($0) }
  }

  /// What follows after so many words.
  func rest(after count: Int) -> String {
    String(decoding: bytes.split(separator: UInt8(ascii: " "), maxSplits: count).last ?? [], as: UTF8.self)
  }
}

extension Array {
  /// The element; nil past the end.
  func at(_ index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

extension [String] {
  /// The text; nil past the end and for an empty one.
  func at(_ index: Int) -> String? { indices.contains(index) && !self[index].isEmpty ? self[index] : nil }
}
