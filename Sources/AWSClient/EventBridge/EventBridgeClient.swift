import JSON

/// EventBridge, over the AWS JSON protocol 1.1 (API version 2015-10-07).
///
/// Every method throws `AWSError` or, when the task is cancelled, `CancellationError`.
public struct EventBridgeClient: Sendable {
  private let client: AWSClient

  public init(_ client: AWSClient) { self.client = client }

  /// The client's time and chance, for callers that repeat what the client does not.
  public var clock: any AWSClock { client.clock }

  /// Publishes events, and again those that failed for EventBridge's own trouble; look at `failedEntryCount`, the call succeeds even when no
  /// entry does.
  /// - Throws: `AWSError` with code `InvalidResponse` when the answer has not one result for each entry, and when all were refused; once events
  ///   have been published, the others fail one by one.
  public func putEvents(_ input: PutEventsInput) async throws -> PutEventsOutput {
    var output = try await putOnce(input)
    var policy = client.leftoversPolicy(.eventBridge, "PutEvents")
    while true {
      let failures = output.entries.indices.filter { output.entries[$0].isFailure && output.entries[$0].mayBeRepeated }
      let isThrottling = failures.contains { output.entries[$0].errorCode.map(ServiceErrorParser.isThrottling) ?? false }
      guard !failures.isEmpty, await client.waitToRepeat(&policy, isThrottling: isThrottling, of: .eventBridge) else { return output }
      // What this attempt throws, the failures of the last one say as well, and the caller must hear of those that succeeded.
      guard let again = try? await putOnce(PutEventsInput(entries: failures.map { input.entries[$0] })) else { return output }
      for (index, result) in zip(failures, again.entries) { output.entries[index] = result }
      output.failedEntryCount = output.entries.count(where: \.isFailure)
      if again.failedEntryCount == 0 { client.withQuota(of: .eventBridge) { policy.succeeded(quota: &$0) } }
    }
  }

  private func putOnce(_ input: PutEventsInput) async throws -> PutEventsOutput {
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

extension PutEventsResult {
  /// True for a failure that is not the entry's own fault.
  fileprivate var mayBeRepeated: Bool {
    guard let errorCode else { return false }
    return ServiceErrorParser.isThrottling(errorCode)
      || ["InternalFailure", "InternalException", "InternalServiceError", "ServiceUnavailable"].contains(errorCode)
  }
}
