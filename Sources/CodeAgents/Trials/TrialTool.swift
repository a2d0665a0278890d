public import JSON
public import Sandbox

/// A tool of the registry that is a module.
public struct TrialTool: Sendable, Equatable {
  public var module: SandboxModule
  /// SHA-256 of the module, 64 hexadecimal digits.
  public var sha256: String
  public var schema: JSONValue
  public var capabilities: Capabilities

  public init(module: SandboxModule, sha256: String, schema: JSONValue, capabilities: Capabilities) {
    self.module = module
    self.sha256 = sha256
    self.schema = schema
    self.capabilities = capabilities
  }
}

/// Finds the tools that are modules, for trials of what calls them.
public protocol TrialToolSource: Sendable {
  /// The tool of this name, if it is active and can be loaded; nil when there is none.
  /// - Throws: why nobody can tell.
  func tool(_ name: String) async throws -> TrialTool?
}
