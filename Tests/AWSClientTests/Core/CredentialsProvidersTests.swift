import Glibc
import JSON
import Synchronization
import Testing

@testable import AWSClient

/// Every source of credentials against a real server on this machine, files in a folder of its own and real processes.
struct CredentialsProvidersTests {
  /// What no description, error or log may show.
  private static let secrets = [
    "SECRET-KEY-0123456789", "SESSION-TOKEN-0123456789", "ACCESS-TOKEN-0123456789", "REFRESH-TOKEN-0123456789", "CLIENT-SECRET-0123456789",
    "WEB-IDENTITY-0123456789", "IMDS-TOKEN-0123456789", "SOURCE-SECRET-0123456789",
  ]

  private let home: TemporaryHome
  private let transport = CurlTransport()
  private let clock = FakeClock()

  init() throws { home = try TemporaryHome() }

  private func provider(_ environment: [String: String], profile: String? = nil) throws -> any CredentialsProvider {
    try AWSConfiguration.fromEnvironment(Environment(home.environment(environment)), profile: profile).credentials
  }

  private func credentials(_ provider: any CredentialsProvider) async throws -> Credentials {
    try await provider.credentials(using: transport, clock: clock)
  }

  /// The error of a source that gives none; it shows no secret.
  private func failure(
    _ environment: [String: String], profile: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) async -> AWSError? {
    let error = await #expect(throws: AWSError.self, sourceLocation: sourceLocation) {
      try await credentials(try provider(environment, profile: profile))
    }
    if let error { CredentialsProvidersTests.expectNoSecret(in: error, sourceLocation: sourceLocation) }
    return error
  }

  static func expectNoSecret(in value: Any, sourceLocation: SourceLocation = #_sourceLocation) {
    var text = "\(value) \(String(reflecting: value)) "
    dump(value, to: &text)
    for secret in secrets {
      #expect(!text.contains(secret), "shows \(secret)", sourceLocation: sourceLocation)
    }
  }

  private func time(secondsFromNow seconds: Int64) -> String {
    String(ISO8601.text(milliseconds: clock.nowMilliseconds + seconds * 1_000).prefix(19)) + "Z"
  }

  private static func keys(_ id: String, _ end: String) -> String {
    #"{"Code":"Success","AccessKeyId":"\#(id)","SecretAccessKey":"SECRET-KEY-0123456789","Token":"SESSION-TOKEN-0123456789","Expiration":"\#(end)"}"#
  }

  @Test func nothingThatHoldsSecretsShowsThem() async throws {
    let body = Array(CredentialsProvidersTests.keys("ECS", time(secondsFromNow: 21_600)).utf8)
    let server = TestServer { _ in TestServer.response(body) }
    defer { server.stop() }
    try home.config(
      """
      [profile work]
      role_arn = arn:aws:iam::1:role/x
      source_profile = base
      [profile tool]
      credential_process = echo --password=CLIENT-SECRET-0123456789
      [profile box]
      region = eu-west-1
      """)
    try home.credentials("[base]\naws_access_key_id = BASE\naws_secret_access_key = SOURCE-SECRET-0123456789\n")
    let variables = [
      "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "ACCESS-TOKEN-0123456789",
      "AWS_ENDPOINT_URL_STS": server.url,
    ]
    let withKeys = variables.merging(["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "SECRET-KEY-0123456789"]) { $1 }
    for (environment, profile) in [(variables, "work"), (variables, "tool"), (variables, "base"), (variables, "box"), (withKeys, nil)] {
      let environment = Environment(home.environment(environment))
      let configuration = try AWSConfiguration.fromEnvironment(environment, profile: profile)
      CredentialsProvidersTests.expectNoSecret(in: configuration)
      _ = try? await credentials(configuration.credentials)
      CredentialsProvidersTests.expectNoSecret(in: AWSClient(configuration: configuration))
      let settings = try ConfigurationSettings(environment, profile: profile)
      let source = try CredentialsChain(settings).source()
      let provider = try CredentialsProviders(settings: settings, configuration: configuration).provider(of: source)
      CredentialsProvidersTests.expectNoSecret(in: environment)
      CredentialsProvidersTests.expectNoSecret(in: settings)
      CredentialsProvidersTests.expectNoSecret(in: settings.shared)
      CredentialsProvidersTests.expectNoSecret(in: CredentialsChain(settings))
      CredentialsProvidersTests.expectNoSecret(in: source)
      CredentialsProvidersTests.expectNoSecret(in: provider)
    }
  }

  // MARK: STS

  private func answer(_ operation: String, _ id: String) -> [UInt8] {
    Array(
      """
      <\(operation)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(operation)Result><AssumedRoleUser>
      <AssumedRoleId>AROA:me</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/r/me</Arn></AssumedRoleUser>
      <Credentials><AccessKeyId>\(id)</AccessKeyId><SecretAccessKey>SECRET-KEY-0123456789</SecretAccessKey>
      <SessionToken>SESSION-TOKEN-0123456789</SessionToken><Expiration>\(time(secondsFromNow: 3_600))</Expiration></Credentials>
      </\(operation)Result><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></\(operation)Response>
      """.utf8)
  }

  private static func refusal(_ code: String, _ message: String) -> [UInt8] {
    Array(
      "<ErrorResponse><Error><Type>Sender</Type><Code>\(code)</Code><Message>\(message)</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"
        .utf8)
  }

  private static func form(_ request: TestServer.Request) -> [String: String] {
    var form: [String: String] = [:]
    for field in String(decoding: request.body, as: UTF8.self).split(separator: "&") {
      let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      form[parts[0]] = PercentEncoding.decode(parts.count == 2 ? parts[1] : "")
    }
    return form
  }

  @Test func rolesAreAssumedOneAfterTheOther() async throws {
    let answers = [answer("AssumeRole", "MIDDLE"), answer("AssumeRole", "TOP")]
    let server = TestServer { request in
      TestServer.response(answers[CredentialsProvidersTests.form(request)["RoleArn"] == "arn:aws:iam::1:role/middle" ? 0 : 1])
    }
    defer { server.stop() }
    try home.config(
      """
      [profile top]
      role_arn = arn:aws:iam::1:role/top
      source_profile = middle
      role_session_name = me@example.com
      external_id = a b&c=d
      duration_seconds = 900
      [profile middle]
      role_arn = arn:aws:iam::1:role/middle
      source_profile = base
      """)
    try home.credentials("[base]\naws_access_key_id = BASE\naws_secret_access_key = SOURCE-SECRET-0123456789\n")
    let provider = try provider(["AWS_ENDPOINT_URL_STS": server.url, "AWS_PROFILE": "top"])
    for _ in 0..<2 {
      let credentials = try await credentials(provider)
      #expect(credentials.accessKeyID == "TOP")
      #expect(credentials.secretAccessKey == "SECRET-KEY-0123456789")
      #expect(credentials.sessionToken == "SESSION-TOKEN-0123456789")
      #expect(credentials.expirationMilliseconds == clock.nowMilliseconds + 3_600_000)
    }
    let requests = server.requests
    #expect(requests.count == 2)
    #expect(requests[0].header("authorization")?.contains("Credential=BASE/") == true)
    #expect(requests[1].header("authorization")?.contains("Credential=MIDDLE/") == true)
    #expect(requests[1].header("authorization")?.contains("/eu-central-1/sts/") == true)
    #expect(
      CredentialsProvidersTests.form(requests[1]) == [
        "Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": "arn:aws:iam::1:role/top", "RoleSessionName": "me@example.com",
        "ExternalId": "a b&c=d", "DurationSeconds": "900",
      ])
    #expect(CredentialsProvidersTests.form(requests[0])["RoleSessionName"]?.hasPrefix("arbiter-session-") == true)
  }

  @Test func aRoleThatIsDeniedIsNamed() async throws {
    let server = TestServer { request in
      // As AWS does, it says again what was signed.
      TestServer.response(
        CredentialsProvidersTests.refusal("AccessDenied", "not allowed: SOURCE-SECRET-0123456789 \(request.head.count)"), status: 403)
    }
    defer { server.stop() }
    try home.config("[profile work]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = base\n")
    try home.credentials("[base]\naws_access_key_id = BASE\naws_secret_access_key = SOURCE-SECRET-0123456789\n")
    let error = await failure(["AWS_ENDPOINT_URL_STS": server.url, "AWS_PROFILE": "work"])
    #expect(error?.code == "CredentialsUnavailable")
    #expect(error?.message.contains("arn:aws:iam::1:role/x") == true)
    #expect(error?.message.contains("AccessDenied (HTTP 403, request r-1)") == true, "\(error?.message ?? "")")
    #expect(server.requests.count == 1)
  }

  @Test func aWebIdentitysTokenIsReadAtEachFetchAndNothingIsSigned() async throws {
    let body = answer("AssumeRoleWithWebIdentity", "WEB")
    let server = TestServer { _ in TestServer.response(body) }
    defer { server.stop() }
    let file = try home.write("first\n", to: "token")
    let provider = try provider([
      "AWS_ENDPOINT_URL_STS": server.url, "AWS_WEB_IDENTITY_TOKEN_FILE": file, "AWS_ROLE_ARN": "arn:aws:iam::1:role/pod",
      "AWS_ROLE_SESSION_NAME": "pod-1",
    ])
    #expect(try await credentials(provider).accessKeyID == "WEB")
    try home.write("second", to: "token")
    clock.advance(milliseconds: 3_000_000)
    #expect(try await credentials(provider).accessKeyID == "WEB")
    let requests = server.requests
    #expect(requests.map { CredentialsProvidersTests.form($0)["WebIdentityToken"] } == ["first", "second"])
    #expect(requests.allSatisfy { $0.header("authorization") == nil && $0.header("x-amz-security-token") == nil })
    #expect(CredentialsProvidersTests.form(requests[0])["RoleSessionName"] == "pod-1")
    #expect(CredentialsProvidersTests.form(requests[0])["Action"] == "AssumeRoleWithWebIdentity")
  }

  @Test func aWebIdentityThatIsRefusedShowsNoToken() async throws {
    let server = TestServer { _ in
      TestServer.response(CredentialsProvidersTests.refusal("InvalidIdentityToken", "bad WEB-IDENTITY-0123456789"), status: 400)
    }
    defer { server.stop() }
    let file = try home.write("WEB-IDENTITY-0123456789", to: "token")
    let variables = ["AWS_ENDPOINT_URL_STS": server.url, "AWS_ROLE_ARN": "arn:aws:iam::1:role/pod"]
    let error = await failure(variables.merging(["AWS_WEB_IDENTITY_TOKEN_FILE": file]) { $1 })
    #expect(error?.message.contains("InvalidIdentityToken") == true)
    try home.write(" \n", to: "empty")
    for missing in ["\(home.path)/none", "\(home.path)/empty"] {
      #expect(await failure(variables.merging(["AWS_WEB_IDENTITY_TOKEN_FILE": missing]) { $1 })?.message.contains(missing) == true)
    }
  }

  @Test func anIdentityProviderThatIsOutOfReachIsAskedAgain() async throws {
    let body = answer("AssumeRoleWithWebIdentity", "WEB")
    let count = Mutex(0)
    let server = TestServer { _ in
      let number = count.withLock { count in
        count += 1
        return count
      }
      return number == 1
        ? TestServer.response(CredentialsProvidersTests.refusal("IDPCommunicationError", "later"), status: 400) : TestServer.response(body)
    }
    defer { server.stop() }
    let file = try home.write("t", to: "token")
    let provider = try provider([
      "AWS_ENDPOINT_URL_STS": server.url, "AWS_WEB_IDENTITY_TOKEN_FILE": file, "AWS_ROLE_ARN": "arn:aws:iam::1:role/pod",
    ])
    #expect(try await credentials(provider).accessKeyID == "WEB")
  }

  @Test func anAnswerOfSTSWithoutCredentialsIsAnErrorWithoutSecrets() async throws {
    let body = Array(
      "<AssumeRoleResponse><AssumeRoleResult><Credentials><SecretAccessKey>SECRET-KEY-0123456789</SecretAccessKey></Credentials>".utf8)
    let server = TestServer { _ in TestServer.response(body) }
    defer { server.stop() }
    try home.config("[profile work]\nrole_arn = arn:aws:iam::1:role/x\ncredential_source = Environment\n")
    let error = await failure(
      [
        "AWS_ENDPOINT_URL_STS": server.url, "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "SOURCE-SECRET-0123456789",
      ], profile: "work")
    #expect(error?.message.contains("could not be read") == true)
  }

  // MARK: The instance's metadata

  /// A metadata service with one role.
  private func metadata(
    token: @escaping @Sendable (Int) -> [TestServer.Step] = { _ in TestServer.response(Array("IMDS-TOKEN-0123456789".utf8)) },
    role: String = "my-role", answer: @escaping @Sendable (Int) -> [TestServer.Step]
  ) -> TestServer {
    let counts = Mutex((tokens: 0, answers: 0))
    return TestServer { request in
      if request.requestLine.hasPrefix("PUT /latest/api/token ") {
        return token(
          counts.withLock {
            $0.tokens += 1
            return $0.tokens
          })
      }
      if request.requestLine == "GET /latest/meta-data/iam/security-credentials/ HTTP/1.1" { return TestServer.response(Array(role.utf8)) }
      return answer(
        counts.withLock {
          $0.answers += 1
          return $0.answers
        })
    }
  }

  @Test func anInstancesRoleIsAskedWithAToken() async throws {
    let body = Array(CredentialsProvidersTests.keys("IMDS", time(secondsFromNow: 21_600)).utf8)
    let server = metadata { _ in TestServer.response(body) }
    defer { server.stop() }
    let provider = try provider(["AWS_EC2_METADATA_SERVICE_ENDPOINT": "\(server.url)/"])
    for _ in 0..<2 { #expect(try await credentials(provider).accessKeyID == "IMDS") }
    let requests = server.requests
    #expect(
      requests.map { $0.requestLine.split(separator: " ").dropLast().joined(separator: " ") } == [
        "PUT /latest/api/token", "GET /latest/meta-data/iam/security-credentials/",
        "GET /latest/meta-data/iam/security-credentials/my-role",
      ])
    #expect(requests[0].header("x-aws-ec2-metadata-token-ttl-seconds") == "21600")
    #expect(requests[1].header("x-aws-ec2-metadata-token") == "IMDS-TOKEN-0123456789")
    #expect(requests[2].header("x-aws-ec2-metadata-token") == "IMDS-TOKEN-0123456789")
  }

  @Test func aTokenThatIsNoLongerKnownIsRenewedOnce() async throws {
    let body = Array(CredentialsProvidersTests.keys("IMDS", time(secondsFromNow: 21_600)).utf8)
    let server = metadata { number in number == 1 ? TestServer.response([], status: 401) : TestServer.response(body) }
    defer { server.stop() }
    #expect(try await credentials(try provider(["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url])).accessKeyID == "IMDS")
    #expect(server.requests.filter { $0.requestLine.hasPrefix("PUT") }.count == 2)
    let stubborn = metadata { _ in TestServer.response([], status: 401) }
    defer { stubborn.stop() }
    #expect(await failure(["AWS_EC2_METADATA_SERVICE_ENDPOINT": stubborn.url])?.message.contains("401") == true)
  }

  @Test(arguments: [403, 404, 405, 500]) func theOldVersionServesOnlyWhenItIsAllowed(status: Int) async throws {
    let body = Array(CredentialsProvidersTests.keys("OLD", time(secondsFromNow: 21_600)).utf8)
    let server = metadata(token: { _ in TestServer.response([], status: status) }) { _ in TestServer.response(body) }
    defer { server.stop() }
    let variables = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url]
    #expect(await failure(variables)?.message.contains("HTTP \(status)") == true)
    #expect(server.requests.count == 1)
    let provider = try provider(variables.merging(["AWS_EC2_METADATA_V1_DISABLED": "false"]) { $1 })
    #expect(try await credentials(provider).accessKeyID == "OLD")
    #expect(server.requests.last?.header("x-aws-ec2-metadata-token") == nil)
  }

  @Test func aBusyMetadataServiceIsAskedAsOftenAsConfigured() async throws {
    let body = Array(CredentialsProvidersTests.keys("IMDS", time(secondsFromNow: 21_600)).utf8)
    let server = metadata(token: { $0 == 1 ? TestServer.response([], status: 503) : TestServer.response(Array("t".utf8)) }) { number in
      number < 3 ? TestServer.response([], status: 503) : TestServer.response(body)
    }
    defer { server.stop() }
    let provider = try provider(["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url, "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "3"])
    #expect(try await credentials(provider).accessKeyID == "IMDS")
  }

  @Test func credentialsThatHaveEndedAndAreStillServedGoOn() async throws {
    let end = time(secondsFromNow: -60)
    let server = metadata { number in TestServer.response(Array(CredentialsProvidersTests.keys("IMDS\(number)", end).utf8)) }
    defer { server.stop() }
    let provider = try provider(["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url])
    let first = try await credentials(provider)
    // The window of 15 minutes, and in the middle between 2 and 10 more.
    #expect(first.expirationMilliseconds == clock.nowMilliseconds + 900_000 + 360_000)
    clock.advance(milliseconds: 359_000)
    #expect(try await credentials(provider).accessKeyID == "IMDS1")
    clock.advance(milliseconds: 2_000)
    #expect(try await credentials(provider).accessKeyID == "IMDS2")
  }

  @Test func whatTheMetadataServiceSaysIsTold() async throws {
    for (body, text) in [
      (#"{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role"}"#, "AssumeRoleUnauthorizedAccess"),
      ("<html>", "no credentials"), (#"{"AccessKeyId":"A","SecretAccessKey":"SECRET-KEY-0123456789"}"#, "without Token"),
    ] {
      let server = metadata { _ in TestServer.response(Array(body.utf8)) }
      defer { server.stop() }
      let error = await failure(["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url])
      #expect(error?.message.contains(text) == true, "\(error?.message ?? "")")
      #expect(error?.message.hasPrefix("no credentials: AWS_ACCESS_KEY_ID") == true)
    }
    let server = metadata(role: "") { _ in [] }
    defer { server.stop() }
    #expect(await failure(["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url])?.message.contains("metadata service") == true)
  }

  @Test func aMetadataServiceThatIsSilentIsNotWaitedForLong() async throws {
    let server = TestServer { _ in [.waitForClient] }
    defer { server.stop() }
    let error = await failure(["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url, "AWS_METADATA_SERVICE_TIMEOUT": "0.05"])
    #expect(error?.message.contains("did not answer") == true)
    #expect(error?.message.contains("50 ms") == true)
  }

  @Test func theMetadataServiceCanBeTurnedOffAndMoved() async throws {
    let transport = FakeTransport([])
    func url(_ variables: [String: String]) async throws -> String? {
      let transport = FakeTransport([])
      _ = try? await provider(variables).credentials(using: transport, clock: clock)
      #expect(transport.requests.allSatisfy { $0.bypassesProxy && $0.timeoutMilliseconds == 1_000 })
      return transport.requests.first?.url
    }
    #expect(try await url([:]) == "http://169.254.169.254/latest/api/token")
    #expect(try await url(["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"]) == "http://[fd00:ec2::254]/latest/api/token")
    #expect(try await url(["AWS_IMDS_USE_IPV6": "true"]) == "http://[fd00:ec2::254]/latest/api/token")
    #expect(
      try await url(["AWS_IMDS_USE_IPV6": "true", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv4"])
        == "http://169.254.169.254/latest/api/token")
    let disabled = try provider(["AWS_EC2_METADATA_DISABLED": "TRUE"])
    let error = await #expect(throws: AWSError.self) { try await disabled.credentials(using: transport, clock: clock) }
    #expect(error?.message.contains("AWS_EC2_METADATA_DISABLED") == true)
    #expect(transport.requests.isEmpty)
    #expect(await failure(["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "7"])?.code == "InvalidConfiguration")
    #expect(await failure(["AWS_EC2_METADATA_SERVICE_ENDPOINT": "nowhere"])?.message.contains("'nowhere'") == true)
  }

  // MARK: A container

  @Test func aContainersEndpointIsAskedWithItsToken() async throws {
    let body = Array(CredentialsProvidersTests.keys("ECS", time(secondsFromNow: 21_600)).utf8)
    let server = TestServer { request in
      TestServer.response(request.header("authorization") == "ACCESS-TOKEN-0123456789" ? body : [], status: 200)
    }
    defer { server.stop() }
    let token = try home.write("ACCESS-TOKEN-0123456789\n", to: "token")
    // The proxy is nowhere: an address of this machine is not asked through it.
    let provider = try provider([
      "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.url)/creds?id=1", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": token,
    ])
    #expect(try await credentials(provider).accessKeyID == "ECS")
    #expect(server.requests.first?.requestLine == "GET /creds?id=1 HTTP/1.1")
    let refused = await failure([
      "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "REFRESH-TOKEN-0123456789",
    ])
    #expect(refused?.message.contains("no credentials") == true)
  }
}
