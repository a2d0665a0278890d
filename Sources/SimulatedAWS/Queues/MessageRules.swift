import AWSClient

/// What SQS accepts of a message.
/// Source: SQS API reference, SendMessage and SendMessageBatch; SQS developer guide, quotas of messages.
enum MessageRules {
  static let maximumBytes = 1_048_576
  static let maximumEntries = 10

  /// Checks a message that is sent; batches tell of it entry by entry.
  static func outgoing(_ entry: QueueEntry, name: String = "MessageBody") throws(Refusal) -> SimulatedQueues.Outgoing {
    guard let body = entry.body, !body.isEmpty else {
      throw Refusal(400, "MissingParameter", "The request must contain the parameter \(name).", queryCode: "MissingParameter")
    }
    guard size(entry) <= maximumBytes else {
      throw invalid("One or more parameters are invalid. Reason: Message must be shorter than \(maximumBytes) bytes.")
    }
    guard isAllowed(body), entry.attributes.allSatisfy({ isAllowed($0.value.stringValue ?? "") }) else {
      throw Refusal(
        400, "InvalidMessageContents",
        "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | "
          + "#xE000 to #xFFFD | #x10000 to #x10FFFF.", queryCode: "InvalidMessageContents")
    }
    if let delay = entry.delaySeconds, !(0...900).contains(delay) {
      throw invalid("Value \(delay) for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.")
    }
    guard entry.deduplicationID == nil else {
      throw invalid(
        "Value \(entry.deduplicationID ?? "") for parameter MessageDeduplicationId is invalid. Reason: The request includes a "
          + "parameter that is not valid for this queue type.")
    }
    try checkAttributes(entry.attributes)
    let traceHeader = try traceHeader(entry.systemAttributes)
    return SimulatedQueues.Outgoing(
      body: body, delaySeconds: entry.delaySeconds, attributes: entry.attributes, traceHeader: traceHeader, groupID: entry.groupID)
  }

  /// Bytes of the body and of names, types and values of the attributes.
  static func size(_ entry: QueueEntry) -> Int {
    entry.attributes.reduce(entry.body?.utf8.count ?? 0) { sum, attribute in
      sum + attribute.key.utf8.count + attribute.value.dataType.utf8.count + (attribute.value.stringValue?.utf8.count ?? 0)
        + (attribute.value.binaryValue?.count ?? 0)
    }
  }

  /// Checks what is wrong with a batch as a whole.
  static func checkBatch(_ entries: [QueueEntry]?, name: String) throws(Refusal) -> [QueueEntry] {
    let prefix = "AWS.SimpleQueueService."
    guard let entries, !entries.isEmpty else {
      throw Refusal(
        400, "EmptyBatchRequest", "There should be at least one \(name) in the request.", queryCode: prefix + "EmptyBatchRequest")
    }
    guard entries.count <= maximumEntries else {
      throw Refusal(
        400, "TooManyEntriesInBatchRequest", "Maximum number of entries per request are \(maximumEntries). You have sent \(entries.count).",
        queryCode: prefix + "TooManyEntriesInBatchRequest")
    }
    var ids: Set<String> = []
    for entry in entries {
      guard (1...80).contains(entry.id.utf8.count), entry.id.utf8.allSatisfy(isIDByte) else {
        throw Refusal(
          400, "InvalidBatchEntryId",
          "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
          queryCode: prefix + "InvalidBatchEntryId")
      }
      guard ids.insert(entry.id).inserted else {
        throw Refusal(400, "BatchEntryIdsNotDistinct", "Id \(entry.id) repeated.", queryCode: prefix + "BatchEntryIdsNotDistinct")
      }
    }
    let bytes = entries.reduce(0) { $0 + size($1) }
    guard bytes <= maximumBytes else {
      throw Refusal(
        400, "BatchRequestTooLong", "Batch requests cannot be longer than \(maximumBytes) bytes. You have sent \(bytes) bytes.",
        queryCode: prefix + "BatchRequestTooLong")
    }
    return entries
  }

  static func invalid(_ message: String) -> Refusal {
    Refusal(400, "InvalidParameterValue", message, queryCode: "InvalidParameterValue")
  }

  private static func isIDByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
    default: false
    }
  }

  /// Whether all of a text is what XML 1.0 allows.
  private static func isAllowed(_ text: String) -> Bool {
    // By bytes: what is not allowed either is a control character or, as UTF-8, EF BF BE or EF BF BF.
    var previous: (UInt8, UInt8) = (0, 0)
    for byte in text.utf8 {
      if byte < 0x20, byte != 0x09, byte != 0x0A, byte != 0x0D { return false }
      if byte >= 0xBE, previous == (0xEF, 0xBF), byte <= 0xBF { return false }
      previous = (previous.1, byte)
    }
    return true
  }

  private static func checkAttributes(_ attributes: [String: MessageAttributeValue]) throws(Refusal) {
    guard attributes.count <= 10 else {
      throw invalid("Number of message attributes [\(attributes.count)] exceeds the allowed maximum [10].")
    }
    for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
      let lowercased = name.lowercased()
      guard (1...256).contains(name.utf8.count), name.utf8.allSatisfy({ isIDByte($0) || $0 == UInt8(ascii: ".") }),
        !lowercased.hasPrefix("aws."), !lowercased.hasPrefix("amazon."), !name.hasPrefix("."), !name.hasSuffix("."),
        !zip(name.utf8, name.utf8.dropFirst()).contains(where: { $0 == UInt8(ascii: ".") && $1 == UInt8(ascii: ".") })
      else { throw invalid("The message attribute name '\(name)' is invalid.") }
      let type = value.dataType.split(separator: ".", maxSplits: 1).first ?? ""
      let hasValue =
        switch type {
        case "String", "Number": !(value.stringValue ?? "").isEmpty
        case "Binary": !(value.binaryValue ?? []).isEmpty
        default: false
        }
      guard hasValue else {
        throw invalid("The message attribute '\(name)' must contain a non-empty value of its type '\(value.dataType)'.")
      }
    }
  }

  private static func traceHeader(_ attributes: [String: MessageAttributeValue]) throws(Refusal) -> String? {
    for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
      guard name == "AWSTraceHeader" else {
        throw invalid("Message system attribute name '\(name)' is invalid: only AWSTraceHeader is supported.")
      }
      guard value.dataType == "String", let text = value.stringValue, !text.isEmpty else {
        throw invalid("Message system attribute 'AWSTraceHeader' must contain a non-empty value of the type String.")
      }
    }
    return attributes["AWSTraceHeader"]?.stringValue
  }
}
