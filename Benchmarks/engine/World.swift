import AWSClient
import AgentKit
import Glibc
import JSON
import Orchestration
import Synchronization

/// A Supervisor on in-memory stores, whose model asks for the same number of tasks in each round and whose agents answer at once.
struct World {
  static let answer = "That is all."

  /// What one orchestration came to.
  struct Run {
    /// Processor time of each round: from the answer to the first of its tasks to the last message of the next round, or to the outcome.
    var nanoseconds: [Int64] = []
    var answer: String?
    var messagesOfLastRequest = 0
    var conversationBytes = 0
  }

  private let supervisor: Supervisor
  private let store = InMemoryOrchestrationStore()
  private let queue = Queue()
  private let model: AskingModel
  private let rounds: Int

  init(agents: Int, tasks: Int, rounds: Int) {
    self.rounds = rounds
    model = AskingModel(agents: agents, tasks: tasks, rounds: rounds)
    var configuration = SupervisorConfiguration(workerQueueURL: "https://sqs.us-east-1.amazonaws.com/111122223333/worker")
    configuration.limits.rounds = rounds
    configuration.modelID = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    let clock = FixedClock()
    supervisor = Supervisor(
      configuration: configuration,
      effects: Supervisor.Effects(
        store: store, queue: queue, bus: SilentBus(), blobs: InMemoryBlobStore(), model: model,
        registry: CachedAgentRegistry(source: Rows(count: agents), clock: clock, observer: SilentObserver()), clock: clock,
        ids: CountingIDs(), prices: .builtIn, observer: SilentObserver()))
  }

  /// Processor time of making the directory out of the registry's rows, which a process does once in a while.
  static func directoryNanoseconds(agents: Int) async throws -> Int64 {
    let rows = try await Rows(count: agents).rows(consistently: false)
    let begin = processorNanoseconds()
    let directory = AgentDirectory(rows: rows)
    return directory.entries.count == agents ? processorNanoseconds() - begin : .max
  }

  /// Does one orchestration from its request to its outcome, off the main actor, as a function does.
  @concurrent func run(_ id: String) async throws -> Run {
    var run = Run()
    model.begin()
    try await supervisor.accept(
      TaskRequest(task: "Find out what we sell and to whom.", orchestrationID: id, budgetMicroUSD: 100_000_000), eventID: id,
      traceHeader: "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")
    for round in 1...rounds {
      let asked = queue.take()
      let completions = try asked.map { message in
        let task = try TaskMessage(body: message.body)
        return TaskCompletion(
          orchestrationID: id, toolUseID: task.toolUseID, node: task.node, requestID: task.requestID,
          data: ["rows": .number(round), "summary": .string(String(repeating: "North sold more than south. ", count: 8))],
          usage: TaskCompletion.Usage(inputTokens: 900, outputTokens: 120, costMicroUSD: 100))
      }
      let begin = processorNanoseconds()
      for completion in completions { try await supervisor.complete(completion) }
      run.nanoseconds.append(processorNanoseconds() - begin)
    }
    if let record = try await store.load(id) {
      run.answer = record.outcome?.message
      run.conversationBytes = record.conversation.reduce(0) { $0 + $1.byteCount }
    }
    run.messagesOfLastRequest = model.messagesOfLastRequest
    return run
  }
}

/// The whole process's: whichever thread the work is done by.
private func processorNanoseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Asks for tasks of agents spread over the registry, round after round, and then answers.
private final class AskingModel: Model {
  private let replies: [ConverseResponse]
  private let state = Mutex((next: 0, messages: 0))

  init(agents: Int, tasks: Int, rounds: Int) {
    let usage = TokenUsage(inputTokens: 1_500, outputTokens: 200)
    var replies = (0..<rounds).map { round in
      let uses = (0..<tasks).map { task in
        ContentBlock.toolUse(
          id: "tooluse_\(round)_\(task)", name: Rows.name((round * tasks + task) * 7 % agents),
          input: ["question": "How much was sold, by region?", "year": .number(2_000 + round)])
      }
      return ConverseResponse(
        message: Message(role: .assistant, content: [.text("I ask the agents who know.")] + uses), stopReason: .toolUse, usage: usage)
    }
    replies.append(ConverseResponse(message: .assistant(.text(World.answer)), stopReason: .endTurn, usage: usage))
    self.replies = replies
  }

  func begin() { state.withLock { $0 = (0, 0) } }
  var messagesOfLastRequest: Int { state.withLock { $0.messages } }

  func converse(modelID: String, _ request: ConverseRequest) async throws -> ConverseResponse {
    let next = state.withLock { state in
      state.next += 1
      state.messages = request.messages.count
      return state.next - 1
    }
    return replies[next]
  }
}

/// Rows of agents that have queues of their own, with schemas of the usual size.
private struct Rows: AgentRowSource {
  let count: Int

  static func name(_ number: Int) -> String { "sales-analyst-\(number)" }

  func rows(consistently: Bool) async throws -> [JSONValue] {
    (0..<count).map { number in
      [
        "agentId": .string("agent-\(number)"), "state": "active", "categories": ["demo"],
        "config": [
          "name": .string(Self.name(number)), "description": "Answers questions about what was sold, to whom and for how much.",
          "version": "1",
          "kind": "prompt", "prompt": "You answer questions about sales.",
          "schema": [
            "type": "object", "required": ["question"],
            "properties": [
              "question": ["type": "string", "description": "In plain words.", "minLength": 1],
              "year": ["type": "integer", "minimum": 1900],
              "regions": ["type": "array", "items": ["type": "string"]],
            ],
          ],
        ],
      ]
    }
  }
}

private final class Queue: TaskQueue {
  private let messages = Mutex<[QueueMessage]>([])

  func send(_ messages: [QueueMessage]) async -> [String: SendFailure] {
    self.messages.withLock { $0 += messages }
    return [:]
  }

  func take() -> [QueueMessage] {
    messages.withLock { messages in
      defer { messages = [] }
      return messages
    }
  }
}

private struct SilentBus: EventBus {
  func publish(_ events: [BusEvent]) async throws {}
}

private struct FixedClock: Clock {
  let nowMilliseconds: Int64 = 1_800_000_000_000
}

private final class CountingIDs: IDSource {
  private let count = Mutex(0)
  func makeID() -> String {
    "id-"
      + String(
        count.withLock {
          $0 += 1
          return $0
        })
  }
}
