internal import JSON

/// One request to the Runtime API, ready to be written: its head, and the body that follows it.
struct RuntimeRequest: Equatable, Sendable {
  let head: [UInt8]
  let body: [UInt8]
}

/// Builds the requests of the Runtime API, version 2018-06-01.
/// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
struct RuntimeRequests: Sendable {
  let next: RuntimeRequest
  private let base = "/2018-06-01/runtime/"
  /// What every head ends with, but for the fields of its body.
  private let common: String

  /// `authority` is the value of AWS_LAMBDA_RUNTIME_API, "address:port".
  init(authority: String) {
    common = " HTTP/1.1\r\nHost: \(authority)\r\nUser-Agent: arbiter-lambda-runtime\r\n"
    next = RuntimeRequest(head: Array("GET \(base)invocation/next\(common)\r\n".utf8), body: [])
  }

  func response(to invocation: Invocation, body: [UInt8]) -> RuntimeRequest {
    post("invocation/\(invocation.requestID)/response", fields: echo(of: invocation), body: body)
  }

  func error(of invocation: Invocation, _ failure: InvocationFailure) -> RuntimeRequest {
    var fields = echo(of: invocation) + "Lambda-Runtime-Function-Error-Type: \(failure.type)\r\n"
    fields += "Lambda-Runtime-Function-XRay-Error-Cause: \(failure.xrayCause)\r\n"
    return post("invocation/\(invocation.requestID)/error", fields: fields, body: failure.json)
  }

  func initializationError(_ failure: InvocationFailure) -> RuntimeRequest {
    post("init/error", fields: "Lambda-Runtime-Function-Error-Type: \(failure.type)\r\n", body: failure.json)
  }

  /// The id of this very delivery, sent back so that a late answer cannot be taken for that of a later delivery.
  private func echo(of invocation: Invocation) -> String {
    invocation.invocationID.map { "Lambda-Runtime-Invocation-Id: \($0)\r\n" } ?? ""
  }

  private func post(_ path: String, fields: String, body: [UInt8]) -> RuntimeRequest {
    let head = "POST \(base)\(path)\(common)\(fields)Content-Type: application/json\r\nContent-Length: \(body.count)\r\n\r\n"
    return RuntimeRequest(head: Array(head.utf8), body: body)
  }
}
