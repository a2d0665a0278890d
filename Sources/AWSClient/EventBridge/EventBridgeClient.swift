import JSON

/// EventBridge, over the AWS JSON protocol 1.1 (API version 2015-10-07).
///
/// Every method throws `AWSError` or, when the task is cancelled, `CancellationError`.
public struct EventBridgeClient: Sendable {
  private let client: AWSClient

  public init(_ client: AWSClient) { self.client = client }

  /// Publishes events; look at `failedEntryCount`, the call succeeds even when no entry does.
  /// - Throws: `AWSError` with code `InvalidResponse` when the answer has not one result for each entry.
  public func putEvents(_ input: PutEventsInput) async throws -> PutEventsOutput {
    let output: PutEventsOutput = try await client.callJSON(
      .eventBridge, "PutEvents", target: "AWSEvents.PutEvents", contentType: "application/x-amz-json-1.1", input)
    guard output.entries.count == input.entries.count else {
      throw AWSError(
        code: AWSError.invalidResponseCode,
        message: "\(input.entries.count) entries were sent and \(output.entries.count) results came back",
        service: AWSService.eventBridge.serviceID, operation: "PutEvents")
    }
    return output
  }
}
