import AWSClient
import JSON

/// A request that a service does not carry out, in the words of AWS.
struct Refusal: Error {
  let status: Int
  /// The modelled name, such as "QueueDoesNotExist".
  let code: String
  let message: String
  /// The name in SQS's older protocol, where it is another.
  var queryCode: String?

  init(_ status: Int, _ code: String, _ message: String, queryCode: String? = nil) {
    self.status = status
    self.code = code
    self.message = message
    self.queryCode = queryCode
  }
}

extension HTTPResponse {
  /// An answer in AWS's JSON protocols.
  static func json(_ body: [UInt8], requestID: String, contentType: String = "application/x-amz-json-1.0") -> HTTPResponse {
    var headers = HTTPHeaders()
    headers.reserveCapacity(2)
    headers.append(lowercased: "x-amzn-requestid", requestID)
    headers.append(lowercased: "content-type", contentType)
    return HTTPResponse(status: 200, headers: headers, body: body)
  }

  /// A refusal in AWS's JSON protocols.
  /// - Parameter namespace: of the code in the body, such as "com.amazonaws.sqs".
  static func json(
    _ refusal: Refusal, namespace: String, requestID: String, contentType: String = "application/x-amz-json-1.0"
  ) -> HTTPResponse {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("__type", "\(namespace)#\(refusal.code)")
    writer.member("message", refusal.message)
    writer.endObject()
    var response = HTTPResponse.json(writer.bytes, requestID: requestID, contentType: contentType)
    response.status = refusal.status
    if let queryCode = refusal.queryCode {
      response.headers.append(lowercased: "x-amzn-query-error", "\(queryCode);\(refusal.status < 500 ? "Sender" : "Receiver")")
    }
    return response
  }
}
