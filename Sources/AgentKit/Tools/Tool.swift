public import JSON

/// Something that an agent can do.
public protocol Tool: Sendable {
  /// 1 to 64 of `[a-zA-Z0-9_-]`.
  var name: String { get }
  /// What it does and when to use it, for the model.
  var description: String { get }
  /// JSON Schema of the input, of type "object"; input that breaks it never reaches `run`.
  var inputSchema: JSONValue { get }

  /// Does it.
  /// - Returns: the result for the model; an object is best.
  /// - Throws: `ToolError` with what the model should know; the description of any other error reaches the model too.
  func run(_ input: JSONValue, _ context: ToolContext) async throws -> JSONValue
}

/// For whom a tool works.
public struct ToolContext: Sendable, Hashable {
  public var orchestrationID: String
  /// The task of the agent, Bedrock's toolUseId of the Supervisor's call.
  public var taskID: String
  /// When the tool must be done, in milliseconds since the Unix epoch; nil for no deadline.
  public var deadlineMilliseconds: Int64?

  public init(orchestrationID: String, taskID: String, deadlineMilliseconds: Int64? = nil) {
    self.orchestrationID = orchestrationID
    self.taskID = taskID
    self.deadlineMilliseconds = deadlineMilliseconds
  }
}

/// Why a tool has no result; the model reads it and can do better.
public struct ToolError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A stable name, such as "not_found".
  public let code: String
  /// What was wrong, with field and value, and what would be right.
  public let message: String

  public init(_ code: String, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { "\(code): \(message)" }
}
