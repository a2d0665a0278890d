import AWSClient
import JSON

extension SimulatedQueues {
  private static let namespace = "com.amazonaws.sqs"
  private static let targetPrefix = "AmazonSQS."

  func respond(to request: HTTPRequest, now: Int64) -> HTTPResponse {
    let requestID = requestIDs.next()
    do throws(Refusal) {
      return .json(try perform(request, now), requestID: requestID)
    } catch {
      return .json(error, namespace: SimulatedQueues.namespace, requestID: requestID)
    }
  }

  private func perform(_ request: HTTPRequest, _ now: Int64) throws(Refusal) -> [UInt8] {
    guard let target = request.headers["x-amz-target"], target.hasPrefix(SimulatedQueues.targetPrefix) else {
      throw Refusal(
        404, "UnknownOperationException", "\(request.method) \(request.url) is no operation of SQS: its header x-amz-target names none.")
    }
    if chance.occurs(.throttling) {
      throw Refusal(400, "RequestThrottled", "The request was denied due to request throttling.", queryCode: "RequestThrottled")
    }
    if chance.occurs(.internalError) {
      throw Refusal(500, "InternalFailure", "We encountered an internal error. Please try again.", queryCode: "InternalFailure")
    }
    let input: QueueRequest
    do throws(JSONError) { input = try QueueRequest(json: request.body) } catch {
      throw Refusal(400, "SerializationException", "The request's body could not be read: \(error)")
    }
    let operation = target.dropFirst(SimulatedQueues.targetPrefix.count)
    let queue = try queue(of: input)
    expire(queue, now)
    switch operation {
    case "SendMessage": return try sendMessage(input, to: queue, now)
    case "SendMessageBatch": return try sendMessageBatch(input, to: queue, now)
    case "ReceiveMessage": return try receiveMessage(input, from: queue, now)
    case "DeleteMessage": return try deleteMessage(input, from: queue, now)
    case "DeleteMessageBatch": return try deleteMessageBatch(input, from: queue, now)
    case "ChangeMessageVisibility": return try changeMessageVisibility(input, of: queue, now)
    case "ChangeMessageVisibilityBatch": return try changeMessageVisibilityBatch(input, of: queue, now)
    case "GetQueueAttributes": return try queueAttributes(input, of: queue, now)
    default: throw Refusal(404, "UnknownOperationException", "The queues in memory do not know the operation \(operation) of SQS.")
    }
  }

  private func queue(of input: QueueRequest) throws(Refusal) -> StoredQueue {
    guard let url = input.queueURL, !url.isEmpty else {
      throw Refusal(400, "MissingParameter", "The request must contain the parameter QueueUrl.", queryCode: "MissingParameter")
    }
    guard let queue = queue(at: url) else {
      throw Refusal(
        400, "QueueDoesNotExist", "The specified queue does not exist.", queryCode: "AWS.SimpleQueueService.NonExistentQueue")
    }
    guard !deniedQueueURLs.contains(queue.definition.url) else {
      throw Refusal(
        403, "AccessDeniedException", "Access to the resource \(url) is denied.", queryCode: "AccessDenied")
    }
    return queue
  }

  // MARK: Sending

  private func sendMessage(_ input: QueueRequest, to queue: StoredQueue, _ now: Int64) throws(Refusal) -> [UInt8] {
    let message = append(try MessageRules.outgoing(input.message), to: queue, now)
    var writer = JSONWriter()
    writer.beginObject()
    SimulatedQueues.write(sent: message, to: &writer)
    writer.endObject()
    return writer.bytes
  }

  private static func write(sent message: QueuedMessage, to writer: inout JSONWriter) {
    writer.member("MessageId", message.id)
    writer.member("MD5OfMessageBody", message.bodyDigest)
    if let digest = MessageDigest.hexadecimal(message.attributes) { writer.member("MD5OfMessageAttributes", digest) }
    if let digest = MessageDigest.hexadecimal(.traceHeader(message.traceHeader)) {
      writer.member("MD5OfMessageSystemAttributes", digest)
    }
  }

  private func sendMessageBatch(_ input: QueueRequest, to queue: StoredQueue, _ now: Int64) throws(Refusal) -> [UInt8] {
    let entries = try MessageRules.checkBatch(input.entries, name: "SendMessageBatchRequestEntry")
    for (index, entry) in entries.enumerated() where (entry.body ?? "").isEmpty {
      _ = try MessageRules.outgoing(entry, name: "SendMessageBatchRequestEntry.\(index + 1).MessageBody")
    }
    return batch(entries) { entry, writer throws(Refusal) in
      SimulatedQueues.write(sent: append(try MessageRules.outgoing(entry), to: queue, now), to: &writer)
    }
  }

  /// Does each entry of a batch, and writes which were done and which were not.
  private func batch(_ entries: [QueueEntry], _ perform: (QueueEntry, inout JSONWriter) throws(Refusal) -> Void) -> [UInt8] {
    var failures: [(id: String, refusal: Refusal)] = []
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("Successful")
    writer.beginArray()
    for entry in entries {
      var success = JSONWriter(capacity: 128)
      success.beginObject()
      success.member("Id", entry.id)
      do throws(Refusal) {
        if chance.occurs(.entryRefused) { throw refusedEntry() }
        try perform(entry, &success)
        success.endObject()
        writer.raw(success.bytes)
      } catch {
        failures.append((entry.id, error))
      }
    }
    writer.endArray()
    if !failures.isEmpty {
      writer.key("Failed")
      writer.beginArray()
      for failure in failures {
        writer.beginObject()
        writer.member("Id", failure.id)
        writer.member("SenderFault", failure.refusal.status < 500 && failure.refusal.code != "RequestThrottled")
        writer.member("Code", failure.refusal.queryCode ?? failure.refusal.code)
        writer.member("Message", failure.refusal.message)
        writer.endObject()
      }
      writer.endArray()
    }
    writer.endObject()
    return writer.bytes
  }

  private func refusedEntry() -> Refusal {
    chance.number(in: 0...1) == 0
      ? Refusal(500, "InternalError", "We encountered an internal error. Please try again.")
      : Refusal(400, "RequestThrottled", "The request was denied due to request throttling.")
  }

  // MARK: Receiving

  private func receiveMessage(_ input: QueueRequest, from queue: StoredQueue, _ now: Int64) throws(Refusal) -> [UInt8] {
    let most = input.maximumMessages ?? 1
    guard (1...MessageRules.maximumEntries).contains(most) else {
      throw MessageRules.invalid(
        "Value \(most) for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.")
    }
    try SimulatedQueues.checkVisibility(input.message.visibilityTimeoutSeconds)
    if let wait = input.waitSeconds, !(0...20).contains(wait) {
      throw MessageRules.invalid("Value \(wait) for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.")
    }
    if queue.entries.count > 120_000, counts(of: queue.definition.url, nowMilliseconds: now).inFlight >= 120_000 {
      throw Refusal(403, "OverLimit", "Too many messages in flight.", queryCode: "OverLimit")
    }
    let received = receive(
      queue.definition.url, most: most, visibilityTimeoutSeconds: input.message.visibilityTimeoutSeconds, nowMilliseconds: now)
    var writer = JSONWriter(capacity: 512)
    writer.beginObject()
    if !received.isEmpty {
      writer.key("Messages")
      writer.beginArray()
      for delivery in received { SimulatedQueues.write(delivery, asked: input, to: &writer) }
      writer.endArray()
    }
    writer.endObject()
    return writer.bytes
  }

  private static func write(_ delivery: ReceivedMessage, asked input: QueueRequest, to writer: inout JSONWriter) {
    let message = delivery.message
    writer.beginObject()
    writer.member("MessageId", message.id)
    writer.member("ReceiptHandle", delivery.receipt)
    writer.member("MD5OfBody", message.bodyDigest)
    writer.member("Body", message.body)
    let names = input.systemAttributeNames + input.attributeNames
    let system = names.isEmpty ? [] : message.systemAttributes.filter { names.contains("All") || names.contains($0.name) }
    if !system.isEmpty {
      writer.key("Attributes")
      writer.beginObject()
      for attribute in system { writer.member(attribute.name, attribute.value) }
      writer.endObject()
    }
    let wanted = message.attributes.filter { attribute in
      input.messageAttributeNames.contains { isAsked(attribute.key, by: $0) }
    }
    if let digest = MessageDigest.hexadecimal(wanted) {
      writer.member("MD5OfMessageAttributes", digest)
      writer.key("MessageAttributes")
      writer.beginObject()
      for (name, value) in wanted.sorted(by: { $0.key < $1.key }) { writer.member(name, value) }
      writer.endObject()
    }
    writer.endObject()
  }

  /// "All" and ".*" ask for every attribute, "prefix.*" for those that begin so.
  private static func isAsked(_ name: String, by pattern: String) -> Bool {
    pattern == name || pattern == "All" || pattern.hasSuffix(".*") && name.hasPrefix(pattern.dropLast(2))
  }

  // MARK: Receipts

  private func deleteMessage(_ input: QueueRequest, from queue: StoredQueue, _ now: Int64) throws(Refusal) -> [UInt8] {
    delete(try SimulatedQueues.receipt(of: input.message, queue), nowMilliseconds: now)
    return Array("{}".utf8)
  }

  private func deleteMessageBatch(_ input: QueueRequest, from queue: StoredQueue, _ now: Int64) throws(Refusal) -> [UInt8] {
    batch(try MessageRules.checkBatch(input.entries, name: "DeleteMessageBatchRequestEntry")) { entry, _ throws(Refusal) in
      delete(try SimulatedQueues.receipt(of: entry, queue), nowMilliseconds: now)
    }
  }

  private func changeMessageVisibility(_ input: QueueRequest, of queue: StoredQueue, _ now: Int64) throws(Refusal) -> [UInt8] {
    try changeVisibility(input.message, of: queue, now)
    return Array("{}".utf8)
  }

  private func changeMessageVisibilityBatch(_ input: QueueRequest, of queue: StoredQueue, _ now: Int64) throws(Refusal) -> [UInt8] {
    batch(try MessageRules.checkBatch(input.entries, name: "ChangeMessageVisibilityBatchRequestEntry")) { entry, _ throws(Refusal) in
      try changeVisibility(entry, of: queue, now)
    }
  }

  private func changeVisibility(_ entry: QueueEntry, of queue: StoredQueue, _ now: Int64) throws(Refusal) {
    let receipt = try SimulatedQueues.receipt(of: entry, queue)
    guard let seconds = entry.visibilityTimeoutSeconds else {
      throw Refusal(400, "MissingParameter", "The request must contain the parameter VisibilityTimeout.", queryCode: "MissingParameter")
    }
    try SimulatedQueues.checkVisibility(seconds)
    guard let stored = Receipt(receipt).flatMap({ queue.entry(sequence: $0.sequence) }), stored.message.visibleAtMilliseconds > now else {
      throw Refusal(
        400, "MessageNotInflight", "The message referred to is not in flight.", queryCode: "AWS.SimpleQueueService.MessageNotInflight")
    }
    makeVisible(receipt, at: now + Int64(seconds) * 1_000, nowMilliseconds: now)
  }

  private static func checkVisibility(_ seconds: Int?) throws(Refusal) {
    guard let seconds, !(0...43_200).contains(seconds) else { return }
    throw MessageRules.invalid(
      "Value \(seconds) for parameter VisibilityTimeout is invalid. Reason: Must be >= 0 and <= 43200, if provided.")
  }

  private static func receipt(of entry: QueueEntry, _ queue: StoredQueue) throws(Refusal) -> String {
    guard let text = entry.receipt, !text.isEmpty else {
      throw Refusal(400, "MissingParameter", "The request must contain the parameter ReceiptHandle.", queryCode: "MissingParameter")
    }
    guard let receipt = Receipt(text), receipt.queue == queue.index else {
      throw Refusal(
        404, "ReceiptHandleIsInvalid", "The input receipt handle \"\(text)\" is not a valid receipt handle.",
        queryCode: "ReceiptHandleIsInvalid")
    }
    return text
  }

  // MARK: Attributes

  private func queueAttributes(_ input: QueueRequest, of queue: StoredQueue, _ now: Int64) throws(Refusal) -> [UInt8] {
    let definition = queue.definition
    let counts = counts(of: definition.url, nowMilliseconds: now)
    var attributes: [(name: String, value: String)] = [
      ("QueueArn", definition.arn), ("ApproximateNumberOfMessages", String(counts.visible)),
      ("ApproximateNumberOfMessagesNotVisible", String(counts.inFlight)),
      ("ApproximateNumberOfMessagesDelayed", String(counts.delayed)), ("DelaySeconds", String(definition.delaySeconds)),
      ("MaximumMessageSize", String(MessageRules.maximumBytes)), ("MessageRetentionPeriod", String(definition.retentionSeconds)),
      ("ReceiveMessageWaitTimeSeconds", "0"), ("VisibilityTimeout", String(definition.visibilityTimeoutSeconds)),
      ("SqsManagedSseEnabled", "true"),
    ]
    if let url = definition.deadLetterQueueURL, let receives = definition.maximumReceives {
      let policy: JSONValue = ["deadLetterTargetArn": .string(QueueDefinition(url: url).arn), "maxReceiveCount": .number(receives)]
      attributes.append(("RedrivePolicy", policy.text))
    }
    for name in input.attributeNames where name != "All" && !SimulatedQueues.attributeNames.contains(name) {
      throw Refusal(400, "InvalidAttributeName", "Unknown Attribute \(name).", queryCode: "InvalidAttributeName")
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("Attributes")
    writer.beginObject()
    for attribute in attributes where input.attributeNames.contains("All") || input.attributeNames.contains(attribute.name) {
      writer.member(attribute.name, attribute.value)
    }
    writer.endObject()
    writer.endObject()
    return writer.bytes
  }

  /// Source: SQS API reference, GetQueueAttributes.
  private static let attributeNames: Set<String> = [
    "QueueArn", "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed",
    "CreatedTimestamp", "DelaySeconds", "LastModifiedTimestamp", "MaximumMessageSize", "MessageRetentionPeriod", "Policy",
    "ReceiveMessageWaitTimeSeconds", "RedrivePolicy", "RedriveAllowPolicy", "VisibilityTimeout", "KmsMasterKeyId",
    "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled", "FifoQueue", "ContentBasedDeduplication", "DeduplicationScope",
    "FifoThroughputLimit",
  ]
}
