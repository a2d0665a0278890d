public import AWSClient
import JSON

/// What stands behind the model endpoint. Its methods are called on many threads at once and may block.
public protocol ModelBackEnd: Sendable {
  /// One line for people: which back end, and which file or server.
  var summary: String { get }

  /// Answers a call of Converse.
  /// - Throws: `ModelFailure` for an error in Bedrock's shape; anything else becomes an InternalServerException.
  func answer(_ call: ConverseCall) throws -> ModelAnswer

  /// Answers a call of ConverseStream event by event.
  /// - Throws: `ModelFailure`; before the first event it is the HTTP answer, after it an exception event of the stream.
  func stream(_ call: ConverseCall, _ emit: (ConverseFrame) throws -> Void) throws
}

/// What a back end answers.
public enum ModelAnswer: Sendable {
  case response(ConverseResponse)
  /// These bytes with status 200, whatever they are: a scripted fault.
  case body([UInt8])
  /// No answer: the connection is closed.
  case hangUp
}

extension ModelBackEnd {
  /// Streams the answer of `answer` in pieces.
  public func stream(_ call: ConverseCall, _ emit: (ConverseFrame) throws -> Void) throws {
    switch try answer(call) {
    case .response(let response): for event in ConverseFrame.events(of: response) { try emit(event) }
    case .body(let bytes): try emit(ConverseFrame("messageStart", payload: bytes))
    case .hangUp: throw ModelHangUp()
    }
  }
}

/// Closes the connection without an answer.
struct ModelHangUp: Error {}

/// An error in the shape in which Bedrock sends it.
/// Source: Bedrock Runtime API, errors of `Converse`.
public struct ModelFailure: Error, Sendable, CustomStringConvertible {
  /// What the failure counts as in the statistics.
  public enum Cause: Sendable { case refused, unmatched, fault, upstream }

  public let status: Int
  /// The exception's name: "ThrottlingException".
  public let type: String
  public let message: String
  public let cause: Cause

  public init(status: Int, type: String, message: String, cause: Cause) {
    self.status = status
    self.type = type
    self.message = message
    self.cause = cause
  }

  /// A request that Bedrock would refuse too.
  public static func refused(_ message: String) -> ModelFailure {
    ModelFailure(status: 400, type: "ValidationException", message: message, cause: .refused)
  }

  public var description: String { "\(type): \(message)" }

  /// The exception's name in an event stream: "throttlingException".
  var streamType: String { type.prefix(1).lowercased() + type.dropFirst() }
}

extension ConverseFrame {
  /// The message that ends a stream with an error.
  static func exceptionFrame(_ failure: ModelFailure) -> [UInt8] {
    EventStreamEncoder.message(
      headers: [(":exception-type", failure.streamType), (":content-type", "application/json"), (":message-type", "exception")],
      payload: JSONValue.object(["message": .string(failure.message)]).bytes)
  }
}
