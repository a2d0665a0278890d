import AWSClient
import JSON
import Testing

struct AttributeValueTests {
  @Test(
    arguments: [
      (.string("é\"\n"), #"{"S":"é\"\n"}"#), (.string(""), #"{"S":""}"#), (.number("1.50"), #"{"N":"1.50"}"#),
      (.binary([0, 1, 255]), #"{"B":"AAH/"}"#),
      (.binary([]), #"{"B":""}"#), (true, #"{"BOOL":true}"#), (.null, #"{"NULL":true}"#), ([], #"{"L":[]}"#),
      ([1, ["a"]], #"{"L":[{"N":"1"},{"L":[{"S":"a"}]}]}"#), ([:], #"{"M":{}}"#),
      (["a": ["b": .null]], #"{"M":{"a":{"M":{"b":{"NULL":true}}}}}"#),
      (.stringSet(["a", "b"]), #"{"SS":["a","b"]}"#), (.numberSet(["1"]), #"{"NS":["1"]}"#),
      (.binarySet([[1], []]), #"{"BS":["AQ==",""]}"#),
    ] as [(AttributeValue, String)])
  func theWireFormIsDynamoDBs(value: AttributeValue, json: String) throws {
    #expect(String(decoding: value.json, as: UTF8.self) == json)
    #expect(try AttributeValue(json: Array(json.utf8)) == value)
  }

  @Test func theMembersOfAMapAreInOrderInEveryProcess() {
    let names = ["b", "f", "a", "e", "d", "g", "c"]
    let value = AttributeValue.map(Dictionary(uniqueKeysWithValues: names.map { ($0, .string($0)) }))
    let members = names.sorted().map { #""\#($0)":{"S":"\#($0)"}"# }.joined(separator: ",")
    #expect(String(decoding: value.json, as: UTF8.self) == #"{"M":{\#(members)}}"#)
  }

  @Test(arguments: [#"{}"#, #"{"X":"a"}"#, #"{"N":1}"#, #"{"B":"?"}"#, #"{"B":"AAA"}"#, #""a""#, #"{"BOOL":"true"}"#])
  func whatIsNoValueIsRefused(json: String) {
    #expect(throws: JSONError.self) { try AttributeValue(json: Array(json.utf8)) }
  }

  @Test(arguments: [
    "null", "true", #""é\u0000""#, "0", "-12.50", "12345678901234567890123456789012345678", "1E-130", "9.99E+125", "[]", "[1,[null,{}]]",
    #"{"a":{"b":[1.0,"x"]},"c":""}"#, "0.00000000000000000000000000000000000000000000001", "1000000000000000000000000000000000000000000000",
  ])
  func jsonGoesThereAndBack(text: String) throws {
    let json = try JSONValue(parsing: text)
    let value = try AttributeValue(json)
    #expect(try value.toJSON() == json)
    // Over the wire as well.
    #expect(try AttributeValue(json: value.json).toJSON() == json)
  }

  @Test(arguments: [
    ("123456789012345678901234567890123456789", "$"), ("[1e126]", "$[0]"), (#"{"a":{"b":[0,1E-131]}}"#, "$.a.b[1]"),
    (#"{"a":1,"a":2}"#, "$.a"),
    ("1e99999999999999999999", "$"),
  ])
  func whatDynamoDBCannotHoldIsNamed(text: String, path: String) throws {
    let json = try JSONValue(parsing: text)
    let error = #expect(throws: AttributeValueError.self) { try AttributeValue(json) }
    #expect(error?.path == path)
  }

  @Test(
    arguments: [
      (.binary([1]), "$"), ([.stringSet(["a"])], "$[0]"), (["a": [.numberSet(["1"])]], "$.a[0]"), (["b": .binarySet([])], "$.b"),
    ] as [(AttributeValue, String)])
  func whatJSONCannotHoldIsNamed(value: AttributeValue, path: String) {
    let error = #expect(throws: AttributeValueError.self) { try value.toJSON() }
    #expect(error?.path == path)
  }

  @Test func accessorsAnswerForTheirOwnKindOnly() {
    let map: AttributeValue = ["s": "text", "n": 42, "d": .number("1.5"), "l": [1], "b": false, "x": .binary([1])]
    #expect(map["s"]?.stringValue == "text")
    #expect(map["n"]?.int64Value == 42)
    #expect(map["n"]?.stringValue == nil)
    #expect(map["d"]?.int64Value == nil)
    #expect(map["d"]?.doubleValue == 1.5)
    #expect(map["l"]?.listValue == [1])
    #expect(map["b"]?.boolValue == false)
    #expect(map["x"]?.binaryValue == [1])
    #expect(map["none"] == nil)
    #expect(AttributeValue.number(Double.nan) == nil)
  }
}
