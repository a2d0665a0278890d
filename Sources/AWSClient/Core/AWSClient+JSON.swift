import JSON

/// An answer without members, for which some services send no body at all.
protocol EmptyOutput: JSONDecodable {}

/// An answer whose body says nothing of use.
struct IgnoredOutput: EmptyOutput {
  init(from reader: inout JSONReader) throws(JSONError) { try reader.skipValue() }
}

extension AWSClient {
  /// Calls an operation of a service that speaks AWS's JSON protocol.
  func callJSON<Input: JSONEncodable, Output: JSONDecodable>(
    _ service: AWSService, _ operation: String, target: String, contentType: String = "application/x-amz-json-1.0",
    timeoutMilliseconds: Int64? = nil, _ input: Input
  ) async throws -> Output {
    var request = ServiceRequest(service, operation, endpoint: try configuration.endpoint(of: service))
    if let timeoutMilliseconds { request.timeoutMilliseconds = timeoutMilliseconds }
    request.headers.reserveCapacity(12)
    request.header("content-type", contentType)
    request.header("x-amz-target", target)
    // Asks for the error codes of the older query protocol, which callers of SQS know.
    if service == .sqs { request.header("x-amzn-query-mode", "true") }
    request.body = input.json
    let response = try await perform(request)
    return try decode(response, of: request)
  }

  /// Reads an answer's JSON body.
  func decode<Output: JSONDecodable>(_ response: HTTPResponse, of request: ServiceRequest) throws -> Output {
    do throws(JSONError) {
      let isEmpty = response.body.isEmpty && Output.self is any EmptyOutput.Type
      return try Output(json: isEmpty ? [UInt8(ascii: "{"), UInt8(ascii: "}")] : response.body)
    } catch {
      throw AWSError(
        code: AWSError.invalidResponseCode, message: "the answer could not be read: \(error)", service: request.service.serviceID,
        operation: request.operation, httpStatus: response.status, requestID: response.headers["x-amzn-requestid"])
    }
  }
}
