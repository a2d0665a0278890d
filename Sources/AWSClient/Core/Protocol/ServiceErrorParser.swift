public import JSON

/// Reads what a service says of a request that it refused.
enum ServiceErrorParser {
  /// Codes that a later attempt may not meet again (botocore's `standard.py`, and errors modelled as retryable).
  private static let transientCodes: Set<String> = [
    "RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete", "ReplicatedWriteConflictException", "ModelNotReadyException",
    AWSError.checksumCode, "IDPCommunicationError",
  ]
  private static let throttlingCodes: Set<String> = [
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "TooManyRequestsException",
    "ProvisionedThroughputExceededException", "TransactionInProgressException", "RequestLimitExceeded", "BandwidthLimitExceeded",
    "LimitExceededException", "RequestThrottled", "SlowDown", "PriorRequestNotComplete", "EC2ThrottledException",
  ]

  static func error(from response: HTTPResponse, of request: ServiceRequest) -> AWSError {
    var body = Body()
    switch request.errorFormat {
    case .json: body = (try? Body(json: response.body)) ?? Body()
    case .xml: body = Body(xml: response.body)
    }
    let headers = response.headers
    // SQS sends the code of its older protocol beside the modelled one, and every SDK shows the older.
    let queryCode = headers["x-amzn-query-error"]?.split(separator: ";").first.map(String.init)
    let code = queryCode ?? (headers["x-amzn-errortype"] ?? body.code).map(bareCode) ?? codeOfStatus(response.status)
    var message = body.message ?? "the service answered HTTP \(response.status) without a message"
    if let hint = otherRegion(code, body, response, request) { message += hint }
    return make(code: code, message: message, status: response.status, headers: headers, request: request, body: body)
  }

  /// True for a code that means: not at this rate.
  static func isThrottling(_ code: String) -> Bool { throttlingCodes.contains(code) }

  static func make(
    code: String, message: String, status: Int?, headers: HTTPHeaders, request: ServiceRequest, body: Body = Body()
  ) -> AWSError {
    let isThrottling = isThrottling(code) || isThrottledTransaction(body.cancellationReasons)
    let isTransientStatus = status.map { [500, 502, 503, 504].contains($0) } ?? false
    return AWSError(
      code: code, message: message, service: request.service.serviceID, operation: request.operation, httpStatus: status,
      requestID: headers["x-amzn-requestid"] ?? headers["x-amz-request-id"] ?? body.requestID,
      extendedRequestID: request.service == .s3 ? headers["x-amz-id-2"] ?? body.hostID : nil,
      isRetryable: isThrottling || isTransientStatus || transientCodes.contains(code), isThrottling: isThrottling, item: body.item,
      cancellationReasons: body.cancellationReasons)
  }

  /// What to add to S3's refusal of a request that went to another region than the bucket's; nil when that is not why.
  private static func otherRegion(_ code: String, _ body: Body, _ response: HTTPResponse, _ request: ServiceRequest) -> String? {
    guard let called = request.region, let region = body.region ?? response.headers["x-amz-bucket-region"], region != called else {
      return nil
    }
    // An answer to HEAD has no body, so no code either; the status and the region say enough.
    let codes = ["PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "BadRequest"]
    guard codes.contains(code) || response.status == 301 || response.status == 307 else { return nil }
    return " [the bucket is in the region '\(region)', the client calls '\(called)': use a client whose region is '\(region)']"
  }

  /// True when throttling alone cancelled a transaction, so that the same one may go through later.
  /// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html (cancellation reasons)
  private static func isThrottledTransaction(_ reasons: [AWSError.CancellationReason]) -> Bool {
    let codes = Set(reasons.map(\.code)).subtracting(["None", "TransactionConflict"])
    return !codes.isEmpty && codes.isSubset(of: ["ThrottlingError", "ProvisionedThroughputExceeded"])
  }

  /// "aws.protocoltests#FooError:http://internal/" is FooError (the rule of AWS's JSON protocols).
  private static func bareCode(_ text: String) -> String {
    let withoutSuffix = text.utf8.prefix { $0 != UInt8(ascii: ":") }
    return String(Substring(withoutSuffix.split(separator: UInt8(ascii: "#")).last ?? withoutSuffix))
  }

  /// The name that S3's SDKs give to an answer without a body, such as that to HEAD.
  private static func codeOfStatus(_ status: Int) -> String {
    switch status {
    case 301: "PermanentRedirect"
    case 304: "NotModified"
    case 400: "BadRequest"
    case 403: "Forbidden"
    case 404: "NotFound"
    case 412: "PreconditionFailed"
    default: "HTTP\(status)"
    }
  }

  /// The members of an error's body, whatever the protocol.
  struct Body {
    var code: String?
    var message: String?
    var requestID: String?
    /// S3's second id of the request.
    var hostID: String?
    /// S3's name of the region that should have been called.
    var region: String?
    var item: [String: AttributeValue]?
    var cancellationReasons: [AWSError.CancellationReason] = []
  }
}

extension ServiceErrorParser.Body: JSONDecodable {
  init(from reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "__type": code = try reader.readOptionalString() ?? code
      case "code", "Code":
        // Some services number their errors; the name is what counts.
        let value = try reader.readValue()
        if code == nil { code = value.stringValue ?? value.numberValue?.text }
      case "message", "Message", "errorMessage": message = try reader.readOptionalString() ?? message
      case "Item": item = try reader.readIfNull() ? nil : try reader.readAttributes()
      case "CancellationReasons":
        if try !reader.readIfNull() { cancellationReasons = try reader.readArray(of: AWSError.CancellationReason.self) }
      default: try reader.skipValue()
      }
    }
  }

  /// The body of S3's errors, `<Error><Code/><Message/><RequestId/></Error>`, and of the query protocol's, which wrap it in an
  /// `<ErrorResponse>` and have the id beside it.
  init(xml bytes: [UInt8]) {
    guard let root = try? XMLElement(parsing: bytes), root.name == "Error" || root.name == "ErrorResponse" else { return }
    let error = root.name == "Error" ? root : root["Error"]
    code = error?["Code"]?.text
    message = error?["Message"]?.text
    requestID = root["RequestId"]?.text
    hostID = root["HostId"]?.text
    region = error?["Region"]?.text
  }
}

extension AWSError.CancellationReason: JSONDecodable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var code = "None"
    var message: String?
    var item: [String: AttributeValue]?
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "Code": code = try reader.readOptionalString() ?? code
      case "Message": message = try reader.readOptionalString()
      case "Item": item = try reader.readIfNull() ? nil : try reader.readAttributes()
      default: try reader.skipValue()
      }
    }
    self.init(code: code, message: message, item: item)
  }
}
