internal import JSON

/// A whole answer, before the library sends it.
struct HTTPAnswer: Sendable, Equatable {
  var status: Int
  var body: [UInt8]
  var headers: [(name: String, value: String)] = []
  /// Whether the connection ends with it.
  var closes = false

  static func == (left: HTTPAnswer, right: HTTPAnswer) -> Bool {
    left.status == right.status && left.body == right.body && left.closes == right.closes
      && left.headers.elementsEqual(right.headers, by: ==)
  }

  /// `{"error": ..., "details": ...}`, as AgentCore's SDK answers.
  static func error(_ status: Int, _ message: String, details: String? = nil, closes: Bool = false) -> HTTPAnswer {
    HTTPAnswer(status: status, body: errorBody(message, details: details), closes: closes)
  }

  static func errorBody(_ message: String, details: String? = nil) -> [UInt8] {
    var writer = JSONWriter(capacity: 128)
    writer.beginObject()
    writer.member("error", message)
    writer.member(ifPresent: "details", details)
    writer.endObject()
    return writer.bytes
  }

  static func failure(_ error: any Error) -> HTTPAnswer {
    switch error {
    case let error as AgentRequestError: .error(error.status, error.message, details: error.details)
    case is CancellationError: shuttingDown
    default: .error(500, "\(error)")
    }
  }

  static let notFound = error(404, "Not found", details: "there are POST /invocations and GET /ping")
  static let shuttingDown = error(503, "The agent is shutting down", closes: true)
  /// The connection ends with it: what comes next on it may be another's request.
  static func ambiguous(_ problem: String) -> HTTPAnswer { error(400, "Bad request", details: problem, closes: true) }

  static func methodNotAllowed(_ allowed: String) -> HTTPAnswer {
    var answer = error(405, "Method not allowed", details: "this path takes \(allowed)")
    answer.headers = [("Allow", allowed)]
    return answer
  }
  static func tooLarge(_ most: Int) -> HTTPAnswer {
    error(413, "Payload too large", details: "a body has at most \(most) bytes", closes: true)
  }
  static let noRoom: HTTPAnswer = {
    var answer = error(503, "The agent is busy", details: "the bodies of other requests take all room; try again later", closes: true)
    answer.headers = [("Retry-After", "1")]
    return answer
  }()
}
