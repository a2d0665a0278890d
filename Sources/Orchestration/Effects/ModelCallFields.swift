public import AWSClient
public import JSON
import Telemetry

/// OpenTelemetry's fields of what is noted about models and tools, beside the names that the notes have had all along.
public enum ModelCallFields {
  /// A model answered.
  public static func replied(
    modelID: String, stopReason: StopReason, usage: TokenUsage, agentID: String? = nil, conversationID: String
  ) -> JSONObject {
    var fields = call(modelID: modelID, agentID: agentID, conversationID: conversationID)
    fields.finishReasons = [stopReason.rawValue]
    fields.inputTokens = usage.allInputTokens
    fields.outputTokens = usage.outputTokens
    if usage.cacheReadInputTokens > 0 { fields.cacheReadInputTokens = usage.cacheReadInputTokens }
    if usage.cacheWriteInputTokens > 0 { fields.cacheCreationInputTokens = usage.cacheWriteInputTokens }
    return fields.object
  }

  /// A model could not be asked.
  /// - Parameter code: the error's code; nil when it has none, which the conventions write as "_OTHER".
  public static func failed(modelID: String, code: String?, agentID: String? = nil, conversationID: String) -> JSONObject {
    var fields = call(modelID: modelID, agentID: agentID, conversationID: conversationID)
    fields.errorType = code ?? "_OTHER"
    return fields.object
  }

  /// A tool was used.
  public static func tool(_ name: String, callID: String, isError: Bool, agentID: String, conversationID: String) -> JSONObject {
    var fields = GenAI.Fields(.executeTool)
    fields.agentID = agentID
    fields.conversationID = conversationID
    fields.toolName = name
    fields.toolCallID = callID
    if isError { fields.errorType = "tool_error" }
    return fields.object
  }

  private static func call(modelID: String, agentID: String?, conversationID: String) -> GenAI.Fields {
    var fields = GenAI.Fields(.chat, provider: GenAI.bedrock)
    fields.requestModel = modelID
    fields.agentID = agentID
    fields.conversationID = conversationID
    return fields
  }
}
