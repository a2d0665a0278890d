import JSON
import Orchestration
import TestSupport
import Testing

/// The sample events are what the real types read.
@Suite struct SampleEventTests {
  @Test func taskRequest() throws {
    guard case .request(let request, let eventID) = try SupervisorEvent(bytes: SampleEvents.bytes("task-request")) else {
      Issue.record("no request")
      return
    }
    #expect(eventID == "7bf73129-1428-4cd3-a780-95db273d1602")
    #expect(request.orchestrationID == "0b6f3b4e-7a0e-4f0e-9b61-0d9c6c1f2a11")
    #expect(request.deadlineSeconds == 600)
    #expect(request.budgetMicroUSD == 500_000)
    #expect(request.callback == .eventBridge(busName: nil, source: "task.response", detailType: "report.ready"))
  }

  @Test func taskCompletion() throws {
    guard case .completion(let completion) = try SupervisorEvent(bytes: SampleEvents.bytes("task-completion")) else {
      Issue.record("no completion")
      return
    }
    #expect(completion.node == "sales-reader")
    #expect(completion.status == .success)
  }

  @Test func scheduledSweep() throws {
    #expect(try SupervisorEvent(bytes: SampleEvents.bytes("scheduled-sweep")) == .sweep)
  }

  @Test func sqsBatch() throws {
    let records = try #require(try JSONValue(parsing: SampleEvents.bytes("sqs-batch"))["Records"]?.arrayValue)
    let messages = try records.map { try TaskMessage(body: Array(try #require($0["body"]?.stringValue).utf8)) }
    #expect(messages.map(\.input) == [["region": "north", "month": "2026-10"], ["region": "south", "month": "2026-10"]])
    #expect(Set(messages.map(\.toolUseID)).count == 2)
  }
}
