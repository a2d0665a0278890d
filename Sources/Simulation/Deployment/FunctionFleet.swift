import AWSClient
import AgentKit
import JSON
import SimulatedAWS

/// Lambda as the functions know it: processes that start, are kept warm, and die; asynchronous invocations that are repeated; and mappings
/// from queues.
// Unchecked: a world has one thread.
final class FunctionFleet: @unchecked Sendable {
  /// What an event has been through on its way to the function.
  struct Delivery {
    let bytes: [UInt8]
    let traceHeader: String?
    let cause: String
    /// nil for the schedule's tick.
    let event: PublishedEvent?
    let acceptedAtMilliseconds: Int64
    var attempt = 1
    /// How often there was no process to be had for it.
    var throttles = 0
  }

  /// As infra/config/base.yaml has them: two retries, for two hours at most (docs/decisions/0004).
  static let attempts = 3
  static let maximumAgeMilliseconds: Int64 = 7_200_000
  static let supervisorTimeoutMilliseconds: Int64 = 120_000
  static let workerTimeoutMilliseconds: Int64 = 150_000
  /// Lambda waits one minute before the second attempt, and two before the third.
  /// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
  static let retryMilliseconds: [Int64] = [60_000, 120_000]
  /// The longest that Lambda waits after it has found no process to be had; it begins with a second.
  static let longestThrottleMilliseconds: Int64 = 300_000
  /// How long after a deployment processes of the version before may still be given events.
  static let changeoverMilliseconds: ClosedRange<Int64> = 1...60_000

  private let timeline: Timeline
  private let executor: WorldExecutor
  private let faults: FaultSource
  private let seed: UInt64
  private var chance: RandomStream
  private let implementation: Implementation
  private let transport: WorldTransport
  private let queues: SimulatedQueues
  private let modules: CodeModules
  private let tell: (Fact) -> Void
  /// Told of each event that has been tried often enough; nil for the schedule's tick.
  var onDeadLetter: (PublishedEvent?) -> Void = { _ in }
  private var isStopped = false
  private var processes: [FunctionProcess] = []
  private var processCount = 0
  private var invocationCount = 0
  private(set) var version = 1
  private var oldVersionsServeUntil: Int64 = 0
  private var settings: [String: String]
  /// Times at which queues are looked at already, so that one look suffices for each.
  private var plannedPolls: [String: Int64] = [:]

  init(
    timeline: Timeline, executor: WorldExecutor, faults: FaultSource, seed: UInt64, implementation: Implementation,
    transport: WorldTransport, queues: SimulatedQueues, modules: CodeModules, settings: [String: String], tell: @escaping (Fact) -> Void
  ) {
    self.modules = modules
    self.timeline = timeline
    self.executor = executor
    self.faults = faults
    self.seed = seed
    chance = RandomStream(seed: seed, purpose: "fleet")
    self.implementation = implementation
    self.transport = transport
    self.queues = queues
    self.settings = settings
    self.tell = tell
  }

  /// New code and settings: what runs goes on as it is, and gets no further invocation, at once or after a while in which both versions serve.
  func deploy(_ settings: [String: String]) {
    version += 1
    self.settings.merge(settings) { $1 }
    if chance.occurs(0.3) { oldVersionsServeUntil = timeline.nowMilliseconds + chance.number(in: Self.changeoverMilliseconds) }
    processes.removeAll { !$0.isBusy && !serves($0) }
  }

  private func serves(_ process: FunctionProcess) -> Bool {
    !process.isDead && (process.version == version || timeline.nowMilliseconds < oldVersionsServeUntil)
  }

  /// Nothing is started any more, and all that runs is lost.
  func stop() {
    isStopped = true
    for process in processes { process.isDead = true }
  }

  // MARK: Asynchronous invocations

  /// An event for the Supervisor, on its way through EventBridge and Lambda's own queue.
  func deliver(_ bytes: [UInt8], traceHeader: String?, cause: String, event: PublishedEvent?) {
    let delivery = Delivery(
      bytes: bytes, traceHeader: traceHeader, cause: cause, event: event, acceptedAtMilliseconds: timeline.nowMilliseconds)
    send(delivery)
    if faults.occurs(Fault.duplicateDelivery) { send(delivery) }
  }

  private func send(_ delivery: Delivery) {
    let isLate = faults.occurs(Fault.lateDelivery)
    // Late is minutes, and now and then longer than anybody waits.
    let milliseconds = isLate ? faults.number(in: 1_000...(chance.occurs(0.2) ? 8_000_000 : 600_000)) : chance.number(in: 5...250)
    timeline.after(milliseconds) { self.arrive(delivery) }
  }

  private func arrive(_ delivery: Delivery) {
    guard !isStopped else { return }
    guard timeline.nowMilliseconds - delivery.acceptedAtMilliseconds <= Self.maximumAgeMilliseconds else {
      return bury(delivery, "it is older than two hours")
    }
    if faults.occurs(Fault.lostDelivery) { return chance.occurs(0.5) ? throttle(delivery) : again(delivery, "the delivery failed") }
    invoke(
      .supervisor, delivery.bytes, delivery.traceHeader, cause: delivery.cause, attempt: delivery.attempt, eventID: delivery.event?.id
    ) { end in
      switch end {
      case .returned: return
      case .failed(let reason): self.again(delivery, reason)
      case .crashed: self.again(delivery, "its process died")
      case .timedOut: self.again(delivery, "it took too long")
      }
    }
  }

  /// There is no process to be had: the event goes back to Lambda's own queue, which costs it no attempt, until it is too old.
  private func throttle(_ delivery: Delivery) {
    var next = delivery
    next.throttles += 1
    let longest = min(Self.longestThrottleMilliseconds, 1_000 << min(Int64(delivery.throttles), 10))
    timeline.after(longest / 2 + chance.number(in: 0...longest / 2)) { self.arrive(next) }
  }

  private func again(_ delivery: Delivery, _ reason: String) {
    guard !isStopped else { return }
    guard delivery.attempt < Self.attempts else { return bury(delivery, reason) }
    var next = delivery
    next.attempt += 1
    timeline.after(Self.retryMilliseconds[delivery.attempt - 1] + chance.number(in: 0...5_000)) { self.arrive(next) }
  }

  private func bury(_ delivery: Delivery, _ reason: String) {
    guard !isStopped else { return }
    tell(.deadLettered(delivery.event, reason: reason))
    onDeadLetter(delivery.event)
  }

  // MARK: Queues

  /// Looks at the workers' queue as soon as it has something.
  func watchWorkerQueue() {
    guard let visibleAt = queues.nextVisibleAt(DeploymentNames.workerQueue) else { return }
    let time = max(visibleAt, timeline.nowMilliseconds) + chance.number(in: 1...300)
    if let planned = plannedPolls[DeploymentNames.workerQueue], planned <= time, planned > timeline.nowMilliseconds { return }
    plannedPolls[DeploymentNames.workerQueue] = time
    timeline.at(time) { self.pollWorkerQueue(plannedAt: time) }
  }

  private func pollWorkerQueue(plannedAt time: Int64) {
    guard !isStopped else { return }
    if plannedPolls[DeploymentNames.workerQueue] == time { plannedPolls[DeploymentNames.workerQueue] = nil }
    for message in queues.receive(DeploymentNames.workerQueue, most: 10, nowMilliseconds: timeline.nowMilliseconds) {
      // No process is to be had: the message has been received once more, and comes again when it is visible.
      if faults.occurs(Fault.lostDelivery) { continue }
      let cause = "task of \((try? JSONValue(parsing: message.message.body))?["orchestration_id"]?.stringValue ?? "nobody")"
      invoke(.worker, Array(message.message.body.utf8), message.message.traceHeader, cause: cause, attempt: message.message.receives) {
        end in
        if case .returned = end { self.queues.delete(message.receipt, nowMilliseconds: self.timeline.nowMilliseconds) }
        // What has failed comes again when its visibility timeout is over.
        self.watchWorkerQueue()
      }
    }
    watchWorkerQueue()
  }

  // MARK: Processes

  private func invoke(
    _ function: FunctionProcess.Function, _ bytes: [UInt8], _ traceHeader: String?, cause: String, attempt: Int,
    eventID: String? = nil, whenEnded: @escaping (InvocationEnd) -> Void
  ) {
    let process: FunctionProcess
    do { process = try idleProcess(function) } catch { return whenEnded(.failed("the process does not start: \(error)")) }
    process.isBusy = true
    invocationCount += 1
    let timeout = function == .supervisor ? Self.supervisorTimeoutMilliseconds : Self.workerTimeoutMilliseconds
    let deadline = timeline.nowMilliseconds + timeout
    let invocation = Invocation(
      facts: InvocationFacts(
        number: invocationCount, function: function.rawValue, process: process.number, attempt: attempt, cause: cause,
        deadlineMilliseconds: deadline, eventID: eventID), process: process)
    tell(.began(invocation.facts))
    var isOver = false
    let finish: (InvocationEnd) -> Void = { end in
      guard !isOver else { return }
      isOver = true
      process.isBusy = false
      if !self.serves(process) { self.processes.removeAll { $0 === process } }
      self.tell(.ended(invocation.facts, end))
      whenEnded(end)
    }
    if faults.occurs(Fault.clockStep) {
      let step = faults.number(in: -3_000...3_000)
      timeline.after(faults.number(in: 1...60_000)) { process.clockOffset.milliseconds += step }
    }
    timeline.at(deadline) {
      guard !isOver else { return }
      invocation.lose()
      finish(.timedOut)
    }
    let handler = process.handler
    let box = Unchecked(finish)
    Task(executorPreference: executor) {
      let end: InvocationEnd
      do {
        let answer = try await Invocation.$current.withValue(invocation) {
          try await RequestContext.$deadlineMilliseconds.withValue(deadline) {
            try await handler?(bytes, traceHeader, deadline) ?? .null
          }
        }
        // A process may die when all is done, and before anybody hears of it.
        if self.faults.occurs(Fault.crash) { invocation.lose() }
        end = invocation.isLost ? .crashed : .returned(answer.text)
      } catch {
        end = invocation.isLost ? .crashed : .failed("\(error)")
      }
      box.value(end)
    }
  }

  private func idleProcess(_ function: FunctionProcess.Function) throws -> FunctionProcess {
    let idle = processes.filter { $0.function == function && !$0.isBusy && serves($0) }
    // Now and then Lambda starts another one although there is one.
    if !idle.isEmpty, !chance.occurs(0.1), let process = chance.element(of: idle) { return process }
    processCount += 1
    let offset = faults.occurs(Fault.clockSkew) ? faults.number(in: -5_000...5_000) : 0
    let process = FunctionProcess(number: processCount, function: function, version: version, clockOffsetMilliseconds: offset)
    let clock = ProcessClock(
      timeline: timeline, process: process, faults: faults, chance: RandomStream(seed: seed, purpose: "chance of process \(processCount)"))
    let environment = DeploymentNames.environment(settings)
    let resources = Implementation.Resources(
      environment: environment,
      client: AWSClient(configuration: try .fromEnvironment(environment), transport: transport, clock: clock), clock: clock,
      ids: ProcessIDs(process: processCount, chance: RandomStream(seed: seed, purpose: "ids of process \(processCount)")),
      observer: ProcessObserver(tell), code: ProcessCodeAgents(modules: modules, clock: clock))
    process.handler = try function == .supervisor ? implementation.supervisor(resources) : implementation.worker(resources)
    processes.append(process)
    return process
  }
}

/// Carries what only a world's one thread touches into a task that runs on it.
private struct Unchecked<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
