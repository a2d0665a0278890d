/// A module's call of its host.
public struct HostCall: Sendable, Equatable {
  public enum Function: String, Sendable, CaseIterable { case callTool, converse, now }

  /// 1, 2, 3, … in a run.
  public let id: Int
  public let function: Function
  /// The tool's name; nil for what is no `callTool`.
  public let name: String?
  /// JSON as the module wrote it; nil for `now`.
  public let input: [UInt8]?

  public init(id: Int, function: Function, name: String? = nil, input: [UInt8]? = nil) {
    self.id = id
    self.function = function
    self.name = name
    self.input = input
  }
}
