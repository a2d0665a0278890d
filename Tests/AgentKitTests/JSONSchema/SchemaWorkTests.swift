import JSON
import Testing

@testable import AgentKit

/// What a schema may cost those who compile it and those who check values against it.
@Suite struct SchemaWorkTests {
  /// Levels of which each names the next one twice: 2 to the power of `levels` checks of any value, and no endless reference.
  private func doubling(_ levels: Int, keyword: String = "allOf") throws -> JSONSchema {
    var definitions = JSONObject()
    for level in 0..<levels {
      let next: JSONValue = ["$ref": .string("#/$defs/a\(level + 1)")]
      definitions["a\(level)"] = .object(JSONObject([(keyword, .array([next, next]))]))
    }
    definitions["a\(levels)"] = ["type": "object"]
    return try JSONSchema(compiling: ["$ref": "#/$defs/a0", "$defs": .object(definitions)])
  }

  @Test(arguments: ["allOf", "anyOf", "oneOf"]) func `a check that would never end is given up and says so`(keyword: String) throws {
    // An object passes the first of "anyOf"; what fits none is tried to the end.
    let value: JSONValue = keyword == "anyOf" ? 1 : [:]
    var validator = SchemaValidator(schema: try doubling(16, keyword: keyword), limit: 10, work: 20_000)
    let violations = validator.violations(of: value)
    #expect(violations.map(\.keyword) == ["too_complex"])
    #expect(violations.first?.message.contains("takes too much work") == true)
    #expect((-1_000..<0).contains(validator.work))
  }

  @Test func `a check that was given up makes nothing valid, not even what 'not' turns round`() throws {
    let inner = try doubling(16)
    let schema = try JSONSchema(compiling: ["not": ["not": ["pattern": "^(a?){500}b$"]]])
    var validator = SchemaValidator(schema: schema, limit: 10, work: 1_000)
    #expect(validator.violations(of: .string(String(repeating: "a", count: 400))).map(\.keyword) == ["too_complex"])
    var other = SchemaValidator(schema: inner, limit: 10, work: 100)
    #expect(other.violations(of: [:]).count == 1)
  }

  @Test(
    arguments: [
      ["enum": ["x"]], ["const": "x"], ["uniqueItems": true], ["minLength": 1_000_000], ["pattern": "x"],
      ["additionalProperties": ["type": "string"]],
    ] as [JSONValue])
  func `rules cost what they look at`(rule: JSONValue) throws {
    let text = JSONValue.string(String(repeating: "y", count: 10_000))
    let value: JSONValue =
      switch rule.objectValue?.keys.first {
      case "uniqueItems": .array([text])
      case "additionalProperties": .object(JSONObject((0..<200).map { ("member \($0)", "y") }))
      default: text
      }
    var validator = SchemaValidator(schema: try JSONSchema(compiling: rule), limit: 10, work: 150)
    #expect(validator.violations(of: value).map(\.keyword) == ["too_complex"])
  }

  @Test func `an input of 200 KB is checked with room to spare`() throws {
    let schema = try JSONSchema(compiling: [
      "type": "object", "required": ["rows"],
      "properties": [
        "rows": [
          "type": "array", "minItems": 1, "uniqueItems": true,
          "items": [
            "type": "object", "required": ["id", "region", "amount"], "additionalProperties": false,
            "properties": [
              "id": ["type": "string", "pattern": "^[a-z]+-[0-9]+$", "maxLength": 40], "region": ["enum": ["north", "south"]],
              "amount": ["type": "number", "minimum": 0, "multipleOf": 0.01],
            ],
          ],
        ]
      ],
    ])
    let rows = (0..<4_000).map { ["id": .string("order-\($0)"), "region": "north", "amount": 12.34] as JSONValue }
    let value: JSONValue = ["rows": .array(rows)]
    #expect(value.json.count > 180_000)
    var validator = SchemaValidator(schema: schema, limit: 10)
    #expect(validator.violations(of: value).isEmpty)
    #expect(validator.work > SchemaValidator.maximumWork / 2)
  }

  @Test func `the patterns of a schema have a limit together`() throws {
    let names = (0..<11).map { ("p\($0)", ["pattern": "a{9900}"] as JSONValue) }
    #expect(throws: Never.self) { try JSONSchema(compiling: ["properties": .object(JSONObject(Array(names.prefix(10))))]) }
    let error = #expect(throws: JSONSchemaError.self) { try JSONSchema(compiling: ["properties": .object(JSONObject(names))]) }
    #expect(error?.code == .unsupportedPattern)
    #expect(error?.pointer == "#/properties/p10/pattern")
  }
}
