import AWSClient
import JSON
import SimulatedAWS
import Testing

@Suite struct BusTests {
  private func make(_ chance: any ServiceChance = NoFaults()) -> (Bench, EventBridgeClient, SimulatedBus) {
    let rules = ["task.request", "task.completion"].map { BusRule(name: "on-" + $0, busName: "bus", sources: [$0]) }
    let bus = SimulatedBus(busNames: ["bus"], rules: rules, region: "eu-central-1", chance: chance)
    let bench = Bench(bus)
    return (bench, EventBridgeClient(bench.client), bus)
  }

  private func entry(_ source: String = "task.request", detail: String = #"{"a":1}"#, bus: String? = "bus") -> PutEventsEntry {
    PutEventsEntry(source: source, detailType: source, detail: detail, eventBusName: bus)
  }

  @Test func `an event is in its envelope and knows its rules`() async throws {
    let (_, client, bus) = make()
    var events: [PublishedEvent] = []
    bus.onEvent = { events.append($0) }
    var sent = entry()
    sent.resources = ["arn:x"]
    sent.traceHeader = "Root=1-a-b"
    sent.timeMilliseconds = 1_500
    let output = try await client.putEvents(PutEventsInput(entries: [sent]))
    let event = try #require(events.first)
    #expect(output.entries.map(\.eventID) == [event.id])
    #expect(event.rules == ["on-task.request"])
    #expect(event.traceHeader == "Root=1-a-b")
    let id = JSONValue.string(event.id)
    #expect(
      try JSONValue(parsing: event.envelope) == [
        "version": "0", "id": id, "detail-type": "task.request", "source": "task.request", "account": "123456789012",
        "time": "1970-01-01T00:00:01Z", "region": "eu-central-1", "resources": ["arn:x"], "detail": ["a": 1],
      ])
  }

  @Test func `an event without a time has the time of the call`() async throws {
    let (bench, client, bus) = make()
    var events: [PublishedEvent] = []
    bus.onEvent = { events.append($0) }
    _ = try await client.putEvents(PutEventsInput(entries: [entry()]))
    #expect(events.map(\.timeMilliseconds) == [bench.now])
    #expect(events.map(\.publishedMilliseconds) == [bench.now])
  }

  @Test(arguments: [
    (#"{"a":"#, "MalformedDetail"), ("[1]", "MalformedDetail"), (#""text""#, "MalformedDetail"), ("", "InvalidArgument"),
    (#"{"a":1} x"#, "MalformedDetail"),
  ])
  func `a detail that is no object is refused, and its neighbours are not`(detail: String, code: String) async throws {
    let (_, client, bus) = make()
    var events: [PublishedEvent] = []
    bus.onEvent = { events.append($0) }
    let output = try await client.putEvents(PutEventsInput(entries: [entry(), entry(detail: detail), entry("task.completion")]))
    #expect(output.failedEntryCount == 1)
    #expect(output.entries.map(\.errorCode) == [nil, code, nil])
    #expect(events.map(\.source) == ["task.request", "task.completion"])
  }

  @Test func `sources of AWS, buses that are denied, and missing parts are refused entry by entry`() async throws {
    let (_, client, bus) = make()
    bus.deniedBusNames = ["closed"]
    let entries = [entry("aws.ec2"), entry(bus: "closed"), entry(""), PutEventsEntry(source: "s", detailType: "", detail: "{}")]
    let output = try await client.putEvents(PutEventsInput(entries: entries))
    #expect(
      output.entries.map(\.errorCode) == [
        "NotAuthorizedForSourceException", "AccessDeniedException", "InvalidArgument", "InvalidArgument",
      ])
  }

  @Test func `an event for a bus that does not exist is accepted and goes nowhere`() async throws {
    let (_, client, bus) = make()
    bus.rules.append(BusRule(name: "any", busName: "nowhere"))
    var events: [PublishedEvent] = []
    bus.onEvent = { events.append($0) }
    let output = try await client.putEvents(PutEventsInput(entries: [entry(bus: "nowhere")]))
    #expect(output.failedEntryCount == 0)
    #expect(events.map(\.rules) == [[]])
  }

  @Test func `a bus is known by its ARN too, and no name is the default bus`() async throws {
    let (_, client, bus) = make()
    bus.rules.append(BusRule(name: "default", busName: "default"))
    var rules: [[String]] = []
    bus.onEvent = { rules.append($0.rules) }
    let arn = "arn:aws:events:eu-central-1:123456789012:event-bus/bus"
    _ = try await client.putEvents(PutEventsInput(entries: [entry(bus: arn), entry(bus: nil)]))
    #expect(rules == [["on-task.request"], ["default"]])
  }

  @Test func `rules select by source and detail type, unless they are switched off`() {
    var rule = BusRule(name: "r", busName: "bus", sources: ["a", "b"], detailTypes: ["t"])
    #expect(rule.matches(busName: "bus", source: "b", detailType: "t"))
    #expect(!rule.matches(busName: "other", source: "b", detailType: "t"))
    #expect(!rule.matches(busName: "bus", source: "c", detailType: "t"))
    #expect(!rule.matches(busName: "bus", source: "a", detailType: "u"))
    rule.isEnabled = false
    #expect(!rule.matches(busName: "bus", source: "b", detailType: "t"))
  }

  @Test func `limits of a request`() async throws {
    let (_, client, _) = make()
    func code(_ entries: [PutEventsEntry]) async -> String? {
      await failure { _ = try await client.putEvents(PutEventsInput(entries: entries)) }?.code
    }
    func padded(_ bytes: Int) -> PutEventsEntry {
      // Two words of 12 bytes, and eight around the text.
      entry(detail: "{\"a\":\"" + String(repeating: "x", count: bytes - 32) + "\"}")
    }
    #expect(await code(Array(repeating: entry(), count: 10)) == nil)
    #expect(await code(Array(repeating: entry(), count: 11)) == "ValidationException")
    #expect(await code([]) == "ValidationException")
    #expect(await code([padded(131_072), padded(131_072)]) == nil)
    #expect(await code([padded(131_072), padded(131_073)]) == "ValidationException")
  }

  @Test func `an entry that is refused for the service's reasons is sent again by the client`() async throws {
    let faults = PlannedFaults([.entryRefused: 1])
    faults.pick = { $0.upperBound }
    let (bench, client, bus) = make(faults)
    var sources: [String] = []
    bus.onEvent = { sources.append($0.source) }
    let output = try await client.putEvents(PutEventsInput(entries: [entry(), entry("task.completion")]))
    #expect(output.failedEntryCount == 0)
    #expect(sources == ["task.completion", "task.request"])
    #expect(bench.transport.exchanges.count == 2)
  }

  @Test func `throttling and internal errors publish nothing`() async throws {
    let faults = PlannedFaults([.throttling: 1, .internalError: 1])
    let (bench, client, bus) = make(faults)
    var count = 0
    bus.onEvent = { _ in count += 1 }
    _ = try await client.putEvents(PutEventsInput(entries: [entry()]))
    #expect(count == 1)
    #expect(bench.transport.exchanges.map(\.response.status) == [400, 500, 200])
    faults.plan = [.throttling: 3]
    let error = await failure { _ = try await client.putEvents(PutEventsInput(entries: [entry()])) }
    #expect(error?.isThrottling == true)
    #expect(error?.code == "ThrottlingException")
  }

  @Test func `a schedule has an event of its own`() throws {
    let event = try JSONValue(parsing: make().2.scheduledEvent(rule: "sweep", nowMilliseconds: 60_000))
    #expect(event["detail-type"] == "Scheduled Event")
    #expect(event["source"] == "aws.events")
    #expect(event["resources"] == ["arn:aws:events:eu-central-1:123456789012:rule/sweep"])
    #expect(event["detail"] == [:])
  }
}
