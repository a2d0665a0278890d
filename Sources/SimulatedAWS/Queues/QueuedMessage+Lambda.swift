import AWSClient
import JSON

extension QueueDefinition {
  /// The ARN that belongs to the URL, "arn:aws:sqs:{region}:{account}:{name}".
  public var arn: String {
    let target = RequestTarget(url)
    let host = target.authority.utf8.split(separator: UInt8(ascii: "."))
    let region = host.count > 3 && host[0].elementsEqual("sqs".utf8) ? String(Substring(host[1])) : "us-east-1"
    return "arn:aws:sqs:\(region):" + target.path.dropFirst().split(separator: "/").joined(separator: ":")
  }

  /// The region in the ARN.
  public var region: String { String(arn.split(separator: ":")[3]) }
}

extension QueuedMessage {
  /// What SQS itself says of a message, by name, in the order of the names.
  public var systemAttributes: [(name: String, value: String)] {
    var attributes: [(name: String, value: String)] = []
    if let traceHeader { attributes.append(("AWSTraceHeader", traceHeader)) }
    if let firstReceivedMilliseconds {
      attributes.append(("ApproximateFirstReceiveTimestamp", String(firstReceivedMilliseconds)))
    }
    attributes.append(("ApproximateReceiveCount", String(receives)))
    if let deadLetterSourceURL {
      attributes.append(("DeadLetterQueueSourceArn", QueueDefinition(url: deadLetterSourceURL).arn))
    }
    if let groupID { attributes.append(("MessageGroupId", groupID)) }
    attributes.append(("SenderId", "AROAEXAMPLEEXAMPLE123:function"))
    attributes.append(("SentTimestamp", String(sentMilliseconds)))
    return attributes
  }
}

extension SimulatedQueues {
  /// The event by which Lambda's event source mapping hands messages to a function.
  public static func lambdaEvent(_ deliveries: [ReceivedMessage]) -> [UInt8] {
    var writer = JSONWriter(capacity: 1_024)
    writer.beginObject()
    writer.key("Records")
    writer.beginArray()
    for delivery in deliveries { write(delivery, to: &writer) }
    writer.endArray()
    writer.endObject()
    return writer.bytes
  }

  private static func write(_ delivery: ReceivedMessage, to writer: inout JSONWriter) {
    let message = delivery.message
    let queue = QueueDefinition(url: message.queueURL)
    writer.beginObject()
    writer.member("messageId", message.id)
    writer.member("receiptHandle", delivery.receipt)
    writer.member("body", message.body)
    writer.key("attributes")
    writer.beginObject()
    for attribute in message.systemAttributes { writer.member(attribute.name, attribute.value) }
    writer.endObject()
    writer.key("messageAttributes")
    writer.beginObject()
    for (name, value) in message.attributes.sorted(by: { $0.key < $1.key }) {
      writer.key(name)
      writer.beginObject()
      writer.member(ifPresent: "stringValue", value.stringValue)
      if let binary = value.binaryValue { writer.member("binaryValue", Base64.encode(binary)) }
      writer.member("stringListValues", [String]())
      writer.member("binaryListValues", [String]())
      writer.member("dataType", value.dataType)
      writer.endObject()
    }
    writer.endObject()
    writer.member("md5OfBody", message.bodyDigest)
    writer.member("eventSource", "aws:sqs")
    writer.member("eventSourceARN", queue.arn)
    writer.member("awsRegion", queue.region)
    writer.endObject()
  }
}
