/// Why a call failed: what the service answered, or what kept the request from getting an answer.
///
/// It holds names, ids and the service's own message, and never a credential or a body.
public struct AWSError: Error, Sendable {
  /// The service's error code without namespace, such as "ConditionalCheckFailedException", or one of the codes below.
  public let code: String
  /// The service's message, or what was wrong and what to do.
  public internal(set) var message: String
  /// The service's id, such as "DynamoDB"; nil when the error is about no service.
  public internal(set) var service: String?
  /// The operation, such as "UpdateItem"; nil when the error is about none.
  public internal(set) var operation: String?
  /// The answer's HTTP status; nil when there was no answer.
  public let httpStatus: Int?
  /// The id under which AWS knows the request; nil when there was no answer.
  public let requestID: String?
  /// S3's second id of a request (`x-amz-id-2`), which its support asks for; nil for other services.
  public let extendedRequestID: String?
  /// True when the same request may succeed later.
  public let isRetryable: Bool
  /// True when the service refused because of the rate of requests.
  public let isThrottling: Bool
  /// The item that failed a condition, where the request asked for it (`returnValuesOnConditionCheckFailure`).
  public let item: [String: AttributeValue]?
  /// One reason for each item of a cancelled transaction, in the order of its items; empty for other errors.
  public let cancellationReasons: [CancellationReason]

  /// Why one item of a transaction kept it from happening; `code` is "None" for an item that did not.
  public struct CancellationReason: Sendable, Hashable {
    public let code: String
    public let message: String?
    public let item: [String: AttributeValue]?

    public init(code: String, message: String? = nil, item: [String: AttributeValue]? = nil) {
      self.code = code
      self.message = message
      self.item = item
    }
  }

  public init(
    code: String, message: String, service: String? = nil, operation: String? = nil, httpStatus: Int? = nil, requestID: String? = nil,
    extendedRequestID: String? = nil, isRetryable: Bool = false, isThrottling: Bool = false, item: [String: AttributeValue]? = nil,
    cancellationReasons: [CancellationReason] = []
  ) {
    self.code = code
    self.message = message
    self.service = service
    self.operation = operation
    self.httpStatus = httpStatus
    self.requestID = requestID
    self.extendedRequestID = extendedRequestID
    self.isRetryable = isRetryable
    self.isThrottling = isThrottling
    self.item = item
    self.cancellationReasons = cancellationReasons
  }

  /// Settings that cannot be used; nothing was sent.
  public static let invalidConfigurationCode = "InvalidConfiguration"
  /// No credentials were found, or their source did not answer.
  public static let credentialsCode = "CredentialsUnavailable"
  /// An input that no request can be made of; nothing was sent.
  public static let invalidInputCode = "InvalidInput"
  /// The request was sent and no whole answer came in its time; the service may have acted upon it.
  public static let timeoutCode = "RequestTimedOut"
  /// The deadline in `RequestContext` leaves no time for an attempt.
  public static let deadlineCode = "DeadlineExceeded"
  /// No connection: refused, host not found, not made in time; nothing was sent.
  public static let connectionCode = "ConnectionFailed"
  /// The connection was lost after the request had been sent, wholly or in part; the service may have acted upon it.
  public static let lostCode = "ConnectionLost"
  /// The server's certificate could not be trusted, or the certificate file could not be read.
  public static let certificateCode = "CertificateRefused"
  /// An answer that is not what the service's protocol says.
  public static let invalidResponseCode = "InvalidResponse"

  /// An answer whose checksum is not that of its bytes.
  public static let checksumCode = "ChecksumMismatch"

  static func configuration(_ message: String) -> AWSError { AWSError(code: invalidConfigurationCode, message: message) }

  package static func input(_ message: String, service: AWSService, operation: String) -> AWSError {
    AWSError(code: invalidInputCode, message: message, service: service.serviceID, operation: operation)
  }

  /// The same error with secrets in its message blotted out: a refused signature comes back with everything that was signed.
  ///
  /// Only what is long enough to be a secret of AWS's, whose shortest has 40 bytes: the local cloud's "test" would take words out of messages.
  func withoutSecrets(of credentials: Credentials) -> AWSError {
    let secrets = [credentials.secretAccessKey, credentials.sessionToken ?? ""].filter { $0.utf8.count >= 16 }
    guard !secrets.isEmpty else { return self }
    var error = self
    error.message = secrets.reduce(message) { $0.replacing($1, by: "(not shown)") }
    return error
  }

  /// The same error with the call it belongs to, where it does not say so itself.
  func during(_ operation: String, of service: AWSService) -> AWSError {
    var error = self
    error.service = self.service ?? service.serviceID
    error.operation = self.operation ?? operation
    return error
  }
}

extension AWSError {
  /// True when the service certainly did nothing for the request: it was never sent, or was turned away for the rate or the load of requests.
  /// An error within an answer that had begun, whose status is 200, is none of these.
  public var isSureToHaveDoneNothing: Bool {
    guard httpStatus != 200 else { return false }
    return isThrottling || httpStatus == 503 || code == AWSError.connectionCode || code == AWSError.credentialsCode
      || code == "ModelNotReadyException" || code == "ServiceUnavailableException"
  }
  /// True when a condition of a single write was not met.
  public var isConditionalCheckFailed: Bool { code == "ConditionalCheckFailedException" }
  /// True when the message has the phrase in it, in capitals or not; services tell some errors apart by nothing else.
  public func mentions(_ phrase: String) -> Bool { message.lowercased().firstRange(of: phrase.lowercased()) != nil }
  /// True when a transaction was cancelled because at least one condition was not met.
  public var isTransactionConditionFailed: Bool {
    code == "TransactionCanceledException" && cancellationReasons.contains { $0.code == "ConditionalCheckFailed" }
  }
}

extension AWSError: CustomStringConvertible {
  public var description: String {
    var text = [service, operation].compactMap { $0 }.joined(separator: " ")
    text += text.isEmpty ? code : ": \(code)"
    var details: [String] = []
    if let httpStatus { details.append("HTTP \(httpStatus)") }
    if let requestID { details.append("request \(requestID)") }
    if let extendedRequestID { details.append("extended id \(extendedRequestID)") }
    if !details.isEmpty { text += " (\(details.joined(separator: ", ")))" }
    if !message.isEmpty { text += ": \(message)" }
    if !cancellationReasons.isEmpty { text += " [\(cancellationReasons.map(\.code).joined(separator: ", "))]" }
    return text
  }
}
