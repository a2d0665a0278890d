internal import JSON

/// Status, header fields and cookies of an HTTP response that is streamed through a function URL or API Gateway.
///
/// It travels in front of the body, as JSON and eight zero bytes, under a content type of its own.
/// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
public struct StreamedResponseHead: Sendable, Equatable {
  /// HTTP status code, 100 to 999.
  public var statusCode: Int
  public var headers: [String: String]
  /// Set-Cookie values, one an element.
  public var cookies: [String]

  public init(statusCode: Int = 200, headers: [String: String] = [:], cookies: [String] = []) {
    self.statusCode = statusCode
    self.headers = headers
    self.cookies = cookies
  }

  static let contentType = "application/vnd.awslambda.http-integration-response"

  /// The bytes that stand in front of the body.
  var prelude: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("statusCode", Int64(statusCode))
    writer.key("headers")
    writer.beginObject()
    for (name, value) in headers.sorted(by: { $0.key < $1.key }) { writer.member(name, value) }
    writer.endObject()
    writer.member("cookies", cookies)
    writer.endObject()
    return writer.bytes + [UInt8](repeating: 0, count: 8)
  }
}
