public import AgentKit
public import JSON
import Synchronization

/// Reads the rows of the registry: all pages of the table.
public protocol AgentRowSource: Sendable {
  /// All rows, as JSON objects `{agentId, config, state, categories}`.
  func rows() async throws -> [JSONValue]
}

/// The registry, read at most once in a while, so that its cost does not grow with rounds.
///
/// When reading fails, the last directory serves on; only without one is the failure the caller's. A row that cannot be used is reported
/// once, not with every reading.
public final class CachedAgentRegistry: AgentRegistry {
  private struct Cached {
    var directory: AgentDirectory
    var readAtMilliseconds: Int64
  }

  private let source: any AgentRowSource
  private let clock: any Clock
  private let observer: any OrchestrationObserver
  private let timeToLiveMilliseconds: Int64
  private let report: @Sendable (AgentConfigurationError) async -> Void
  private let cached = Mutex<Cached?>(nil)

  /// - Parameter report: told of each row that cannot be used, when it is first seen so.
  public init(
    source: any AgentRowSource, clock: any Clock, observer: any OrchestrationObserver, timeToLiveMilliseconds: Int64 = 30_000,
    report: @escaping @Sendable (AgentConfigurationError) async -> Void = { _ in }
  ) {
    self.report = report
    self.source = source
    self.clock = clock
    self.observer = observer
    self.timeToLiveMilliseconds = timeToLiveMilliseconds
  }

  public func directory() async throws -> AgentDirectory {
    let now = clock.nowMilliseconds
    let last = cached.withLock { $0 }
    if let last, now - last.readAtMilliseconds < timeToLiveMilliseconds { return last.directory }
    do {
      let directory = AgentDirectory(rows: try await source.rows())
      cached.withLock { $0 = Cached(directory: directory, readAtMilliseconds: now) }
      for problem in directory.rejected where last?.directory.rejected.contains(problem) != true {
        observer.note(.error, "an agent cannot be used: \(problem)", ["agent": .string(problem.agentID), "code": "agent_unreadable"])
        observer.count("AgentUnreadable")
        await report(problem)
      }
      return directory
    } catch {
      guard let last else { throw error }
      observer.note(.warning, "the registry could not be read, the last reading serves: \(error)", [:])
      return last.directory
    }
  }
}

extension AgentDirectory {
  /// The active agents among the rows; rows that cannot be used are in `rejected`, and keep no other from being used.
  public init(rows: [JSONValue]) {
    var agents: [AgentConfiguration] = []
    var rejected: [AgentConfigurationError] = []
    var validators: [String: @Sendable (JSONValue) -> [String]] = [:]
    for row in rows where row["state"]?.stringValue != "inactive" && row["state"]?.stringValue != "maintenance" {
      do throws(AgentConfigurationError) {
        let agent = try AgentConfiguration(row: row)
        validators[agent.agentID] = try Self.validator(of: agent)
        agents.append(agent)
      } catch {
        rejected.append(error)
      }
    }
    let names = ToolNames(agents.map(\.name))
    var entries: [Entry] = []
    var taken: Set<String> = []
    for agent in agents.sorted(by: { $0.agentID < $1.agentID }) {
      guard let toolName = names.toolName(for: agent.name), taken.insert(agent.name).inserted else {
        rejected.append(
          AgentConfigurationError(
            agentID: agent.agentID,
            problem: WireError(field: "config.name", value: agent.name, expected: "a name that no other active agent has")))
        continue
      }
      entries.append(Entry(agent: agent, toolName: toolName, problems: validators[agent.agentID] ?? { _ in [] }))
    }
    self.init(entries: entries, rejected: rejected)
  }

  private static func validator(of agent: AgentConfiguration) throws(AgentConfigurationError) -> @Sendable (JSONValue) -> [String] {
    // Bedrock refuses a request with any other schema, and with it every agent's work.
    guard agent.schema["type"]?.stringValue == "object" else {
      throw AgentConfigurationError(
        agentID: agent.agentID,
        problem: WireError(field: "config.schema.type", value: agent.schema["type"]?.text ?? "absent", expected: "\"object\""))
    }
    let schema: JSONSchema
    do {
      schema = try JSONSchema(compiling: agent.schema)
    } catch {
      throw AgentConfigurationError(
        agentID: agent.agentID,
        problem: WireError(field: "config.schema", value: agent.schema.text, expected: "a JSON Schema that can be checked (\(error))"))
    }
    return { input in schema.validate(input).map { "\($0)" } }
  }
}
