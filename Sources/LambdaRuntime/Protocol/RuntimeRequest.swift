internal import JSON

/// Bytes for the Runtime API, ready to be written: a head, the body that follows it, and what follows that.
///
/// Nearly always a whole request; of a streamed response, one piece of it.
struct RuntimeRequest: Equatable, Sendable {
  let head: [UInt8]
  var body: [UInt8] = []
  /// The end of a chunk; empty in all but streamed responses.
  var tail: [UInt8] = []
}

/// Builds the requests of the Runtime API, version 2018-06-01, and those of the Extensions API, version 2020-01-01.
/// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
/// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
struct RuntimeRequests: Sendable {
  let next: RuntimeRequest
  private let base = "/2018-06-01/runtime/"
  private let invocations = "/2018-06-01/runtime/invocation/"
  private let extensions = "/2020-01-01/extension/"
  /// What every head ends with, but for the fields of its body.
  private let common: String
  /// Where the function's files are, for X-Ray.
  private let workingDirectory: String

  /// `authority` is the value of AWS_LAMBDA_RUNTIME_API, "address:port".
  init(authority: String, workingDirectory: String = "/var/task") {
    self.workingDirectory = workingDirectory
    // Put together without a text that grows or is let go of: to free the first one makes metadata, which the first GET next would wait for.
    var common = ""
    common.reserveCapacity(authority.utf8.count + 64)
    common += " HTTP/1.1\r\nHost: "
    common += authority
    common += "\r\nUser-Agent: arbiter-lambda-runtime\r\n"
    self.common = common
    var head: [UInt8] = []
    head.reserveCapacity(common.utf8.count + 64)
    head.append(contentsOf: "GET ".utf8)
    head.append(contentsOf: base.utf8)
    head.append(contentsOf: "invocation/next".utf8)
    head.append(contentsOf: common.utf8)
    head.append(contentsOf: "\r\n".utf8)
    next = RuntimeRequest(head: head)
  }

  func response(to invocation: Invocation, body: [UInt8]) -> RuntimeRequest {
    post(invocations, invocation.requestID, "/response", fields: echo(of: invocation), body: body)
  }

  func error(of invocation: Invocation, _ failure: InvocationFailure) -> RuntimeRequest {
    post(
      invocations, invocation.requestID, "/error", fields: echo(of: invocation) + fields(of: failure),
      body: failure.json(requestID: invocation.requestID))
  }

  func initializationError(_ failure: InvocationFailure) -> RuntimeRequest {
    post("\(base)init/error", fields: fields(of: failure), body: failure.json(requestID: nil))
  }

  // MARK: Streamed responses
  // https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming

  /// Opens a streamed response; `first` is sent along as its first chunk unless it is empty.
  func streamedResponse(to invocation: Invocation, contentType: String, first: [UInt8]) -> RuntimeRequest {
    let fields =
      echo(of: invocation)
      + "Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n"
      + "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n"
    var head = "POST \(base)invocation/\(invocation.requestID)/response\(common)\(fields)Content-Type: \(contentType)\r\n\r\n"
    if first.isEmpty { return RuntimeRequest(head: Array(head.utf8)) }
    head += Self.chunkSize(first)
    return RuntimeRequest(head: Array(head.utf8), body: first, tail: Self.lineEnd)
  }

  /// One chunk of a streamed response; `bytes` must not be empty, since an empty chunk ends the response.
  func chunk(_ bytes: [UInt8]) -> RuntimeRequest {
    RuntimeRequest(head: Array(Self.chunkSize(bytes).utf8), body: bytes, tail: Self.lineEnd)
  }

  /// Ends a streamed response; a failure travels in the trailers that its head announced.
  func endOfStream(_ failure: InvocationFailure?, requestID: String) -> RuntimeRequest {
    guard let failure else { return RuntimeRequest(head: Array("0\r\n\r\n".utf8)) }
    var tail = Array("0\r\nLambda-Runtime-Function-Error-Type: \(failure.type)\r\nLambda-Runtime-Function-Error-Body: ".utf8)
    tail += Base64Text.encode(failure.json(requestID: requestID))
    return RuntimeRequest(head: tail + Array("\r\n\r\n".utf8))
  }

  private static let lineEnd: [UInt8] = [0x0D, 0x0A]

  private static func chunkSize(_ bytes: [UInt8]) -> String { "\(String(bytes.count, radix: 16))\r\n" }

  // MARK: Extensions

  /// Registers an internal extension that asks for no events: what makes Lambda send SIGTERM before it ends the process.
  var registration: RuntimeRequest {
    post("\(extensions)register", fields: "Lambda-Extension-Name: arbiter-shutdown\r\n", body: Array("{\"events\":[]}".utf8))
  }

  /// Tells Lambda that the extension is ready. It is never answered, since the extension asked for no events.
  func nextExtensionEvent(identifier: String) -> RuntimeRequest {
    RuntimeRequest(head: Array("GET \(extensions)event/next\(common)Lambda-Extension-Identifier: \(identifier)\r\n\r\n".utf8))
  }

  // MARK: Parts

  private func fields(of failure: InvocationFailure) -> String {
    "Lambda-Runtime-Function-Error-Type: \(failure.type)\r\n"
      + "Lambda-Runtime-Function-XRay-Error-Cause: \(failure.xrayCause(workingDirectory: workingDirectory))\r\n"
  }

  /// The id of this very delivery, sent back so that a late answer cannot be taken for that of a later delivery.
  private func echo(of invocation: Invocation) -> String {
    invocation.invocationID.map { "Lambda-Runtime-Invocation-Id: \($0)\r\n" } ?? ""
  }

  /// The path comes in up to three parts, which are put together with everything else: this is done for every event.
  private func post(_ path: String, _ middle: String = "", _ end: String = "", fields: String, body: [UInt8]) -> RuntimeRequest {
    var head: [UInt8] = []
    head.reserveCapacity(512)
    for part in ["POST ", path, middle, end, common, fields, "Content-Type: application/json\r\nContent-Length: "] {
      head.append(contentsOf: part.utf8)
    }
    head.append(contentsOf: String(body.count).utf8)
    for _ in 0..<2 { head.append(contentsOf: Self.lineEnd) }
    return RuntimeRequest(head: head, body: body)
  }
}
