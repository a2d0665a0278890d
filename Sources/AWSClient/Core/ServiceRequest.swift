/// One request as a service's client describes it, before it is addressed, signed and sent.
struct ServiceRequest: Sendable {
  /// How the service writes its errors.
  enum ErrorFormat: Sendable { case json, xml }

  let service: AWSService
  let operation: String
  var method = "POST"
  var endpoint: Endpoint
  /// The path in front of the query, percent-encoded once, without the endpoint's base path.
  var path = "/"
  /// Names and values as they are meant; the signer encodes them.
  var query: [(name: String, value: String)] = []
  var headers = HTTPHeaders()
  var body: [UInt8] = []
  var errorFormat = ErrorFormat.json
  /// Time for one attempt in milliseconds.
  var timeoutMilliseconds: Int64
  /// Longest time without a byte in either direction, in milliseconds; nil for no limit of its own.
  var idleTimeoutMilliseconds: Int64?
  /// The region that was called, where an answer may name the right one.
  var region: String?
  /// False where a second arrival costs or does something a second time: the request is then sent again only after answers, or the lack
  /// of them, that leave no doubt that nothing was done.
  var isSafeToRepeat = true
  /// False for the few operations that bring a caller's credentials about and so cannot be signed with them.
  var isSigned = true

  init(_ service: AWSService, _ operation: String, endpoint: Endpoint) {
    self.service = service
    self.operation = operation
    self.endpoint = endpoint
    timeoutMilliseconds = OperationTimeouts.milliseconds(service, operation)
  }

  /// Adds a header field whose name is in lower case; none for nil.
  mutating func header(_ name: String, _ value: String?) {
    if let value { headers.append(lowercased: name, value) }
  }
}
