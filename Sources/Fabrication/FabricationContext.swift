import AWSClient
import AgentKit
import CodeAgents
import JSON
import Orchestration
import Sandbox

/// What the tools of one fabrication work with.
struct FabricationContext: Sendable {
  let workshop: Workshop
  let bench: TrialBench
  let agents: AgentLifecycle
  let tools: AgentLifecycle
  let configuration: FabricatorConfiguration
  let clock: any Clock
  let origin: VersionOrigin
  /// What was asked for, in the words of whoever asked.
  let request: String
  /// When the fabrication must be done, in milliseconds since the Unix epoch.
  let deadlineMilliseconds: Int64
  /// The registry as it is now: others write it meanwhile.
  let readCatalog: @Sendable () async throws -> RegistryCatalog
  /// Whether somebody waits for the task still.
  let isWanted: @Sendable () async throws -> Bool
  /// One line of what came out of a tool, for people.
  let report: @Sendable (_ step: String, _ text: String) async -> Void

  /// The registry as it was when the fabrication began.
  var catalog: RegistryCatalog { workshop.catalog }

  func lifecycle(_ kind: RegistryKind) -> AgentLifecycle { kind == .agent ? agents : tools }

  /// Names that would be taken for folders of the bucket.
  private static let reserved: Set<String> = ["versions"]

  /// An id that a model chose, if a draft may have it.
  /// - Throws: `ToolError` that says what to choose instead.
  func identifier(_ text: String, _ kind: RegistryKind) async throws -> (id: CodeIdentifier, row: RegistryRow?) {
    let id: CodeIdentifier
    do throws(VersionError) { id = try CodeIdentifier(text) } catch {
      throw ToolError("invalid_id", "\(error.message). Choose another id.")
    }
    guard !Self.reserved.contains(id.text) else { throw ToolError("reserved_id", "'\(id)' is reserved. Choose another id.") }
    let row = try await lifecycle(kind).row(id.text)
    do throws(LifecycleError) { try lifecycle(kind).checkMayFabricate(id, over: row) } catch {
      throw ToolError(error.code.rawValue, "\(error.message).")
    }
    if kind == .agent {
      let others = catalog.agentRows.filter { $0.id != id.text }
      if let other = others.first(where: { $0.config["name"]?.stringValue == id.text }) {
        throw ToolError("name_taken", "The agent '\(other.id)' has the name '\(id)'. Choose another id.")
      }
    }
    return (id, row)
  }
}
