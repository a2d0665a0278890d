import AWSClient
import JSON
import Orchestration
import SimulatedAWS

@testable import Simulation

/// A world that a test plays by hand: each step changes what there is, and is checked as it happens.
final class Stage: WorldView {
  static let id = "run-1"
  static let begin: Int64 = 1_800_000_000_000

  private let invariant: any Invariant
  private(set) var breaches: [Breach] = []
  private(set) var facts: [World.TimedFact] = []
  private let bus = SimulatedBus(busNames: ["arbiter-events", "callers"])
  private let queues = SimulatedQueues([
    QueueDefinition(url: Stage.workerQueue), QueueDefinition(url: Stage.agentQueue), QueueDefinition(url: Stage.callbackQueue),
  ])
  static let workerQueue = DeploymentNames.workerQueue
  static let agentQueue = DeploymentNames.queueURL("adder")
  static let callbackQueue = DeploymentNames.callbackQueue

  var nowMilliseconds = Stage.begin
  var isQuiet = false
  var scenario = Scenario(agents: [], runs: [], actions: [])
  var patienceMilliseconds: Int64 = 76_000
  var clockToleranceMilliseconds: Int64 = 16_000
  private var records: [String: OrchestrationRecord] = [:]
  private var rounds: [String: RoundRecord] = [:]
  private var claimItems: [String: [String: AttributeValue]] = [:]
  private var objects: [String: [UInt8]] = [:]

  init(_ invariant: any Invariant) {
    self.invariant = invariant
    bus.onEvent = { [unowned self] in tell(.published($0)) }
    queues.onChange = { [unowned self] change, _ in tell(.queueChanged(change)) }
  }

  // MARK: What the checkers see

  var orchestrations: [OrchestrationRecord] { records.values.sorted { $0.id < $1.id } }
  func orchestration(_ id: String) -> OrchestrationRecord? { records[id] }
  func round(_ requestID: String) -> RoundRecord? { rounds[requestID] }
  var workerStateItems: [[String: AttributeValue]] { claimItems.sorted { $0.key < $1.key }.map(\.value) }
  var blobKeys: [String] { objects.keys.sorted() }
  func blob(_ key: String) -> [UInt8]? { objects[key] }
  func messageCount(_ queueURL: String) -> Int { queues.messages(in: queueURL).count }

  // MARK: Steps

  func tell(_ fact: Fact) {
    facts.append(World.TimedFact(atMilliseconds: nowMilliseconds, fact: fact))
    if let breach = invariant.check(fact, in: self) { breaches.append(breach) }
  }

  /// A request to a service is done.
  func done(_ invocation: InvocationFacts? = nil) {
    tell(.called(service: "dynamodb", operation: "TransactWriteItems", status: 200, invocation))
  }

  func end() { breaches += invariant.checkEnd(in: self) }

  func write(_ record: OrchestrationRecord, by invocation: InvocationFacts? = nil) {
    let before = records.updateValue(record, forKey: record.id)
    tell(
      .rowChanged(
        RowChange(
          table: DeploymentNames.orchestrations, key: record.id, before: before.map(RowChange.Row.orchestration),
          after: .orchestration(record), invocation: invocation)))
  }

  /// Changes the run's row, as a write of the engine does.
  func change(_ id: String = Stage.id, _ edit: (inout OrchestrationRecord) -> Void) {
    guard var record = records[id] else { return }
    record.version += 1
    edit(&record)
    write(record)
  }

  func write(_ round: RoundRecord) {
    let before = rounds.updateValue(round, forKey: round.requestID)
    tell(
      .rowChanged(
        RowChange(
          table: DeploymentNames.workerState, key: round.requestID, before: before.map(RowChange.Row.round), after: .round(round),
          invocation: nil)))
  }

  func change(round requestID: String, _ edit: (inout RoundRecord) -> Void) {
    guard var round = rounds[requestID] else { return }
    edit(&round)
    round.pendingCount = round.tasks.count { $0.isPending }
    write(round)
  }

  /// Changes one task; nothing when it is not there, as in a round that a test has doctored.
  func change(task toolUseID: String, _ edit: (inout TaskEntry) -> Void) {
    change(round: StagedRun.round) { round in
      guard let index = round.tasks.firstIndex(where: { $0.toolUseID == toolUseID }) else { return }
      edit(&round.tasks[index])
    }
  }

  func remove(round requestID: String) {
    guard let before = rounds.removeValue(forKey: requestID) else { return }
    tell(
      .rowChanged(
        RowChange(table: DeploymentNames.workerState, key: requestID, before: .round(before), after: nil, invocation: nil)))
  }

  func remove(_ id: String) {
    guard let before = records.removeValue(forKey: id) else { return }
    tell(
      .rowChanged(RowChange(table: DeploymentNames.orchestrations, key: id, before: .orchestration(before), after: nil, invocation: nil)))
  }

  func put(_ key: String, _ bytes: [UInt8], by invocation: InvocationFacts? = nil) {
    objects[key] = bytes
    tell(.blobChanged(key: key, byteCount: bytes.count, invocation))
  }

  func delete(_ key: String) {
    objects[key] = nil
    tell(.blobChanged(key: key, byteCount: nil, nil))
  }

  func claim(
    _ task: String, owner: String, until: Int64, answer: String? = nil, by invocation: InvocationFacts? = nil
  ) {
    let key = "claim#\(task)"
    var item: [String: AttributeValue] = [
      "requestId": .string(key), "orchestration_id": .string(Stage.id), "claim_owner": .string(owner), "claimed_until": .number(until),
      "claim_state": .string(answer == nil ? "running" : "finished"),
    ]
    if let answer { item["answer"] = .string(answer) }
    let before = claimItems.updateValue(item, forKey: key)
    tell(
      .rowChanged(
        RowChange(
          table: DeploymentNames.workerState, key: key, before: before.map(RowChange.Row.other), after: .other(item),
          invocation: invocation)))
  }

  func publish(_ source: String, _ detailType: String, _ detail: JSONValue, bus name: String = "arbiter-events") {
    bus.publish(
      PutEventsEntry(source: source, detailType: detailType, detail: detail.text, eventBusName: name), nowMilliseconds: nowMilliseconds)
  }

  func complete(_ completion: TaskCompletion) {
    publish(TaskCompletion.source, TaskCompletion.source, (try? JSONValue(parsing: completion.json)) ?? .null)
  }

  func send(_ body: JSONValue, to url: String) { queues.send(body.text, to: url, nowMilliseconds: nowMilliseconds) }
  /// A consumer takes what is there and is done with it.
  func takeAll(from url: String) {
    for message in queues.receive(url, most: 10, nowMilliseconds: nowMilliseconds) {
      queues.delete(message.receipt, nowMilliseconds: nowMilliseconds)
    }
  }

  /// The invocation that handles the event that was published last.
  func handled(by invocation: InvocationFacts) -> InvocationFacts {
    var invocation = invocation
    for fact in facts { if case .published(let event) = fact.fact { invocation.eventID = event.id } }
    return invocation
  }

  func purge(_ url: String) { queues.purge(url, nowMilliseconds: nowMilliseconds) }

  func callModel(
    _ messages: [Message], costMicroUSD: Int64 = 100, toolUseID: String? = nil, system: String? = nil, stopReason: StopReason = .endTurn,
    fails: Bool = false, by invocation: InvocationFacts? = nil
  ) {
    let response = ConverseResponse(
      message: .assistant(.text("yes")), stopReason: stopReason, usage: TokenUsage(inputTokens: 10, outputTokens: 10))
    let request = ConverseRequest(
      messages: messages, system: system.map { [.text($0)] } ?? [],
      toolConfiguration: ToolConfiguration(tools: [ToolSpecification(name: "adder", description: "Adds.", inputSchema: ["type": "object"])])
    )
    tell(
      .modelCalled(
        ModelCallFacts(
          modelID: "m", request: request, response: fails ? nil : response, errorCode: fails ? "ThrottlingException" : nil,
          costMicroUSD: costMicroUSD, orchestrationID: Stage.id, toolUseID: toolUseID, invocation: invocation)))
  }

  /// What a function does in an invocation.
  func during(_ invocation: InvocationFacts, _ body: () -> Void) {
    let process = FunctionProcess(
      number: invocation.process, function: FunctionProcess.Function(rawValue: invocation.function) ?? .supervisor, version: 1,
      clockOffsetMilliseconds: 0)
    Invocation.$current.withValue(Invocation(facts: invocation, process: process), operation: body)
  }

  static func invocation(_ number: Int, _ function: String, deadline: Int64 = Stage.begin + 150_000) -> InvocationFacts {
    InvocationFacts(number: number, function: function, process: number, attempt: 1, cause: "test", deadlineMilliseconds: deadline)
  }
}
