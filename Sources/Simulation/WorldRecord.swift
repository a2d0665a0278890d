import AWSClient
import Orchestration
import SimulatedAWS

/// What has happened in a world, and what the invariants say to it.
// Unchecked: a world has one thread.
final class WorldRecord: WorldView, @unchecked Sendable {
  private let timeline: Timeline
  private let services: WorldServices
  let scenario: Scenario
  private let invariants: [any Invariant]
  private let keepsFacts: Bool
  private let sweepMilliseconds: Int64
  private(set) var violation: Violation?
  private(set) var facts: [World.TimedFact] = []
  private(set) var count = 0
  private(set) var modelCalls = 0
  private(set) var faultCounts: [Fault: Int] = [:]
  private(set) var fingerprint: UInt64 = 0xCBF2_9CE4_8422_2325
  /// True from when nothing goes wrong any more.
  var isQuiet = false
  /// Rows as they were written last, by table and key.
  private var orchestrationRows: [String: OrchestrationRecord] = [:]
  private var rounds: [String: RoundRecord] = [:]

  init(
    timeline: Timeline, services: WorldServices, scenario: Scenario, invariants: [any Invariant], keepsFacts: Bool, sweepMilliseconds: Int64
  ) {
    self.sweepMilliseconds = sweepMilliseconds
    self.timeline = timeline
    self.services = services
    self.scenario = scenario
    self.invariants = invariants
    self.keepsFacts = keepsFacts
  }

  // MARK: Facts

  func tell(_ fact: Fact) {
    guard violation == nil else { return }
    count += 1
    mix(fact)
    switch fact {
    case .modelCalled: modelCalls += 1
    case .faultHappened(let fault, _): faultCounts[fault, default: 0] += 1
    default: break
    }
    if keepsFacts { facts.append(World.TimedFact(atMilliseconds: nowMilliseconds, fact: fact)) }
    for invariant in invariants {
      guard let breach = invariant.check(fact, in: self) else { continue }
      return fail(invariant.name, breach)
    }
  }

  func fail(_ invariant: String, _ breach: Breach) {
    guard violation == nil else { return }
    violation = Violation(invariant: invariant, breach: breach, atMilliseconds: nowMilliseconds, fact: count)
  }

  func quieten() {
    isQuiet = true
    tell(.quietened)
  }

  func checkEnd() {
    for invariant in invariants {
      guard let breach = invariant.checkEnd(in: self).first else { continue }
      return fail(invariant.name, breach)
    }
  }

  func noteChange(_ change: TableChange) {
    guard violation == nil, let key = change.key.values.first?.stringValue else { return }
    let before: RowChange.Row?
    let after: RowChange.Row?
    switch change.table {
    case DeploymentNames.orchestrations:
      before = orchestrationRows[key].map(RowChange.Row.orchestration)
      after = change.after.map { attributes in
        do { return .orchestration(try OrchestrationRecord(attributes: attributes)) } catch { return .unreadable("\(error)") }
      }
      if case .orchestration(let record) = after { orchestrationRows[key] = record } else { orchestrationRows[key] = nil }
    case DeploymentNames.workerState where change.after?["tasks"] != nil || rounds[key] != nil:
      before = rounds[key].map(RowChange.Row.round)
      after = change.after.map { attributes in
        do { return .round(try RoundRecord(attributes: attributes)) } catch { return .unreadable("\(error)") }
      }
      if case .round(let round) = after { rounds[key] = round } else { rounds[key] = nil }
    default:
      before = change.before.map(RowChange.Row.other)
      after = change.after.map(RowChange.Row.other)
    }
    tell(.rowChanged(RowChange(table: change.table, key: key, before: before, after: after, invocation: Invocation.current?.facts)))
  }

  /// When the first of the rows is due; nil when none is.
  var earliestWake: Int64? { orchestrationRows.values.lazy.compactMap(\.wakeAtMilliseconds).min() }

  private func mix(_ fact: Fact) {
    mix(UInt64(bitPattern: nowMilliseconds))
    switch fact {
    case .requested(let id, _): mix(id)
    case .began(let invocation): mix(UInt64(invocation.number) << 1)
    case .ended(let invocation, let end):
      mix(UInt64(invocation.number) << 1 | 1)
      switch end {
      case .returned(let answer): mix(answer)
      case .failed(let reason): mix(reason)
      case .crashed: mix(3)
      case .timedOut: mix(4)
      }
    case .called(let service, let operation, let status, let invocation):
      mix(service)
      mix(operation)
      mix(UInt64(status))
      mix(UInt64(invocation?.number ?? 0))
    case .callLost(_, let operation, _, _): mix(operation)
    case .rowChanged(let change):
      mix(change.key)
      if case .orchestration(let row) = change.after { mix(UInt64(bitPattern: row.version)) }
    case .blobChanged(let key, _, _): mix(key)
    case .queueChanged: mix(1)
    case .published(let event): mix(event.id)
    case .deadLettered(_, let reason): mix(reason)
    case .modelCalled(let call): mix(UInt64(bitPattern: call.costMicroUSD))
    case .noted(_, let message, _, _): mix(message)
    case .faultHappened(let fault, _): mix(fault.rawValue)
    case .acted(let what, _): mix(what)
    case .quietened: mix(2)
    }
  }

  private func mix(_ number: UInt64) { fingerprint = (fingerprint ^ number) &* 0x100_0000_01B3 }
  private func mix(_ text: String) { for byte in text.utf8 { mix(UInt64(byte)) } }

  // MARK: The world as its checkers see it

  var nowMilliseconds: Int64 { timeline.nowMilliseconds }
  var orchestrations: [OrchestrationRecord] { orchestrationRows.values.sorted { $0.id < $1.id } }
  func orchestration(_ id: String) -> OrchestrationRecord? { orchestrationRows[id] }
  func round(_ requestID: String) -> RoundRecord? { rounds[requestID] }
  var workerStateItems: [[String: AttributeValue]] { services.tables.items(of: DeploymentNames.workerState) }
  var blobKeys: [String] { services.buckets.objects(in: DeploymentNames.bucket).map(\.key) }
  func blob(_ key: String) -> [UInt8]? { services.buckets.get(key, from: DeploymentNames.bucket) }
  func messageCount(_ queueURL: String) -> Int { services.queues.messages(in: queueURL).count }
  /// One sweep, what its delivery may take, and what clocks may differ.
  var patienceMilliseconds: Int64 { sweepMilliseconds + clockToleranceMilliseconds }
  /// Five seconds either way.
  var clockToleranceMilliseconds: Int64 { 10_000 }
}
