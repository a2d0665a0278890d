import AgentKit
import CodeAgents
import JSON
import Orchestration
import Sandbox
import Synchronization

/// The state of one fabrication: what has been drafted and tried, what has come into the registry, and how it was completed.
final class Workshop: Sendable {
  /// A module that is being worked on.
  struct Draft: Sendable {
    let kind: RegistryKind
    let id: CodeIdentifier
    var source: [UInt8]
    var sha256: String
    /// Number of the version in use when the module was uploaded; nil when there was no row.
    var basedOn: Int?
    /// By name, in the order in which they came; a test runs all of them.
    var cases: [TrialCase] = []
    /// Of this module, as far as it has been tested since it was uploaded.
    var evidence: Evidence?

    var fileName: String { "\(id).js" }
    var module: SandboxModule { SandboxModule(name: fileName, source: source) }
  }

  /// What this task has brought into the registry.
  struct Made: Sendable, Equatable {
    var kind: RegistryKind
    var id: String
    /// What the Supervisor's model calls it by: the id, unless an operator has given it another name.
    var name: String
    var description: String
    var schema: JSONValue
    var version: Int
    var state: LifecycleState
    /// True for a version that waits beside the one in use.
    var waits = false
    /// True for one that was there already, and came so lately that whoever waits may not have read of it.
    var isRecent = false

    init(
      kind: RegistryKind, id: String, config: JSONObject, version: Int, state: LifecycleState, waits: Bool = false
    ) {
      self.kind = kind
      self.id = id
      let name = config["name"]?.stringValue ?? id
      self.name = ToolNames([name]).toolName(for: name) ?? id
      description = config["description"]?.stringValue ?? ""
      schema = config["schema"] ?? [:]
      self.version = version
      self.state = state
      self.waits = waits
    }

    var isActive: Bool { state == .active && !waits }
  }

  private struct State {
    var drafts: [RegistryKind: [String: Draft]] = [:]
    var made: [Made] = []
    var completion: Completion?
    /// Attempts to write the registry that have not said how they ended.
    var openStores = 0
    var lastLine = ""
  }

  let catalog: RegistryCatalog
  private let state: Mutex<State>

  init(catalog: RegistryCatalog, made: [Made] = []) {
    self.catalog = catalog
    state = Mutex(State(made: made))
  }

  // MARK: Drafts

  func draft(_ kind: RegistryKind, _ id: String) -> Draft? { state.withLock { $0.drafts[kind]?[id] } }

  func keep(_ draft: Draft) { state.withLock { $0.drafts[draft.kind, default: [:]][draft.id.text] = draft } }

  /// Takes evidence of a module, unless another one has been uploaded meanwhile.
  func keep(_ evidence: Evidence, cases: [TrialCase], of draft: Draft) {
    state.withLock { state in
      guard state.drafts[draft.kind]?[draft.id.text]?.sha256 == draft.sha256 else { return }
      state.drafts[draft.kind]?[draft.id.text]?.evidence = evidence
      state.drafts[draft.kind]?[draft.id.text]?.cases = cases
    }
  }

  // MARK: What came of them

  var made: [Made] { state.withLock { $0.made } }

  func note(_ made: Made) {
    state.withLock { state in
      state.made.removeAll { $0.kind == made.kind && $0.id == made.id }
      state.made.append(made)
    }
  }

  func beginStoring() { state.withLock { $0.openStores += 1 } }
  func endStoring() { state.withLock { $0.openStores -= 1 } }
  /// True when the registry may have been written without a word of it having come back.
  var mayHaveStored: Bool { state.withLock { $0.openStores > 0 } }

  var completion: Completion? { state.withLock { $0.completion } }
  func complete(_ completion: Completion) { state.withLock { $0.completion = completion } }

  /// What the last tool said, for people who ask why nothing came of it.
  var lastLine: String {
    get { state.withLock { $0.lastLine } }
    set { state.withLock { $0.lastLine = newValue } }
  }
}

/// How a fabrication ended, by its model's word or by what there is.
enum Completion: Sendable, Equatable {
  /// An agent does what was asked for.
  case agent(Workshop.Made, isReused: Bool, summary: String?)
  /// No agent can be made; the model's reason.
  case impossible(String)

  /// What goes into the completion of the task.
  func data(tools: [Workshop.Made]) -> JSONValue {
    guard case .agent(let agent, let isReused, let summary) = self else { return .null }
    var data: JSONObject = [
      "agent_id": .string(agent.id), "name": .string(agent.name), "description": .string(agent.description), "schema": agent.schema,
      "version": .number(agent.version), "state": .string(agent.waits ? LifecycleState.pending.rawValue : agent.state.rawValue),
      "reused": .bool(isReused), "message": .string(Self.message(agent, isReused: isReused)),
    ]
    if let summary { data["summary"] = .string(summary) }
    let tools = tools.filter { $0.kind == .tool }.map { JSONValue.string($0.id) }
    if !tools.isEmpty { data["tools"] = .array(tools) }
    return .object(data)
  }

  /// A sentence for the model that asked.
  private static func message(_ agent: Workshop.Made, isReused: Bool) -> String {
    if isReused { return "There is an agent for this already: call '\(agent.name)' now." }
    if agent.isActive { return "The agent '\(agent.id)' has been made, tested and activated: call '\(agent.name)' now." }
    return "The agent '\(agent.id)' has been made and tested, and awaits approval by a person. It cannot be called yet: "
      + "do the task another way, or say that it has to wait for the approval."
  }
}
