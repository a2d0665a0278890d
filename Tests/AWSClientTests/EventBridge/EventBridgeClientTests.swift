import JSON
import Testing

@testable import AWSClient

struct EventBridgeClientTests {
  @Test func eventsAreSentAndEachHasAResult() async throws {
    let transport = FakeTransport([
      .json(#"{"FailedEntryCount":1,"Entries":[{"EventId":"e1"},{"ErrorCode":"MalformedDetail","ErrorMessage":"no"}]}"#)
    ])
    let output = try await EventBridgeClient(.fake(transport)).putEvents(
      PutEventsInput(entries: [
        PutEventsEntry(
          source: "arbiter", detailType: "task.request", detail: #"{"a":1}"#, eventBusName: "bus", resources: ["arn"],
          timeMilliseconds: 1_500, traceHeader: "Root=1-a-b"),
        PutEventsEntry(source: "arbiter", detailType: "x", detail: "{}"),
      ]))
    #expect(output.failedEntryCount == 1)
    #expect(output.entries.map(\.eventID) == ["e1", nil])
    #expect(output.entries.map(\.isFailure) == [false, true])
    let request = try #require(transport.requests.first)
    #expect(request.headers["content-type"] == "application/x-amz-json-1.1")
    #expect(request.headers["x-amz-target"] == "AWSEvents.PutEvents")
    #expect(
      try transport.bodies() == [
        [
          "Entries": [
            [
              "Time": 1.5, "Source": "arbiter", "Resources": ["arn"], "DetailType": "task.request", "Detail": #"{"a":1}"#,
              "EventBusName": "bus", "TraceHeader": "Root=1-a-b",
            ], ["Source": "arbiter", "DetailType": "x", "Detail": "{}"],
          ]
        ]
      ])
  }

  private func entry(_ name: String) -> PutEventsEntry { PutEventsEntry(source: "s", detailType: name, detail: "{}") }

  @Test func onlyWhatMayYetSucceedIsSentAgain() async throws {
    let transport = FakeTransport([
      .json(
        #"{"FailedEntryCount":3,"Entries":[{"ErrorCode":"InternalFailure"},{"EventId":"e2"},{"ErrorCode":"MalformedDetail"},{"ErrorCode":"ThrottlingException"}]}"#
      ), .json(#"{"FailedEntryCount":1,"Entries":[{"EventId":"e1"},{"ErrorCode":"ThrottlingException"}]}"#),
      .json(#"{"FailedEntryCount":0,"Entries":[{"EventId":"e4"}]}"#),
    ])
    let clock = FakeClock()
    let output = try await EventBridgeClient(.fake(transport, clock: clock)).putEvents(
      PutEventsInput(entries: [entry("1"), entry("2"), entry("3"), entry("4")]))
    #expect(output.entries.map(\.eventID) == ["e1", "e2", nil, "e4"])
    #expect(output.failedEntryCount == 1)
    #expect(
      try transport.bodies().map { $0["Entries"]?.arrayValue?.compactMap { $0["DetailType"]?.stringValue } } == [
        ["1", "2", "3", "4"], ["1", "4"], ["4"],
      ])
    #expect(clock.sleptMilliseconds == [500, 1_000])
  }

  @Test func whatStillFailsAfterAllAttemptsIsReported() async throws {
    let failed = FakeTransport.Answer.json(#"{"FailedEntryCount":1,"Entries":[{"ErrorCode":"InternalFailure"}]}"#)
    let transport = FakeTransport([failed, failed, failed])
    let output = try await EventBridgeClient(.fake(transport)).putEvents(PutEventsInput(entries: [entry("1")]))
    #expect(output.entries.map(\.errorCode) == ["InternalFailure"])
    #expect(transport.requests.count == 3)
  }

  @Test func aRefusalOfTheLeftoversTakesNothingBack() async throws {
    let transport = FakeTransport([
      .json(#"{"FailedEntryCount":1,"Entries":[{"EventId":"e1"},{"ErrorCode":"InternalFailure"}]}"#),
      .json(#"{"__type":"AccessDeniedException","message":"no"}"#, status: 400),
    ])
    let output = try await EventBridgeClient(.fake(transport)).putEvents(PutEventsInput(entries: [entry("1"), entry("2")]))
    #expect(output.entries.map(\.eventID) == ["e1", nil])
    #expect(output.failedEntryCount == 1)
  }

  @Test func leftoversDoNotWaitPastTheDeadline() async throws {
    let transport = FakeTransport([
      .json(#"{"FailedEntryCount":1,"Entries":[{"ErrorCode":"ThrottlingException"}]}"#)
    ])
    let clock = FakeClock()
    let client = EventBridgeClient(.fake(transport, clock: clock))
    let output = try await RequestContext.$deadlineMilliseconds.withValue(clock.nowMilliseconds + 400) {
      try await client.putEvents(PutEventsInput(entries: [entry("1")]))
    }
    #expect(output.failedEntryCount == 1)
    #expect(clock.sleptMilliseconds.isEmpty)
  }

  @Test func aMissingResultIsAnError() async {
    let client = EventBridgeClient(.fake(FakeTransport([.json(#"{"FailedEntryCount":0,"Entries":[]}"#)])))
    let error = await #expect(throws: AWSError.self) {
      try await client.putEvents(PutEventsInput(entries: [PutEventsEntry(source: "s", detailType: "d", detail: "{}")]))
    }
    #expect(error?.code == "InvalidResponse")
  }
}
