/// Who signs a request. Its description leaves the secrets out.
public struct Credentials: Sendable, Hashable {
  public let accessKeyID: String
  public let secretAccessKey: String
  /// The third part of temporary credentials; nil for a user's own keys.
  public let sessionToken: String?
  /// When they end, in milliseconds since the Unix epoch; nil when they do not, or do not say.
  public let expirationMilliseconds: Int64?

  public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expirationMilliseconds: Int64? = nil) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
    self.expirationMilliseconds = expirationMilliseconds
  }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "Credentials(\(accessKeyID), secret not shown)" }
  public var debugDescription: String { description }
  /// Without members, so that `dump` and string interpolation of a container show no secret either.
  public var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}

/// A source of credentials; asked before each attempt, so it keeps what it has fetched.
public protocol CredentialsProvider: Sendable {
  /// Credentials that are valid now.
  /// - Throws: `AWSError` with code `CredentialsUnavailable`.
  func credentials(using transport: any HTTPTransport, clock: any AWSClock) async throws -> Credentials
}

/// Credentials that never change.
public struct StaticCredentialsProvider: CredentialsProvider {
  private let value: Credentials
  public init(_ value: Credentials) { self.value = value }
  public func credentials(using transport: any HTTPTransport, clock: any AWSClock) async throws -> Credentials { value }
}
