import AWSClient
public import AgentKit
import JSON
import Telemetry

extension TaskHandler {
  /// Writes down what an agent did at a task; it holds no content.
  public func note(_ event: AgentEvent, of message: TaskMessage, modelID: String) {
    let conversationID = message.orchestrationID
    switch event {
    case .modelAnswered(let turn, let stopReason, let usage, let cost, let milliseconds):
      let fields: JSONObject = [
        "turn": .number(turn), "stop_reason": .string(stopReason.rawValue), "input_tokens": .number(usage.inputTokens),
        "output_tokens": .number(usage.outputTokens), "cost_micro_usd": .number(cost), "milliseconds": .number(milliseconds),
      ]
      note(
        .debug, "the model answered", message,
        fields.merging(
          ModelCallFields.replied(
            modelID: modelID, stopReason: stopReason, usage: usage, agentID: message.node, conversationID: conversationID)))
    case .modelFailed(let turn, let code, let error, let willRetry):
      let fields: JSONObject = ["turn": .number(turn), "will_retry": .bool(willRetry)]
      note(
        .warning, "the model could not be asked: \(error)", message,
        fields.merging(ModelCallFields.failed(modelID: modelID, code: code, agentID: message.node, conversationID: conversationID)))
    case .toolFinished(let name, let id, let isError, let milliseconds):
      let fields: JSONObject = ["tool": .string(name), "is_error": .bool(isError), "milliseconds": .number(milliseconds)]
      note(
        .debug, "a tool finished", message,
        fields.merging(
          ModelCallFields.tool(name, callID: id, isError: isError, agentID: message.node, conversationID: conversationID)))
    case .compacted(let from, let to):
      note(.info, "the conversation was shortened", message, ["from_bytes": .number(from), "to_bytes": .number(to)])
    }
  }
}
