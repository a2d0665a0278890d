import JSON

/// Asks for temporary credentials of a role.
public struct AssumeRoleInput: Sendable, Hashable {
  public var roleARN: String
  /// Names the session in logs and ARNs: 2 to 64 letters, digits and any of `=,.@_-`.
  public var roleSessionName: String
  /// 900 to 43200 seconds, at most the role's own maximum; nil for 3600.
  public var durationSeconds: Int?
  /// What the role's trust policy wants to hear.
  public var externalID: String?
  /// A policy as JSON text that narrows the role's permissions.
  public var policy: String?
  /// ARNs of managed policies that narrow the role's permissions, at most 10.
  public var policyARNs: [String]
  /// The device that `tokenCode` comes from.
  public var serialNumber: String?
  public var tokenCode: String?
  public var sourceIdentity: String?
  /// Session tags, at most 50.
  public var tags: [String: String]
  public var transitiveTagKeys: [String]

  public init(
    roleARN: String, roleSessionName: String, durationSeconds: Int? = nil, externalID: String? = nil, policy: String? = nil,
    policyARNs: [String] = [], serialNumber: String? = nil, tokenCode: String? = nil, sourceIdentity: String? = nil,
    tags: [String: String] = [:], transitiveTagKeys: [String] = []
  ) {
    self.roleARN = roleARN
    self.roleSessionName = roleSessionName
    self.durationSeconds = durationSeconds
    self.externalID = externalID
    self.policy = policy
    self.policyARNs = policyARNs
    self.serialNumber = serialNumber
    self.tokenCode = tokenCode
    self.sourceIdentity = sourceIdentity
    self.tags = tags
    self.transitiveTagKeys = transitiveTagKeys
  }

  var form: [(name: String, value: String)] {
    var form = QueryForm()
    form.add("RoleArn", roleARN)
    form.add("RoleSessionName", roleSessionName)
    form.add("DurationSeconds", durationSeconds.map(String.init))
    form.add("ExternalId", externalID)
    form.add("Policy", policy)
    form.add(list: "PolicyArns", policyARNs, "arn")
    form.add("SerialNumber", serialNumber)
    form.add("TokenCode", tokenCode)
    form.add("SourceIdentity", sourceIdentity)
    for (index, tag) in tags.sorted(by: { $0.key < $1.key }).enumerated() {
      form.add("Tags.member.\(index + 1).Key", tag.key)
      form.add("Tags.member.\(index + 1).Value", tag.value)
    }
    form.add(list: "TransitiveTagKeys", transitiveTagKeys)
    return form.fields
  }
}

/// A role's credentials, and who acts with them.
public struct AssumeRoleOutput: Sendable, Hashable {
  public var credentials: Credentials
  /// The session's ARN, such as "arn:aws:sts::123456789012:assumed-role/name/session".
  public var assumedRoleARN: String?
  public var assumedRoleID: String?

  public init(credentials: Credentials, assumedRoleARN: String? = nil, assumedRoleID: String? = nil) {
    self.credentials = credentials
    self.assumedRoleARN = assumedRoleARN
    self.assumedRoleID = assumedRoleID
  }

  init(_ result: XMLElement, of operation: String) throws {
    guard let element = result["Credentials"] else { throw STSClient.invalid("it has no Credentials", operation) }
    guard let end = ISO8601.milliseconds(try STSClient.text(element, "Expiration", operation)) else {
      throw STSClient.invalid("its Expiration is no ISO 8601 time", operation)
    }
    credentials = Credentials(
      accessKeyID: try STSClient.text(element, "AccessKeyId", operation),
      secretAccessKey: try STSClient.text(element, "SecretAccessKey", operation),
      sessionToken: try STSClient.text(element, "SessionToken", operation), expirationMilliseconds: end)
    assumedRoleARN = result["AssumedRoleUser"]?["Arn"]?.text
    assumedRoleID = result["AssumedRoleUser"]?["AssumedRoleId"]?.text
  }
}

/// Asks for temporary credentials of a role for who holds a token. The token is left out of its description.
public struct AssumeRoleWithWebIdentityInput: Sendable, Hashable {
  public var roleARN: String
  /// Names the session in logs and ARNs: 2 to 64 letters, digits and any of `=,.@_-`.
  public var roleSessionName: String
  /// A token of OpenID Connect, or an OAuth 2.0 access token.
  public var webIdentityToken: String
  /// The provider's host for OAuth 2.0 access tokens; nil for OpenID Connect.
  public var providerID: String?
  /// 900 to 43200 seconds, at most the role's own maximum; nil for 3600.
  public var durationSeconds: Int?
  public var policy: String?
  public var policyARNs: [String]

  public init(
    roleARN: String, roleSessionName: String, webIdentityToken: String, providerID: String? = nil, durationSeconds: Int? = nil,
    policy: String? = nil, policyARNs: [String] = []
  ) {
    self.roleARN = roleARN
    self.roleSessionName = roleSessionName
    self.webIdentityToken = webIdentityToken
    self.providerID = providerID
    self.durationSeconds = durationSeconds
    self.policy = policy
    self.policyARNs = policyARNs
  }

  var form: [(name: String, value: String)] {
    var form = QueryForm()
    form.add("RoleArn", roleARN)
    form.add("RoleSessionName", roleSessionName)
    form.add("WebIdentityToken", webIdentityToken)
    form.add("ProviderId", providerID)
    form.add(list: "PolicyArns", policyARNs, "arn")
    form.add("Policy", policy)
    form.add("DurationSeconds", durationSeconds.map(String.init))
    return form.fields
  }
}

extension AssumeRoleWithWebIdentityInput: CustomStringConvertible, CustomReflectable {
  public var description: String { "AssumeRoleWithWebIdentityInput(\(roleARN), \(roleSessionName), token not shown)" }
  public var customMirror: Mirror { Mirror(self, children: ["roleARN": roleARN, "roleSessionName": roleSessionName]) }
}

public struct AssumeRoleWithWebIdentityOutput: Sendable, Hashable {
  public var credentials: Credentials
  public var assumedRoleARN: String?
  public var assumedRoleID: String?
  /// Who the token speaks of, in the words of its provider.
  public var subject: String?
  public var provider: String?
  public var audience: String?

  public init(
    credentials: Credentials, assumedRoleARN: String? = nil, assumedRoleID: String? = nil, subject: String? = nil, provider: String? = nil,
    audience: String? = nil
  ) {
    self.credentials = credentials
    self.assumedRoleARN = assumedRoleARN
    self.assumedRoleID = assumedRoleID
    self.subject = subject
    self.provider = provider
    self.audience = audience
  }
}

public struct GetCallerIdentityOutput: Sendable, Hashable {
  /// The account's 12 digits.
  public var account: String
  public var arn: String
  public var userID: String

  public init(account: String, arn: String, userID: String) {
    self.account = account
    self.arn = arn
    self.userID = userID
  }
}

/// The fields of a request of the query protocol.
struct QueryForm {
  private(set) var fields: [(name: String, value: String)] = []

  /// Adds nothing for nil.
  mutating func add(_ name: String, _ value: String?) { if let value { fields.append((name, value)) } }

  /// Adds a list, whose elements are numbered from 1.
  /// - Parameter member: the one member of the structure that each element is; nil for elements that are texts.
  mutating func add(list name: String, _ values: [String], _ member: String? = nil) {
    for (index, value) in values.enumerated() { add("\(name).member.\(index + 1)\(member.map { ".\($0)" } ?? "")", value) }
  }
}
