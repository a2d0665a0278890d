public import AWSClient

/// Publishes events on EventBridge, in batches of ten, and checks every entry: the call succeeds also when entries fail.
public struct EventBridgeEventBus: EventBus {
  private let client: EventBridgeClient
  private let busName: String

  /// - Parameter busName: name or ARN of the bus for events that name none.
  public init(client: EventBridgeClient, busName: String) {
    self.client = client
    self.busName = busName
  }

  /// Entries that EventBridge refused, and why.
  public struct RefusedEntries: Error, Sendable, CustomStringConvertible {
    public let reasons: [String]
    public var description: String { "EventBridge refused \(reasons.count) of the events: \(reasons.joined(separator: "; "))" }
  }

  /// Most entries of one PutEvents.
  private static let batchSize = 10
  /// Most bytes of all entries of one PutEvents: 256 KB, less room for names and times.
  private static let batchBytes = 250_000
  private static let attempts = 3

  public func publish(_ events: [BusEvent]) async throws {
    var pending = events
    var reasons: [String] = []
    for attempt in 1...Self.attempts where !pending.isEmpty {
      if attempt > 1 { try await client.clock.sleep(milliseconds: pause(beforeAttempt: attempt)) }
      var refused: [BusEvent] = []
      reasons = []
      for batch in batches(pending) {
        let output = try await client.putEvents(
          PutEventsInput(
            entries: batch.map { event in
              PutEventsEntry(
                source: event.source, detailType: event.detailType, detail: String(decoding: event.detail, as: UTF8.self),
                eventBusName: event.busName ?? busName, traceHeader: event.traceHeader)
            }))
        for (event, result) in zip(batch, output.entries) where result.isFailure {
          refused.append(event)
          reasons.append("\(event.detailType): \(result.errorCode ?? "no event id"): \(result.errorMessage ?? "")")
        }
        if output.entries.count < batch.count {
          refused += batch.dropFirst(output.entries.count)
          reasons.append("the answer has \(output.entries.count) entries for \(batch.count) events")
        }
      }
      pending = refused
    }
    if !pending.isEmpty { throw RefusedEntries(reasons: reasons) }
  }

  /// 20 ms or more, so that those who failed together do not come again together.
  private func pause(beforeAttempt attempt: Int) -> Int64 { 20 + Int64(client.clock.randomFraction() * Double(50 << attempt - 19)) }

  private func batches(_ events: [BusEvent]) -> [[BusEvent]] {
    var batches: [[BusEvent]] = []
    var byteCount = 0
    for event in events {
      if let last = batches.last, last.count < Self.batchSize, byteCount + event.detail.count <= Self.batchBytes {
        batches[batches.count - 1].append(event)
        byteCount += event.detail.count
      } else {
        batches.append([event])
        byteCount = event.detail.count
      }
    }
    return batches
  }
}
