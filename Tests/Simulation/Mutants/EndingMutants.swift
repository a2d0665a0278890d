import AgentKit
import JSON

@testable import AWSClient
@testable import Orchestration
@testable import Simulation

// What goes wrong when runs begin and end, and with who hears of it.

extension Mutant {
  static let ending = [
    bus(
      "entries that PutEvents refuses are taken for published", defect: "B9",
      breaks: [OutcomesAreTold(), MessagesAreOfTasks(), AuditIsComplete()]
    ) { client, busName in
      CarelessBus(client: client, busName: busName)
    },
    supervisor("a reply that comes after the end of its run revives it", breaks: [OutcomesAreFinal()]) { effects, _ in
      effects.store = RevivesRuns(inner: effects.store)
    },
    supervisor("an outcome is told before it is written", breaks: [OutcomesAreTold()]) { effects, _ in
      effects.store = TellsFirst(inner: effects.store, bus: effects.bus)
    },
    supervisor("a run that ends is not looked at again", breaks: [NothingFallsSilent()]) { effects, _ in
      effects.store = RewrittenRows(inner: effects.store) { old, new in
        if new.state.isTerminal, old?.state.isTerminal != true { new.wakeAtMilliseconds = nil }
      }
    },
    supervisor("each callback has an id of its own", breaks: [OutcomesAreTold()]) { effects, _ in
      let ids = effects.ids
      effects.bus = RewrittenEvents(inner: effects.bus) { event in
        BusEvent(
          source: event.source, detailType: event.detailType, detail: renamed(event.detail, ids), busName: event.busName,
          traceHeader: event.traceHeader)
      }
      effects.queue = RewrittenMessages(inner: effects.queue) { message in
        QueueMessage(id: message.id, queueURL: message.queueURL, body: renamed(message.body, ids), traceHeader: message.traceHeader)
      }
    },
    supervisor("no caller is called back", breaks: [OutcomesAreTold()]) { effects, _ in
      effects.bus = RewrittenEvents(inner: effects.bus) { event in
        event.source != OutcomeEvents.source && (try? JSONValue(parsing: event.detail))?["result_id"] != nil ? nil : event
      }
      effects.queue = RewrittenMessages(inner: effects.queue) { $0.id == "callback" ? nil : $0 }
    },
    supervisorHandler("a cancellation is acknowledged and forgotten", breaks: [RunsAreAsAsked()]) { supervisor, delivery in
      if case .cancel(let id, _)? = try? SupervisorEvent(bytes: delivery.bytes) {
        return ["status": "cancelled", "orchestrationId": .string(id), "state": "cancelled"]
      }
      return try await supervisor.handle(delivery)
    },
    supervisor("nobody looks at the deadline", breaks: [NothingFallsSilent(), NothingWaitsInVain()]) { effects, _ in
      effects.store = MisreadRows(inner: effects.store) { $0.deadlineMilliseconds = $0.createdAtMilliseconds + 30 * 86_400_000 }
    },
    supervisor("a request's own deadline and budget are not read", breaks: [RunsAreAsAsked()]) { effects, configuration in
      let limits = configuration.limits
      effects.store = RewrittenRows(inner: effects.store) { old, new in
        guard old == nil else { return }
        new.deadlineMilliseconds = new.createdAtMilliseconds + Int64(limits.deadlineSeconds) * 1000
        new.budgetMicroUSD = limits.budgetMicroUSD
      }
    },
    supervisorHandler("every event that asks for a run starts another one", breaks: [EventsAreWrittenDown(), AuditIsComplete()]) {
      supervisor, delivery in
      var delivery = delivery
      if case .request? = try? SupervisorEvent(bytes: delivery.bytes), var event = try? JSONValue(parsing: delivery.bytes).objectValue,
        var detail = event["detail"]?.objectValue
      {
        detail["orchestrationId"] = nil
        event["detail"] = .object(detail)
        delivery.bytes = JSONValue.object(event).bytes
      }
      return try await supervisor.handle(delivery)
    },
    supervisorHandler("an event whose handling failed is done with", breaks: [EventsAreWrittenDown(), AuditIsComplete()]) {
      supervisor, delivery in
      do { return try await supervisor.handle(delivery) } catch { return ["status": "failed"] }
    },
    supervisor("critical failures are told to nobody", breaks: [AuditIsComplete()]) { effects, _ in
      effects.bus = RewrittenEvents(inner: effects.bus) { $0.detailType == "arbiter.error" ? nil : $0 }
    },
  ]

  /// An outcome with another id.
  private static func renamed(_ bytes: [UInt8], _ ids: any IDSource) -> [UInt8] {
    guard var object = try? JSONValue(parsing: bytes).objectValue, object["result_id"] != nil else { return bytes }
    object["result_id"] = .string(ids.makeID())
    return JSONValue.object(object).bytes
  }
}

/// Takes an answer of PutEvents for a success of all its entries.
private struct CarelessBus: EventBus {
  let client: AWSClient
  let busName: String

  func publish(_ events: [BusEvent]) async throws {
    let input = PutEventsInput(
      entries: events.map { event in
        PutEventsEntry(
          source: event.source, detailType: event.detailType, detail: String(decoding: event.detail, as: UTF8.self),
          eventBusName: event.busName ?? busName, traceHeader: event.traceHeader)
      })
    // Past the product's client of EventBridge, which would send refused entries again.
    let _: PutEventsOutput = try await client.callJSON(
      .eventBridge, "PutEvents", target: "AWSEvents.PutEvents", contentType: "application/x-amz-json-1.1", input)
  }
}

/// Writes what a model said over the end of the run, when it is still the last that was asked.
private struct RevivesRuns: StoreDecorator {
  let inner: any OrchestrationStore

  private func ended(_ old: OrchestrationRecord) async throws -> OrchestrationRecord? {
    guard !old.state.isTerminal, let owner = old.lease?.owner, let fresh = try await inner.load(old.id), fresh.state.isTerminal,
      fresh.lease?.owner == owner
    else { return nil }
    return fresh
  }

  func update(_ old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord? {
    if let written = try await inner.update(old, to: new) { return written }
    guard let ended = try await ended(old) else { return nil }
    return try await inner.update(ended, to: new)
  }

  func begin(_ round: RoundRecord, updating old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord? {
    if let written = try await inner.begin(round, updating: old, to: new) { return written }
    guard let ended = try await ended(old) else { return nil }
    return try await inner.begin(round, updating: ended, to: new)
  }
}

/// Publishes an outcome, and decides on it after that.
private struct TellsFirst: StoreDecorator {
  let inner: any OrchestrationStore
  let bus: any EventBus

  func update(_ old: OrchestrationRecord, to new: OrchestrationRecord) async throws -> OrchestrationRecord? {
    if !old.state.isTerminal, let outcome = new.outcome { try await bus.publish([OutcomeEvents.feedback(new, outcome)]) }
    return try await inner.update(old, to: new)
  }
}
