internal import Synchronization

extension AWSClient {
  /// Time that is left over at the deadline for what the caller does with the answer, in milliseconds.
  static let deadlineMarginMilliseconds: Int64 = 50
  /// How far the service's clock must be off before the client follows it, in milliseconds; AWS itself allows 5 minutes.
  private static let skewThresholdMilliseconds: Int64 = 240_000

  /// Sends a request, again where that may help, and answers with a successful response.
  /// - Throws: `AWSError`, or `CancellationError` when the task is cancelled.
  package func perform(_ request: ServiceRequest) async throws -> HTTPResponse {
    try await attempts(of: request) { client, signed in
      var response = try await client.transport.send(signed)
      if !(200..<300).contains(response.status) { return .failure(ServiceErrorParser.error(from: response, of: request), response) }
      if request.errorFormat == .xml, request.operation != "GetObject", AWSClient.isErrorDocument(response.body) {
        // S3 may begin an answer with 200 and find out afterwards that it failed; that counts as its own error.
        response.status = 500
        return .failure(ServiceErrorParser.error(from: response, of: request), response)
      }
      if let text = AWSClient.wrongChecksum(of: response, to: request) {
        let message = "the answer's bytes do not have the checksum \(text) that came with them"
        return .failure(
          ServiceErrorParser.make(
            code: AWSError.checksumCode, message: message, status: response.status, headers: response.headers, request: request), response)
      }
      return .success(response)
    }
  }

  /// Sends a request and answers as soon as the head of a successful response is there.
  /// - Throws: `AWSError`, or `CancellationError` when the task is cancelled.
  package func performStreaming(_ request: ServiceRequest) async throws -> HTTPStreamingResponse {
    try await attempts(of: request) { client, signed in
      let response = try await client.transport.stream(signed)
      if (200..<300).contains(response.status) { return .success(response) }
      var whole = HTTPResponse(status: response.status, headers: response.headers)
      for try await chunk in response.body { whole.body.append(contentsOf: chunk) }
      // In a cancelled task the body seems to end.
      try Task.checkCancellation()
      return .failure(ServiceErrorParser.error(from: whole, of: request), whole)
    }
  }

  /// Waits before what a partial answer left undone is sent again; false when it should not be: attempts, quota or time are used up, or the
  /// task is cancelled.
  func waitToRepeat(_ policy: inout RetryPolicy, isThrottling: Bool, of service: AWSService) async -> Bool {
    let failure = RetryPolicy.Failure(isRetryable: true, isThrottling: isThrottling)
    let fraction = clock.randomFraction()
    guard case .retry(let delay) = withQuota(of: service, { policy.failed(failure, quota: &$0, fraction: fraction) }), leaves(delay) else {
      return false
    }
    do { try await clock.sleep(milliseconds: delay) } catch { return false }
    return true
  }

  /// The policy under which what partial answers leave is sent again.
  func leftoversPolicy(_ service: AWSService, _ operation: String) -> RetryPolicy {
    RetryPolicy(service: service, operation: operation, maximumAttempts: configuration.maximumAttempts)
  }

  /// Waits after a partial answer that may come of throttling.
  /// - Parameter attempt: answers in a row that brought nothing; 0 waits shortly.
  func pauseForThrottling(attempt: Int) async throws {
    let delay = RetryPolicy.throttlingDelayMilliseconds(attempt: attempt, fraction: clock.randomFraction())
    guard leaves(delay) else {
      throw AWSError(code: AWSError.deadlineCode, message: "the deadline leaves no time to wait \(delay) ms for a throttled table")
    }
    try await clock.sleep(milliseconds: delay)
  }

  /// What one attempt came to.
  private enum Outcome<Response: Sendable>: Sendable {
    case success(Response)
    case failure(AWSError, HTTPResponse)
  }

  private func attempts<Response: Sendable>(
    of request: ServiceRequest, _ attempt: (AWSClient, HTTPRequest) async throws -> Outcome<Response>
  ) async throws -> Response {
    var policy = RetryPolicy(service: request.service, operation: request.operation, maximumAttempts: configuration.maximumAttempts)
    let invocationID = RandomID.uuid(clock)
    var hasCorrectedClock = false
    while true {
      let failure: AWSError
      var retryAfterMilliseconds: Int64?
      do {
        let (signed, credentials) = try await signed(request, invocationID: invocationID, policy: policy)
        switch try await attempt(self, signed) {
        case .success(let response):
          withQuota(of: request.service) { policy.succeeded(quota: &$0) }
          return response
        case .failure(let answered, let response):
          let error = credentials.map(answered.withoutSecrets) ?? answered
          if !hasCorrectedClock, correctClock(after: error, response.headers) {
            hasCorrectedClock = true
            continue
          }
          failure = error
          retryAfterMilliseconds = response.headers["x-amz-retry-after"].flatMap(Int64.init)
        }
      } catch let error as AWSError {
        failure = error.during(request.operation, of: request.service)
      }
      // A source of credentials has made its own attempts.
      let mayRepeat = failure.code != AWSError.credentialsCode && (request.isSafeToRepeat || failure.isSureToHaveDoneNothing)
      let outcome = RetryPolicy.Failure(
        isRetryable: mayRepeat && failure.isRetryable, isThrottling: failure.isThrottling, retryAfterMilliseconds: retryAfterMilliseconds)
      let fraction = clock.randomFraction()
      switch withQuota(of: request.service, { policy.failed(outcome, quota: &$0, fraction: fraction) }) {
      case .retry(let delay):
        guard leaves(delay) else { throw failure }
        try await clock.sleep(milliseconds: delay)
      case .fail(let delay):
        if delay > 0, leaves(delay) { try await clock.sleep(milliseconds: delay) }
        throw failure
      }
    }
  }

  /// True when the deadline leaves time for something after a delay.
  private func leaves(_ delayMilliseconds: Int64) -> Bool {
    guard let deadline = RequestContext.deadlineMilliseconds else { return true }
    return clock.nowMilliseconds + delayMilliseconds < deadline - AWSClient.deadlineMarginMilliseconds
  }

  /// Milliseconds until the deadline, less the margin; nil without one.
  /// - Throws: `AWSError` with code `DeadlineExceeded` when there are none.
  private func timeLeft(for attempt: Int) throws -> Int64? {
    guard let deadline = RequestContext.deadlineMilliseconds else { return nil }
    let left = deadline - AWSClient.deadlineMarginMilliseconds - clock.nowMilliseconds
    guard left > 0 else { throw AWSError(code: AWSError.deadlineCode, message: "the deadline leaves no time for attempt \(attempt)") }
    return left
  }

  /// The request of one attempt, addressed, signed and bounded by the deadline.
  private func signed(
    _ request: ServiceRequest, invocationID: String, policy: RetryPolicy
  ) async throws -> (HTTPRequest, Credentials?) {
    // Before the credentials too: to fetch them takes time.
    _ = try timeLeft(for: policy.attempt)
    let credentials = request.isSigned ? try await configuration.credentials.credentials(using: transport, clock: clock) : nil
    let ownTimeout = OperationTimeouts.isOwn(request.service, request.operation)
    let wanted = ownTimeout ? nil : configuration.requestTimeoutMilliseconds
    let timeout = min(wanted ?? request.timeoutMilliseconds, try timeLeft(for: policy.attempt) ?? .max)
    let now = clock.nowMilliseconds
    var headers = request.headers
    headers.append(lowercased: "amz-sdk-invocation-id", invocationID)
    headers.append(lowercased: "amz-sdk-request", "attempt=\(policy.attempt); max=\(policy.maximumAttempts)")
    try checkHeaders(of: request)
    let path = request.endpoint.basePath + request.path
    let query = PercentEncoding.query(request.query)
    if let credentials {
      let toSign = RequestSigner.Request(
        method: request.method, authority: request.endpoint.authority, path: path, query: query, headers: headers, body: request.body)
      let scope = RequestSigner.Scope(
        credentials: credentials, region: request.endpoint.signingRegion ?? configuration.region, service: request.service.signingName)
      do throws(SigningError) {
        headers = try signer.sign(toSign, scope: scope, milliseconds: now + clockSkewMilliseconds.load(ordering: .relaxed))
      } catch {
        throw AWSClient.unsigned(error)
      }
    }
    // After the signature: proxies on the way may change it.
    if let traceID = RequestContext.traceID, traceID.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
      headers.append(lowercased: "x-amzn-trace-id", traceID)
    }
    var url = "\(request.endpoint.scheme)://\(request.endpoint.authority)\(path)"
    if !query.isEmpty { url += "?\(query)" }
    var signed = HTTPRequest(
      method: request.method, url: url, headers: headers, body: request.body, timeoutMilliseconds: timeout,
      connectTimeoutMilliseconds: min(timeout, configuration.connectTimeoutMilliseconds))
    // A proxy would look for the local cloud on its own machine.
    signed.bypassesProxy = request.endpoint.isLoopback
    signed.isSafeToRepeat = request.isSafeToRepeat
    signed.idleTimeoutMilliseconds = request.idleTimeoutMilliseconds
    return (signed, credentials)
  }

  /// A request with its signature in the query, for someone else to send.
  func presign(_ request: ServiceRequest, expiresInSeconds: Int) async throws -> PresignedRequest {
    let credentials = try await configuration.credentials.credentials(using: transport, clock: clock)
    try checkHeaders(of: request)
    let path = request.endpoint.basePath + request.path
    let now = clock.nowMilliseconds + clockSkewMilliseconds.load(ordering: .relaxed)
    let toSign = RequestSigner.Request(
      method: request.method, authority: request.endpoint.authority, path: path, query: "", headers: request.headers, body: [])
    let scope = RequestSigner.Scope(
      credentials: credentials, region: request.endpoint.signingRegion ?? configuration.region, service: request.service.signingName)
    let query: String
    do throws(SigningError) {
      query = try signer.presign(toSign, query: request.query, scope: scope, milliseconds: now, expiresInSeconds: expiresInSeconds)
    } catch {
      throw AWSClient.unsigned(error)
    }
    return PresignedRequest(
      method: request.method, url: "\(request.endpoint.scheme)://\(request.endpoint.authority)\(path)?\(query)",
      headers: Dictionary(request.headers.fields.map { ($0.name, $0.value) }, uniquingKeysWith: { "\($0),\($1)" }),
      expirationMilliseconds: now + Int64(expiresInSeconds) * 1_000)
  }

  /// A line break would begin another header field; bytes outside ASCII arrive as others than were signed.
  private func checkHeaders(of request: ServiceRequest) throws {
    for field in request.headers.fields where field.value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 >= 0x7F }) {
      throw AWSError.input(
        "the header field '\(field.name)' has a value with characters other than printable ASCII", service: request.service,
        operation: request.operation)
    }
  }

  private static func unsigned(_ error: SigningError) -> AWSError {
    switch error {
    case .noDigest: .configuration("libcrypto has no SHA-256, so that no request can be signed")
    case .badCredentials:
      .noCredentials(
        "the access key's id or the session token has characters other than printable ASCII: is there a line break at its end?")
    }
  }

  /// Follows the service's clock when an error says that ours is off; true when a new attempt would be signed for another time.
  private func correctClock(after error: AWSError, _ headers: HTTPHeaders) -> Bool {
    let codes = [
      "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture", "InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure",
    ]
    guard codes.contains(error.code), let text = headers["date"], let serverTime = HTTPDate.milliseconds(text) else { return false }
    let skew = serverTime - clock.nowMilliseconds
    let known = clockSkewMilliseconds.load(ordering: .relaxed)
    guard (skew - known).magnitude >= AWSClient.skewThresholdMilliseconds else { return false }
    clockSkewMilliseconds.store(skew, ordering: .relaxed)
    return true
  }

  /// The checksum that came with an answer and is not that of its bytes; nil when none came or it is right.
  private static func wrongChecksum(of response: HTTPResponse, to request: ServiceRequest) -> String? {
    if let text = response.headers["x-amz-crc32"], let expected = UInt32(text), CRC32.checksum(response.body) != expected { return text }
    // A part of an object comes with the checksum of the whole.
    guard request.service == .s3, request.operation == "GetObject", response.status == 200 else { return nil }
    return S3Checksum.mismatch(of: response)
  }

  private static func isErrorDocument(_ body: [UInt8]) -> Bool {
    guard body.first == UInt8(ascii: "<") else { return false }
    return (try? XMLElement(parsing: body))?.name == "Error"
  }
}
