import JSON

/// SQS, over the AWS JSON protocol 1.0 (API version 2012-11-05).
///
/// Every method throws `AWSError` or, when the task is cancelled, `CancellationError`. Error codes are those of the
/// older query protocol, such as "AWS.SimpleQueueService.NonExistentQueue", as in the other SDKs.
public struct SQSClient: Sendable {
  let client: AWSClient

  public init(_ client: AWSClient) { self.client = client }

  public func sendMessage(_ input: SendMessageInput) async throws -> SendMessageOutput { try await call("SendMessage", input) }

  public func receiveMessage(_ input: ReceiveMessageInput) async throws -> ReceiveMessageOutput {
    // A long poll answers when it ends, a little late; nil may stand for the queue's own 20 s.
    let timeout = input.waitTimeSeconds.map { Int64(min(max($0, 0), 20)) * 1_000 + 10_000 }
    return try await client.callJSON(.sqs, "ReceiveMessage", target: "AmazonSQS.ReceiveMessage", timeoutMilliseconds: timeout, input)
  }

  public func deleteMessage(_ input: DeleteMessageInput) async throws -> DeleteMessageOutput {
    let _: IgnoredOutput = try await call("DeleteMessage", input)
    return DeleteMessageOutput()
  }

  public func getQueueAttributes(_ input: GetQueueAttributesInput) async throws -> GetQueueAttributesOutput {
    try await call("GetQueueAttributes", input)
  }

  func call<Input: JSONEncodable, Output: JSONDecodable>(_ operation: String, _ input: Input) async throws -> Output {
    try await client.callJSON(.sqs, operation, target: "AmazonSQS.\(operation)", input)
  }
}
