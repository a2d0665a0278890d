public import AWSClient

/// Models of Amazon Bedrock that are asked through ConverseStream, for answers that take long: the answer is the same as without
/// streaming, and what ends a call is silence instead of its length.
///
/// No attempt is made again once the answer has begun. Errors within it are the `AWSError` that the service sent, as retryable as the same
/// error without streaming; since the model has worked by then, they may have cost something (see `ModelErrorKind`). The deadline of
/// `RequestContext` and the cancellation of the task end a call at any time.
public struct StreamingBedrockModel: Model {
  private let client: BedrockRuntimeClient
  private let idleTimeoutMilliseconds: Int64?

  /// - Parameter idleTimeoutMilliseconds: how long the service may send nothing at all, also before the answer begins; nil for the client
  ///   configuration's `streamIdleTimeoutMilliseconds`.
  public init(client: BedrockRuntimeClient, idleTimeoutMilliseconds: Int64? = nil) {
    self.client = client
    self.idleTimeoutMilliseconds = idleTimeoutMilliseconds
  }

  /// As `BedrockModel` does. `maxTokens` beyond what the model is known to write (`ModelOutputLimits`) is lowered to that.
  public func converse(modelID: String, _ request: ConverseRequest) async throws -> ConverseResponse {
    var request = request
    if let wanted = request.inferenceConfiguration?.maxTokens {
      request.inferenceConfiguration?.maxTokens = ModelOutputLimits.lowered(wanted, modelID: modelID)
    }
    var assembler = ConverseAssembler()
    let events = try await client.converseStream(modelID: modelID, request, idleTimeoutMilliseconds: idleTimeoutMilliseconds)
    for try await event in events { assembler.receive(event) }
    guard let response = assembler.response else {
      throw AWSError(
        code: AWSError.invalidResponseCode, message: "the stream ended before messageStop", service: "Bedrock Runtime",
        operation: "ConverseStream", httpStatus: 200)
    }
    return response
  }
}
