/// A place in a JSON value (RFC 6901): "/requestContext/requestId", "/Records/0/messageId".
public struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
  /// Names of members and indexes of elements, from the outside in; none for the whole value.
  public let tokens: [String]

  public init(_ tokens: String...) { self.tokens = tokens }
  public init(tokens: [String]) { self.tokens = tokens }

  /// Reads a pointer; nil when the text is neither empty nor begins with a slash, or has a '~' before anything but 0 and 1.
  public init?(parsing text: String) {
    guard !text.isEmpty else {
      self.init(tokens: [])
      return
    }
    guard text.utf8.first == UInt8(ascii: "/") else { return nil }
    var tokens: [String] = []
    var token: [UInt8] = []
    var isEscape = false
    for byte in text.utf8.dropFirst() {
      switch (isEscape, byte) {
      case (true, UInt8(ascii: "0")): token.append(UInt8(ascii: "~"))
      case (true, UInt8(ascii: "1")): token.append(UInt8(ascii: "/"))
      case (true, _): return nil
      case (false, UInt8(ascii: "~")): break
      case (false, UInt8(ascii: "/")):
        tokens.append(String(decoding: token, as: UTF8.self))
        token = []
      default: token.append(byte)
      }
      isEscape = !isEscape && byte == UInt8(ascii: "~")
    }
    guard !isEscape else { return nil }
    self.init(tokens: tokens + [String(decoding: token, as: UTF8.self)])
  }

  /// The pointer's text.
  public var description: String {
    var text: [UInt8] = []
    for token in tokens {
      text.append(UInt8(ascii: "/"))
      for byte in token.utf8 {
        switch byte {
        case UInt8(ascii: "~"): text.append(contentsOf: "~0".utf8)
        case UInt8(ascii: "/"): text.append(contentsOf: "~1".utf8)
        default: text.append(byte)
        }
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The value at this place of a JSON text, which is read no further than to there; nil when there is none.
  ///
  /// What stands behind the place is not looked at, so the text need not be JSON to its end. Of a name that occurs twice the first counts, and
  /// not the last as in a `JSONValue`.
  /// - Parameter ignoringCase: takes a member whose name differs in the case of ASCII letters only, as HTTP header fields may.
  public func value(in json: [UInt8], ignoringCase: Bool = false) -> JSONValue? {
    var found: JSONValue?
    _ = try? JSONReader.withReader(json) { (reader: inout JSONReader) throws(JSONError) in
      guard try descend(&reader, ignoringCase) else { return }
      found = try reader.readValue()
      // The reader would want the rest of the text.
      throw JSONError(.trailingBytes, byteOffset: reader.byteOffset, expected: "nothing")
    }
    return found
  }

  private func descend(_ reader: inout JSONReader, _ ignoringCase: Bool) throws(JSONError) -> Bool {
    for token in tokens {
      var isFound = false
      if let index = Self.index(token), reader.isAtArray {
        try reader.beginArray()
        var position = 0
        while !isFound, try reader.nextElement() {
          isFound = position == index
          position += 1
          if !isFound { try reader.skipValue() }
        }
      } else {
        try reader.beginObject()
        while !isFound, let key = try reader.nextKey() {
          isFound = key == token || ignoringCase && Self.isSame(key, token)
          if !isFound { try reader.skipValue() }
        }
      }
      if !isFound { return false }
    }
    return true
  }

  /// The index of an element: digits without a leading zero.
  static func index(_ token: String) -> Int? {
    guard !token.isEmpty, token.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), token == "0" || token.utf8.first != 0x30 else { return nil }
    return Int(token)
  }

  private static func isSame(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && zip(left.utf8, right.utf8).allSatisfy { lowercase($0) == lowercase($1) }
  }

  private static func lowercase(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
}

extension JSONReader {
  /// Whether the next value is an array.
  fileprivate var isAtArray: Bool {
    var copy = self
    let offset = copy.valueOffset()
    return offset < count && start[offset] == UInt8(ascii: "[")
  }
}

extension JSONValue {
  /// The value at a place; nil when there is none.
  public subscript(pointer: JSONPointer) -> JSONValue? {
    var value = self
    for token in pointer.tokens {
      let next: JSONValue? = if case .array = value { JSONPointer.index(token).flatMap { value[$0] } } else { value[token] }
      guard let next else { return nil }
      value = next
    }
    return value
  }
}
