/// A request that whoever gets it may send without credentials, until it expires.
///
/// The URL is as good as a key for the one object that it is about: its description leaves the query out, and so should every log.
public struct PresignedRequest: Sendable, Hashable {
  public let method: String
  /// The whole URL, the signature in its query.
  public let url: String
  /// Header fields that must be sent with exactly these values; empty for most requests. Any others may be sent too.
  public let headers: [String: String]
  /// When it ends, in milliseconds since the Unix epoch; earlier where the credentials that signed it end earlier.
  public let expirationMilliseconds: Int64
}

extension PresignedRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String {
    let end = url.utf8.firstIndex(of: UInt8(ascii: "?")) ?? url.endIndex
    return "PresignedRequest(\(method) \(url[..<end]), signature not shown)"
  }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: ["method": method, "expirationMilliseconds": expirationMilliseconds]) }
}

extension S3Client {
  /// 7 days: S3 takes no signature for longer.
  private static let longestExpirationSeconds = 604_800

  /// A request that reads an object, to hand to someone else; no request is made, so that nothing says whether there is such an object.
  /// - Parameter expiresInSeconds: 1 to 604800 (7 days).
  public func presigned(_ input: GetObjectInput, expiresInSeconds: Int = 900) async throws -> PresignedRequest {
    try await presigned(try request(input, checksums: false), expiresInSeconds: expiresInSeconds)
  }

  /// A request that writes an object, to hand to someone else, who brings the bytes: `input.body` is not looked at.
  /// - Parameter expiresInSeconds: 1 to 604800 (7 days).
  public func presigned(_ input: PutObjectInput, expiresInSeconds: Int = 900) async throws -> PresignedRequest {
    try await presigned(try request(input, checksums: false), expiresInSeconds: expiresInSeconds)
  }

  private func presigned(_ request: ServiceRequest, expiresInSeconds: Int) async throws -> PresignedRequest {
    guard (1...S3Client.longestExpirationSeconds).contains(expiresInSeconds) else {
      throw AWSError.input(
        "a signed URL cannot last \(expiresInSeconds) s: expected 1 to \(S3Client.longestExpirationSeconds)", service: .s3,
        operation: request.operation)
    }
    return try await client.presign(request, expiresInSeconds: expiresInSeconds)
  }
}
