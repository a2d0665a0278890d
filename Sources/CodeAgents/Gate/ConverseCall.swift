import AWSClient
import AgentKit
import JSON
import Sandbox

/// What a module asks of a model: `{prompt | messages: [{role, text}], system?, maxTokens?, temperature?}` and nothing else.
struct ConverseCall: Sendable {
  let messages: [Message]
  let system: String?
  let maxTokens: Int?
  let temperature: Double?

  private static let schema: JSONValue = [
    "type": "object", "additionalProperties": false,
    "properties": [
      "prompt": ["type": "string", "minLength": 1],
      "messages": [
        "type": "array", "minItems": 1, "maxItems": 200,
        "items": [
          "type": "object", "required": ["role", "text"], "additionalProperties": false,
          "properties": ["role": ["enum": ["user", "assistant"]], "text": ["type": "string", "minLength": 1]],
        ],
      ],
      "system": ["type": "string", "minLength": 1], "maxTokens": ["type": "integer", "minimum": 1],
      "temperature": ["type": "number", "minimum": 0, "maximum": 1],
    ],
  ]

  private static let compiled = Result { try JSONSchema(compiling: schema) }

  init(_ request: JSONValue) throws(HostCallError) {
    let schema: JSONSchema
    do { schema = try Self.compiled.get() } catch { throw HostCallError("invalid_input", "\(error)") }
    let violations = schema.validate(request)
    guard violations.isEmpty else {
      throw Self.invalid(violations.map(\.description).joined(separator: "; "))
    }
    switch (request["prompt"]?.stringValue, request["messages"]?.arrayValue) {
    case (let prompt?, nil): messages = [.user(prompt)]
    case (nil, let list?):
      messages = list.map { message in
        Message(
          role: message["role"]?.stringValue == "assistant" ? .assistant : .user, content: [.text(message["text"]?.stringValue ?? "")])
      }
    default: throw Self.invalid("it must have either 'prompt' or 'messages'")
    }
    let breaches = ConversationRules.violations(of: messages)
    guard breaches.isEmpty else { throw Self.invalid(breaches.map(\.description).joined(separator: "; ")) }
    system = request["system"]?.stringValue
    maxTokens = request["maxTokens"]?.intValue
    temperature = request["temperature"]?.doubleValue
  }

  private static func invalid(_ problem: String) -> HostCallError {
    HostCallError(
      "invalid_input",
      "The request of 'converse' cannot be used: \(problem). Expected {prompt} or {messages: [{role: 'user' | 'assistant', text}]}, and "
        + "optionally system, maxTokens and temperature (0 to 1).")
  }

  func request(maxTokens: Int, temperature: Double?) -> ConverseRequest {
    ConverseRequest(
      messages: messages, system: system.map { [.text($0)] } ?? [],
      inferenceConfiguration: InferenceConfiguration(maxTokens: maxTokens, temperature: temperature))
  }
}
