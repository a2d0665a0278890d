import JSON
import Testing

@Suite struct JSONPointerTests {
  /// The examples of RFC 6901 section 5.
  static let document: JSONValue = [
    "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8,
  ]

  @Test(
    arguments: [
      ("", document), ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/c%d", 2), ("/e^f", 3), ("/g|h", 4),
      ("/i\\j", 5), ("/k\"l", 6), ("/ ", 7), ("/m~0n", 8),
    ] as [(String, JSONValue)])
  func theStandardsExamplesAreFound(text: String, value: JSONValue) throws {
    let pointer = try #require(JSONPointer(parsing: text))
    #expect(Self.document[pointer] == value)
    #expect(pointer.value(in: Self.document.bytes) == value)
    #expect(pointer.description == text)
  }

  @Test(arguments: ["/foo/2", "/foo/01", "/foo/-", "/foo/bar", "/nothing", "/foo/0/1", "/ /x", "/foo/99999999999999999999"])
  func whatIsNotThereIsNil(text: String) throws {
    let pointer = try #require(JSONPointer(parsing: text))
    #expect(Self.document[pointer] == nil)
    #expect(pointer.value(in: Self.document.bytes) == nil)
  }

  @Test(arguments: ["foo", "foo/bar", "/a~", "/a~2", "/~~"]) func otherTextIsNoPointer(text: String) {
    #expect(JSONPointer(parsing: text) == nil)
  }

  @Test func aTextIsReadNoFurtherThanToThePlace() {
    #expect(JSONPointer("a", "1").value(in: Array(#"{"x":{"a":0}, "a" : [ 1, "two", oops"#.utf8)) == "two")
    #expect(JSONPointer("b").value(in: Array(#"{"a":1,"#.utf8)) == nil)
    #expect(JSONPointer("a").value(in: []) == nil)
  }

  @Test func ofANameTwiceTheFirstCountsInATextAndTheLastInAValue() throws {
    let text = Array(#"{"a":1,"a":2}"#.utf8)
    #expect(JSONPointer("a").value(in: text) == 1)
    #expect(try JSONValue(parsing: text)[JSONPointer("a")] == 2)
  }

  @Test func namesOfHeaderFieldsMayDifferInCase() {
    let event = Array(#"{"Headers":{"X-Amzn-Trace-Id":"t"}}"#.utf8)
    #expect(JSONPointer("headers", "x-amzn-trace-id").value(in: event, ignoringCase: true) == "t")
    #expect(JSONPointer("headers", "x-amzn-trace-id").value(in: event) == nil)
  }

  @Test func anIndexMayAlsoBeTheNameOfAMember() {
    #expect((["0": "zero"] as JSONValue)[JSONPointer("0")] == "zero")
    #expect(JSONPointer("0").value(in: Array(#"{"0":"zero"}"#.utf8)) == "zero")
  }
}
