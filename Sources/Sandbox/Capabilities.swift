/// What a module's `host` object has; nothing else exists for it.
public struct Capabilities: Sendable, Equatable {
  /// Functions that are granted by name; `callTool` is there when a tool is granted.
  public enum Function: String, Sendable, CaseIterable { case converse, log, now, random }

  /// Names that `callTool` accepts, each once.
  public var tools: [String]
  /// Each once.
  public var functions: [Function]

  public init(tools: [String] = [], functions: [Function] = []) {
    self.tools = tools
    self.functions = functions
  }
}
