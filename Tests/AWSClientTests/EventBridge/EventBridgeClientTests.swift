import JSON
import Testing

@testable import AWSClient

struct EventBridgeClientTests {
  @Test func eventsAreSentAndEachHasAResult() async throws {
    let transport = FakeTransport([
      .json(#"{"FailedEntryCount":1,"Entries":[{"EventId":"e1"},{"ErrorCode":"InternalFailure","ErrorMessage":"no"}]}"#)
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

  @Test func aMissingResultIsAnError() async {
    let client = EventBridgeClient(.fake(FakeTransport([.json(#"{"FailedEntryCount":0,"Entries":[]}"#)])))
    let error = await #expect(throws: AWSError.self) {
      try await client.putEvents(PutEventsInput(entries: [PutEventsEntry(source: "s", detailType: "d", detail: "{}")]))
    }
    #expect(error?.code == "InvalidResponse")
  }
}
