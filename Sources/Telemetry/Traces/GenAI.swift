public import JSON

/// Fields of log lines and traces that tell of models, agents and tools, under OpenTelemetry's names, so that tools which know those find them.
///
/// The names are those of the semantic conventions v1.41.0, the last release that has them before they moved to a repository of their own.
/// They are in development: a name changes here, together with `version`, or not at all.
/// https://github.com/open-telemetry/semantic-conventions/blob/v1.41.0/docs/registry/attributes/gen-ai.md
public enum GenAI {
  /// The release of the semantic conventions that the names are of.
  public static let version = "1.41.0"

  /// The names of the fields.
  public enum Name {
    public static let operation = "gen_ai.operation.name"
    public static let provider = "gen_ai.provider.name"
    public static let requestModel = "gen_ai.request.model"
    public static let requestMaxTokens = "gen_ai.request.max_tokens"
    public static let requestTemperature = "gen_ai.request.temperature"
    public static let responseModel = "gen_ai.response.model"
    public static let responseID = "gen_ai.response.id"
    public static let finishReasons = "gen_ai.response.finish_reasons"
    public static let inputTokens = "gen_ai.usage.input_tokens"
    public static let outputTokens = "gen_ai.usage.output_tokens"
    public static let cacheReadInputTokens = "gen_ai.usage.cache_read.input_tokens"
    public static let cacheCreationInputTokens = "gen_ai.usage.cache_creation.input_tokens"
    public static let agentID = "gen_ai.agent.id"
    public static let agentName = "gen_ai.agent.name"
    public static let conversationID = "gen_ai.conversation.id"
    public static let toolName = "gen_ai.tool.name"
    public static let toolCallID = "gen_ai.tool.call.id"
    public static let toolType = "gen_ai.tool.type"
    public static let errorType = "error.type"
  }

  /// What is done; the values of `gen_ai.operation.name`.
  public enum Operation: String, Sendable {
    case chat = "chat"
    case createAgent = "create_agent"
    case invokeAgent = "invoke_agent"
    case executeTool = "execute_tool"
    case embeddings = "embeddings"
  }

  /// The value of `gen_ai.provider.name` for Amazon Bedrock.
  public static let bedrock = "aws.bedrock"

  /// The fields of one operation. What is nil is left out.
  /// ```swift
  /// var fields = GenAI.Fields(.chat, provider: GenAI.bedrock)
  /// fields.requestModel = modelID
  /// logger.info("model replied", fields.object)
  /// ```
  public struct Fields: Sendable, Hashable {
    public var operation: Operation
    public var provider: String?
    public var requestModel: String?
    public var responseModel: String?
    public var finishReasons: [String] = []
    /// All tokens of the input, those of a cache among them.
    public var inputTokens: Int?
    public var outputTokens: Int?
    public var cacheReadInputTokens: Int?
    public var cacheCreationInputTokens: Int?
    public var agentID: String?
    public var agentName: String?
    public var conversationID: String?
    public var toolName: String?
    public var toolCallID: String?
    /// What went wrong, of a small set of values such as an error's code; nil when nothing did.
    public var errorType: String?

    public init(_ operation: Operation, provider: String? = nil) {
      self.operation = operation
      self.provider = provider
    }

    public var object: JSONObject {
      var members: [(String, JSONValue)] = [(Name.operation, .string(operation.rawValue))]
      func add(_ name: String, _ value: String?) { if let value { members.append((name, .string(value))) } }
      func add(_ name: String, _ value: Int?) { if let value { members.append((name, .number(value))) } }
      add(Name.provider, provider)
      add(Name.requestModel, requestModel)
      add(Name.responseModel, responseModel)
      if !finishReasons.isEmpty { members.append((Name.finishReasons, .array(finishReasons.map(JSONValue.string)))) }
      add(Name.inputTokens, inputTokens)
      add(Name.outputTokens, outputTokens)
      add(Name.cacheReadInputTokens, cacheReadInputTokens)
      add(Name.cacheCreationInputTokens, cacheCreationInputTokens)
      add(Name.agentID, agentID)
      add(Name.agentName, agentName)
      add(Name.conversationID, conversationID)
      add(Name.toolName, toolName)
      add(Name.toolCallID, toolCallID)
      add(Name.errorType, errorType)
      return JSONObject(members)
    }
  }
}
