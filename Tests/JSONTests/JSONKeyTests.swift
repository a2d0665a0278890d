import JSON
import Testing

@Suite struct JSONKeyTests {
  private func keys(of text: String) throws -> [JSONKey] {
    try JSONReader.withReader(Array(text.utf8)) { (reader: inout JSONReader) throws(JSONError) in
      var keys: [JSONKey] = []
      try reader.beginObject()
      while let key = try reader.nextMember() {
        keys.append(key)
        try reader.skipValue()
      }
      return keys
    }
  }

  @Test func `a name equals the literal that it is, and no other`() throws {
    switch try #require(keys(of: #"{"task":1}"#).first) {
    case "tas", "tasks", "Task", "": Issue.record("another name")
    case "task": break
    default: Issue.record("no name")
    }
    #expect(try keys(of: #"{"n":1}"#) == ["n"])
    #expect(try keys(of: #"{"":1}"#) == [""])
    #expect(try keys(of: #"{"zürich":1}"#) == ["zürich"])
  }

  @Test(arguments: 0...40) func `names of every length come back as they were`(length: Int) throws {
    let name = String((0..<length).map { Character(UnicodeScalar(UInt8(97 + $0 % 26))) })
    for text in [#"{"\#(name)":0}"#, #"{ "\#(name)" : 0, "x": 1 }"#] {
      let key = try #require(keys(of: text).first)
      #expect(key.description == name)
      #expect(key == JSONKey(name))
      #expect(key != JSONKey(name + "a"))
      #expect(key != JSONKey("a" + name))
    }
  }

  @Test func `an escaped name equals the same name without escapes`() throws {
    #expect(try keys(of: #"{"t\u0061sk":1}"#) == ["task"])
    #expect(try keys(of: #"{"a name that is l\u006fng":1}"#) == ["a name that is long"])
  }

  @Test func `a zero at its end makes another name`() throws {
    let key = try #require(keys(of: #"{"task\u0000":1}"#).first)
    #expect(key != "task")
    #expect(key == "task\0")
    #expect(key.description == "task\0")
  }
}
