import JSON

/// The event that both libraries read and write: an SQS batch as Lambda delivers it.
struct SQSEvent: Codable, Equatable {
  struct Attribute: Codable, Equatable {
    var stringValue: String
    var dataType: String
  }
  struct Record: Codable, Equatable {
    var messageId: String
    var receiptHandle: String
    var body: String
    var attributes: [String: String]
    var messageAttributes: [String: Attribute]
    var md5OfBody: String
    var eventSource: String
    var eventSourceARN: String
    var awsRegion: String
    var sentTimestamp: Int64
    var score: Double
    var isRetry: Bool
  }
  var records: [Record]

  private enum CodingKeys: String, CodingKey { case records = "Records" }

  /// About 256 KB: 156 records, each with a task in its body as escaped JSON.
  static func sample() -> SQSEvent {
    SQSEvent(
      records: (0..<156).map { index in
        let digits = String(1_000_000 + index * 7919)
        let task = JSONValue.object([
          "orchestrationId": .string("orch-\(digits)"),
          "toolUseId": .string("tooluse_\(digits)AbCdEf"),
          "agent": "inventory-analyst",
          "input": [
            "question": "Which of the warehouses can deliver 40 pallets to Zürich before Friday, and at what cost per pallet?",
            "skus": .array((0..<12).map { .string("SKU-\(digits)-\($0)") }),
            "limits": ["budget": 1250.75, "pallets": .number(40 + index), "express": false],
            "notes": "line one\nline two\t\"quoted\" \\ done",
          ],
          "history": .array((0..<4).map { ["role": "user", "text": .string("Round \($0): the stock of \(digits) was counted again.")] }),
        ])
        return Record(
          messageId: "059f36b4-87a3-44ab-83d2-\(digits)00000",
          receiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a" + String(repeating: "Vd3x/+", count: 24) + digits,
          body: task.text,
          attributes: [
            "ApproximateReceiveCount": "1", "SentTimestamp": "1545082649183", "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1545082649185",
          ],
          messageAttributes: ["kind": Attribute(stringValue: "task", dataType: "String")],
          md5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3", eventSource: "aws:sqs",
          eventSourceARN: "arn:aws:sqs:us-east-2:123456789012:arbiter-worker-queue", awsRegion: "us-east-2",
          sentTimestamp: 1_545_082_649_183 + Int64(index), score: 0.25 + Double(index) / 7, isRetry: index % 5 == 0)
      })
  }
}

extension SQSEvent: JSONDecodable, JSONEncodable {
  init(from reader: inout JSONReader) throws(JSONError) {
    var records: [Record]?
    let begin = reader.valueOffset()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "Records": records = try reader.readArray(of: Record.self)
      default: try reader.skipValue()
      }
    }
    guard let records else { throw JSONError.missing("Records", expected: "an array", at: begin) }
    self.records = records
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("Records", records)
    writer.endObject()
  }
}

extension SQSEvent.Record: JSONDecodable, JSONEncodable {
  init(from reader: inout JSONReader) throws(JSONError) {
    self.init(
      messageId: "", receiptHandle: "", body: "", attributes: [:], messageAttributes: [:], md5OfBody: "", eventSource: "",
      eventSourceARN: "", awsRegion: "", sentTimestamp: 0, score: 0, isRetry: false)
    let begin = reader.valueOffset()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "messageId": messageId = try reader.readString()
      case "receiptHandle": receiptHandle = try reader.readString()
      case "body": body = try reader.readString()
      case "attributes":
        try reader.beginObject()
        while let name = try reader.nextKey() { attributes[name] = try reader.readString() }
      case "messageAttributes":
        try reader.beginObject()
        while let name = try reader.nextKey() { messageAttributes[name] = try SQSEvent.Attribute(from: &reader) }
      case "md5OfBody": md5OfBody = try reader.readString()
      case "eventSource": eventSource = try reader.readString()
      case "eventSourceARN": eventSourceARN = try reader.readString()
      case "awsRegion": awsRegion = try reader.readString()
      case "sentTimestamp": sentTimestamp = try reader.readInt64()
      case "score": score = try reader.readDouble()
      case "isRetry": isRetry = try reader.readBool()
      default: try reader.skipValue()
      }
    }
    guard !messageId.isEmpty else { throw JSONError.missing("messageId", expected: "a string", at: begin) }
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("messageId", messageId)
    writer.member("receiptHandle", receiptHandle)
    writer.member("body", body)
    writer.key("attributes")
    writer.beginObject()
    for (name, value) in attributes { writer.member(name, value) }
    writer.endObject()
    writer.key("messageAttributes")
    writer.beginObject()
    for (name, value) in messageAttributes { writer.member(name, value) }
    writer.endObject()
    writer.member("md5OfBody", md5OfBody)
    writer.member("eventSource", eventSource)
    writer.member("eventSourceARN", eventSourceARN)
    writer.member("awsRegion", awsRegion)
    writer.member("sentTimestamp", sentTimestamp)
    writer.member("score", score)
    writer.member("isRetry", isRetry)
    writer.endObject()
  }
}

extension SQSEvent.Attribute: JSONDecodable, JSONEncodable {
  init(from reader: inout JSONReader) throws(JSONError) {
    self.init(stringValue: "", dataType: "")
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "stringValue": stringValue = try reader.readString()
      case "dataType": dataType = try reader.readString()
      default: try reader.skipValue()
      }
    }
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("stringValue", stringValue)
    writer.member("dataType", dataType)
    writer.endObject()
  }
}
