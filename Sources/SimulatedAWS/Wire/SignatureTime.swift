import AWSClient
import JSON

/// The time in a request's signature, which must be near the service's.
enum SignatureTime {
  /// Source: Signature Version 4, "Elements of an AWS API request signature"; S3 API reference, error responses (RequestTimeTooSkewed).
  private static let windowMilliseconds: Int64 = 300_000
  private static let windowOfS3Milliseconds: Int64 = 900_000

  /// How the service refuses a request that is signed for another time; nil for one that it takes.
  static func refusal(of request: HTTPRequest, service: String, nowMilliseconds now: Int64) -> Refusal? {
    guard let text = request.headers["x-amz-date"], let signed = milliseconds(text) else { return nil }
    guard service != "s3" else {
      guard (signed - now).magnitude > windowOfS3Milliseconds else { return nil }
      return Refusal(
        403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.")
    }
    guard (signed - now).magnitude > windowMilliseconds else { return nil }
    let present = ISO8601.basicText(milliseconds: now)
    let bound = ISO8601.basicText(milliseconds: now + (signed < now ? -1 : 1) * windowMilliseconds)
    let status = service == "dynamodb" || service == "events" ? 400 : 403
    let message =
      signed < now
      ? "Signature expired: \(text) is now earlier than \(bound) (\(present) - 5 min.)"
      : "Signature not yet current: \(text) is still later than \(bound) (\(present) + 5 min.)"
    return Refusal(status, "InvalidSignatureException", message)
  }

  /// Milliseconds since the Unix epoch of "20261120T071900Z"; nil for other text.
  private static func milliseconds(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    guard bytes.count == 16 else { return nil }
    func piece(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    return ISO8601.milliseconds("\(piece(0..<4))-\(piece(4..<6))-\(piece(6..<11)):\(piece(11..<13)):\(piece(13..<16))")
  }
}
