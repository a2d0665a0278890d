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

  private static let batchSize = 10
  private static let attempts = 3

  public func publish(_ events: [BusEvent]) async throws {
    var pending = events
    var reasons: [String] = []
    for attempt in 1...Self.attempts where !pending.isEmpty {
      if attempt > 1 { try await Task.sleep(for: .milliseconds(Int.random(in: 20...(50 << attempt)))) }
      var refused: [BusEvent] = []
      reasons = []
      for start in stride(from: 0, to: pending.count, by: Self.batchSize) {
        let batch = pending[start..<min(start + Self.batchSize, pending.count)]
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
}
