internal import Glibc

/// What a handler may know about the invocation it serves.
public struct LambdaContext: Sendable {
  public let requestID: String
  /// When Lambda gives the invocation up, in milliseconds since the Unix epoch; nil where the Runtime API does not say.
  public let deadlineMilliseconds: Int64?
  public let functionARN: String
  /// The X-Ray trace header: "Root=...;Parent=...;Sampled=...".
  public let traceHeader: String?
  /// JSON that a client sent along; `decodedClientContext` reads it.
  public let clientContext: String?
  /// JSON that names the caller, where Amazon Cognito knows it; `decodedCognitoIdentity` reads it.
  public let cognitoIdentity: String?
  /// The tenant, for functions in tenant isolation mode.
  public let tenantID: String?
  public let function: LambdaFunction
  let log: RuntimeLog

  /// A context of one's own, for tests.
  public init(
    requestID: String, deadlineMilliseconds: Int64? = nil, functionARN: String = "", traceHeader: String? = nil,
    clientContext: String? = nil, cognitoIdentity: String? = nil, tenantID: String? = nil,
    function: LambdaFunction = LambdaFunction(LambdaEnvironment([:]))
  ) {
    self.init(
      requestID: requestID, deadlineMilliseconds: deadlineMilliseconds, functionARN: functionARN, traceHeader: traceHeader,
      clientContext: clientContext, cognitoIdentity: cognitoIdentity, tenantID: tenantID, function: function, log: .standard)
  }

  init(
    requestID: String, deadlineMilliseconds: Int64?, functionARN: String, traceHeader: String?, clientContext: String?,
    cognitoIdentity: String?, tenantID: String?, function: LambdaFunction, log: RuntimeLog
  ) {
    self.requestID = requestID
    self.deadlineMilliseconds = deadlineMilliseconds
    self.functionARN = functionARN
    self.traceHeader = traceHeader
    self.clientContext = clientContext
    self.cognitoIdentity = cognitoIdentity
    self.tenantID = tenantID
    self.function = function
    self.log = log
  }

  /// The context of the invocation that the current task serves; nil outside of one.
  @TaskLocal public static var current: LambdaContext?

  /// Milliseconds until Lambda gives the invocation up, negative after that; `Int64.max` when there is no deadline.
  public var remainingMilliseconds: Int64 {
    guard let deadlineMilliseconds else { return .max }
    let (left, isTooFar) = deadlineMilliseconds.subtractingReportingOverflow(nowMilliseconds())
    return isTooFar ? .min : left
  }
}

/// The function this process is an instance of; the same for every invocation.
public struct LambdaFunction: Sendable {
  public let name: String
  public let version: String
  /// Memory limit in MB; nil where the environment does not say.
  public let memoryMegabytes: Int?

  public init(_ environment: LambdaEnvironment) {
    name = environment["AWS_LAMBDA_FUNCTION_NAME"] ?? ""
    version = environment["AWS_LAMBDA_FUNCTION_VERSION"] ?? ""
    memoryMegabytes = environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"].flatMap { Int($0) }
  }
}

/// Milliseconds since the Unix epoch.
func nowMilliseconds() -> Int64 { milliseconds(of: CLOCK_REALTIME) }

/// Milliseconds of a clock that nobody sets.
func steadyMilliseconds() -> Int64 { milliseconds(of: CLOCK_MONOTONIC) }

private func milliseconds(of clock: clockid_t) -> Int64 {
  var time = timespec()
  clock_gettime(clock, &time)
  return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}
