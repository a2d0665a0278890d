public import AWSClient
public import JSON

/// One call of Converse or ConverseStream that passed the checks of `ConverseRequestCheck`.
public struct ConverseCall: Sendable {
  /// How the caller wants the answer.
  public enum Operation: String, Sendable {
    case converse = "Converse"
    case converseStream = "ConverseStream"
  }

  public let operation: Operation
  /// The model id of the path, percent-decoded: an id, an ARN or an inference profile.
  public let modelId: String
  /// The body as it came.
  public let body: JSONValue
  public let request: ConverseRequest
  /// Length of the body's JSON text, in bytes.
  public let byteCount: Int

  public init(operation: Operation, modelId: String, body: JSONValue, request: ConverseRequest, byteCount: Int) {
    self.byteCount = byteCount
    self.operation = operation
    self.modelId = modelId
    self.body = body
    self.request = request
  }
}

/// A result in the conversation, with the name of the tool that it answers.
public struct NamedToolResult: Sendable {
  public let toolName: String
  public let isError: Bool
  /// The only part of the result (a text, or a JSON value), or all of them as an array.
  public let value: JSONValue
}

extension ConverseCall {
  /// The text of the first user message.
  public var firstUserText: String { request.messages.first { $0.role == .user }?.text ?? "" }

  /// The text of the last user message that has any.
  public var lastUserText: String { request.messages.last { $0.role == .user && !$0.text.isEmpty }?.text ?? "" }

  /// The text of the system prompt.
  public var systemText: String { request.system.compactMap(\.text).joined(separator: "\n") }

  /// How many times the model has spoken so far.
  public var turn: Int { request.messages.count { $0.role == .assistant } }

  /// The names of the tools on offer.
  public var toolNames: [String] { request.toolConfiguration?.tools.map(\.name) ?? [] }

  /// Every tool result of the conversation, oldest first.
  public var toolResults: [NamedToolResult] {
    var names: [String: String] = [:]
    var results: [NamedToolResult] = []
    for message in request.messages {
      for use in message.toolUses { names[use.id] = use.name }
      for result in message.toolResults {
        let parts = result.content.map { part in part.json ?? part.text.map(JSONValue.string) ?? .object(part.object) }
        results.append(
          NamedToolResult(
            toolName: names[result.id] ?? result.id, isError: result.status == .error, value: parts.count == 1 ? parts[0] : .array(parts)))
      }
    }
    return results
  }
}
