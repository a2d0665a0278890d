import JSON

/// Bedrock's Converse API, over REST with JSON (API version 2023-09-30).
///
/// Every method throws `AWSError` or, when the task is cancelled, `CancellationError`.
public struct BedrockRuntimeClient: Sendable {
  let client: AWSClient

  public init(_ client: AWSClient) { self.client = client }

  /// One model call, answered when the model is done.
  /// - Parameter modelID: a model's id, or the ARN of a model, an inference profile or a prompt; 1 to 2048 characters.
  public func converse(modelID: String, _ request: ConverseRequest) async throws -> ConverseResponse {
    let call = try serviceRequest("Converse", modelID: modelID, path: "converse", request)
    return try client.decode(try await client.perform(call), of: call)
  }

  /// One model call, answered as the model speaks.
  ///
  /// Errors before the answer begins are thrown here, after retries; errors within it end the sequence and are not retried. An answer may
  /// take 15 minutes; one that stands still for the configuration's `streamIdleTimeoutMilliseconds` is given up.
  /// - Parameters:
  ///   - modelID: as for `converse`.
  ///   - idleTimeoutMilliseconds: another limit on standing still than the configuration's; nil for that one.
  public func converseStream(
    modelID: String, _ request: ConverseRequest, idleTimeoutMilliseconds: Int64? = nil
  ) async throws -> ConverseEvents {
    var call = try serviceRequest("ConverseStream", modelID: modelID, path: "converse-stream", request)
    call.idleTimeoutMilliseconds = idleTimeoutMilliseconds ?? client.configuration.streamIdleTimeoutMilliseconds
    return ConverseEvents(body: try await client.performStreaming(call).body)
  }

  private func serviceRequest(_ operation: String, modelID: String, path: String, _ body: ConverseRequest) throws -> ServiceRequest {
    guard !modelID.isEmpty, modelID.utf8.count <= 2048 else {
      throw AWSError.input(
        "the model id has \(modelID.utf8.count) bytes: expected 1 to 2048", service: .bedrockRuntime, operation: operation)
    }
    var request = ServiceRequest(.bedrockRuntime, operation, endpoint: try client.configuration.endpoint(of: .bedrockRuntime))
    request.path = "/model/\(PercentEncoding.encode(modelID))/\(path)"
    request.header("content-type", "application/json")
    request.body = body.json
    // What a lost answer may have cost, the caller must know before it asks again.
    request.isSafeToRepeat = false
    return request
  }
}
