public import JSON

/// What an agent does with an invocation.
///
/// It may answer with what it found, stream events, or start work in the background and answer at once:
/// ```swift
/// struct Greeter: AgentHandler {
///   func handle(_ request: AgentRequest) async throws -> AgentResponse {
///     guard let name = request.payload["name"]?.stringValue else { throw AgentRequestError("name is missing", details: "give a text") }
///     return .json(["greeting": .string("Hello, \(name)")])
///   }
/// }
/// ```
public protocol AgentHandler: Sendable {
  /// Answers one POST /invocations. Several may be under way; each runs in a task of its own, which is cancelled when the process has to end.
  /// - Throws: an `AgentRequestError` is answered with its status; any other error with 500 and its description.
  func handle(_ request: AgentRequest) async throws -> AgentResponse
}

/// One invocation of an agent.
public struct AgentRequest: Sendable {
  /// The body, parsed.
  public let payload: JSONValue
  /// The body as it came.
  public let body: [UInt8]
  public let context: InvocationContext
  /// Where work goes that outlives the answer.
  public let background: BackgroundWork

  public init(payload: JSONValue, body: [UInt8], context: InvocationContext, background: BackgroundWork) {
    self.payload = payload
    self.body = body
    self.context = context
    self.background = background
  }
}

/// The answer to an invocation.
public struct AgentResponse: Sendable {
  enum Content: Sendable {
    case json([UInt8], status: Int)
    case events(@Sendable (EventStream) async throws -> Void)
  }

  let content: Content

  /// One JSON value.
  /// - Parameter status: from 200 to 599.
  public static func json(_ value: JSONValue, status: Int = 200) -> AgentResponse {
    AgentResponse(content: .json(value.bytes, status: status))
  }

  /// One JSON value, written already.
  /// - Parameter status: from 200 to 599.
  public static func json(bytes: [UInt8], status: Int = 200) -> AgentResponse { AgentResponse(content: .json(bytes, status: status)) }

  /// Server-sent events, each a JSON value, until `produce` returns. An error that it throws is the last event.
  public static func events(_ produce: @escaping @Sendable (EventStream) async throws -> Void) -> AgentResponse {
    AgentResponse(content: .events(produce))
  }
}

/// An invocation that cannot be served, for a reason that its sender can be told.
public struct AgentRequestError: Error, Sendable, Equatable, CustomStringConvertible {
  /// From 400 to 599.
  public let status: Int
  public let message: String
  /// What exactly was wrong, and what to do.
  public let details: String?

  public init(_ message: String, details: String? = nil, status: Int = 400) {
    self.message = message
    self.details = details
    self.status = (400...599).contains(status) ? status : 500
  }

  public var description: String { details.map { "\(message): \($0)" } ?? message }
}
