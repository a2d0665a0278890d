import Glibc
import JSON
import Synchronization

/// Signs requests with Signature Version 4 (AWS's "Signing AWS API requests").
final class RequestSigner: Sendable {
  /// What a signature covers.
  struct Request {
    var method: String
    /// What the Host header says.
    var authority: String
    /// The path as it is sent, percent-encoded once.
    var path: String
    /// The query as it is sent: encoded and sorted.
    var query: String
    /// Every field to sign but Host and those that the signer adds; names in lower case.
    var headers: HTTPHeaders
    var body: [UInt8]
  }

  /// Whose key signs what.
  struct Scope: Hashable {
    var credentials: Credentials
    var region: String
    var service: String
  }

  private struct DerivedKey {
    let scope: Scope
    let day: Substring
    let key: [UInt8]
  }

  /// Keys of the day, the latest one last; a process uses one for each service.
  private let derivedKeys = Mutex<[DerivedKey]>([])
  private static let maximumKeys = 16

  /// The header fields to send, Authorization among them; Host is left to the transport.
  func sign(_ request: Request, scope: Scope, milliseconds: Int64) throws(SigningError) -> HTTPHeaders {
    let time = ISO8601.basicText(milliseconds: milliseconds)
    var payloadHash: [UInt8] = []
    Hexadecimal.append(try SHA256.hash(request.body), to: &payloadHash)
    var headers = request.headers
    headers.append(lowercased: "x-amz-date", time)
    if scope.service == "s3" { headers.append(lowercased: "x-amz-content-sha256", String(decoding: payloadHash, as: UTF8.self)) }
    if let token = scope.credentials.sessionToken { headers.append(lowercased: "x-amz-security-token", token) }

    let canonical = RequestSigner.canonical(
      request, fields: headers.fields, payloadHash: payloadHash, signsPathAsItIs: scope.service == "s3")
    let signature = try signature(of: canonical.bytes, scope: scope, time: time)
    var authorization: [UInt8] = []
    authorization.reserveCapacity(384)
    authorization.append(contentsOf: "AWS4-HMAC-SHA256 Credential=".utf8)
    authorization.append(contentsOf: scope.credentials.accessKeyID.utf8)
    authorization.append(UInt8(ascii: "/"))
    RequestSigner.append(scope, day: time, to: &authorization)
    authorization.append(contentsOf: ", SignedHeaders=".utf8)
    authorization.append(contentsOf: canonical.signedNames)
    authorization.append(contentsOf: ", Signature=".utf8)
    Hexadecimal.append(signature, to: &authorization)
    headers.append(lowercased: "authorization", String(decoding: authorization, as: UTF8.self))
    return headers
  }

  /// The query of a request that carries its signature there, for whoever gets the URL to send it without credentials; the body is not signed.
  /// - Parameters:
  ///   - query: names and values as they are meant; `request.query` is not looked at.
  ///   - expiresInSeconds: how long the signature is good for.
  func presign(
    _ request: Request, query: [(name: String, value: String)], scope: Scope, milliseconds: Int64, expiresInSeconds: Int
  ) throws(SigningError) -> String {
    let time = ISO8601.basicText(milliseconds: milliseconds)
    var scopeText: [UInt8] = Array("\(scope.credentials.accessKeyID)/".utf8)
    RequestSigner.append(scope, day: time, to: &scopeText)
    var request = request
    // The names are known before the query that names them.
    let signedNames = RequestSigner.canonical(request, fields: request.headers.fields, payloadHash: [], signsPathAsItIs: true).signedNames
    var parameters = query
    parameters += [
      ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Credential", String(decoding: scopeText, as: UTF8.self)), ("X-Amz-Date", time),
      ("X-Amz-Expires", String(expiresInSeconds)), ("X-Amz-SignedHeaders", String(decoding: signedNames, as: UTF8.self)),
    ]
    if let token = scope.credentials.sessionToken { parameters.append(("X-Amz-Security-Token", token)) }
    request.query = PercentEncoding.query(parameters)
    let isS3 = scope.service == "s3"
    var payloadHash = Array("UNSIGNED-PAYLOAD".utf8)
    if !isS3 {
      payloadHash = []
      Hexadecimal.append(try SHA256.hash(request.body), to: &payloadHash)
    }
    let canonical = RequestSigner.canonical(request, fields: request.headers.fields, payloadHash: payloadHash, signsPathAsItIs: isS3)
    return "\(request.query)&X-Amz-Signature=\(Hexadecimal.encode(try signature(of: canonical.bytes, scope: scope, time: time)))"
  }

  /// What is hashed for the signature, and the names of the header fields in it.
  private static func canonical(
    _ request: Request, fields: [HTTPHeaders.Field], payloadHash: [UInt8], signsPathAsItIs: Bool
  ) -> (bytes: [UInt8], signedNames: [UInt8]) {
    var fields = fields
    fields.append(HTTPHeaders.Field(name: "host", value: request.authority))
    // Sorting is stable, so that fields of one name keep their order, as their values must.
    fields.sort { $0.name < $1.name }
    var signedNames: [UInt8] = []
    signedNames.reserveCapacity(160)
    var canonical: [UInt8] = []
    canonical.reserveCapacity(1_024 + request.path.utf8.count + request.query.utf8.count)
    canonical.append(contentsOf: request.method.utf8)
    canonical.append(UInt8(ascii: "\n"))
    if signsPathAsItIs {
      canonical.append(contentsOf: request.path.utf8)
    } else {
      PercentEncoding.append(normalized(request.path), keepsSlashes: true, to: &canonical)
    }
    canonical.append(UInt8(ascii: "\n"))
    canonical.append(contentsOf: request.query.utf8)
    canonical.append(UInt8(ascii: "\n"))
    var previous = ""
    for field in fields {
      if field.name == previous {
        canonical[canonical.count - 1] = UInt8(ascii: ",")
      } else {
        if !signedNames.isEmpty { signedNames.append(UInt8(ascii: ";")) }
        signedNames.append(contentsOf: field.name.utf8)
        canonical.append(contentsOf: field.name.utf8)
        canonical.append(UInt8(ascii: ":"))
        previous = field.name
      }
      appendTrimmed(field.value, to: &canonical)
      canonical.append(UInt8(ascii: "\n"))
    }
    canonical.append(UInt8(ascii: "\n"))
    canonical.append(contentsOf: signedNames)
    canonical.append(UInt8(ascii: "\n"))
    canonical.append(contentsOf: payloadHash)
    return (canonical, signedNames)
  }

  private func signature(of canonical: [UInt8], scope: Scope, time: String) throws(SigningError) -> [UInt8] {
    var toSign: [UInt8] = []
    toSign.reserveCapacity(192)
    toSign.append(contentsOf: "AWS4-HMAC-SHA256\n".utf8)
    toSign.append(contentsOf: time.utf8)
    toSign.append(UInt8(ascii: "\n"))
    RequestSigner.append(scope, day: time, to: &toSign)
    toSign.append(UInt8(ascii: "\n"))
    Hexadecimal.append(try SHA256.hash(canonical), to: &toSign)
    return try SHA256.authenticate(toSign, key: try key(for: scope, day: time.prefix(8)))
  }

  /// Appends the credential scope: day, region, service and "aws4_request".
  private static func append(_ scope: Scope, day: String, to text: inout [UInt8]) {
    text.append(contentsOf: day.utf8.prefix(8))
    text.append(UInt8(ascii: "/"))
    text.append(contentsOf: scope.region.utf8)
    text.append(UInt8(ascii: "/"))
    text.append(contentsOf: scope.service.utf8)
    text.append(contentsOf: "/aws4_request".utf8)
  }

  private func key(for scope: Scope, day: Substring) throws(SigningError) -> [UInt8] {
    if let known = derivedKeys.withLock({ keys in keys.last { $0.day == day && $0.scope == scope }?.key }) { return known }
    // Both go into header fields, where a line break would begin another one. Looked at here, where credentials are new.
    let written = scope.credentials.accessKeyID.utf8.allSatisfy(RequestSigner.isPrintable)
    guard written, scope.credentials.sessionToken?.utf8.allSatisfy(RequestSigner.isPrintable) ?? true else {
      throw SigningError.badCredentials
    }
    var key = Array("AWS4\(scope.credentials.secretAccessKey)".utf8)
    for part in [String(day), scope.region, scope.service, "aws4_request"] { key = try SHA256.authenticate(Array(part.utf8), key: key) }
    derivedKeys.withLock { keys in
      if keys.count >= RequestSigner.maximumKeys { keys.removeFirst() }
      keys.append(DerivedKey(scope: scope, day: day, key: key))
    }
    return key
  }

  private static func isPrintable(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7F }

  /// The path without "." and ".." and doubled slashes (RFC 3986 section 6.2.2.3); S3 alone signs paths as they are.
  static func normalized(_ path: String) -> String {
    guard path != "/" else { return path }
    let segments = path.split(separator: "/", omittingEmptySubsequences: true)
    guard path.utf8.first != UInt8(ascii: "/") || segments.contains(where: { $0 == "." || $0 == ".." }) || path.firstRange(of: "//") != nil
    else { return path }
    var kept: [Substring] = []
    for segment in segments {
      switch segment {
      case ".": continue
      case "..": _ = kept.popLast()
      default: kept.append(segment)
      }
    }
    // Not after a last ".." as RFC 3986 would have it: the services follow the SDKs.
    let isDirectory = path.utf8.last == UInt8(ascii: "/")
    return "/" + kept.joined(separator: "/") + (isDirectory && !kept.isEmpty ? "/" : "")
  }

  /// Appends a header's value without outer blanks and with inner ones made single.
  private static func appendTrimmed(_ value: String, to canonical: inout [UInt8]) {
    var value = value
    // Nearly every value, and the longest of them, the session token, is written as it is.
    let isPlain = value.withUTF8 { bytes in
      guard let first = bytes.baseAddress, memchr(first, 0x20, bytes.count) == nil, memchr(first, 0x09, bytes.count) == nil else {
        return false
      }
      canonical.append(contentsOf: bytes)
      return true
    }
    if isPlain { return }
    var isBlankDue = false
    var isFirst = true
    for byte in value.utf8 {
      if byte == 0x20 || byte == 0x09 {
        isBlankDue = !isFirst
        continue
      }
      if isBlankDue { canonical.append(0x20) }
      isBlankDue = false
      isFirst = false
      canonical.append(byte)
    }
  }
}
