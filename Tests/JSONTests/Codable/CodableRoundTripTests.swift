import JSON
import Testing

@Suite struct CodableRoundTripTests {
  private enum Priority: String, Codable { case low, high }
  private enum Shape: Codable, Equatable {
    case circle(radius: Double)
    case named(String)
    case empty
  }
  private struct Line: Codable, Equatable {
    var sku: String
    var quantity: UInt16
    var note: String?
  }
  private struct Order: Codable, Equatable {
    var id: String
    var total: Double
    var weight: Float
    var urgent: Bool
    var priority: Priority
    var lines: [Line]
    var labels: [String: Int]
    var byNumber: [Int: String]
    var shapes: [Shape]
    var sparse: [Int?]
    var parent: String?
    var extra: JSONValue
    var count: JSONNumber
    var big: Int128
  }

  @Test func `a type with every kind of member survives`() throws {
    let order = Order(
      id: "o-\"1\"\n é", total: 19.99, weight: 0.1, urgent: true, priority: .high,
      lines: [Line(sku: "a", quantity: 65535, note: nil), Line(sku: "b", quantity: 0, note: "x")], labels: ["one": 1, "two": 2],
      byNumber: [7: "seven"], shapes: [.circle(radius: 2.5), .named("n"), .empty], sparse: [1, nil, 3], parent: nil,
      extra: ["a": [1, nil, "x", true]], count: try #require(JSONNumber(text: "12345678901234567890123456789012345678")),
      big: Int128.min)
    let bytes = try CodableWriter.encode(order)
    #expect(try CodableReader.decode(Order.self, from: bytes) == order)
  }

  @Test func `members stand in the order of the type and nil is left out`() throws {
    let bytes = try CodableWriter.encode(Line(sku: "a", quantity: 1, note: nil))
    #expect(String(decoding: bytes, as: UTF8.self) == #"{"sku":"a","quantity":1}"#)
  }

  @Test func `members are found in any order, and the last of two counts`() throws {
    let text = #"{"note":null,"other":{"sku":"no"},"quantity":3,"sku":"first","s\u006bu":"last"}"#
    #expect(try CodableReader.decode(Line.self, from: Array(text.utf8)) == Line(sku: "last", quantity: 3, note: nil))
  }

  @Test func `a null and an absent member are both nil`() throws {
    for text in [#"{"sku":"a","quantity":1,"note":null}"#, #"{"sku":"a","quantity":1}"#] {
      #expect(try CodableReader.decode(Line.self, from: Array(text.utf8)).note == nil)
    }
  }

  @Test func `a wide object is read by name`() throws {
    let wide = Dictionary(uniqueKeysWithValues: (0..<1000).map { ("key \($0)", $0) })
    #expect(try CodableReader.decode([String: Int].self, from: try CodableWriter.encode(wide)) == wide)
  }

  @Test func `values at the top are read and written alone`() throws {
    #expect(try CodableWriter.encode("x") == Array(#""x""#.utf8))
    #expect(try CodableWriter.encode(Int?.none) == Array("null".utf8))
    #expect(try CodableReader.decode(Int?.self, from: Array(" null ".utf8)) == nil)
    #expect(try CodableReader.decode([[Int]].self, from: Array("[[1],[],[2,3]]".utf8)) == [[1], [], [2, 3]])
  }

  @Test(arguments: [
    0.1, -0.0, 1.0 / 3, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 123_456_789_012_345_680, 9_007_199_254_740_992, 1e22, 1e23,
    2.2250738585072014e-308,
  ])
  func `doubles survive to the last bit`(value: Double) throws {
    let read = try CodableReader.decode(Double.self, from: try CodableWriter.encode(value))
    #expect(read.bitPattern == value.bitPattern)
  }

  @Test(arguments: [0.1, 16_777_216, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 8.5899346e9] as [Float])
  func `floats survive to the last bit`(value: Float) throws {
    let read = try CodableReader.decode(Float.self, from: try CodableWriter.encode(value))
    #expect(read.bitPattern == value.bitPattern)
  }

  @Test func `a float is rounded once from the text`() throws {
    // Half way between two floats plus a bit that a double cannot hold: rounding to double first would go down to even.
    #expect(try CodableReader.decode(Float.self, from: Array("1.00000005960464477540000000000000001".utf8)) == Float(1).nextUp)
  }

  @Test(arguments: [("1.0", 1), ("1e3", 1000), ("1200e-2", 12), ("0.00e9", 0), ("-0", 0), ("1.50e1", 15), ("0e99999999999999999999", 0)])
  func `integers may be written with a point or an exponent`(text: String, value: Int) throws {
    #expect(try CodableReader.decode(Int.self, from: Array(text.utf8)) == value)
  }

  @Test func `the widest integers fit exactly`() throws {
    func survives<Integer: FixedWidthInteger & Codable>(_ type: Integer.Type) throws -> Bool {
      try [Integer.min, Integer.max].allSatisfy { try CodableReader.decode(type, from: try CodableWriter.encode($0)) == $0 }
    }
    #expect(try survives(Int8.self) && survives(Int16.self) && survives(Int32.self) && survives(Int64.self) && survives(Int128.self))
    #expect(try survives(UInt8.self) && survives(UInt16.self) && survives(UInt32.self) && survives(UInt64.self) && survives(UInt128.self))
  }
}
