public import JSON
public import Sandbox

/// What is tried: a module, and what its registry row would say of it.
public struct TrialSubject: Sendable, Equatable {
  /// The agent's or the tool's id.
  public var id: String
  public var module: SandboxModule
  /// JSON Schema of the input, of type "object".
  public var schema: JSONValue
  /// For the models that choose by it.
  public var description: String
  /// What the row would grant.
  public var capabilities: Capabilities

  public init(id: String, module: SandboxModule, schema: JSONValue, description: String, capabilities: Capabilities) {
    self.id = id
    self.module = module
    self.schema = schema
    self.description = description
    self.capabilities = capabilities
  }
}
