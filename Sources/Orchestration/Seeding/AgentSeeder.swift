public import JSON

/// Writes the rows that a deployment brings along into the agent registry, and never over an operator's edit.
public struct AgentSeeder: Sendable {
  /// What became of one row.
  public struct Outcome: Sendable, Equatable {
    public enum Kind: String, Sendable {
      case created, updated, unchanged
      /// Left alone: the row was written by somebody else.
      case foreign
      /// Left alone: an operator removed the row.
      case removed
    }
    public let agentID: String
    public let kind: Kind
    /// Attributes that an operator changed and that stay so, such as "config.prompt".
    public let kept: [String]

    public init(agentID: String, kind: Kind, kept: [String] = []) {
      self.agentID = agentID
      self.kind = kind
      self.kept = kept
    }
  }

  /// A row that changed each time it was about to be written.
  public struct ContentionError: Error, Equatable, CustomStringConvertible {
    public let agentID: String
    public var description: String {
      "the row of agent '\(agentID)' changed \(AgentSeeder.attempts) times while it was being updated; deploy again"
    }
  }

  fileprivate static let attempts = 5
  private let store: any SeedStore

  public init(store: any SeedStore) { self.store = store }

  /// Writes each row that needs it, in order.
  /// - Throws: what the store throws, or `ContentionError`; rows before that one have been written, and writing them again changes nothing.
  public func seed(_ request: SeedRequest) async throws -> [Outcome] {
    let seeded = try await store.seededIDs()
    var outcomes: [Outcome] = []
    for seed in request.seeds {
      let wasSeededBefore = seeded.contains(seed.agentID) || request.formerAgentIDs.contains(seed.agentID)
      outcomes.append(try await write(seed, wasSeededBefore: wasSeededBefore))
    }
    // Rows of deployments that did not note them yet. A row that is created is noted with it, and a foreign one is nobody's seed.
    let unnoted = outcomes.filter { [.updated, .unchanged, .removed].contains($0.kind) && !seeded.contains($0.agentID) }
    if !unnoted.isEmpty { try await store.noteSeeded(Set(unnoted.map(\.agentID))) }
    return outcomes
  }

  private func write(_ seed: AgentSeed, wasSeededBefore: Bool) async throws -> Outcome {
    let id = seed.agentID
    for _ in 0..<Self.attempts {
      switch SeedMerge.plan(row: try await store.row(id), seed: seed, wasSeededBefore: wasSeededBefore) {
      case .nothing(let kept): return Outcome(agentID: id, kind: .unchanged, kept: kept)
      case .foreign: return Outcome(agentID: id, kind: .foreign)
      case .removed: return Outcome(agentID: id, kind: .removed)
      case .create(let row):
        if try await store.create(row) { return Outcome(agentID: id, kind: .created) }
      case .update(let update, let kept):
        if try await store.update(id, expected: update.expected, changes: update.changes) {
          return Outcome(agentID: id, kind: update.paths.isEmpty ? .unchanged : .updated, kept: kept)
        }
      }
    }
    throw ContentionError(agentID: id)
  }
}

extension AgentSeeder {
  /// The outcomes as the data of a custom resource: agents by what became of them, and the attributes that operators had changed.
  public static func report(_ outcomes: [Outcome]) -> JSONObject {
    func list(_ texts: [String]) -> JSONValue {
      var text = ""
      for (index, next) in texts.enumerated() {
        // CloudFormation takes 4096 bytes in all.
        if text.utf8.count + next.utf8.count > 500 { return .string(text + " and \(texts.count - index) more") }
        text += (text.isEmpty ? "" : ", ") + next
      }
      return .string(text)
    }
    func agents(_ kind: Outcome.Kind) -> JSONValue { list(outcomes.filter { $0.kind == kind }.map(\.agentID)) }
    return [
      "Created": agents(.created), "Updated": agents(.updated), "Unchanged": agents(.unchanged), "Foreign": agents(.foreign),
      "Removed": agents(.removed), "Kept": list(outcomes.flatMap { outcome in outcome.kept.map { "\(outcome.agentID) \($0)" } }),
    ]
  }
}
