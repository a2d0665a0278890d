import CCurlCrypto

/// Says what libcurl's results mean to a caller.
enum CurlFailure {
  /// - Parameter certificateAuthorityFile: nil for libcurl's own choice.
  static func error(
    _ outcome: carb_outcome, _ reason: String, _ request: HTTPRequest, certificateAuthorityFile: String?
  ) -> AWSError {
    let host = host(of: request.url)
    switch outcome {
    case CARB_NOT_CONNECTED_IN_TIME:
      return AWSError(
        code: AWSError.connectionCode,
        message: "no connection to \(host) in time (\(request.connectTimeoutMilliseconds) ms to connect, "
          + "\(request.timeoutMilliseconds) ms for the whole exchange); nothing was sent", isRetryable: true)
    case CARB_TIMED_OUT:
      return AWSError(
        code: AWSError.timeoutCode, message: "no whole answer from \(host) within \(request.timeoutMilliseconds) ms", isRetryable: true)
    case CARB_UNTRUSTED_CERTIFICATE:
      return AWSError(
        code: AWSError.certificateCode,
        message: "the certificate of \(host) could not be trusted (\(reason)); AWS_CA_BUNDLE names the file of trusted authorities")
    case CARB_UNREADABLE_CERTIFICATE_FILE:
      return AWSError(
        code: AWSError.certificateCode,
        message: "the file of trusted certificate authorities could not be read (\(certificateAuthorityFile ?? "libcurl's own")): expected "
          + "certificates in PEM, each of them whole; AWS_CA_BUNDLE names another file")
    case CARB_BAD_ADDRESS:
      return AWSError(code: AWSError.invalidInputCode, message: "the address of \(host) cannot be used: \(reason)")
    case CARB_PROXY_WANTS_PASSWORD:
      return AWSError(
        code: AWSError.connectionCode,
        message:
          "no connection to \(host): the proxy wants a name and a password (HTTP 407), as in HTTPS_PROXY=http://name:password@proxy:port")
    case CARB_NO_CONNECTION:
      return AWSError(code: AWSError.connectionCode, message: "no connection to \(host): \(reason)", isRetryable: true)
    case CARB_LOST_CONNECTION:
      return AWSError(
        code: AWSError.lostCode, message: "the connection to \(host) was lost before the whole answer had come: \(reason)",
        isRetryable: true)
    case CARB_OTHER_FAILURE_UNSENT:
      return AWSError(code: AWSError.connectionCode, message: "the exchange with \(host) could not begin: \(reason)")
    default: return AWSError(code: AWSError.lostCode, message: "the exchange with \(host) failed: \(reason)")
    }
  }

  /// The error of a transfer that its request's own rules have ended; nil for any other.
  static func ofRule(_ transfer: CurlTransfer, _ outcome: carb_outcome) -> AWSError? {
    let host = host(of: transfer.request.url)
    if transfer.isTooLarge {
      return AWSError(
        code: AWSError.responseTooLargeCode,
        message: "the answer of \(host) has more than the \(transfer.request.maximumBodyBytes ?? 0) bytes that are allowed")
    }
    if outcome == CARB_NO_CONNECTION, let address = transfer.refusedAddress {
      return AWSError(
        code: AWSError.addressRefusedCode, message: "no connection to \(host): its address \(address) is not one that may be connected to")
    }
    return nil
  }

  static func idle(_ request: HTTPRequest) -> AWSError {
    AWSError(
      code: AWSError.timeoutCode,
      message: "no byte to or from \(host(of: request.url)) for \(request.idleTimeoutMilliseconds ?? 0) ms", isRetryable: true)
  }

  /// Scheme and authority: paths and queries hold keys of customers.
  private static func host(of url: String) -> String {
    let parts = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
    guard parts.count >= 2 else { return "the endpoint" }
    return "\(parts[0])//\(parts[1])"
  }
}
