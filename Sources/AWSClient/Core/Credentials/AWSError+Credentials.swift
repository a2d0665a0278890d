extension AWSError {
  /// Credentials that could not be had.
  static func noCredentials(_ message: String, isRetryable: Bool = false) -> AWSError {
    AWSError(code: credentialsCode, message: message, isRetryable: isRetryable)
  }

  /// The same failure, as one of credentials; the deadline's stays what it is.
  func asCredentialsFailure(_ what: String) -> AWSError {
    if code == AWSError.deadlineCode { return self }
    return .noCredentials("\(what): \(code == AWSError.credentialsCode ? message : description)", isRetryable: isRetryable)
  }

  /// The same error with secrets blotted out of its message, should the other side have said them again.
  func without(_ secrets: [String?]) -> AWSError {
    secrets.compactMap(\.self).reduce(self) { $0.withoutSecrets(of: Credentials(accessKeyID: "", secretAccessKey: $1)) }
  }
}
