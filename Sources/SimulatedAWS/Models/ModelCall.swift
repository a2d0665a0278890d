public import AWSClient
public import JSON

/// One call of Converse or ConverseStream.
public struct ModelCall: Sendable {
  public let modelID: String
  public let isStreaming: Bool
  /// The body as it came: JSON text.
  public let body: [UInt8]
  /// The body as a request; nil when it is none.
  public let request: ConverseRequest?
  /// 1 for the first call of all.
  public let number: Int
  public let nowMilliseconds: Int64

  /// The body as a tree.
  public var json: JSONValue? { try? JSONValue(parsing: body) }
}

/// What a model answers.
public enum ModelReply: Sendable {
  case response(ConverseResponse)
  /// An error of Bedrock's, by its name, such as "ThrottlingException".
  case failure(code: String, status: Int, message: String)
  /// These bytes with status 200, whatever they are.
  case body([UInt8])

  /// A message; with no usage, the answer says nothing of it.
  public static func message(_ content: [ContentBlock], stopReason: StopReason, usage: TokenUsage?) -> ModelReply {
    .response(
      ConverseResponse(
        message: Message(role: .assistant, content: content), stopReason: stopReason, usage: usage, metrics: ["latencyMs": 1]))
  }

  // Source of the statuses: Bedrock Runtime API reference, errors of Converse.

  public static let throttled = ModelReply.failure(
    code: "ThrottlingException", status: 429, message: "Too many requests, please wait before trying again.")
  public static let unavailable = ModelReply.failure(
    code: "ServiceUnavailableException", status: 503, message: "Bedrock is unable to process your request.")
  public static let timedOut = ModelReply.failure(
    code: "ModelTimeoutException", status: 408, message: "Model has timed out in processing the request. Try your request again.")
  public static let modelFailed = ModelReply.failure(
    code: "ModelErrorException", status: 424,
    message: "The system encountered an unexpected error during processing. Try your request again.")
  public static let notReady = ModelReply.failure(
    code: "ModelNotReadyException", status: 429, message: "Model is not ready for inference. Wait and try your request again.")
  public static let internalError = ModelReply.failure(
    code: "InternalServerException", status: 500,
    message: "The system encountered an unexpected error during processing. Try your request again.")

  public static func invalid(_ message: String) -> ModelReply {
    .failure(code: "ValidationException", status: 400, message: message)
  }
  public static func denied(_ message: String = "You don't have access to the model with the specified model ID.") -> ModelReply {
    .failure(code: "AccessDeniedException", status: 403, message: message)
  }
  public static func unknownModel(_ message: String = "Could not resolve the foundation model from the provided model identifier.")
    -> ModelReply
  { .failure(code: "ResourceNotFoundException", status: 404, message: message) }
}
