public import Orchestration

/// What happens in a world when nothing goes wrong: who asks for what, which agents there are, and what people do meanwhile.
///
/// It follows from a seed, and is a value: a shrinker takes runs, rounds, tasks and actions out of it.
public struct Scenario: Sendable, Equatable {
  public var agents: [PlannedAgent]
  public var runs: [PlannedRun]
  public var actions: [PlannedAction]
  /// Variables of the functions that the first deployment sets.
  public var settings: [String: String]

  public init(agents: [PlannedAgent], runs: [PlannedRun], actions: [PlannedAction] = [], settings: [String: String] = [:]) {
    self.agents = agents
    self.runs = runs
    self.actions = actions
    self.settings = settings
  }
}

/// An agent of the registry.
public struct PlannedAgent: Sendable, Equatable {
  public enum Kind: String, Sendable {
    /// Run by the worker: a model of its own, which the world answers for.
    case prompt
    /// A consumer of a queue of its own, played by the world.
    case queue
    /// Run by the worker: a module, which the world plays.
    case code
  }

  public var id: String
  public var kind: Kind
  /// False for an agent that was written for the original: it sends that one's four fields, and does not say which round it answers.
  public var echoesRound: Bool
  /// A limit of its row; nil for the deployment's.
  public var timeoutSeconds: Int?
  /// A limit of its row, for prompt agents; nil for none of its own.
  public var budgetMicroUSD: Int64?
  /// For prompt agents; nil for the deployment's.
  public var model: String?
  /// The agent of kind `queue` that registers this one when it is asked for the first time; nil for one that is there from the begin.
  public var maker: String?

  public init(
    id: String, kind: Kind, echoesRound: Bool = true, timeoutSeconds: Int? = nil, budgetMicroUSD: Int64? = nil, model: String? = nil,
    maker: String? = nil
  ) {
    self.id = id
    self.kind = kind
    self.echoesRound = echoesRound
    self.timeoutSeconds = timeoutSeconds
    self.budgetMicroUSD = budgetMicroUSD
    self.model = model
    self.maker = maker
  }
}

/// An orchestration that somebody asks for.
public struct PlannedRun: Sendable, Equatable {
  public var id: String
  /// When it is asked for, in milliseconds since the world's begin.
  public var atMilliseconds: Int64
  /// How often the same request is published.
  public var copies: Int
  public var deadlineSeconds: Int?
  public var budgetMicroUSD: Int64?
  public var callback: Callback?
  /// What the model delegates, round by round; after the last it answers.
  public var rounds: [[PlannedTask]]
  /// Bytes of the model's answer.
  public var answerBytes: Int
  /// Bytes by which the task's text is longer than it need be.
  public var extraTaskBytes: Int

  public init(
    id: String, atMilliseconds: Int64, copies: Int = 1, deadlineSeconds: Int? = nil, budgetMicroUSD: Int64? = nil,
    callback: Callback? = nil, rounds: [[PlannedTask]], answerBytes: Int = 20, extraTaskBytes: Int = 0
  ) {
    self.id = id
    self.atMilliseconds = atMilliseconds
    self.copies = copies
    self.deadlineSeconds = deadlineSeconds
    self.budgetMicroUSD = budgetMicroUSD
    self.callback = callback
    self.rounds = rounds
    self.answerBytes = answerBytes
    self.extraTaskBytes = extraTaskBytes
  }

  /// What the caller asks for: it begins with the run's id in brackets, by which a model knows which plan to follow.
  public var taskText: String { Filler.text("[\(id)] Find out what is wanted, and say so.", extraBytes: extraTaskBytes) }

  /// The detail of the event that asks for the run.
  public var request: TaskRequest {
    TaskRequest(
      task: taskText, orchestrationID: id, deadlineSeconds: deadlineSeconds, budgetMicroUSD: budgetMicroUSD, callback: callback)
  }
}

/// A tool use that the model asks for.
public struct PlannedTask: Sendable, Equatable {
  public var toolUseID: String
  /// The agent's id, or a name that no agent has.
  public var agent: String
  public var inputBytes: Int
  public var resultBytes: Int
  /// Rounds of tools that a prompt agent makes before it answers.
  public var agentTurns: Int

  public init(toolUseID: String, agent: String, inputBytes: Int = 10, resultBytes: Int = 10, agentTurns: Int = 0) {
    self.toolUseID = toolUseID
    self.agent = agent
    self.inputBytes = inputBytes
    self.resultBytes = resultBytes
    self.agentTurns = agentTurns
  }
}

/// Something that a person does.
public struct PlannedAction: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    case cancel(run: String)
    case deactivate(agent: String)
    case activate(agent: String)
    case delete(agent: String)
    /// Another version of its row: prompt, schema or limits.
    case edit(agent: String)
    /// New functions, with these variables changed.
    case deploy(settings: [String: String])
    /// An event that nobody can use, or a message that is no task; where it is about a run, about this one.
    case poison(Poison, run: String)
  }

  public var atMilliseconds: Int64
  public var kind: Kind

  public init(atMilliseconds: Int64, kind: Kind) {
    self.atMilliseconds = atMilliseconds
    self.kind = kind
  }
}

extension PlannedAction.Kind: CustomStringConvertible {
  /// What somebody does, in a few words: "cancels run-1".
  public var description: String {
    switch self {
    case .cancel(let run): return "cancels \(run)"
    case .deactivate(let agent): return "deactivates \(agent)"
    case .activate(let agent): return "activates \(agent)"
    case .delete(let agent): return "deletes \(agent)"
    case .edit(let agent): return "edits \(agent)"
    case .deploy(let settings):
      let changes = settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
      return "deploys a version with \(changes.isEmpty ? "the same settings" : changes)"
    case .poison(let poison, let run): return "sends poison: \(poison.rawValue) (\(run))"
    }
  }
}
