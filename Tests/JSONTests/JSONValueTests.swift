import JSON
import Testing

@Suite struct JSONValueTests {
  @Test func `numbers keep their exact text`() throws {
    let text = #"{"n":12345678901234567890123456789012345678,"f":1.0,"e":-2.5E+10}"#
    #expect(try JSONValue(parsing: text).text == text)
  }

  @Test func `an error names the byte and what was expected`() {
    #expect(throws: JSONError(.unexpectedByte, byteOffset: 5, expected: "a value")) { try JSONValue(parsing: #"{"a":}"#) }
  }
}
