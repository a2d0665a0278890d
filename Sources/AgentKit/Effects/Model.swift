public import AWSClient

/// Answers conversations: Bedrock, the local model server, or a script in tests.
public protocol Model: Sendable {
  /// Asks a model for the next message of a conversation.
  /// - Parameter modelID: a model id, an inference profile's id, or an ARN.
  /// - Throws: the transport's or the service's error, after its own retries.
  func converse(modelID: String, _ request: ConverseRequest) async throws -> ConverseResponse
}
