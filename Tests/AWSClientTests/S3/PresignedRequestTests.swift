import Testing

@testable import AWSClient

struct PresignedRequestTests {
  /// 2013-05-24T00:00:00Z, the time of AWS's example.
  private let clock = FakeClock(now: 1_369_353_600_000)

  private func client(token: String? = nil, region: String = "aws-global") -> S3Client {
    S3Client(
      .fake(FakeTransport([]), clock: clock) {
        $0.region = region
        $0.credentials = StaticCredentialsProvider(
          Credentials(
            accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", sessionToken: token))
      })
  }

  /// The example of "Authenticating Requests: Using Query Parameters" in S3's API reference.
  @Test func theExampleOfTheReferenceIsSignedAlike() async throws {
    let request = try await client().presigned(GetObjectInput(bucket: "examplebucket", key: "test.txt"), expiresInSeconds: 86_400)
    #expect(
      request.url == "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z"
        + "&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
    #expect(request.method == "GET")
    #expect(request.headers.isEmpty)
    #expect(request.expirationMilliseconds == 1_369_440_000_000)
  }

  @Test func anUploadNamesTheHeadersThatMustComeWithIt() async throws {
    let input = PutObjectInput(
      bucket: "my.bucket", key: "a b/é", body: [], contentType: "text/plain", ifNoneMatch: "*", metadata: ["Owner": "me"])
    let request = try await client(token: "tok/+=en", region: "eu-west-1").presigned(input)
    #expect(request.method == "PUT")
    #expect(request.headers == ["content-type": "text/plain", "if-none-match": "*", "x-amz-meta-owner": "me"])
    #expect(request.url.hasPrefix("https://s3.eu-west-1.amazonaws.com/my.bucket/a%20b/%C3%A9?X-Amz-Algorithm="))
    #expect(
      request.url.contains(
        "&X-Amz-Security-Token=tok%2F%2B%3Den&X-Amz-SignedHeaders=content-type%3Bhost%3Bif-none-match%3Bx-amz-meta-owner"))
    #expect(request.url.contains("&X-Amz-Expires=900&"))
  }

  @Test(arguments: [0, -1, 604_801])
  func aSignatureLastsAtMostSevenDays(seconds: Int) async {
    let error = await #expect(throws: AWSError.self) {
      try await client().presigned(GetObjectInput(bucket: "bucket", key: "k"), expiresInSeconds: seconds)
    }
    #expect(error?.code == "InvalidInput")
    #expect(error?.operation == "GetObject")
  }

  @Test func theSignatureIsNotShown() async throws {
    let request = try await client(token: "a session token that nobody may see").presigned(
      GetObjectInput(bucket: "bucket", key: "k", versionID: "v"))
    var dumped = "\(request) \(String(reflecting: request)) \([request])"
    dump(request, to: &dumped)
    #expect(!dumped.contains("X-Amz"))
    #expect("\(request)" == "PresignedRequest(GET https://bucket.s3.amazonaws.com/k, signature not shown)")
    #expect(request.url.contains("&versionId=v&X-Amz-Signature="))
  }
}
