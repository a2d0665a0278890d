import AWSClient
import JSON
import SimulatedAWS
import Testing

@Suite struct QueueConsumerTests {
  private let url = "https://sqs.eu-central-1.amazonaws.com/123456789012/tasks"
  private let deadURL = "https://sqs.eu-central-1.amazonaws.com/123456789012/dead"

  private func queues(_ chance: any ServiceChance = NoFaults(), maximumReceives: Int? = 3) -> SimulatedQueues {
    SimulatedQueues(
      [
        QueueDefinition(
          url: url, visibilityTimeoutSeconds: 30, retentionSeconds: 600, maximumReceives: maximumReceives, deadLetterQueueURL: deadURL),
        QueueDefinition(url: deadURL, retentionSeconds: 1_000),
      ], chance: chance)
  }

  @Test func `a message is hidden until its visibility ends, and comes again`() {
    let queues = queues()
    queues.send("m", to: url, nowMilliseconds: 0)
    #expect(queues.nextVisibleAt(url) == 0)
    #expect(queues.receive(url, nowMilliseconds: 5).map(\.message.body) == ["m"])
    #expect(queues.nextVisibleAt(url) == 30_005)
    #expect(queues.receive(url, nowMilliseconds: 30_004).isEmpty)
    #expect(queues.receive(url, nowMilliseconds: 30_005).map(\.message.receives) == [2])
  }

  @Test func `a delay hides a new message`() {
    let queues = queues()
    queues.send("m", to: url, delaySeconds: 10, nowMilliseconds: 0)
    #expect(queues.receive(url, nowMilliseconds: 9_999).isEmpty)
    #expect(queues.counts(of: url, nowMilliseconds: 9_999) == QueueCounts(delayed: 1))
    #expect(queues.receive(url, nowMilliseconds: 10_000).count == 1)
  }

  @Test func `a consumer may give a message back, and the receipt of an older delivery does nothing`() throws {
    let queues = queues()
    queues.send("m", to: url, nowMilliseconds: 0)
    let first = try #require(queues.receive(url, nowMilliseconds: 0).first)
    #expect(queues.makeVisible(first.receipt, at: 7, nowMilliseconds: 1))
    let second = try #require(queues.receive(url, nowMilliseconds: 7).first)
    #expect(!queues.delete(first.receipt, nowMilliseconds: 8))
    #expect(!queues.makeVisible(first.receipt, at: 8, nowMilliseconds: 8))
    #expect(queues.messages(in: url).count == 1)
    #expect(queues.delete(second.receipt, nowMilliseconds: 9))
    #expect(queues.messages(in: url).isEmpty)
    #expect(!queues.delete(second.receipt, nowMilliseconds: 9))
  }

  @Test func `a message in flight may be handed out once more`() throws {
    let faults = PlannedFaults()
    let queues = queues(faults)
    queues.send("m", to: url, nowMilliseconds: 0)
    let first = try #require(queues.receive(url, nowMilliseconds: 0).first)
    faults.plan = [.duplicateReceive: 1]
    let again = try #require(queues.receive(url, nowMilliseconds: 1).first)
    #expect(again.message.id == first.message.id)
    #expect(again.message.receives == 2)
    #expect(queues.delete(again.receipt, nowMilliseconds: 2))
  }

  @Test func `a duplicate does not use up more receives than there are`() {
    let faults = PlannedFaults()
    let queues = queues(faults, maximumReceives: 1)
    queues.send("m", to: url, nowMilliseconds: 0)
    #expect(queues.receive(url, nowMilliseconds: 0).count == 1)
    faults.plan = [.duplicateReceive: 1]
    #expect(queues.receive(url, nowMilliseconds: 1).isEmpty)
  }

  @Test func `a server that did not hear of a deletion hands its copy out again`() throws {
    let faults = PlannedFaults([.duplicateReceive: 1])
    let queues = queues(faults)
    var deletions = 0
    queues.onChange = { change, _ in if case .deleted = change { deletions += 1 } }
    queues.send("m", to: url, nowMilliseconds: 0)
    let first = try #require(queues.receive(url, nowMilliseconds: 0).first)
    #expect(queues.delete(first.receipt, nowMilliseconds: 1))
    #expect(queues.messages(in: url).map(\.isDeleted) == [true])
    let copy = try #require(queues.receive(url, nowMilliseconds: 30_000).first)
    #expect(copy.message.isDeleted)
    #expect(queues.delete(copy.receipt, nowMilliseconds: 30_001))
    #expect(queues.messages(in: url).isEmpty)
    #expect(deletions == 1)
  }

  @Test func `messages come in the order of their sending, or in another`() {
    let faults = PlannedFaults()
    faults.pick = { $0.upperBound }
    let queues = queues(faults)
    for body in ["a", "b", "c"] { queues.send(body, to: url, nowMilliseconds: 0) }
    faults.plan = [.reordering: 1]
    #expect(queues.receive(url, most: 2, nowMilliseconds: 0).map(\.message.body) == ["c", "a"])
    #expect(queues.receive(url, most: 2, nowMilliseconds: 0).map(\.message.body) == ["b"])
  }

  @Test func `a message is kept for the retention from its first sending, in the dead-letter queue too`() {
    let queues = queues(maximumReceives: 1)
    var story: [String] = []
    queues.onChange = { change, now in
      switch change {
      case .sent(let message): story.append("\(now) sent \(message.body)")
      case .received(let delivery): story.append("\(now) received \(delivery.message.body)")
      case .deadLettered(let message): story.append("\(now) dead \(message.body)")
      case .expired(let message): story.append("\(now) expired \(message.body)")
      default: story.append("\(now) other")
      }
    }
    queues.send("a", to: url, nowMilliseconds: 0)
    #expect(queues.receive(url, nowMilliseconds: 0).count == 1)
    #expect(queues.receive(url, nowMilliseconds: 40_000).isEmpty)
    queues.send("b", to: url, nowMilliseconds: 50_000)
    #expect(queues.nextExpiryAt == 650_000)
    #expect(queues.receive(url, nowMilliseconds: 650_000).isEmpty)
    #expect(queues.nextExpiryAt == 1_000_000)
    queues.expire(nowMilliseconds: 1_000_000)
    #expect(queues.nextExpiryAt == nil)
    #expect(
      story == [
        "0 sent a", "0 received a", "40000 dead a", "50000 sent b", "650000 expired b", "1000000 expired a",
      ])
  }

  @Test func `without a dead-letter queue a message comes for ever`() {
    let queues = SimulatedQueues([QueueDefinition(url: url, maximumReceives: 1, deadLetterQueueURL: deadURL)])
    queues.send("m", to: url, nowMilliseconds: 0)
    for round in 0..<5 { #expect(queues.receive(url, nowMilliseconds: Int64(round) * 30_000).count == 1) }
  }

  @Test func `an operator sends dead letters back as new messages`() throws {
    let queues = queues(maximumReceives: 1)
    let sent = try #require(queues.send("m", to: url, attributes: ["a": .string("1")], nowMilliseconds: 0))
    _ = queues.receive(url, nowMilliseconds: 0)
    _ = queues.receive(url, nowMilliseconds: 30_000)
    #expect(queues.messages(in: deadURL).map(\.id) == [sent.id])
    let moved = queues.redrive(deadURL, nowMilliseconds: 40_000)
    #expect(moved.map(\.receives) == [0])
    #expect(moved.map(\.id) != [sent.id])
    #expect(queues.messages(in: url) == moved)
    #expect(queues.messages(in: url).first?.attributes == ["a": .string("1")])
    #expect(queues.messages(in: deadURL).isEmpty)
    queues.purge(url, nowMilliseconds: 40_000)
    #expect(queues.messages(in: url).isEmpty)
  }

  @Test func `a function's event has what SQS puts into it`() throws {
    let queues = queues()
    queues.send(
      "m", to: url, attributes: ["b": MessageAttributeValue(dataType: "Binary", binaryValue: [255])], traceHeader: "Root=1",
      nowMilliseconds: 4)
    let event = try JSONValue(parsing: SimulatedQueues.lambdaEvent(queues.receive(url, nowMilliseconds: 6)))
    let record = try #require(event["Records"]?[0])
    #expect(record["body"] == "m")
    #expect(record["messageId"]?.stringValue == queues.messages(in: url).first?.id)
    #expect(record["eventSource"] == "aws:sqs")
    #expect(record["eventSourceARN"] == "arn:aws:sqs:eu-central-1:123456789012:tasks")
    #expect(record["awsRegion"] == "eu-central-1")
    // RFC 1321 in hexadecimal digits, of "m".
    #expect(record["md5OfBody"] == "6f8f57715090da2632453988d9a1501b")
    #expect(record["attributes"]?["AWSTraceHeader"] == "Root=1")
    #expect(record["attributes"]?["SentTimestamp"] == "4")
    #expect(record["attributes"]?["ApproximateFirstReceiveTimestamp"] == "6")
    #expect(record["messageAttributes"]?["b"]?["binaryValue"] == "/w==")
  }

  @Test func `two runs are the same to the last id`() {
    func run() -> [String] {
      let queues = queues()
      for index in 0..<20 { queues.send("\(index)", to: url, nowMilliseconds: Int64(index)) }
      return queues.receive(url, most: 10, nowMilliseconds: 100).map { $0.message.id + $0.receipt }
    }
    #expect(run() == run())
    #expect(Set(run()).count == 10)
  }
}
