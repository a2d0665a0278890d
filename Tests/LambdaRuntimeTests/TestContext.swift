import JSON

@testable import LambdaRuntime

extension LambdaContext {
  /// A context whose log goes to `lines`, with `milliseconds` left, or without a deadline.
  static func test(remaining milliseconds: Int64? = nil, lines: LogLines = LogLines()) -> LambdaContext {
    LambdaContext(
      requestID: "request-1", deadlineMilliseconds: milliseconds.map { nowMilliseconds() + $0 }, functionARN: "", traceHeader: nil,
      clientContext: nil, cognitoIdentity: nil, tenantID: nil, function: LambdaFunction(LambdaEnvironment([:])),
      log: RuntimeLog(isJSON: true, threshold: .info) { lines.append($0) })
  }
}
