import JSON
import Testing

/// The door of types that read themselves, without a tree.
@Suite struct JSONReaderTests {
  private struct Task: JSONDecodable, JSONEncodable, Equatable {
    var name = ""
    var attempts = 0
    var weight = 0.0
    var isUrgent = false
    var note: String?
    var children: [Task] = []
    var payload: [UInt8] = []

    init(name: String) { self.name = name }

    init(from reader: inout JSONReader) throws(JSONError) {
      var name: String?
      try reader.beginObject()
      while let key = try reader.nextKey() {
        switch key {
        case "name": name = try reader.readString()
        case "attempts": attempts = try reader.readInt()
        case "weight": weight = try reader.readDouble()
        case "isUrgent": isUrgent = try reader.readBool()
        case "note": note = try reader.readOptionalString()
        case "children": children = try reader.readArray(of: Task.self)
        case "payload": payload = try reader.readRaw()
        default: try reader.skipValue()
        }
      }
      guard let name else { throw JSONError.missing("name", expected: "a string") }
      self.name = name
    }

    func write(to writer: inout JSONWriter) {
      writer.beginObject()
      writer.member("name", name)
      writer.member("attempts", attempts)
      writer.member("weight", weight)
      writer.member("isUrgent", isUrgent)
      writer.member(ifPresent: "note", note)
      writer.member("children", children)
      if !payload.isEmpty {
        writer.key("payload")
        writer.raw(payload)
      }
      writer.endObject()
    }
  }

  @Test func `a type reads what it wrote`() throws {
    var task = Task(name: "t\u{1F600}\"")
    task.attempts = -3
    task.weight = 2.5
    task.isUrgent = true
    task.note = ""
    task.children = [Task(name: "a"), Task(name: "b")]
    task.payload = Array(#"{ "kept" : [1.0, 2e5] }"#.utf8)
    #expect(try Task(json: task.json) == task)
  }

  @Test func `unknown members are passed over, white space too`() throws {
    let text = "\r\n\t {\"x\" : {\"a\":[1,{\"b\":null}]} , \"name\" :\"n\",\"y\":\"\\ud83d\\ude00\" , \"note\":null}            \n"
    #expect(try Task(json: Array(text.utf8)) == Task(name: "n"))
  }

  @Test func `of a member that occurs twice the last counts`() throws {
    #expect(try Task(json: Array(#"{"name":"a","name":"b"}"#.utf8)).name == "b")
    #expect(try JSONValue(parsing: #"{"name":"a","name":"b"}"#)["name"] == "b")
  }

  @Test(arguments: [
    (#"{"name":5}"#, JSONError(.typeMismatch, byteOffset: 8, expected: "a string")),
    (#"{"name":"a","attempts":1.5}"#, JSONError(.invalidNumber, byteOffset: 23, expected: "an integer of at most 64 bits")),
    (#"{"name":"a","attempts":"1"}"#, JSONError(.typeMismatch, byteOffset: 23, expected: "a number")),
    (#"{"name":"a","weight":1e999}"#, JSONError(.invalidNumber, byteOffset: 21, expected: "a number in the range of a double")),
    (#"{"name":"a","isUrgent":0}"#, JSONError(.typeMismatch, byteOffset: 23, expected: "true or false")),
    (#"{"name":"a","children":{}}"#, JSONError(.typeMismatch, byteOffset: 23, expected: "an array")),
    (#"{"attempts":1}"#, JSONError.missing("name", expected: "a string")),
    (#"[]"#, JSONError(.typeMismatch, byteOffset: 0, expected: "an object")),
    (#"{"name":"a"} x"#, JSONError(.trailingBytes, byteOffset: 13, expected: "the end of the text")),
    (#"{"name":"a",}"#, JSONError(.unexpectedByte, byteOffset: 12, expected: "a member name in double quotes")),
    (#"{"name" "a"}"#, JSONError(.unexpectedByte, byteOffset: 8, expected: "':'")),
    (#"{"name":"a" "x":1}"#, JSONError(.unexpectedByte, byteOffset: 12, expected: "',' or '}'")),
    (#"{"name":"a\x"}"#, JSONError(.invalidEscape, byteOffset: 11, expected: "one of \" \\ / b f n r t u after '\\'")),
    ("{\"name\":\"a\u{1}\"}", JSONError(.unexpectedByte, byteOffset: 10, expected: "control characters written as escapes")),
    (#"{"name":"a","x":tru}"#, JSONError(.unexpectedByte, byteOffset: 19, expected: "'true'")),
    (#"{"name":"a","x":01}"#, JSONError(.invalidNumber, byteOffset: 17, expected: "no digit after a leading zero")),
    ("", JSONError(.unexpectedEnd, byteOffset: 0, expected: "an object")),
  ])
  func `an error says where and what was expected`(text: String, error: JSONError) {
    #expect(throws: error) { try Task(json: Array(text.utf8)) }
  }

  @Test func `an error is a sentence`() {
    #expect(JSONError(.typeMismatch, byteOffset: 8, expected: "a string").description == "JSON typeMismatch at byte 8: expected a string")
    #expect(JSONError.missing("a.b", expected: "a number").description == "JSON missingField in field 'a.b': expected a number")
  }

  @Test func `every escape is read, in texts of every length`() throws {
    // The reader looks at eight bytes at a time, so each escape is tried at each place of a word.
    let escapes = [
      (#"\""#, "\""), (#"\\"#, "\\"), (#"\/"#, "/"), (#"\b"#, "\u{8}"), (#"\f"#, "\u{C}"), (#"\n"#, "\n"), (#"\r"#, "\r"), (#"\t"#, "\t"),
      (#"\u0000"#, "\0"), (#"\u00e9"#, "é"), (#"\u0800"#, "\u{800}"), (#"\uFfFf"#, "\u{FFFF}"), (#"\ud83d\uDE00"#, "😀"), ("é", "é"),
      ("😀", "😀"),
    ]
    for before in 0..<18 {
      for after in [0, 1, 7, 8, 9] {
        for (written, read) in escapes {
          let (head, tail) = (String(repeating: "x", count: before), String(repeating: "y", count: after))
          #expect(try JSONValue(parsing: "\"\(head)\(written)\(tail)\(written)\"") == .string(head + read + tail + read))
        }
      }
    }
  }

  @Test func aMissingFieldIsPlacedAtItsObject() {
    struct Row: JSONDecodable {
      init(from reader: inout JSONReader) throws(JSONError) {
        let begin = reader.valueOffset()
        try reader.skipValue()
        throw .missing("id", expected: "a string", at: begin)
      }
    }
    let error = #expect(throws: JSONError.self) {
      try JSONReader.withReader(Array("[ {}]".utf8)) { (reader: inout JSONReader) throws(JSONError) in try reader.readArray(of: Row.self) }
    }
    #expect(error?.byteOffset == 2)
    #expect(error?.description == "JSON missingField in field 'id' at byte 2: expected a string")
    #expect(JSONError.missing("id", expected: "a string").at(7).byteOffset == 7)
    #expect(error?.at(7).byteOffset == 2)
  }
}
