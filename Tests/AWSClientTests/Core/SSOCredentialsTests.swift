import Glibc
import JSON
import Testing

@testable import AWSClient

/// Sign-on sessions and logins: their files in a folder of its own, their services on this machine.
struct SSOCredentialsTests {
  private let home: TemporaryHome
  private let clock = FakeClock()
  /// SHA-1 of "corp", and of "https://corp.awsapps.com/start".
  private static let sessionFile = ".aws/sso/cache/\(Hexadecimal.encode(SHA1.hash(Array("corp".utf8)) ?? [])).json"
  private static let legacyFile =
    ".aws/sso/cache/\(Hexadecimal.encode(SHA1.hash(Array("https://corp.awsapps.com/start".utf8)) ?? [])).json"

  private static let sessionProfile = """
    [profile dev]
    sso_session = corp
    sso_account_id = 123456789012
    sso_role_name = reader
    [sso-session corp]
    sso_region = eu-west-1
    sso_start_url = https://corp.awsapps.com/start
    """
  private static let legacyProfile = """
    [profile dev]
    sso_account_id = 123456789012
    sso_role_name = reader
    sso_region = eu-west-1
    sso_start_url = https://corp.awsapps.com/start
    """

  init() throws { home = try TemporaryHome() }

  private func time(secondsFromNow seconds: Int64) -> String {
    String(ISO8601.text(milliseconds: clock.nowMilliseconds + seconds * 1_000).prefix(19)) + "Z"
  }

  private func token(secondsLeft: Int64, registrationSecondsLeft: Int64 = 86_400) -> String {
    """
    {"startUrl": "https://corp.awsapps.com/start", "region": "eu-west-1", "accessToken": "ACCESS-TOKEN-0123456789",
     "expiresAt": "\(time(secondsFromNow: secondsLeft))", "clientId": "client", "clientSecret": "CLIENT-SECRET-0123456789",
     "registrationExpiresAt": "\(time(secondsFromNow: registrationSecondsLeft))", "refreshToken": "REFRESH-TOKEN-0123456789", "other": 1}
    """
  }

  /// Both services: `/federation/credentials` and `/token`.
  private func server(
    roleStatus: Int = 200, tokenStatus: Int = 200, newToken: String = "NEW-ACCESS-TOKEN-0123456789", tokenSeconds: Int64 = 28_800,
    end: Int64? = nil
  ) -> TestServer {
    let end = end ?? clock.nowMilliseconds + 3_600_000
    return TestServer { request in
      if request.requestLine.hasPrefix("POST /token ") {
        return TestServer.response(
          Array(
            #"{"accessToken":"\#(newToken)","expiresIn":\#(tokenSeconds),"refreshToken":"NEXT-REFRESH-TOKEN-0123456789","tokenType":"Bearer"}"#
              .utf8),
          status: tokenStatus)
      }
      guard roleStatus == 200 else {
        return TestServer.response(
          Array(#"{"message":"Session token \#(request.header("x-amz-sso_bearer_token") ?? "") not found or invalid"}"#.utf8),
          status: roleStatus, headers: "x-amzn-ErrorType: UnauthorizedException\r\n")
      }
      return TestServer.response(
        Array(
          #"{"roleCredentials":{"accessKeyId":"SSO","secretAccessKey":"SECRET-KEY-0123456789","sessionToken":"SESSION-TOKEN-0123456789","expiration":\#(end)}}"#
            .utf8))
    }
  }

  private func credentials(_ server: TestServer) async throws -> Credentials {
    let environment = home.environment([
      "AWS_PROFILE": "dev", "AWS_ENDPOINT_URL_SSO": server.url, "AWS_ENDPOINT_URL_SSO_OIDC": server.url, "AWS_MAX_ATTEMPTS": "1",
    ])
    return try await AWSConfiguration.fromEnvironment(Environment(environment)).credentials.credentials(
      using: CurlTransport(), clock: clock)
  }

  @Test(arguments: [Int64.min, -1, .max]) func timesBeyondAllClocksAreErrors(time: Int64) async throws {
    try home.write(SSOCredentialsTests.sessionProfile, to: ".aws/config")
    try home.write(token(secondsLeft: 3_600), to: SSOCredentialsTests.sessionFile)
    let portal = server(end: time)
    defer { portal.stop() }
    #expect(await failure(portal)?.mentions("expiration") == true)
    try home.write(token(secondsLeft: -60), to: SSOCredentialsTests.sessionFile)
    let renewal = server(tokenSeconds: time)
    defer { renewal.stop() }
    #expect(await failure(renewal)?.mentions("expiresIn") == true)
  }

  private func failure(_ server: TestServer) async -> AWSError? {
    let error = await #expect(throws: AWSError.self) { try await credentials(server) }
    if let error { CredentialsProvidersTests.expectNoSecret(in: error) }
    return error
  }

  @Test(arguments: [true, false]) func aRolesCredentialsAreHadForTheToken(isSession: Bool) async throws {
    try home.config(isSession ? SSOCredentialsTests.sessionProfile : SSOCredentialsTests.legacyProfile)
    try home.write(token(secondsLeft: 3_600), to: isSession ? SSOCredentialsTests.sessionFile : SSOCredentialsTests.legacyFile)
    let server = server()
    defer { server.stop() }
    let credentials = try await credentials(server)
    #expect(credentials.accessKeyID == "SSO")
    #expect(credentials.expirationMilliseconds == clock.nowMilliseconds + 3_600_000)
    let request = try #require(server.requests.first)
    #expect(request.requestLine == "GET /federation/credentials?account_id=123456789012&role_name=reader HTTP/1.1")
    #expect(request.header("x-amz-sso_bearer_token") == "ACCESS-TOKEN-0123456789")
    #expect(request.header("authorization") == nil)
    #expect(server.requests.count == 1)
  }

  @Test func aTokenThatEndsIsRenewedAndKeptForOtherTools() async throws {
    try home.config(SSOCredentialsTests.sessionProfile)
    try home.write(token(secondsLeft: 600), to: SSOCredentialsTests.sessionFile)
    let server = server()
    defer { server.stop() }
    #expect(try await credentials(server).accessKeyID == "SSO")
    #expect(server.requests.first?.requestLine == "POST /token HTTP/1.1")
    #expect(
      try JSONValue(parsing: server.requests[0].body) == [
        "clientId": "client", "clientSecret": "CLIENT-SECRET-0123456789", "grantType": "refresh_token",
        "refreshToken": "REFRESH-TOKEN-0123456789",
      ])
    #expect(server.requests.last?.header("x-amz-sso_bearer_token") == "NEW-ACCESS-TOKEN-0123456789")
    let kept = try JSONValue(parsing: try home.read(SSOCredentialsTests.sessionFile))
    #expect(kept["accessToken"] == "NEW-ACCESS-TOKEN-0123456789")
    #expect(kept["refreshToken"] == "NEXT-REFRESH-TOKEN-0123456789")
    #expect(kept["expiresAt"]?.stringValue == time(secondsFromNow: 28_800))
    #expect(kept["clientSecret"] == "CLIENT-SECRET-0123456789")
    #expect(kept["other"] == 1)
    var status = stat()
    stat("\(home.path)/\(SSOCredentialsTests.sessionFile)", &status)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  @Test func aTokenThatCannotBeRenewedServesUntilItEnds() async throws {
    try home.config(SSOCredentialsTests.sessionProfile)
    let server = server(tokenStatus: 400)
    defer { server.stop() }
    try home.write(token(secondsLeft: 600), to: SSOCredentialsTests.sessionFile)
    #expect(try await credentials(server).accessKeyID == "SSO")
    try home.write(token(secondsLeft: -1), to: SSOCredentialsTests.sessionFile)
    #expect(await failure(server)?.message.contains("aws sso login --profile dev") == true)
  }

  @Test func whoIsNotSignedOnIsTold() async throws {
    let server = server(roleStatus: 401)
    defer { server.stop() }
    for (profile, file) in [
      (SSOCredentialsTests.sessionProfile, SSOCredentialsTests.sessionFile),
      (SSOCredentialsTests.legacyProfile, SSOCredentialsTests.legacyFile),
    ] {
      try home.config(profile)
      func expectAdvice() async {
        let error = await failure(server)
        #expect(error?.code == "CredentialsUnavailable")
        #expect(error?.message.contains("run 'aws sso login --profile dev'") == true, "\(error?.message ?? "")")
      }
      await expectAdvice()
      try home.write(#"{"accessToken": "ACCESS-TOKEN-0123456789"}"#, to: file)
      await expectAdvice()
      try home.write(token(secondsLeft: -10, registrationSecondsLeft: -10), to: file)
      await expectAdvice()
      // The service says so itself.
      try home.write(token(secondsLeft: 3_600), to: file)
      await expectAdvice()
    }
  }

  @Test func olderToolsWriteTheTimeAnotherWay() async throws {
    try home.config(SSOCredentialsTests.legacyProfile)
    try home.write(
      #"{"accessToken": "t", "expiresAt": "\#(time(secondsFromNow: 60).dropLast())UTC"}"#, to: SSOCredentialsTests.legacyFile)
    let server = server()
    defer { server.stop() }
    #expect(try await credentials(server).accessKeyID == "SSO")
  }

  @Test func tokensShowNothing() throws {
    let token = try #require(SSOToken(parsing: Array(token(secondsLeft: 60).utf8)))
    CredentialsProvidersTests.expectNoSecret(in: token)
    CredentialsProvidersTests.expectNoSecret(in: [token])
    let input = AssumeRoleWithWebIdentityInput(roleARN: "arn:a", roleSessionName: "me", webIdentityToken: "WEB-IDENTITY-0123456789")
    CredentialsProvidersTests.expectNoSecret(in: input)
    CredentialsProvidersTests.expectNoSecret(in: [input])
    CredentialsProvidersTests.expectNoSecret(
      in: AssumeRoleOutput(credentials: Credentials(accessKeyID: "A", secretAccessKey: "SECRET-KEY-0123456789")))
  }

  @Test func aLoginServesUntilItEnds() async throws {
    let file = ".aws/login/cache/\(Hexadecimal.encode(try SHA256.hash(Array("somebody".utf8)))).json"
    try home.config("[profile dev]\nlogin_session = somebody\n")
    let server = server()
    defer { server.stop() }
    func write(_ seconds: Int64) throws {
      try home.write(
        #"{"accessToken":{"accessKeyId":"LOGIN","secretAccessKey":"SECRET-KEY-0123456789","sessionToken":"SESSION-TOKEN-0123456789","expiresAt":"\#(time(secondsFromNow: seconds))"},"refreshToken":"REFRESH-TOKEN-0123456789"}"#,
        to: file)
    }
    #expect(await failure(server)?.message.contains("aws login --profile dev") == true)
    try write(60)
    #expect(try await credentials(server).accessKeyID == "LOGIN")
    try write(-60)
    #expect(await failure(server)?.message.contains("is over: run 'aws login --profile dev'") == true)
    #expect(server.requests.isEmpty)
  }
}
