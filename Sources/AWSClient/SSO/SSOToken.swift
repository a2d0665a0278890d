import Glibc
import JSON

/// The token of a sign-on session, as `aws sso login` leaves it in a file.
struct SSOToken: Sendable {
  let accessToken: String
  let expirationMilliseconds: Int64
  /// The whole file, of which a renewal changes a few members.
  private var object: JSONObject

  /// What a new token is asked for with; nil when the file lacks a part of it or the client's registration has ended.
  func renewal(nowMilliseconds: Int64) -> (clientID: String, clientSecret: String, refreshToken: String)? {
    guard let id = object["clientId"]?.stringValue, let secret = object["clientSecret"]?.stringValue,
      let token = object["refreshToken"]?.stringValue, let text = object["registrationExpiresAt"]?.stringValue,
      let end = SSOToken.milliseconds(text), end > nowMilliseconds
    else { return nil }
    return (id, secret, token)
  }

  /// The session's next token.
  func renewed(_ new: SSOClient.NewToken, startURL: String, region: String, nowMilliseconds: Int64) -> SSOToken {
    let end = nowMilliseconds + new.expiresInSeconds * 1_000
    var members = object
    members["startUrl"] = .string(startURL)
    members["region"] = .string(region)
    members["accessToken"] = .string(new.accessToken)
    // In whole seconds, as the other tools write and read it.
    members["expiresAt"] = .string(String(ISO8601.text(milliseconds: end).prefix(19)) + "Z")
    members["refreshToken"] = new.refreshToken.map(JSONValue.string)
    return SSOToken(accessToken: new.accessToken, expirationMilliseconds: end, object: members)
  }

  private init(accessToken: String, expirationMilliseconds: Int64, object: JSONObject) {
    self.accessToken = accessToken
    self.expirationMilliseconds = expirationMilliseconds
    self.object = object
  }

  /// - Returns: nil for what is no token.
  init?(parsing bytes: [UInt8]) {
    guard let object = (try? JSONValue(parsing: bytes))?.objectValue, let token = object["accessToken"]?.stringValue,
      let end = object["expiresAt"]?.stringValue.flatMap(SSOToken.milliseconds)
    else { return nil }
    self.init(accessToken: token, expirationMilliseconds: end, object: object)
  }

  /// Older tools write "UTC" for "Z".
  private static func milliseconds(_ text: String) -> Int64? {
    ISO8601.milliseconds(text.hasSuffix("UTC") ? text.dropLast(3) + "Z" : text)
  }

  /// Writes the file anew, whole or not at all, readable by its owner alone.
  func write(to path: String) throws {
    func failure() -> AWSError { .noCredentials("\(path) could not be written: \(String(cString: strerror(errno)))") }
    var template = Array("\(path).XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw failure() }
    let bytes = JSONValue.object(object).bytes
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      written += count
    }
    let isWhole = written == bytes.count && fsync(descriptor) == 0
    close(descriptor)
    guard isWhole, rename(template, path) == 0 else {
      let error = failure()
      unlink(template)
      throw error
    }
  }
}
