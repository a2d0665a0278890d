import JSON

/// What a sign-on session of IAM Identity Center is asked: the credentials of a role, and a new token. Neither request is signed.
struct SSOClient {
  private let client: AWSClient

  /// - Parameter region: where the sign-on is, whatever region the work is in.
  init(_ configuration: AWSConfiguration, region: String, transport: any HTTPTransport, clock: any AWSClock) {
    var configuration = configuration
    configuration.region = region
    client = AWSClient(configuration: configuration, transport: transport, clock: clock)
  }

  func getRoleCredentials(accountID: String, roleName: String, accessToken: String) async throws -> Credentials {
    var request = try SSOClient.request(.sso, "GetRoleCredentials", client.configuration.endpoint(of: .sso))
    request.method = "GET"
    request.path = "/federation/credentials"
    request.query = [("role_name", roleName), ("account_id", accountID)]
    request.header("x-amz-sso_bearer_token", accessToken)
    do {
      let answer: RoleCredentials = try client.decode(try await client.perform(request), of: request)
      return answer.credentials
    } catch let error as AWSError {
      throw error.without([accessToken])
    }
  }

  /// A new token for a refresh token.
  func createToken(clientID: String, clientSecret: String, refreshToken: String) async throws -> NewToken {
    var request = try SSOClient.request(.ssoOIDC, "CreateToken", client.configuration.endpoint(of: .ssoOIDC))
    request.path = "/token"
    request.header("content-type", "application/json")
    let input: JSONValue = [
      "clientId": .string(clientID), "clientSecret": .string(clientSecret), "grantType": "refresh_token",
      "refreshToken": .string(refreshToken),
    ]
    request.body = input.bytes
    do {
      return try client.decode(try await client.perform(request), of: request)
    } catch let error as AWSError {
      throw error.without([clientSecret, refreshToken])
    }
  }

  private static func request(_ service: AWSService, _ operation: String, _ endpoint: Endpoint) throws -> ServiceRequest {
    var request = ServiceRequest(service, operation, endpoint: endpoint)
    request.isSigned = false
    return request
  }

  /// Checks a time, in seconds or milliseconds: it is added to others.
  private static func time(_ value: Int64, _ field: String) throws(JSONError) -> Int64 {
    guard (0...latestMilliseconds).contains(value) else {
      throw JSONError(.invalidValue, byteOffset: nil, expected: "a time from 0 to \(latestMilliseconds)", field: field)
    }
    return value
  }

  /// The end of the year 9999.
  private static let latestMilliseconds: Int64 = 253_402_300_799_999

  struct NewToken: JSONDecodable {
    let accessToken: String
    let expiresInSeconds: Int64
    let refreshToken: String?

    init(from reader: inout JSONReader) throws(JSONError) {
      var access: String?
      var seconds: Int64?
      var refresh: String?
      let begin = reader.valueOffset()
      try reader.beginObject()
      while let key = try reader.nextKey() {
        switch key {
        case "accessToken": access = try reader.readOptionalString()
        case "expiresIn": seconds = try reader.readIfNull() ? nil : try SSOClient.time(reader.readInt64(), "expiresIn")
        case "refreshToken": refresh = try reader.readOptionalString()
        default: try reader.skipValue()
        }
      }
      guard let access else { throw .missing("accessToken", expected: "a string", at: begin) }
      guard let seconds else { throw .missing("expiresIn", expected: "an integer", at: begin) }
      accessToken = access
      expiresInSeconds = seconds
      refreshToken = refresh
    }
  }

  private struct RoleCredentials: JSONDecodable {
    let credentials: Credentials

    init(from reader: inout JSONReader) throws(JSONError) {
      var found: Credentials?
      let begin = reader.valueOffset()
      try reader.beginObject()
      while let key = try reader.nextKey() {
        if key == "roleCredentials" { found = try RoleCredentials.credentials(&reader) } else { try reader.skipValue() }
      }
      guard let found else { throw .missing("roleCredentials", expected: "an object", at: begin) }
      credentials = found
    }

    private static func credentials(_ reader: inout JSONReader) throws(JSONError) -> Credentials {
      var id: String?
      var secret: String?
      var token: String?
      var end: Int64?
      let begin = reader.valueOffset()
      try reader.beginObject()
      while let key = try reader.nextKey() {
        switch key {
        case "accessKeyId": id = try reader.readOptionalString()
        case "secretAccessKey": secret = try reader.readOptionalString()
        case "sessionToken": token = try reader.readOptionalString()
        case "expiration": end = try reader.readIfNull() ? nil : try SSOClient.time(reader.readInt64(), "expiration")
        default: try reader.skipValue()
        }
      }
      guard let id else { throw .missing("accessKeyId", expected: "a string", at: begin) }
      guard let secret else { throw .missing("secretAccessKey", expected: "a string", at: begin) }
      return Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token, expirationMilliseconds: end)
    }
  }
}

extension AWSService {
  static let sso = AWSService(serviceID: "SSO", endpointPrefix: "portal.sso", signingName: "awsssoportal")
  static let ssoOIDC = AWSService(serviceID: "SSO OIDC", endpointPrefix: "oidc", signingName: "sso-oauth")
}
