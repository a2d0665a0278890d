internal import JSON

/// What the Runtime API answers, but for events: a status and a JSON body, in the words of Lambda's own server.
struct Reply: Sendable, Equatable {
  let status: Int
  var fields: [String] = []
  let body: [UInt8]
  /// The connection ends after it.
  var isLast = false

  static let accepted = Reply(status: 202, body: Array(#"{"status":"OK"}"#.utf8) + [0x0A])

  static func error(_ status: Int, _ type: String, _ message: String) -> Reply {
    let body: JSONValue = ["errorMessage": .string(message), "errorType": .string(type)]
    return Reply(status: status, body: body.bytes)
  }

  static let invalidRequestID = error(400, "InvalidRequestID", "Invalid request ID")
  static let invalidResponseMode = error(400, "InvalidFunctionResponseMode", "Invalid function response mode")
  static let invocationGone = error(410, "InvokeTimeout", "Invoke timeout")
  static let tooLarge = error(
    413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size (\(PayloadLimits.maximumResponseBytes) bytes).")

  static func invalidTransition(from: String, to: String) -> Reply {
    error(
      403, "InvalidStateTransition", "State transition from \(from) to \(to) failed for runtime. Error: State transition is not allowed")
  }

  static func unknown(_ operation: String) -> Reply {
    error(404, "NotFound", "\(operation) is no operation of the Runtime API")
  }

  static func malformed(_ error: RequestParseError) -> Reply {
    var reply = Reply.error(error.status, "InvalidRequest", error.message)
    reply.isLast = true
    return reply
  }

  /// The head, to be followed by the body.
  var head: [UInt8] {
    var text = "HTTP/1.1 \(status) \(Self.phrase(status))\r\nContent-Type: application/json\r\n"
    for field in fields { text += "\(field)\r\n" }
    if isLast { text += "Connection: close\r\n" }
    return Array("\(text)Content-Length: \(body.count)\r\n\r\n".utf8)
  }

  private static func phrase(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 202: "Accepted"
    case 400: "Bad Request"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 410: "Gone"
    case 413: "Request Entity Too Large"
    case 431: "Request Header Fields Too Large"
    case 501: "Not Implemented"
    default: "Status"
    }
  }
}

/// Lambda's quotas for payloads.
/// Source: Lambda quotas; the maximum of a response is that of Lambda's own server.
public enum PayloadLimits {
  /// An event of a synchronous invocation, in bytes.
  public static let maximumEventBytes = 6 << 20
  /// A buffered response, in bytes.
  public static let maximumResponseBytes = (6 << 20) + 100
  /// A streamed response, in bytes.
  public static let maximumStreamedBytes = 200 << 20
}
