import AWSClient
import AgentKit
import JSON
import Orchestration
import SimulatedAWS

/// One world: the whole product in one process, under a scheduler that does what queues, buses, tables, clocks and machines do at their worst.
///
/// A seed gives the same world on any machine, fact for fact. A world is run once, by one thread.
// Unchecked: a world has one thread.
public final class World: @unchecked Sendable {
  public struct Options: Sendable {
    public var faults = FaultSettings.standard
    /// nil for the scenario that follows from the seed.
    public var scenario: Scenario?
    /// Numbers of faults that do not happen.
    public var suppressedFaults: Set<Int> = []
    /// The one point at which a process dies, whatever the rate of crashes; 1 for the first of `Result.crashPoints`.
    public var crashPoint: Int?
    /// Keeps what happened, to tell it.
    public var keepsFacts = false
    public var implementation = Implementation.product
    public var invariants: @Sendable () -> [any Invariant] = { StandardInvariants.make() }

    public init() {}
  }

  public struct Result: Sendable {
    public let seed: UInt64
    /// The first promise that was broken; nil when all were kept.
    public let violation: Violation?
    /// What happened, when the options ask for it.
    public let facts: [TimedFact]
    /// Follows from everything that happened: two runs of a seed have the same.
    public let fingerprint: UInt64
    public let faults: [Fault: Int]
    public let factCount: Int
    /// Points at which a process could have died.
    public let crashPoints: Int
    public let modelCalls: Int
    /// From the world's begin to the last thing that happened in it.
    public let elapsedMilliseconds: Int64
    public let scenario: Scenario
  }

  public struct TimedFact: Sendable {
    public let atMilliseconds: Int64
    public let fact: Fact
  }

  /// When every world begins, in milliseconds since the Unix epoch.
  public static var begin: Int64 { Timeline.begin }
  /// How long things go wrong, in milliseconds: until what ended runs leave behind has been removed, in most worlds.
  static let turbulentMilliseconds: Int64 = 7_200_000
  /// How long a world may take to come to rest, in milliseconds.
  static let longestMilliseconds: Int64 = 48 * 3_600_000
  /// How far apart the schedule's ticks may be, in minutes: infra/config/base.yaml has one.
  private static let sweepMinutes: [Int64] = [1, 1, 2, 3, 5]

  let seed: UInt64
  public let scenario: Scenario
  let timeline: Timeline
  let faults: FaultSource
  let services: WorldServices
  let fleet: FunctionFleet
  let record: WorldRecord
  private let consumers: AgentConsumers
  private var chance: RandomStream
  private var plannedSweepAt: Int64 = .max
  private let sweepMilliseconds: Int64
  private var deadLetters: [PublishedEvent] = []
  private var isOver = false

  /// - Throws: `AWSError` when the registry does not take an agent of the scenario.
  public init(seed: UInt64, options: Options = Options()) throws {
    self.seed = seed
    let scenario = options.scenario ?? .generated(seed: seed)
    self.scenario = scenario
    chance = RandomStream(seed: seed, purpose: "world")
    sweepMilliseconds = (chance.element(of: Self.sweepMinutes) ?? 1) * 60_000
    let executor = WorldExecutor()
    timeline = Timeline(executor: executor, order: RandomStream(seed: seed, purpose: "order"))
    faults = FaultSource(seed: seed, settings: options.faults, suppressed: options.suppressedFaults, crashPoint: options.crashPoint)
    faults.now = { [unowned timeline] in timeline.nowMilliseconds }
    let minds = Minds(scenario: scenario, faults: faults, seed: seed)
    services = try WorldServices(scenario: scenario, faults: faults, minds: minds)
    consumers = AgentConsumers(scenario: scenario, faults: faults, seed: seed)
    let modules = CodeModules(scenario: scenario, faults: faults, seed: seed)
    record = WorldRecord(
      timeline: timeline, services: services, scenario: scenario, invariants: options.invariants(), keepsFacts: options.keepsFacts,
      sweepMilliseconds: sweepMilliseconds)
    let record = record
    let services = services
    let transport = WorldTransport(
      timeline: timeline, cloud: services.cloud, faults: faults, latency: RandomStream(seed: seed, purpose: "latency"),
      tell: record.tell, serviceTime: { services.takeThinkingTime() + services.tables.takeAnswerDelay() })
    fleet = FunctionFleet(
      timeline: timeline, executor: executor, faults: faults, seed: seed, implementation: options.implementation, transport: transport,
      queues: services.queues, modules: modules, settings: scenario.settings, tell: record.tell)
    // Where nothing ever goes wrong, nobody has to wait for what was promised.
    record.isQuiet = options.faults.rates(ofWorld: seed).isEmpty && options.crashPoint == nil
    listen()
    modules.onQuarantine = { [unowned self] agent in quarantine(agent) }
  }

  // MARK: Running

  /// Lets everything happen, to its end or until a promise is broken.
  public func run() -> Result {
    plan()
    let end = Timeline.begin + Self.longestMilliseconds
    while record.violation == nil, timeline.step(until: end) {}
    if record.violation == nil {
      if timeline.isIdle {
        record.checkEnd()
      } else {
        record.fail("a world comes to rest", Breach("there is still something to do after two days"))
      }
    }
    let elapsed = timeline.nowMilliseconds - Timeline.begin
    windDown()
    return Result(
      seed: seed, violation: record.violation, facts: record.facts, fingerprint: record.fingerprint, faults: record.faultCounts,
      factCount: record.count, crashPoints: faults.crashPoints, modelCalls: record.modelCalls, elapsedMilliseconds: elapsed,
      scenario: scenario)
  }

  /// Ends what still runs, so that no task waits for ever.
  private func windDown() {
    isOver = true
    fleet.stop()
    while timeline.step(until: .max) {}
  }

  private func plan() {
    for run in scenario.runs {
      for copy in 0..<max(1, run.copies) {
        let delay: Int64 = copy == 0 ? 0 : chance.number(in: 0...60_000)
        timeline.at(Timeline.begin + run.atMilliseconds + delay) { self.ask(for: run, isFirst: copy == 0) }
      }
    }
    for action in scenario.actions { timeline.at(Timeline.begin + action.atMilliseconds) { self.perform(action) } }
    // Sweeps that find nothing are part of life; most of them are left out, since nothing follows from them.
    planSweep(at: Timeline.begin + chance.number(in: 0...600_000))
    timeline.at(Timeline.begin + Self.turbulentMilliseconds) { self.quieten() }
  }

  private func ask(for run: PlannedRun, isFirst: Bool) {
    guard !isOver else { return }
    let request = run.request
    if isFirst { record.tell(.requested(id: run.id, request)) }
    services.publish(source: TaskRequest.source, detail: request.json, nowMilliseconds: timeline.nowMilliseconds)
  }

  /// From now on every service does what it should, and an operator sends again what has ended in the dead-letter queue.
  private func quieten() {
    guard !isOver else { return }
    faults.isQuiet = true
    record.quieten()
    let letters = deadLetters
    deadLetters = []
    for event in letters { sendAgain(event) }
  }

  private func sendAgain(_ event: PublishedEvent) {
    record.tell(.acted("sends the dead letter \(event.source) again", orchestrationID: nil))
    fleet.deliver(event.envelope, traceHeader: event.traceHeader, cause: event.source, event: event)
  }

  // MARK: What services do of themselves

  private func listen() {
    services.listen(
      table: { [unowned self] change in
        record.noteChange(change)
        if change.table == DeploymentNames.orchestrations { planSweepForWhatIsDue() }
      },
      queue: { [unowned self] change in
        record.tell(.queueChanged(change))
        if case .sent(let message) = change { messageArrived(in: message.queueURL) }
      },
      event: { [unowned self] event in
        record.tell(.published(event))
        guard !event.rules.isEmpty else { return }
        fleet.deliver(event.envelope, traceHeader: event.traceHeader, cause: event.source, event: event)
      },
      blob: { [unowned self] key, byteCount in record.tell(.blobChanged(key: key, byteCount: byteCount, Invocation.current?.facts)) },
      modelCall: { [unowned self] call in record.tell(.modelCalled(call)) })
    faults.onFault = { [unowned self] fault, number in record.tell(.faultHappened(fault, number: number)) }
    fleet.onDeadLetter = { [unowned self] event in
      guard let event else { return }
      if faults.isQuiet { timeline.after(1_000) { self.sendAgain(event) } } else { deadLetters.append(event) }
    }
  }

  private func messageArrived(in url: String) {
    if url == DeploymentNames.workerQueue { return fleet.watchWorkerQueue() }
    guard let agent = scenario.agents.first(where: { $0.kind == .queue && $0.queueURL == url }) else { return }
    timeline.after(chance.number(in: 1...500)) { self.consume(agent, url) }
  }

  /// An agent of kind `queue` takes what its queue has.
  private func consume(_ agent: PlannedAgent, _ url: String) {
    guard !isOver else { return }
    for message in services.queues.receive(url, most: 10, nowMilliseconds: timeline.nowMilliseconds) {
      let consumption = consumers.consume(Array(message.message.body.utf8), nowMilliseconds: timeline.nowMilliseconds)
      if let registration = consumption.registration {
        timeline.after(registration.afterMilliseconds) { self.register(madeBy: registration.maker) }
      }
      for planned in consumption.answers {
        timeline.after(planned.afterMilliseconds) {
          guard !self.isOver else { return }
          if let maker = planned.answer.maker { self.register(madeBy: maker) }
          let now = self.timeline.nowMilliseconds
          for blob in planned.answer.blobs { self.services.putBlob(blob.key, blob.bytes, nowMilliseconds: now) }
          self.services.publish(source: TaskCompletion.source, detail: planned.answer.detail, nowMilliseconds: now)
        }
      }
      if consumption.deletesMessage { services.queues.delete(message.receipt, nowMilliseconds: timeline.nowMilliseconds) }
    }
    // A message that is still hidden is looked for when it can be seen.
    if let next = services.queues.nextVisibleAt(url) { timeline.at(max(next, timeline.nowMilliseconds + 1)) { self.consume(agent, url) } }
  }

  private func register(madeBy maker: String) {
    guard !isOver else { return }
    for agent in services.register(madeBy: maker, nowMilliseconds: timeline.nowMilliseconds) {
      record.tell(.acted("registers \(agent), which \(maker) has made", orchestrationID: nil))
    }
  }

  private func quarantine(_ agent: String) {
    guard !isOver else { return }
    record.tell(.acted("quarantines \(agent)", orchestrationID: nil))
    services.quarantine(agent, nowMilliseconds: timeline.nowMilliseconds)
  }

  // MARK: The schedule

  /// The schedule ticks once in some minutes. Ticks at which no row is due are left out: a sweep would find nothing.
  private func planSweepForWhatIsDue() {
    guard let dueAt = record.earliestWake else { return }
    planSweep(at: max(dueAt, timeline.nowMilliseconds + 1))
  }

  private func planSweep(at milliseconds: Int64) {
    let tick = (milliseconds + sweepMilliseconds - 1) / sweepMilliseconds * sweepMilliseconds
    guard tick < plannedSweepAt else { return }
    plannedSweepAt = tick
    timeline.at(tick) { self.sweep(tick) }
  }

  private func sweep(_ tick: Int64) {
    guard !isOver, tick == plannedSweepAt else { return }
    plannedSweepAt = .max
    fleet.deliver(
      services.bus.scheduledEvent(rule: "arbiter-sweep", nowMilliseconds: tick), traceHeader: nil, cause: "sweep", event: nil)
    // What is still due at the next tick is due again.
    if record.earliestWake != nil { planSweepForWhatIsDue() }
  }

  // MARK: People

  private func perform(_ action: PlannedAction) {
    guard !isOver else { return }
    let now = timeline.nowMilliseconds
    switch action.kind {
    case .cancel(let run):
      guard faults.occurs(Fault.cancellation) else { return }
      record.tell(.acted("cancels", orchestrationID: run))
      services.publish(source: SupervisorEvent.cancelSource, detail: Self.cancelDetail(run), nowMilliseconds: now)
    case .deactivate(let agent), .activate(let agent), .delete(let agent), .edit(let agent):
      guard faults.occurs(Fault.editedAgent) else { return }
      record.tell(.acted("\(action.kind)", orchestrationID: nil))
      services.edit(agent, action.kind, nowMilliseconds: now)
    case .deploy(let settings):
      guard faults.occurs(Fault.redeployment) else { return }
      record.tell(
        .acted(
          "deploys \(settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " "))", orchestrationID: nil))
      fleet.deploy(settings)
    case .poison(let poison, let run):
      guard faults.occurs(Fault.poison) else { return }
      record.tell(.acted("sends poison: \(poison.rawValue)", orchestrationID: nil))
      switch poison.delivery(run: run, in: scenario) {
      case .invocation(let bytes): fleet.deliver(bytes, traceHeader: nil, cause: "poison", event: nil)
      case .event(let source, _, let detail): services.publish(source: source, detail: detail, nowMilliseconds: now)
      case .message(let queueURL, let body): services.send(body, to: queueURL, nowMilliseconds: now)
      }
    }
  }

  private static func cancelDetail(_ run: String) -> [UInt8] {
    JSONValue.object(["orchestrationId": .string(run), "reason": "no longer wanted"]).bytes
  }
}
