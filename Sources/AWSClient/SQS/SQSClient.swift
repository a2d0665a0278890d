import JSON

/// SQS, over the AWS JSON protocol 1.0 (API version 2012-11-05).
///
/// Every method throws `AWSError` or, when the task is cancelled, `CancellationError`. Error codes are those of the
/// older query protocol, such as "AWS.SimpleQueueService.NonExistentQueue", as in the other SDKs.
public struct SQSClient: Sendable {
  private let client: AWSClient

  public init(_ client: AWSClient) { self.client = client }

  public func sendMessage(_ input: SendMessageInput) async throws -> SendMessageOutput { try await call("SendMessage", input) }

  /// Sends a batch; look at `failed`, the call succeeds even when no entry does.
  public func sendMessageBatch(_ input: SendMessageBatchInput) async throws -> SendMessageBatchOutput {
    try await call("SendMessageBatch", input)
  }

  public func receiveMessage(_ input: ReceiveMessageInput) async throws -> ReceiveMessageOutput {
    try await call("ReceiveMessage", input)
  }

  public func deleteMessage(_ input: DeleteMessageInput) async throws -> DeleteMessageOutput {
    let _: IgnoredOutput = try await call("DeleteMessage", input)
    return DeleteMessageOutput()
  }

  public func getQueueAttributes(_ input: GetQueueAttributesInput) async throws -> GetQueueAttributesOutput {
    try await call("GetQueueAttributes", input)
  }

  private func call<Input: JSONEncodable, Output: JSONDecodable>(_ operation: String, _ input: Input) async throws -> Output {
    try await client.callJSON(.sqs, operation, target: "AmazonSQS.\(operation)", input)
  }
}
