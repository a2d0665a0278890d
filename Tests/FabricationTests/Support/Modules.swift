import JSON

@testable import Fabrication

/// Modules that a model might write.
enum Modules {
  static let header = """
    /**
     * Purpose: counts the words of a text.
     * Input: {text: string}
     * Output: {words: number}
     * Constraints: words are what blanks separate.
     */

    """

  /// Takes an empty text for one word.
  static let broken = header + "export default async function handler(input) { return {words: input.text.split(' ').length}; }\n"

  static let wordCount =
    header + """
      export default async function handler(input) {
        const text = input.text.trim();
        return {words: text === '' ? 0 : text.split(/\\s+/).length};
      }

      """

  static let schema: JSONValue = [
    "type": "object", "required": ["text"], "additionalProperties": false,
    "properties": ["text": ["type": "string", "description": "The text."]],
  ]
  static let description = "Counts the words of a text: given {text}, it answers {words}."

  static let cases: [JSONValue] = [
    ["name": "two words", "input": ["text": "one two"], "equals": ["words": 2]],
    ["name": "no text", "input": ["text": ""], "equals": ["words": 0]], ["name": "no string", "input": ["text": 5], "refuses": true],
  ]

  static func upload(_ id: String = "word-count", _ code: String = wordCount, kind: String = "agent") -> (String, JSONValue) {
    ("upload_\(kind)_to_s3", ["file_name": .string("\(id).js"), "code": .string(code)])
  }

  static func test(
    _ id: String = "word-count", cases: [JSONValue] = cases, schema: JSONValue = schema, kind: String = "agent", tools: [JSONValue] = [],
    capabilities: [JSONValue] = []
  ) -> (String, JSONValue) {
    (
      "test_agent",
      [
        "\(kind)_id": .string(id), "llm_tool_schema": schema, "cases": .array(cases), "tools": .array(tools),
        "capabilities": .array(capabilities),
      ]
    )
  }

  static func store(
    _ id: String = "word-count", schema: JSONValue = schema, kind: String = "agent", tools: [JSONValue] = [], capabilities: [JSONValue] = []
  ) -> (String, JSONValue) {
    (
      "store_\(kind)_config_dynamo",
      [
        "file_name": .string("\(id).js"), "\(kind)_id": .string(id), kind == "agent" ? "llm_tool_schema" : "tool_schema": schema,
        "\(kind)_description": .string(description), "tools": .array(tools), "capabilities": .array(capabilities),
      ]
    )
  }

  static func complete(_ id: String = "word-count") -> (String, JSONValue) {
    ("complete_task", ["agent_id": .string(id), "summary": "Counts words. Risk: low, it only reads its input."])
  }

  /// A model that makes the agent at the first attempt, one step a turn.
  static func script(_ id: String = "word-count") -> FabricationWorld.Script {
    steps(upload(id), test(id), store(id), complete(id))
  }

  /// A model that takes these steps, one a turn, and then says that it is done.
  static func steps(_ steps: (String, JSONValue)...) -> FabricationWorld.Script {
    { turn, _ in turn < steps.count ? .uses((name: steps[turn].0, input: steps[turn].1)) : .says("Done.") }
  }
}
