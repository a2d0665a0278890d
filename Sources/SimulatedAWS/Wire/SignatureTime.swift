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
    guard text.utf8.count == 16 else { return nil }
    let extended = String(unsafeUninitializedCapacity: 20) { output in
      var written = 0
      for (index, byte) in text.utf8.enumerated() {
        if index == 4 || index == 6 || index == 11 || index == 13 {
          output[written] = UInt8(ascii: index < 11 ? "-" : ":")
          written += 1
        }
        output[written] = byte
        written += 1
      }
      return written
    }
    return ISO8601.milliseconds(extended)
  }
}
