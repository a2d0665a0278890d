import AWSClient
import SimulatedAWS
import Testing

@Suite struct QueueRequestsTests {
  private let url = "https://sqs.us-east-1.amazonaws.com/123456789012/tasks"
  private let deadURL = "https://sqs.us-east-1.amazonaws.com/123456789012/tasks-dead"

  private func make(_ chance: any ServiceChance = NoFaults(), maximumReceives: Int? = 2) -> (Bench, SQSClient, SimulatedQueues) {
    let queues = SimulatedQueues(
      [
        QueueDefinition(url: url, visibilityTimeoutSeconds: 60, maximumReceives: maximumReceives, deadLetterQueueURL: deadURL),
        QueueDefinition(url: deadURL, retentionSeconds: 1_209_600),
      ], chance: chance)
    let bench = Bench(queues)
    return (bench, SQSClient(bench.client), queues)
  }

  @Test func `a message arrives with its attributes and the trace header`() async throws {
    let (bench, client, queues) = make()
    let sent = try await client.sendMessage(
      SendMessageInput(
        queueURL: url, messageBody: "é",
        messageAttributes: ["n": .string("1"), "b": MessageAttributeValue(dataType: "Binary", binaryValue: [7])],
        messageSystemAttributes: .traceHeader("Root=1-a-b")))
    #expect(queues.counts(of: url, nowMilliseconds: bench.now) == QueueCounts(visible: 1))
    let input = ReceiveMessageInput(queueURL: url, messageAttributeNames: ["All"], messageSystemAttributeNames: ["All"])
    let message = try #require(try await client.receiveMessage(input).messages.first)
    #expect(message.messageID == sent.messageID)
    #expect(message.body == "é")
    #expect(message.messageAttributes["b"]?.binaryValue == [7])
    #expect(message.messageAttributes["n"] == .string("1"))
    #expect(message.attributes["AWSTraceHeader"] == "Root=1-a-b")
    #expect(message.attributes["ApproximateReceiveCount"] == "1")
    #expect(message.attributes["SentTimestamp"] == String(bench.now))
    #expect(try await client.receiveMessage(input).messages.isEmpty)
    #expect(queues.counts(of: url, nowMilliseconds: bench.now) == QueueCounts(inFlight: 1))
    _ = try await client.deleteMessage(DeleteMessageInput(queueURL: url, receiptHandle: message.receiptHandle))
    #expect(queues.messages(in: url).isEmpty)
  }

  @Test func `the answer carries the digest of the body`() async throws {
    let (bench, client, _) = make()
    _ = try await client.sendMessage(SendMessageInput(queueURL: url, messageBody: "message digest"))
    let body = String(decoding: try #require(bench.transport.exchanges.last).response.body, as: UTF8.self)
    // RFC 1321, appendix A.5.
    #expect(body.contains("f96b697d7cb7938d525a2f31aaf161d0"))
  }

  @Test func `after its maximum of receives a message is in the dead-letter queue`() async throws {
    let (bench, client, queues) = make()
    _ = try await client.sendMessage(SendMessageInput(queueURL: url, messageBody: "poison"))
    for _ in 1...2 {
      #expect(try await client.receiveMessage(ReceiveMessageInput(queueURL: url)).messages.count == 1)
      bench.clock.advance(milliseconds: 60_000)
    }
    #expect(try await client.receiveMessage(ReceiveMessageInput(queueURL: url)).messages.isEmpty)
    #expect(queues.messages(in: url).isEmpty)
    let dead = try #require(queues.messages(in: deadURL).first)
    #expect(dead.deadLetterSourceURL == url)
    let input = ReceiveMessageInput(queueURL: deadURL, messageSystemAttributeNames: ["All"])
    let message = try #require(try await client.receiveMessage(input).messages.first)
    #expect(message.attributes["DeadLetterQueueSourceArn"] == "arn:aws:sqs:us-east-1:123456789012:tasks")
  }

  @Test func `a batch is refused entry by entry`() async throws {
    let (_, client, queues) = make()
    let entries = [
      SendMessageBatchEntry(id: "good", messageBody: "x"), SendMessageBatchEntry(id: "bad", messageBody: "a\u{0}b"),
      SendMessageBatchEntry(id: "late", messageBody: "y", delaySeconds: 901),
    ]
    let output = try await client.sendMessageBatch(SendMessageBatchInput(queueURL: url, entries: entries))
    #expect(output.successful.map(\.id) == ["good"])
    #expect(output.failed.map(\.code) == ["InvalidMessageContents", "InvalidParameterValue"])
    #expect(output.failed.map(\.isSenderFault) == [true, true])
    #expect(queues.messages(in: url).map(\.body) == ["x"])
  }

  @Test func `an entry that is refused for the service's reasons is sent again by the client`() async throws {
    let faults = PlannedFaults([.entryRefused: 1])
    let (bench, client, queues) = make(faults)
    let entries = ["a", "b"].map { SendMessageBatchEntry(id: $0, messageBody: $0) }
    let output = try await client.sendMessageBatch(SendMessageBatchInput(queueURL: url, entries: entries))
    #expect(output.failed.isEmpty)
    #expect(queues.messages(in: url).map(\.body) == ["b", "a"])
    #expect(bench.transport.exchanges.count == 2)
  }

  @Test func `limits of a batch`() async throws {
    let (_, client, queues) = make()
    func code(_ entries: [SendMessageBatchEntry]) async -> String? {
      await failure { _ = try await client.sendMessageBatch(SendMessageBatchInput(queueURL: url, entries: entries)) }?.code
    }
    func entry(_ id: String, bytes: Int = 1) -> SendMessageBatchEntry {
      SendMessageBatchEntry(id: id, messageBody: String(repeating: "x", count: bytes))
    }
    #expect(
      await code((0...10).map { entry("\($0)") })
        == "AWS.SimpleQueueService.TooManyEntriesInBatchRequest")
    #expect(await code([]) == "AWS.SimpleQueueService.EmptyBatchRequest")
    #expect(await code([entry("a"), entry("a")]) == "AWS.SimpleQueueService.BatchEntryIdsNotDistinct")
    #expect(await code([entry("a b")]) == "AWS.SimpleQueueService.InvalidBatchEntryId")
    #expect(await code([entry("a", bytes: 600_000), entry("b", bytes: 600_000)]) == "AWS.SimpleQueueService.BatchRequestTooLong")
    #expect(await code([entry("a", bytes: 0)]) == "MissingParameter")
    #expect(queues.messages(in: url).isEmpty)
    #expect(await code([entry("a", bytes: 524_288), entry("b", bytes: 524_288)]) == nil)
  }

  @Test(arguments: [
    ("", "MissingParameter"), ("\u{0B}", "InvalidMessageContents"), ("\u{FFFE}", "InvalidMessageContents"),
    (String(repeating: "x", count: 1_048_577), "InvalidParameterValue"),
  ])
  func `a message that SQS would not take is refused`(body: String, code: String) async throws {
    let (_, client, queues) = make()
    let error = await failure { _ = try await client.sendMessage(SendMessageInput(queueURL: url, messageBody: body)) }
    #expect(error?.code == code)
    #expect(error?.isRetryable == false)
    #expect(queues.messages(in: url).isEmpty)
  }

  @Test func `characters at the borders of what XML allows are taken`() async throws {
    let (_, client, queues) = make()
    let body = "\t\n\r \u{D7FF}\u{E000}\u{FFFD}\u{10000}\u{10FFFF}\u{FFBF}"
    _ = try await client.sendMessage(SendMessageInput(queueURL: url, messageBody: body))
    #expect(queues.messages(in: url).map(\.body) == [body])
  }

  @Test func `a queue that does not exist, and one that is denied`() async throws {
    let (_, client, queues) = make()
    let missing = await failure { _ = try await client.sendMessage(SendMessageInput(queueURL: url + "x", messageBody: "m")) }
    #expect(missing?.code == "AWS.SimpleQueueService.NonExistentQueue")
    queues.deniedQueueURLs = [url]
    let denied = await failure { _ = try await client.sendMessage(SendMessageInput(queueURL: url, messageBody: "m")) }
    #expect(denied?.code == "AccessDenied")
    #expect(denied?.httpStatus == 403)
  }

  @Test func `throttling and internal errors leave nothing behind`() async throws {
    let faults = PlannedFaults([.throttling: 3])
    let (_, client, queues) = make(faults)
    let throttled = await failure { _ = try await client.sendMessage(SendMessageInput(queueURL: url, messageBody: "m")) }
    #expect(throttled?.isThrottling == true)
    faults.plan = [.internalError: 1]
    _ = try await client.sendMessage(SendMessageInput(queueURL: url, messageBody: "m"))
    #expect(queues.messages(in: url).count == 1)
  }

  @Test func `attributes of a queue`() async throws {
    let (_, client, _) = make()
    _ = try await client.sendMessage(SendMessageInput(queueURL: url, messageBody: "m", delaySeconds: 9))
    let attributes = try await client.getQueueAttributes(GetQueueAttributesInput(queueURL: url)).attributes
    #expect(attributes["QueueArn"] == "arn:aws:sqs:us-east-1:123456789012:tasks")
    #expect(attributes["ApproximateNumberOfMessagesDelayed"] == "1")
    #expect(
      attributes["RedrivePolicy"]
        == #"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:tasks-dead","maxReceiveCount":2}"#)
    let error = await failure {
      _ = try await client.getQueueAttributes(GetQueueAttributesInput(queueURL: url, attributeNames: ["Colour"]))
    }
    #expect(error?.code == "InvalidAttributeName")
  }

  @Test func `receipts in a batch`() async throws {
    let (_, client, queues) = make()
    for body in ["a", "b"] { _ = try await client.sendMessage(SendMessageInput(queueURL: url, messageBody: body)) }
    let messages = try await client.receiveMessage(ReceiveMessageInput(queueURL: url, maxNumberOfMessages: 10)).messages
    let entries =
      messages.enumerated().map { DeleteMessageBatchEntry(id: "\($0.offset)", receiptHandle: $0.element.receiptHandle) }
      + [DeleteMessageBatchEntry(id: "x", receiptHandle: "no receipt")]
    let output = try await client.deleteMessageBatch(DeleteMessageBatchInput(queueURL: url, entries: entries))
    #expect(output.successful == ["0", "1"])
    #expect(output.failed.map(\.code) == ["ReceiptHandleIsInvalid"])
    #expect(queues.messages(in: url).isEmpty)
  }
}
