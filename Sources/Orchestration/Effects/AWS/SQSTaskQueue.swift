public import AWSClient

/// Sends messages to SQS, in batches of ten a queue.
public struct SQSTaskQueue: TaskQueue {
  private let client: SQSClient

  public init(client: SQSClient) { self.client = client }

  /// Most entries of one SendMessageBatch.
  private static let batchSize = 10
  /// Most bytes of one SendMessageBatch: 1 MiB less room for attributes.
  private static let batchBytes = 1_000_000

  public func send(_ messages: [QueueMessage]) async -> [String: SendFailure] {
    await withTaskGroup(of: [String: SendFailure].self) { group in
      for (queueURL, ofQueue) in Self.byQueue(messages) {
        for batch in batches(ofQueue) { group.addTask { await self.send(batch, to: queueURL) } }
      }
      var failures: [String: SendFailure] = [:]
      for await part in group { failures.merge(part) { first, _ in first } }
      return failures
    }
  }

  /// The messages of each queue, in the order in which the queues first occur.
  static func byQueue(_ messages: [QueueMessage]) -> [(queueURL: String, messages: [QueueMessage])] {
    var places: [String: Int] = [:]
    var queues: [(queueURL: String, messages: [QueueMessage])] = []
    for message in messages {
      if let place = places[message.queueURL] {
        queues[place].messages.append(message)
      } else {
        places[message.queueURL] = queues.count
        queues.append((message.queueURL, [message]))
      }
    }
    return queues
  }

  private func batches(_ messages: [QueueMessage]) -> [[QueueMessage]] {
    var batches: [[QueueMessage]] = []
    var byteCount = 0
    for message in messages {
      if let last = batches.last, last.count < Self.batchSize, byteCount + message.body.count <= Self.batchBytes {
        batches[batches.count - 1].append(message)
        byteCount += message.body.count
      } else {
        batches.append([message])
        byteCount = message.body.count
      }
    }
    return batches
  }

  private func send(_ batch: [QueueMessage], to queueURL: String) async -> [String: SendFailure] {
    // Ids of entries are limited to letters, digits, hyphens and underscores, so the place in the batch serves.
    let entries = batch.enumerated().map { index, message in
      SendMessageBatchEntry(
        id: String(index), messageBody: Self.bodyText(message.body),
        messageSystemAttributes: message.traceHeader.map { ["AWSTraceHeader": MessageAttributeValue(dataType: "String", stringValue: $0)] }
          ?? [:])
    }
    var failures: [String: SendFailure] = [:]
    do {
      let output = try await client.sendMessageBatch(SendMessageBatchInput(queueURL: queueURL, entries: entries))
      var accepted = Set(output.successful.compactMap { Int($0.id) })
      for failure in output.failed {
        guard let index = Int(failure.id), batch.indices.contains(index) else { continue }
        failures[batch[index].id] = SendFailure(
          reason: "\(failure.code): \(failure.message ?? "")", isPermanent: failure.isSenderFault)
        accepted.insert(index)
      }
      // An entry that the answer does not name was not accepted as far as anyone can tell.
      for index in batch.indices where !accepted.contains(index) {
        failures[batch[index].id] = SendFailure(reason: "the queue's answer does not name the message", isPermanent: false)
      }
    } catch {
      let failure = Self.failure(error)
      for message in batch { failures[message.id] = failure }
    }
    return failures
  }

  private static func failure(_ error: any Error) -> SendFailure {
    guard let error = error as? AWSError else { return SendFailure(reason: "\(error)", isPermanent: false) }
    if deniedCodes.contains(error.code) {
      return SendFailure(
        reason: """
          the Supervisor has no permission to send to it; name the queue in access.queues of infra/config and deploy again, and where it is \
          another account's, or its key is a customer's, allow the Supervisor's role there (\(error))
          """, isPermanent: true, isDenied: true)
    }
    return SendFailure(reason: "\(error)", isPermanent: !error.isRetryable && error.httpStatus != nil)
  }

  /// Also of the key that a queue is encrypted with.
  /// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
  private static let deniedCodes: Set<String> = [
    "AccessDenied", "AccessDeniedException", "KmsAccessDenied", "KMS.AccessDeniedException",
  ]

  /// SQS takes the characters of XML 1.0; JSON writes all others as escapes already, except U+FFFE and U+FFFF.
  static func bodyText(_ json: [UInt8]) -> String {
    String(decoding: json, as: UTF8.self).unicodeScalars.contains { $0.value == 0xFFFE || $0.value == 0xFFFF }
      ? escapingNoncharacters(json) : String(decoding: json, as: UTF8.self)
  }

  private static func escapingNoncharacters(_ json: [UInt8]) -> String {
    var text = ""
    for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
      switch scalar.value {
      case 0xFFFE: text += "\\ufffe"
      case 0xFFFF: text += "\\uffff"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
