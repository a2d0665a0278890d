public import JSON

/// Asks a model for an agent, within what the agent may still spend: one implementation behind the tool `converse` and the `converse` of agents
/// that are code.
public protocol Converser: Sendable {
  /// The model's answer to one question.
  /// - Throws: `ToolError` with what the asking agent should know: that its budget or its time is used up, or that the model did not answer;
  ///   `CancellationError`.
  func converse(_ question: ModelQuestion) async throws -> ModelAnswer
}

/// A question to a model, without tools and without a conversation.
public struct ModelQuestion: Sendable, Equatable {
  /// Not empty.
  public var prompt: String
  public var system: String?
  /// The longest answer, in tokens; nil for as long as the agent's limits allow, which bound it anyway.
  public var maxTokens: Int?

  public init(prompt: String, system: String? = nil, maxTokens: Int? = nil) {
    self.prompt = prompt
    self.system = system
    self.maxTokens = maxTokens
  }

  /// JSON Schema of a question.
  public static let schema: JSONValue = [
    "type": "object", "required": ["prompt"], "additionalProperties": false,
    "properties": [
      "prompt": ["type": "string", "minLength": 1, "maxLength": 400_000, "pattern": "\\S", "description": "What the model is to answer."],
      "system": ["type": "string", "maxLength": 100_000, "description": "Who the model is to be, and its rules."],
      "maxTokens": ["type": "integer", "minimum": 1, "maximum": 1_000_000, "description": "The longest answer, in tokens."],
    ],
  ]

  /// Reads a question that fits the schema.
  /// - Throws: `ToolError` with the code `invalid_input`.
  public init(_ input: JSONValue) throws(ToolError) {
    guard let prompt = input["prompt"]?.stringValue, !Reply.isBlank(prompt) else {
      throw ToolError("invalid_input", "A question to the model needs 'prompt', a text that is not empty.")
    }
    self.init(
      prompt: prompt, system: input["system"]?.stringValue.flatMap { Reply.isBlank($0) ? nil : $0 }, maxTokens: input["maxTokens"]?.intValue
    )
  }
}

/// What a model answers to a question.
public struct ModelAnswer: Sendable, Equatable {
  public var text: String
  /// True when the answer ended at the token limit, and not where the model would have.
  public var isCutOff: Bool

  public init(text: String, isCutOff: Bool = false) {
    self.text = text
    self.isCutOff = isCutOff
  }

  public var jsonValue: JSONValue { isCutOff ? ["text": .string(text), "cutOff": true] : ["text": .string(text)] }
}
