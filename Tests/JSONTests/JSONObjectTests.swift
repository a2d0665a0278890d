import JSON
import Testing

@Suite struct JSONObjectTests {
  @Test func `members keep their place and are set by name`() {
    var object: JSONObject = ["b": 1, "a": 2]
    object["c"] = 3
    object["b"] = "changed"
    object["a"] = nil
    #expect(object.keys == ["b", "c"])
    #expect(JSONValue.object(object).text == #"{"b":"changed","c":3}"#)
    #expect(object.count == 2 && !object.isEmpty && object["a"] == nil)
  }

  @Test func `objects are equal in any order, and arrays are not`() {
    let left: JSONValue = ["a": 1, "b": [1, 2]]
    #expect(left == ["b": [1, 2], "a": 1])
    #expect(left.hashValue == (["b": [1, 2], "a": 1] as JSONValue).hashValue)
    #expect(left != ["a": 1, "b": [2, 1]])
    #expect(left != ["a": 1])
  }

  @Test func `values are looked up without a word about their absence`() {
    let value: JSONValue = ["list": [1, ["x": 2.5]], "text": "t", "yes": true, "none": nil]
    #expect(value["list"]?[1]?["x"]?.doubleValue == 2.5)
    #expect(value["list"]?[0]?.intValue == 1)
    #expect(value["list"]?[2] == nil && value["list"]?[-1] == nil && value["text"]?["x"] == nil)
    #expect(value["text"]?.stringValue == "t" && value["yes"]?.boolValue == true && value["none"]?.isNull == true)
    #expect(value["text"]?.int64Value == nil && value["list"]?.objectValue == nil && value["yes"]?.kindDescription == "a boolean")
  }

  @Test(arguments: ["", "-", "01", "1.", ".5", "1e", "1e+", "+1", "0x1", "1 ", "NaN", "--1", "1.e1"])
  func `what is no number is refused`(text: String) {
    #expect(JSONNumber(text: text) == nil)
  }

  @Test func `a number is its text`() throws {
    #expect(JSONNumber(text: "1.0") != JSONNumber(text: "1"))
    #expect(JSONNumber(text: "1.0")?.int64 == 1)
    #expect(JSONNumber(Double.infinity) == nil)
    #expect(JSONNumber(text: "1e400")?.double == .infinity)
    #expect(JSONNumber(text: "255")?.integer(as: UInt8.self) == 255)
    #expect(JSONNumber(text: "256")?.integer(as: UInt8.self) == nil)
    #expect(JSONNumber(text: "-1")?.integer(as: UInt8.self) == nil)
  }
}
