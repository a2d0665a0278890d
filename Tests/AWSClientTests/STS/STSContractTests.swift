import Testing

@testable import AWSClient

extension ContractTests {
  private var sts: STSClient { get throws { STSClient(try ContractTests.client()) } }

  @Test func getCallerIdentity() async throws {
    #expect(try await sts.getCallerIdentity().account.isEmpty == false)
  }

  @Test func assumeRole() async throws {
    let arn = "arn:aws:iam::123456789012:role/path/name"
    let minimal = try await sts.assumeRole(AssumeRoleInput(roleARN: arn, roleSessionName: "me@example.com"))
    #expect(minimal.credentials.sessionToken != nil)
    #expect(minimal.credentials.expirationMilliseconds != nil)
    let full = try await sts.assumeRole(
      AssumeRoleInput(
        roleARN: arn, roleSessionName: "a=b,c.d@e_f-g", durationSeconds: 900, externalID: "ext:/1=2@3",
        policy: #"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#,
        policyARNs: ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/SecurityAudit"],
        serialNumber: "arn:aws:iam::123456789012:mfa/me", tokenCode: "123456", sourceIdentity: "somebody",
        tags: ["Team": "a b+c", "Project": "x/y=z"], transitiveTagKeys: ["Team"]))
    #expect(full.credentials.accessKeyID.isEmpty == false)
  }

  /// It carries no signature, and must not.
  @Test func assumeRoleWithWebIdentity() async throws {
    let arn = "arn:aws:iam::123456789012:role/pod"
    let minimal = try await sts.assumeRoleWithWebIdentity(
      AssumeRoleWithWebIdentityInput(roleARN: arn, roleSessionName: "pod-1", webIdentityToken: "eyJhbGciOi.J9.e30+/="))
    #expect(minimal.credentials.sessionToken != nil)
    let full = try await sts.assumeRoleWithWebIdentity(
      AssumeRoleWithWebIdentityInput(
        roleARN: arn, roleSessionName: "pod-1", webIdentityToken: "token", providerID: "graph.facebook.com", durationSeconds: 3_600,
        policy: "{}", policyARNs: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]))
    #expect(full.credentials.accessKeyID.isEmpty == false)
  }

  @Test func signOn() async throws {
    let client = SSOClient(try ContractTests.client().configuration, region: "eu-west-1", transport: CurlTransport(), clock: SystemClock())
    let new = try await client.createToken(clientID: "client", clientSecret: "secret \"é\"", refreshToken: "refresh+/=")
    #expect(new.accessToken.isEmpty == false)
    let credentials = try await client.getRoleCredentials(accountID: "123456789012", roleName: "Admin+=,.@-_", accessToken: "token")
    #expect(credentials.accessKeyID.isEmpty == false)
  }

  @Test func aRefusalOfTheQueryProtocolSaysWhy() async throws {
    let refused = STSClient(try ContractTests.client(accessKeyID: "AKIAREFUSED"))
    let error = await #expect(throws: AWSError.self) { try await refused.getCallerIdentity() }
    #expect(error?.code == "UnrecognizedClientException")
    #expect(error?.requestID == "oracle")
  }
}
