import JSON
import LambdaRuntime
import TestSupport
import Testing

@Suite struct EventBridgeEventTests {
  @Test func readsTheEnvelopeAndTheDetail() throws {
    let event = try EventBridgeEvent<JSONValue>(json: SampleEvents.bytes("task-request"))
    #expect(event.id == "7bf73129-1428-4cd3-a780-95db273d1602")
    #expect(event.detailType == "task.request")
    #expect(event.source == "task.request")
    #expect(event.account == "123456789012")
    #expect(event.region == "us-east-1")
    #expect(event.time == "2026-11-20T07:19:00Z")
    #expect(event.detail["deadlineSeconds"] == 600)
  }

  @Test func aScheduledEventNamesItsRule() throws {
    let event = try EventBridgeEvent<JSONValue>(json: SampleEvents.bytes("scheduled-sweep"))
    #expect(event.detailType == "Scheduled Event")
    #expect(event.resources == ["arn:aws:events:us-east-1:123456789012:rule/arbiter-sweep-dev"])
    #expect(event.detail == [:])
  }

  @Test(arguments: ["id", "detail-type", "source", "detail"])
  func namesTheFieldThatIsMissing(field: String) throws {
    var event = try #require(try JSONValue(parsing: SampleEvents.bytes("task-completion")).objectValue)
    event[field] = nil
    let error = #expect(throws: JSONError.self) { try EventBridgeEvent<JSONValue>(json: JSONValue.object(event).bytes) }
    #expect(error?.field == field)
  }
}
