public import JSON

/// The tracking record of one round: one entry for each toolUse that the model asked for.
public struct RoundRecord: Sendable, Equatable {
  public var requestID: String
  public var orchestrationID: String
  /// 1 for the first round.
  public var number: Int
  public var createdAtMilliseconds: Int64
  /// In the order in which the model asked.
  public var tasks: [TaskEntry]
  /// Tasks that nobody has answered yet.
  public var pendingCount: Int

  public init(orchestrationID: String, number: Int, createdAtMilliseconds: Int64, tasks: [TaskEntry]) {
    requestID = RoundRecord.requestID(orchestrationID: orchestrationID, number: number)
    self.orchestrationID = orchestrationID
    self.number = number
    self.createdAtMilliseconds = createdAtMilliseconds
    self.tasks = tasks
    pendingCount = tasks.count { $0.isPending }
  }

  /// The record's key follows from the orchestration and the round, so that a round can exist only once.
  public static func requestID(orchestrationID: String, number: Int) -> String { "\(orchestrationID)#\(number)" }

  public func task(_ toolUseID: String) -> TaskEntry? { tasks.first { $0.toolUseID == toolUseID } }

  /// When the last task was answered whose agent changed the registry, in milliseconds since the Unix epoch; nil when none did.
  var registryChangedAtMilliseconds: Int64? {
    tasks.compactMap { task in task.result.flatMap { $0.registryChanged ? $0.closedAtMilliseconds : nil } }.max()
  }

  /// The objects of the blob store that the record refers to.
  var payloadKeys: Set<String> { Set(tasks.flatMap { [$0.inputReference?.key, $0.result?.reference?.key].compactMap(\.self) }) }
}

/// One task of a round.
public struct TaskEntry: Sendable, Equatable {
  public enum State: String, Sendable {
    case pending
    case succeeded
    case failed
    /// Nobody answered in time.
    case timedOut = "timed_out"
    /// It was answered at once with an error: unknown agent, bad input, or over a cap.
    case refused
  }

  public var toolUseID: String
  /// The name by which the model called.
  public var toolName: String
  /// Id of the agent in the registry; nil when there is none of that name.
  public var agentID: String?
  public var agentVersion: String?
  public var queueURL: String?
  public var input: JSONValue
  /// Where the input is when it is too large for the row; `input` is an empty object then.
  public var inputReference: PayloadReference?
  public var state: State
  /// When it counts as timed out, in milliseconds since the Unix epoch.
  public var dueAtMilliseconds: Int64
  public var sentAtMilliseconds: Int64?
  /// What the agent may spend, which counts as spent when the agent does not tell; nil for agents that spend nothing Arbiter knows of.
  public var budgetMicroUSD: Int64?
  public var result: TaskResult?

  public init(
    toolUseID: String, toolName: String, agentID: String?, agentVersion: String? = nil, queueURL: String?, input: JSONValue,
    inputReference: PayloadReference? = nil, state: State, dueAtMilliseconds: Int64, sentAtMilliseconds: Int64? = nil,
    budgetMicroUSD: Int64? = nil, result: TaskResult? = nil
  ) {
    self.toolUseID = toolUseID
    self.toolName = toolName
    self.agentID = agentID
    self.agentVersion = agentVersion
    self.queueURL = queueURL
    self.input = input
    self.inputReference = inputReference
    self.state = state
    self.dueAtMilliseconds = dueAtMilliseconds
    self.sentAtMilliseconds = sentAtMilliseconds
    self.budgetMicroUSD = budgetMicroUSD
    self.result = result
  }

  public var isPending: Bool { state == .pending }
}

/// The answer to a task.
public struct TaskResult: Sendable, Equatable {
  public var isError: Bool
  public var data: JSONValue
  /// Where the data is when it is too large for the row; `data` is null then.
  public var reference: PayloadReference?
  /// Stable name of the error; only with an error.
  public var code: String?
  /// What went wrong and what to do, for the model; only with an error.
  public var message: String?
  public var usage: TaskCompletion.Usage?
  public var closedAtMilliseconds: Int64
  /// The agent's work changed the registry, so that what was read of it before is out of date.
  public var registryChanged: Bool

  public init(
    isError: Bool, data: JSONValue = .null, reference: PayloadReference? = nil, code: String? = nil, message: String? = nil,
    usage: TaskCompletion.Usage? = nil, closedAtMilliseconds: Int64, registryChanged: Bool = false
  ) {
    self.isError = isError
    self.data = data
    self.reference = reference
    self.code = code
    self.message = message
    self.usage = usage
    self.closedAtMilliseconds = closedAtMilliseconds
    self.registryChanged = registryChanged
  }
}
