import JSON

extension SQSClient {
  /// Sends a batch, and again the entries that failed through no fault of their own; look at `failed`, the call succeeds even when no entry does.
  /// - Throws: `AWSError` when the whole batch was refused; once entries have been sent, the others fail one by one.
  public func sendMessageBatch(_ input: SendMessageBatchInput) async throws -> SendMessageBatchOutput {
    var output = SendMessageBatchOutput()
    output.failed = try await repeatingFailures("SendMessageBatch", input.entries, id: \.id) { entries in
      let answer: SendMessageBatchOutput = try await call(
        "SendMessageBatch", SendMessageBatchInput(queueURL: input.queueURL, entries: entries))
      output.successful += answer.successful
      return answer.failed
    }
    return output
  }

  /// Deletes a batch, and again the entries that failed through no fault of their own; look at `failed`, the call succeeds even when no entry does.
  /// - Throws: as for `sendMessageBatch`.
  public func deleteMessageBatch(_ input: DeleteMessageBatchInput) async throws -> DeleteMessageBatchOutput {
    var output = DeleteMessageBatchOutput()
    output.failed = try await repeatingFailures("DeleteMessageBatch", input.entries, id: \.id) { entries in
      let answer: DeleteMessageBatchOutput = try await call(
        "DeleteMessageBatch", DeleteMessageBatchInput(queueURL: input.queueURL, entries: entries))
      output.successful += answer.successful
      return answer.failed
    }
    return output
  }

  /// Makes a call for all entries, then for those that failed and may not fail again; answers with the failures that stay.
  private func repeatingFailures<Entry>(
    _ operation: String, _ entries: [Entry], id: (Entry) -> String, _ send: ([Entry]) async throws -> [BatchFailure]
  ) async throws -> [BatchFailure] {
    var policy = client.leftoversPolicy(.sqs, operation)
    var final = try await send(entries)
    while true {
      let failures = final.filter { !$0.isSenderFault }
      let isThrottling = failures.contains { ServiceErrorParser.isThrottling($0.code) }
      guard !failures.isEmpty, await client.waitToRepeat(&policy, isThrottling: isThrottling, of: .sqs) else { return final }
      let ids = Set(failures.map(\.id))
      // What this attempt throws, the failures of the last one say as well, and the caller must hear of those that succeeded.
      guard let again = try? await send(entries.filter { ids.contains(id($0)) }) else { return final }
      final = final.filter(\.isSenderFault) + again
      if !again.contains(where: { !$0.isSenderFault }) { client.withQuota(of: .sqs) { policy.succeeded(quota: &$0) } }
    }
  }
}
