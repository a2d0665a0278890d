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
}
