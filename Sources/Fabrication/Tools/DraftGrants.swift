import AgentKit
import CodeAgents
import JSON
import Sandbox

/// What a model declares of a draft beside its code, and how it writes it.
enum DraftGrants {
  /// The members of an input schema that declare grants.
  static var properties: JSONObject {
    let functions = Capabilities.Function.allCases.map { JSONValue.string($0.rawValue) }
    return [
      "tools": [
        "type": "array", "items": ["type": "string", "minLength": 1, "maxLength": 64], "maxItems": 20, "uniqueItems": true,
        "description": "Names of the tools that the module calls with host.callTool; none unless given. No more than its cases use.",
      ],
      "capabilities": [
        "type": "array", "items": ["enum": .array(functions)], "uniqueItems": true,
        "description": "Other functions of host that the module uses; none unless given. No more than its cases use.",
      ],
    ]
  }

  static func capabilities(_ input: JSONValue) -> Capabilities { Capabilities(configuration: input.objectValue ?? [:]) }

  /// The schema of the schema parameters: the original took texts.
  static let schemaParameter: JSONValue = [
    "type": ["object", "string"],
    "description": """
    JSON Schema of the handler's input, of type "object", as an object or as its JSON text. Tight: required, types, bounds, \
    "additionalProperties": false, and a description of each property.
    """,
  ]

  /// The schema that a parameter holds.
  /// - Throws: `ToolError` for a text that is no JSON object.
  static func schema(_ input: JSONValue, _ parameter: String) throws(ToolError) -> JSONValue {
    guard let value = input[parameter] else { throw ToolError("invalid_schema", "'\(parameter)' is absent: give the schema of the input.") }
    guard let text = value.stringValue else { return value }
    let schema: JSONValue
    do throws(JSONError) { schema = try JSONValue(parsing: text) } catch {
      throw ToolError("invalid_schema", "'\(parameter)' is no JSON: \(error).")
    }
    guard schema.objectValue != nil else {
      throw ToolError("invalid_schema", "'\(parameter)' is the text of \(schema.kindDescription), expected that of an object.")
    }
    return schema
  }
}
