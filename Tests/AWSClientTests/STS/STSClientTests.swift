import Testing

@testable import AWSClient

struct STSClientTests {
  private func identity(_ configure: @escaping (inout AWSConfiguration) -> Void) async throws -> HTTPRequest {
    let transport = FakeTransport([
      .json(
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/u</Arn><UserId>AIDA</UserId><Account>1</Account>"
          + "</GetCallerIdentityResult></GetCallerIdentityResponse>")
    ])
    let answer = try await STSClient(.fake(transport, configure: configure)).getCallerIdentity()
    #expect(answer == GetCallerIdentityOutput(account: "1", arn: "arn:aws:iam::1:user/u", userID: "AIDA"))
    return try #require(transport.requests.first)
  }

  @Test(
    arguments: [
      ("eu-central-1", false, "https://sts.eu-central-1.amazonaws.com/", "eu-central-1"),
      ("eu-central-1", true, "https://sts.amazonaws.com/", "us-east-1"), ("us-east-1", true, "https://sts.amazonaws.com/", "us-east-1"),
      ("eu-south-1", true, "https://sts.eu-south-1.amazonaws.com/", "eu-south-1"),
      ("cn-north-1", true, "https://sts.cn-north-1.amazonaws.com.cn/", "cn-north-1"),
    ]) func theGlobalEndpointServesOldRegions(region: String, isLegacy: Bool, url: String, signingRegion: String) async throws
  {
    let request = try await identity {
      $0.region = region
      $0.usesGlobalSTSEndpoint = isLegacy
    }
    #expect(request.url == url)
    #expect(request.headers["authorization"]?.contains("/\(signingRegion)/sts/aws4_request") == true)
  }

  @Test func aConfiguredEndpointGoesBeforeTheGlobalOne() async throws {
    let endpoint = try Endpoint(url: "http://127.0.0.1:1")
    let request = try await identity {
      $0.usesGlobalSTSEndpoint = true
      $0.endpoint = endpoint
    }
    #expect(request.url == "http://127.0.0.1:1/")
  }

  @Test func anErrorOfTheQueryProtocolIsRead() async {
    let body =
      "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The &lt;token&gt; has expired</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"
    let client = STSClient(.fake(FakeTransport([.json(body, status: 403)])))
    let error = await #expect(throws: AWSError.self) { try await client.getCallerIdentity() }
    #expect(error?.code == "ExpiredToken")
    #expect(error?.message == "The <token> has expired")
    #expect(error?.requestID == "r-1")
    #expect(error?.service == "STS")
    #expect(error?.isRetryable == false)
  }

  @Test(arguments: [
    "", "<html>", "{}", "<GetCallerIdentityResponse/>", "<GetCallerIdentityResponse><GetCallerIdentityResult/></GetCallerIdentityResponse>",
  ])
  func anAnswerThatIsNoneIsAnError(body: String) async {
    let client = STSClient(.fake(FakeTransport([.json(body)])))
    let error = await #expect(throws: AWSError.self) { try await client.getCallerIdentity() }
    #expect(error?.code == "InvalidResponse")
    #expect(error?.operation == "GetCallerIdentity")
  }
}
