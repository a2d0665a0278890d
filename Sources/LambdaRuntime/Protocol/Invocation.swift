/// One event that the Runtime API handed out, with the fields of its head.
struct Invocation: Equatable, Sendable {
  let requestID: String
  /// Identifies the delivery rather than the request; nil where the Runtime API does not send one yet.
  let invocationID: String?
  /// Milliseconds since the Unix epoch; nil where the Runtime API does not say, or says what is no time.
  let deadlineMilliseconds: Int64?
  let functionARN: String
  let traceHeader: String?
  let clientContext: String?
  let cognitoIdentity: String?
  let tenantID: String?
  let event: [UInt8]

  /// What can be a deadline: up to the year 9999. Everybody reckons with it, and a number at the end of its range would overflow.
  private static let times: ClosedRange<Int64> = 0...253_402_300_799_999

  init(_ response: HTTPResponse) throws(HTTPProtocolError) {
    let head = response.head
    guard let requestID = head["lambda-runtime-aws-request-id"], Self.isToken(requestID) else {
      throw HTTPProtocolError(
        "a request id of visible characters", found: "Lambda-Runtime-Aws-Request-Id '\(head["lambda-runtime-aws-request-id"] ?? "")'")
    }
    self.requestID = requestID
    invocationID = head["lambda-runtime-invocation-id"].flatMap { Self.isToken($0) ? $0 : nil }
    deadlineMilliseconds = head["lambda-runtime-deadline-ms"].flatMap { Int64($0) }.flatMap { Self.times.contains($0) ? $0 : nil }
    functionARN = head["lambda-runtime-invoked-function-arn"] ?? ""
    traceHeader = head["lambda-runtime-trace-id"]
    clientContext = head["lambda-runtime-client-context"]
    cognitoIdentity = head["lambda-runtime-cognito-identity"]
    tenantID = head["lambda-runtime-aws-tenant-id"]
    event = response.body
  }

  /// True for text that can stand in a request line or a field as it is.
  static func isToken(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
  }
}
