import AWSClient
import LambdaRuntime

/// Sends the answer of a custom resource to the URL that CloudFormation signed.
struct PresignedURLSender: ResponseSender {
  let transport: any HTTPTransport

  /// The storage refused the answer.
  struct Refused: Error, CustomStringConvertible {
    let status: Int
    let body: String
    var description: String { "the answer was refused with HTTP \(status): \(body)" }
  }

  func put(_ body: [UInt8], to url: String, timeoutMilliseconds: Int64) async throws {
    // The signature covers an empty content type.
    let request = HTTPRequest(
      method: "PUT", url: url, headers: ["content-type": ""], body: body, timeoutMilliseconds: timeoutMilliseconds,
      connectTimeoutMilliseconds: min(timeoutMilliseconds, 3000))
    let response = try await transport.send(request)
    guard (200..<300).contains(response.status) else {
      throw Refused(status: response.status, body: String(decoding: response.body.prefix(300), as: UTF8.self))
    }
  }
}
