public import JSON

extension Supervisor {
  /// Handles one event.
  ///
  /// An event that can never be used is reported as `arbiter.error` and done with: trying it again would not help. Everything else
  /// that fails is reported and thrown, so that Lambda tries again and in the end keeps the event in the dead-letter queue.
  /// - Parameters:
  ///   - bytes: the event as EventBridge delivers it.
  ///   - traceHeader: the invocation's `X-Amzn-Trace-Id`.
  ///   - deadlineMilliseconds: when the invocation ends.
  /// - Returns: `{"status": ...}` for the log and for people who invoke by hand.
  public func handle(_ bytes: [UInt8], traceHeader: String?, deadlineMilliseconds: Int64) async throws -> JSONValue {
    let event: SupervisorEvent
    do {
      event = try SupervisorEvent(bytes: bytes)
    } catch {
      let id = Self.value(in: bytes, "detail", "orchestrationId") ?? Self.value(in: bytes, "detail", "orchestration_id")
      await report(error, orchestrationID: id.flatMap { OrchestrationID.isValid($0) ? $0 : nil }, eventID: Self.value(in: bytes, "id"))
      return Self.rejected(error)
    }
    do {
      return try await Self.$begunAtMilliseconds.withValue(now) {
        try await self.handle(event, traceHeader: traceHeader, deadlineMilliseconds: deadlineMilliseconds)
      }
    } catch let error as WireError {
      await report(error, orchestrationID: event.orchestrationID, eventID: Self.value(in: bytes, "id"))
      return Self.rejected(error)
    } catch {
      await report(error, orchestrationID: event.orchestrationID, eventID: Self.value(in: bytes, "id"))
      throw error
    }
  }

  private func handle(_ event: SupervisorEvent, traceHeader: String?, deadlineMilliseconds: Int64) async throws -> JSONValue {
    switch event {
    case .request(let request, let eventID):
      let id = try await accept(request, eventID: eventID, traceHeader: traceHeader)
      return ["status": "accepted", "orchestrationId": .string(id)]
    case .completion(let completion):
      let isNew = try await complete(completion)
      return ["status": isNew ? "recorded" : "duplicate", "orchestrationId": .string(completion.orchestrationID)]
    case .cancel(let id, let reason):
      let state = try await cancel(id, reason: reason)
      return ["status": state == .cancelled ? "cancelled" : "unchanged", "orchestrationId": .string(id), "state": .string(state.rawValue)]
    case .wake(let id):
      try await wake(id)
      return ["status": "advanced", "orchestrationId": .string(id)]
    case .sweep:
      // The last row begun still needs its time: no new one in the last fifth of the invocation.
      let remaining = max(0, deadlineMilliseconds - now)
      let looked = try await sweep(untilMilliseconds: now + remaining * 4 / 5)
      return ["status": "swept", "rows": .number(looked)]
    }
  }

  /// A text of an event that need not be one: whoever sent it should find his event and his run again.
  private static func value(in bytes: [UInt8], _ path: String...) -> String? {
    var value = try? JSONValue(parsing: bytes)
    for name in path { value = value?[name] }
    return value?.stringValue?.shortened(toByteCount: 128)
  }

  private static func rejected(_ error: any Error) -> JSONValue { ["status": "rejected", "error": .string("\(error)")] }
}
