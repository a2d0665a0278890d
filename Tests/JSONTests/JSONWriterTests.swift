import JSON
import Testing

@Suite struct JSONWriterTests {
  private func written(_ write: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    write(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test func `commas stand between values only`() {
    let text = written { writer in
      writer.beginObject()
      writer.member("a", [String]())
      writer.key("b")
      writer.beginArray()
      writer.null()
      writer.beginObject()
      writer.endObject()
      writer.bool(true)
      writer.beginArray()
      writer.endArray()
      writer.integer(-1)
      writer.raw(Array("[ 1 ]".utf8))
      writer.string("")
      writer.endArray()
      writer.member(ifPresent: "absent", String?.none)
      writer.member(ifPresent: "present", 1 as Int?)
      writer.member("c", ["x", "y"])
      writer.member("d", JSONValue.null)
      writer.endObject()
    }
    #expect(text == #"{"a":[],"b":[null,{},true,[],-1,[ 1 ],""],"present":1,"c":["x","y"],"d":null}"#)
  }

  @Test func `control characters, quotes and backslashes are escaped, nothing else`() {
    let text = written { $0.string("\u{0}\u{8}\t\n\u{B}\u{C}\r\u{1F}\"\\/\u{7F}é\u{2028}😀") }
    #expect(text == #""\u0000\b\t\n\u000b\f\r\u001f\"\\/"# + "\u{7F}é\u{2028}😀\"")
  }

  @Test func `texts of every length come back, with an escape at every place`() throws {
    for length in [0, 1, 7, 8, 9, 15, 16, 17, 511, 512, 513, 1023, 1024, 1025, 5000] {
      for position in [0, 1, 7, 8, length / 2, length - 1] where position >= 0 && position <= length {
        for special in ["", "\"", "\u{1}", "é", "😀"] {
          let text = String(repeating: "a", count: position) + special + String(repeating: "b", count: length - position)
          #expect(try JSONValue(parsing: written { $0.string(text) }) == .string(text), "\(length) \(position) \(special)")
          #expect(
            written { writer in
              writer.beginObject()
              writer.member(text, 1)
              writer.endObject()
            } == "{\(written { $0.string(text) }):1}")
        }
      }
    }
  }

  @Test func `a text that is all escapes is written whole`() throws {
    let text = String(repeating: "\u{1}\"", count: 3000)
    #expect(try JSONValue(parsing: written { $0.string(text) }) == .string(text))
  }

  @Test func `integers of every width are written exactly`() {
    func check<Integer: FixedWidthInteger>(_ type: Integer.Type) {
      for value in [Integer.min, Integer.max, 0, 1, 9, 10, 99, 100] {
        #expect(written { $0.integer(value) } == String(value))
        #expect(
          written { writer in
            writer.beginArray()
            writer.integer(value)
            writer.integer(value)
            writer.endArray()
          } == "[\(value),\(value)]")
      }
    }
    check(Int8.self)
    check(UInt16.self)
    check(Int32.self)
    check(Int64.self)
    check(UInt64.self)
    check(Int128.self)
    var power = 1
    for _ in 0..<18 {
      for value in [power - 1, power, -power] { #expect(written { $0.integer(value) } == String(value)) }
      power *= 10
    }
  }

  @Test(arguments: [
    (1.0, "1"), (-0.0, "-0"), (0.1, "0.1"), (1e15, "1000000000000000"), (1e17, "1e+17"), (1.5e300, "1.5e+300"), (123_456.789, "123456.789"),
    (.infinity, "null"),
    (.nan, "null"),
  ])
  func `doubles are written short, and as null where JSON has no number`(value: Double, text: String) {
    #expect(written { $0.double(value) } == text)
  }

  @Test(arguments: 0...40) func `a text of every length is escaped wherever the escape stands`(length: Int) throws {
    for character in ["x", "\"", "\\", "\n", "\u{1}", "ü"] {
      for position in 0..<max(1, length) {
        var characters = [String](repeating: "-", count: length)
        if length > 0 { characters[position] = character }
        let text = characters.joined()
        let json = written { $0.string(text) }
        #expect(try JSONValue(json: Array(json.utf8)) == .string(text), "\(json)")
        let member = written { writer in
          writer.beginObject()
          writer.member("name", text)
          writer.member(text, true)
          writer.endObject()
        }
        #expect(
          try JSONValue(json: Array(member.utf8)) == .object(JSONObject([("name", .string(text)), (text, .bool(true))])), "\(member)")
      }
    }
  }

  @Test func `names that are literals are escaped and separated like others`() {
    let text = written { writer in
      writer.beginObject()
      writer.member("n", 1)
      writer.member("a \"quoted\" name that is longer than a word", "ü")
      writer.member("", "")
      writer.key("k")
      writer.null()
      writer.endObject()
    }
    #expect(text == #"{"n":1,"a \"quoted\" name that is longer than a word":"ü","":"","k":null}"#)
  }

  @Test func `a member with a long text is whole`() throws {
    let text = String(repeating: "0123456789\"", count: 200)
    let json = written { writer in
      writer.beginObject()
      writer.member("long", text)
      writer.member("next", "x")
      writer.endObject()
    }
    #expect(try JSONValue(json: Array(json.utf8)) == .object(JSONObject([("long", .string(text)), ("next", .string("x"))])))
  }
}
