/// One request as a service's client describes it, before it is addressed, signed and sent.
package struct ServiceRequest: Sendable {
  /// How the service writes its errors.
  package enum ErrorFormat: Sendable { case json, xml }

  package let service: AWSService
  package let operation: String
  package var method = "POST"
  package var endpoint: Endpoint
  /// The path in front of the query, percent-encoded once, without the endpoint's base path.
  package var path = "/"
  /// Names and values as they are meant; the signer encodes them.
  package var query: [(name: String, value: String)] = []
  package var headers = HTTPHeaders()
  package var body: [UInt8] = []
  package var errorFormat = ErrorFormat.json
  /// Time for one attempt in milliseconds.
  package var timeoutMilliseconds: Int64
  /// Longest time without a byte in either direction, in milliseconds; nil for no limit of its own.
  package var idleTimeoutMilliseconds: Int64?
  /// The region that was called, where an answer may name the right one.
  package var region: String?
  /// False where a second arrival costs or does something a second time: the request is then sent again only after answers, or the lack
  /// of them, that leave no doubt that nothing was done.
  package var isSafeToRepeat = true
  /// False for the few operations that bring a caller's credentials about and so cannot be signed with them.
  package var isSigned = true

  package init(_ service: AWSService, _ operation: String, endpoint: Endpoint) {
    self.service = service
    self.operation = operation
    self.endpoint = endpoint
    timeoutMilliseconds = OperationTimeouts.milliseconds(service, operation)
  }

  /// Adds a header field whose name is in lower case; none for nil.
  package mutating func header(_ name: String, _ value: String?) {
    if let value { headers.append(lowercased: name, value) }
  }
}
