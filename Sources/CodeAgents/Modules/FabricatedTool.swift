public import JSON
public import Orchestration
public import Sandbox

/// A tool that is a module: one row of the tools table, `{toolId, config, state}`, where `config` says of the tool what an agent's says of
/// an agent of kind code.
public struct FabricatedTool: Sendable, Equatable {
  public var toolID: String
  public var description: String
  /// JSON Schema of the input, an object.
  public var schema: JSONValue
  public var version: String
  /// Name of the module's object below `tools/`.
  public var filename: String
  /// SHA-256 of the module, in hexadecimal digits.
  public var sha256: String
  public var grants: Capabilities
  public var limits: AgentConfiguration.Limits
  public var state: AgentConfiguration.State

  /// - Parameter row: as JSON; `config` is an object or the JSON text of one.
  /// - Throws: `WireError` that names the field and the value.
  public init(row: JSONValue) throws(WireError) {
    var members = row.objectValue ?? [:]
    members["agentId"] = members["toolId"]
    do throws(AgentConfigurationError) {
      let tool = try AgentConfiguration(row: .object(members))
      guard tool.kind == .code, let filename = tool.filename, let sha256 = tool.sha256 else {
        throw AgentConfigurationError(
          agentID: tool.agentID,
          problem: WireError(
            field: tool.filename == nil ? "config.filename" : "config.sha256", value: "absent",
            expected: "the name of a module below 'tools/', and its SHA-256: a tool is one"))
      }
      try tool.checkForWorker()
      toolID = tool.agentID
      description = tool.description
      schema = tool.schema
      version = tool.version
      self.filename = filename
      self.sha256 = sha256
      grants = Capabilities(tool)
      limits = tool.limits
      state = tool.state
    } catch {
      throw error.problem.field == "agentId"
        ? WireError(field: "toolId", value: error.problem.value, expected: error.problem.expected) : error.problem
    }
  }
}

extension Capabilities {
  /// What the row of an agent of kind code grants.
  public init(_ agent: AgentConfiguration) {
    self.init(tools: agent.tools, functions: agent.capabilities.compactMap { Function(rawValue: $0.rawValue) })
  }

  /// What a configuration grants by its members `tools` and `capabilities`; what is no name of either is left out.
  public init(configuration: JSONObject) {
    func texts(_ name: String) -> [String] { configuration[name]?.arrayValue?.compactMap(\.stringValue) ?? [] }
    self.init(tools: texts("tools"), functions: texts("capabilities").compactMap(Function.init))
  }

  /// What this grants and the other does not, by name; empty when this is a part of the other.
  func excess(over other: Capabilities) -> [String] {
    tools.filter { !other.tools.contains($0) } + functions.filter { !other.functions.contains($0) }.map(\.rawValue)
  }
}
