import AgentKit
import JSON
import Testing

@Suite("JSON Schema")
struct JSONSchemaTests {
  private func violations(_ schema: JSONValue, _ value: JSONValue) throws -> [String] {
    try JSONSchema(compiling: schema).validate(value).map(\.description)
  }

  @Test("A violation names the place, the value and the rule")
  func messages() throws {
    let schema: JSONValue = [
      "type": "object", "required": ["region", "limit"], "additionalProperties": false,
      "properties": [
        "region": ["type": "string", "enum": ["north", "south"]], "limit": ["type": "integer", "minimum": 1],
        "tags": ["type": "array", "items": ["type": "string", "pattern": "^[a-z]+$"], "maxItems": 2],
      ],
    ]
    #expect(try violations(schema, ["region": "north", "limit": 5, "tags": ["a"]]).isEmpty)
    let found = try violations(schema, ["region": "east", "limit": -3, "tags": ["ok", "NO", "x"], "extra/1": true])
    #expect(
      Set(found) == [
        "the value: the member 'extra/1' is not allowed", "'/limit': -3 is less than the minimum 1",
        #"'/region': "east" is none of ["north","south"]"#, "'/tags': 3 elements, at most 2 are allowed",
        "'/tags/1': \"NO\" does not match '^[a-z]+$'",
      ])
    #expect(try violations(schema, ["region": "north"]) == ["the value: the member 'limit' is missing"])
    #expect(try violations(schema, "text") == [#"the value: "text" is a string, expected object"#])
    #expect(try violations(["type": ["string", "null"]], 1.5) == ["the value: 1.5 is a number, expected null or string"])
  }

  @Test("The path of a member escapes slash and tilde")
  func pointerEscapes() throws {
    let schema = try JSONSchema(compiling: ["additionalProperties": ["type": "string"]])
    #expect(schema.validate(["a/b~c": 1]).map(\.path) == ["/a~1b~0c"])
  }

  @Test("The number of violations is limited")
  func limit() throws {
    let schema = try JSONSchema(compiling: ["items": ["type": "string"]])
    #expect(schema.validate(.array(Array(repeating: 1, count: 100)), limit: 3).count == 3)
  }

  @Test(
    "What the validator cannot check is refused, with keyword and place",
    arguments: [
      (#"{"properties":{"a":{"unevaluatedProperties":false}}}"#, "unevaluatedProperties", "#/properties/a/unevaluatedProperties"),
      (#"{"requird":["a"]}"#, "requird", "#/requird"),
      (#"{"items":[{"type":"string"}]}"#, "items", "#/items"),
      (#"{"dependencies":{}}"#, "dependencies", "#/dependencies"),
      (#"{"$ref":"https://example.com/s"}"#, "$ref", "#/$ref"),
      (##"{"$dynamicRef":"#a"}"##, "$dynamicRef", "#/$dynamicRef"),
    ])
  func unsupported(schema: String, keyword: String, pointer: String) throws {
    let error = #expect(throws: JSONSchemaError.self) { try JSONSchema(compiling: JSONValue(parsing: schema)) }
    #expect(error?.code == .unsupportedKeyword)
    #expect(error?.keyword == keyword)
    #expect(error?.pointer == pointer)
  }

  @Test(
    "A broken schema says what is wrong",
    arguments: [
      (#"{"type":"text"}"#, "type", "null, boolean, number"), (#"{"required":"a"}"#, "required", "an array"),
      (#"{"minLength":-1}"#, "minLength", "a whole number of at least 0, not -1"), (#"{"multipleOf":0}"#, "multipleOf", "greater than 0"),
      (#"{"exclusiveMinimum":true}"#, "exclusiveMinimum", "a number, not true"), (#"{"allOf":[]}"#, "allOf", "at least one schema"),
      (#"{"properties":{"a":1}}"#, "", "an object or a boolean, not a number (1)"), (#"{"pattern":"("}"#, "pattern", "'(' without ')'"),
      (##"{"$ref":"#/$defs/x"}"##, "$ref", "leads nowhere"), (#"{"uniqueItems":1}"#, "uniqueItems", "true or false"),
      (#"{"pattern":"(?=a)"}"#, "pattern", "look-ahead is not supported"), (#"[]"#, "", "an object or a boolean"),
    ])
  func broken(schema: String, keyword: String, message: String) throws {
    let error = #expect(throws: JSONSchemaError.self) { try JSONSchema(compiling: JSONValue(parsing: schema)) }
    #expect(error?.keyword == keyword)
    #expect(error?.description.contains(message) == true, "\(String(describing: error))")
  }

  @Test(
    "References that never go deeper are refused",
    arguments: [
      ##"{"$ref":"#"}"##, ##"{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"allOf":[{"$ref":"#/$defs/a"}]}},"$ref":"#/$defs/a"}"##,
      ##"{"if":{"not":{"$ref":"#"}}}"##, ##"{"dependentSchemas":{"a":{"$ref":"#"}}}"##,
    ])
  func endless(schema: String) throws {
    let error = #expect(throws: JSONSchemaError.self) { try JSONSchema(compiling: JSONValue(parsing: schema)) }
    #expect(error?.code == .endlessReference)
  }

  @Test("A tree refers to itself")
  func recursion() throws {
    let schema = try JSONSchema(compiling: [
      "type": "object", "properties": ["children": ["type": "array", "items": ["$ref": "#"]], "name": ["type": "string"]],
    ])
    #expect(schema.validate(["name": "a", "children": [["name": "b", "children": []]]]).isEmpty)
    #expect(schema.validate(["children": [["children": [["name": 1]]]]]).map(\.path) == ["/children/0/children/0/name"])
  }

  @Test("A deeply nested value is refused, not a crash")
  func deepValue() throws {
    let schema = try JSONSchema(compiling: ["items": ["$ref": "#"]])
    var value: JSONValue = []
    for _ in 0..<500 { value = [value] }
    #expect(schema.validate(value).isEmpty)
    for _ in 0..<500 { value = [value] }
    #expect(schema.validate(value).map(\.keyword) == ["$ref"])
  }

  @Test("Numbers are compared exactly")
  func exactNumbers() throws {
    #expect(try violations(["multipleOf": 0.01], JSONValue(parsing: "0.07")).isEmpty)
    #expect(try violations(["multipleOf": 0.01], JSONValue(parsing: "0.075")).count == 1)
    #expect(try violations(["const": 1], JSONValue(parsing: "1.000")).isEmpty)
    #expect(try violations(["enum": [[1.0]]], JSONValue(parsing: "[1]")).isEmpty)
    #expect(try violations(["maximum": 9_007_199_254_740_992], JSONValue(parsing: "9007199254740993")).count == 1)
    #expect(try violations(["uniqueItems": true], JSONValue(parsing: "[1,1.0]")).count == 1)
    #expect(try violations(["type": "integer"], JSONValue(parsing: "1e300")).isEmpty)
  }

  @Test("Length counts code points")
  func codePoints() throws {
    #expect(try violations(["maxLength": 2], "🦀🦀").isEmpty)
    #expect(try violations(["maxLength": 1], "e\u{301}").count == 1)
  }

  @Test("Annotations and extensions say nothing to the validator")
  func annotations() throws {
    let schema = try JSONValue(
      parsing: ##"{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"x","$comment":"c","title":"t","description":"d","##
        + ##""default":1,"examples":[1],"format":"email","deprecated":true,"readOnly":true,"writeOnly":true,"x-order":1}"##)
    #expect(try violations(schema, "not an address").isEmpty)
  }
}
