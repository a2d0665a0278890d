import JSON
import Testing

/// What holds for all values and texts, shown on many that are the same in every run.
@Suite struct PropertyTests {
  @Test func `what is written is read again, by every door`() throws {
    for seed in 0..<300 as Range<UInt64> {
      var random = RandomValues(seed: seed)
      let value = random.value()
      let bytes = value.bytes
      #expect(try JSONValue(parsing: bytes) == value)
      #expect(try JSONValue(parsing: spread(bytes, &random.generator)) == value)
      #expect(try CodableReader.decode(JSONValue.self, from: bytes) == value)
      #expect(try CodableWriter.encode(value) == bytes)
      #expect(try JSONReader.withReader(bytes) { (reader: inout JSONReader) throws(JSONError) in try reader.readRaw() } == bytes)
    }
  }

  @Test func `a text that ends early is refused within the text`() throws {
    for seed in 0..<40 as Range<UInt64> {
      var random = RandomValues(seed: seed)
      let bytes = JSONValue.object(["a": random.value(), "b": ["\u{1F600}", -1.5e10, true, nil]]).bytes
      for count in 0..<bytes.count {
        let error = try #require(throws: JSONError.self) { try JSONValue(parsing: Array(bytes[..<count])) }
        #expect(error.code == .unexpectedEnd || error.code == .invalidUTF8)
        #expect((0...count).contains(try #require(error.byteOffset)))
      }
    }
  }

  @Test func `a byte that is no UTF-8 is refused wherever it stands`() throws {
    for seed in 0..<40 as Range<UInt64> {
      var random = RandomValues(seed: seed)
      let bytes = JSONValue.array([random.value(), .string(random.string())]).bytes
      for position in 0...bytes.count {
        for invalid in [0xFF, 0xC0, 0xF8] as [UInt8] {
          var broken = bytes
          broken.insert(invalid, at: position)
          let error = try #require(throws: JSONError.self) { try JSONValue(parsing: broken) }
          #expect((0...broken.count).contains(try #require(error.byteOffset)))
        }
      }
    }
  }

  @Test func `a changed byte is answered by a value or an error, the same by every door`() throws {
    for seed in 0..<300 as Range<UInt64> {
      var random = RandomValues(seed: seed)
      var bytes = JSONValue.array([random.value(), random.value()]).bytes
      for _ in 0..<3 {
        bytes[Int.random(in: 0..<bytes.count, using: &random.generator)] =
          Array(#"{}[],:"\0123-+.eEtfn u/"#.utf8).randomElement(using: &random.generator) ?? 0
        let parsed = Result { try JSONValue(parsing: bytes) }
        let bridged = try? CodableReader.decode(JSONValue.self, from: bytes)
        let raw = Result { try JSONReader.withReader(bytes) { (reader: inout JSONReader) throws(JSONError) in try reader.readRaw() } }
        switch (parsed, raw) {
        case (.success(let value), .success(let copy)):
          #expect(bridged == value)
          #expect(try JSONValue(parsing: copy) == value)
        case (.failure(let error as JSONError), .failure(let other as JSONError)):
          #expect(error == other && bridged == nil)
          #expect((0...bytes.count).contains(try #require(error.byteOffset)))
        default: Issue.record("one door refuses what the other accepts: \(String(decoding: bytes, as: UTF8.self))")
        }
      }
    }
  }

  @Test func `numbers keep their text, and their doubles are those of the standard library`() throws {
    for seed in 0..<200 as Range<UInt64> {
      var random = RandomValues(seed: seed)
      for _ in 0..<20 {
        let number = random.number()
        #expect(try JSONValue(parsing: number.text) == .number(number))
        #expect(try JSONValue(parsing: number.text).text == number.text)
        let expected = try #require(Double(number.text))
        let read = try? CodableReader.decode(Double.self, from: Array(number.text.utf8))
        #expect(read?.bitPattern == (expected.isFinite ? expected.bitPattern : nil), "\(number.text)")
        let float = try #require(Float(number.text))
        #expect(
          (try? CodableReader.decode(Float.self, from: Array(number.text.utf8)))?.bitPattern == (float.isFinite ? float.bitPattern : nil))
      }
    }
  }

  @Test func `integers are exact to the last one`() throws {
    for value in [Int64.max, Int64.min, 0, -1, 999_999_999_999_999_999, 1_000_000_000_000_000_000] {
      #expect(JSONNumber(text: String(value))?.int64 == value)
      #expect(try JSONReader.withReader(Array("[\(value)]".utf8), readFirstInteger) == value)
    }
    for text in ["9223372036854775808", "-9223372036854775809", "0.5", "1e19", "1e-1", "1e999999999999"] {
      #expect(JSONNumber(text: text)?.int64 == nil, "\(text)")
      #expect(throws: JSONError.self) { try JSONReader.withReader(Array("[\(text)]".utf8), readFirstInteger) }
    }
    #expect(JSONNumber(text: "9007199254740993.0")?.int64 == 9_007_199_254_740_993)
  }

  private func readFirstInteger(_ reader: inout JSONReader) throws(JSONError) -> Int64 {
    try reader.beginArray()
    var value: Int64 = 0
    while try reader.nextElement() { value = try reader.readInt64() }
    return value
  }

  @Test func `nesting is limited to what the caller allows`() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array(String(repeating: "[", count: depth).utf8) + Array(String(repeating: "]", count: depth).utf8)
    }
    #expect(throws: Never.self) { try JSONValue(parsing: nested(JSONReader.defaultMaximumDepth)) }
    let error = try #require(throws: JSONError.self) { try JSONValue(parsing: nested(JSONReader.defaultMaximumDepth + 1)) }
    #expect(error.code == .tooDeep && error.byteOffset == JSONReader.defaultMaximumDepth)
    #expect(throws: JSONError.self) { try JSONValue(parsing: nested(3), maximumDepth: 2) }
    #expect(throws: DecodingError.self) { try CodableReader.decode(JSONValue.self, from: nested(3), maximumDepth: 2) }
    #expect(throws: JSONError.self) {
      try JSONReader.withReader(nested(100_000)) { (reader: inout JSONReader) throws(JSONError) in try reader.skipValue() }
    }
  }

  /// The text with white space wherever it may stand.
  private func spread(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var result: [UInt8] = []
    var isString = false
    var isEscaped = false
    for byte in bytes {
      if !isString, Array("{}[],:".utf8).contains(byte) {
        result += Array(
          repeating: Array(" \n\r\t".utf8).randomElement(using: &generator) ?? 32, count: Int.random(in: 0..<12, using: &generator))
      }
      if byte == UInt8(ascii: "\""), !isEscaped { isString.toggle() }
      isEscaped = isString && byte == UInt8(ascii: "\\") && !isEscaped
      result.append(byte)
      if !isString, Array("{}[],:".utf8).contains(byte) { result.append(32) }
    }
    return result
  }
}
