import JSON
import Testing

@Suite struct CodableErrorTests {
  private struct Line: Codable {
    var sku: String
    var quantity: UInt8
  }
  private struct Order: Codable {
    var id: String
    var lines: [Line]
    var price: Double
  }

  /// The kind of the error, its coding path as text, and the JSON error beneath it.
  private func failure(_ text: String) -> (kind: String, path: [String], cause: JSONError?) {
    do {
      _ = try CodableReader.decode(Order.self, from: Array(text.utf8))
      return ("none", [], nil)
    } catch let error as DecodingError {
      let (kind, context): (String, DecodingError.Context) =
        switch error {
        case .typeMismatch(_, let context): ("typeMismatch", context)
        case .valueNotFound(_, let context): ("valueNotFound", context)
        case .keyNotFound(let key, let context): ("keyNotFound \(key.stringValue)", context)
        case .dataCorrupted(let context): ("dataCorrupted", context)
        @unknown default: ("unknown", .init(codingPath: [], debugDescription: ""))
        }
      return (kind, context.codingPath.map(\.stringValue), context.underlyingError as? JSONError)
    } catch {
      return ("\(error)", [], nil)
    }
  }

  @Test func `a value of another type names its path, its byte and what was expected`() {
    let error = failure(#"{"id":"o","lines":[{"sku":"a","quantity":1},{"sku":2,"quantity":1}],"price":1}"#)
    #expect(error.kind == "typeMismatch")
    #expect(error.path == ["lines", "Index 1", "sku"])
    #expect(error.cause == JSONError(.typeMismatch, byteOffset: 51, expected: "a string", field: "lines[1].sku"))
  }

  @Test func `a number out of range names the range and the number`() {
    let error = failure(#"{"id":"o","lines":[{"sku":"a","quantity":256}],"price":1}"#)
    #expect(error.kind == "dataCorrupted")
    #expect(error.cause?.expected == "an integer in the range of UInt8, not 256")
    #expect(error.cause?.field == "lines[0].quantity")
  }

  @Test(arguments: ["-1", "1.5", "1e3", "300", "1e-1", "99999999999999999999999999999999999999999"])
  func `an integer that is not one of the type is refused`(number: String) {
    #expect(failure(#"{"id":"o","lines":[{"sku":"a","quantity":\#(number)}],"price":1}"#).kind == "dataCorrupted")
  }

  @Test func `a number beyond doubles is refused`() {
    #expect(failure(#"{"id":"o","lines":[],"price":1e400}"#).cause?.code == .invalidNumber)
  }

  @Test func `a dictionary of strings names the member that is none`() {
    #expect {
      try CodableReader.decode([String: [String: String]].self, from: Array(#"{"a":{"b":"c","d":1}}"#.utf8))
    } throws: {
      guard case DecodingError.typeMismatch(_, let context) = $0 else { return false }
      return context.codingPath.map(\.stringValue) == ["a", "d"] && (context.underlyingError as? JSONError)?.byteOffset == 18
    }
  }

  @Test func `a missing member is named`() {
    let error = failure(#"{"id":"o","lines":[{"sku":"a"}],"price":1}"#)
    #expect(error.kind == "keyNotFound quantity")
    #expect(error.path == ["lines", "Index 0"])
    #expect(error.cause?.field == "lines[0].quantity")
  }

  @Test func `a null where a value must be is valueNotFound`() {
    let error = failure(#"{"id":null,"lines":[],"price":1}"#)
    #expect(error.kind == "valueNotFound" && error.path == ["id"])
  }

  @Test func `text that is not JSON is dataCorrupted with the byte`() {
    let error = failure(#"{"id":"o","#)
    #expect(error.kind == "dataCorrupted")
    #expect(error.cause?.byteOffset == 10 && error.cause?.code == .unexpectedEnd)
  }

  @Test func `reading past the end of an array is valueNotFound`() {
    struct Pair: Decodable {
      init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        _ = try container.decode(Int.self)
        _ = try container.decode(Int.self)
      }
    }
    #expect {
      try CodableReader.decode(Pair.self, from: Array("[1]".utf8))
    } throws: {
      if case DecodingError.valueNotFound(_, let context) = $0 { context.codingPath.last?.intValue == 1 } else { false }
    }
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func `what JSON cannot write is refused with its path`(value: Double) {
    #expect {
      try CodableWriter.encode(Order(id: "o", lines: [], price: value))
    } throws: {
      if case EncodingError.invalidValue(_, let context) = $0 { context.codingPath.map(\.stringValue) == ["price"] } else { false }
    }
  }

  // MARK: Types that go on after an error

  private struct Inner: Encodable {
    var x: Double
    var y = 1
  }
  /// Writes what it is told to, and goes on where that fails.
  private struct Lenient: Encodable {
    let body: @Sendable (any Encoder) throws -> Void
    func encode(to encoder: any Encoder) throws { try body(encoder) }
  }
  private enum Key: String, CodingKey { case a, b, c }

  private func text(_ body: @escaping @Sendable (any Encoder) throws -> Void) throws -> String {
    String(decoding: try CodableWriter.encode(Lenient(body: body)), as: UTF8.self)
  }

  @Test(arguments: [Double.nan, .infinity]) func `a member that could not be written is left out with its name`(bad: Double) throws {
    #expect(
      try text { encoder in
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(1, forKey: .a)
        try? container.encode(bad, forKey: .b)
        try? container.encode(Float(bad), forKey: .b)
        try? container.encode(Inner(x: bad), forKey: .b)
        try? container.encode([Inner(x: 1), Inner(x: bad)], forKey: .b)
        try container.encode(2, forKey: .c)
      } == #"{"a":1,"c":2}"#)
    #expect(
      try text { encoder in
        var container = encoder.container(keyedBy: Key.self)
        try? container.encode(bad, forKey: .a)
      } == "{}")
  }

  @Test func `an element that could not be written is left out and not counted`() throws {
    #expect(
      try text { encoder in
        var container = encoder.unkeyedContainer()
        try container.encode(1)
        try? container.encode(Double.nan)
        try? container.encode(Float.infinity)
        try? container.encode(Inner(x: .nan))
        try container.encode("count \(container.count)")
      } == #"[1,"count 1"]"#)
  }

  @Test func `a single value that could not be written leaves its place open`() throws {
    #expect(
      try text { encoder in
        var container = encoder.singleValueContainer()
        try? container.encode(Double.nan)
        try? container.encode(Inner(x: .nan))
        try container.encode("instead")
      } == #""instead""#)
    #expect(
      try text { encoder in
        var container = encoder.singleValueContainer()
        try? container.encode(Inner(x: .nan))
      } == "{}")
  }

  @Test func `a nested container within what could not be written is left out too`() throws {
    let inner = Lenient { encoder in
      var container = encoder.container(keyedBy: Key.self)
      var nested = container.nestedContainer(keyedBy: Key.self, forKey: .a)
      try nested.encode(1, forKey: .a)
      try container.encode(Double.nan, forKey: .b)
    }
    #expect(
      try text { encoder in
        var container = encoder.container(keyedBy: Key.self)
        try? container.encode(inner, forKey: .a)
        var nested = container.nestedUnkeyedContainer(forKey: .b)
        try nested.encode(3)
        try? container.encode(inner, forKey: .c)
      } == #"{"b":[3]}"#)
  }
}
