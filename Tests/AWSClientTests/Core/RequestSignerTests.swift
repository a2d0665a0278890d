import Testing

@testable import AWSClient

/// Signatures from AWS's published test suite ("get-vanilla" and others) and from botocore for the same key and time.
struct RequestSignerTests {
  /// 2015-08-30T12:36:00Z, the time of the suite.
  private static let milliseconds: Int64 = 1_440_938_160_000
  private static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

  struct Vector: Sendable, CustomTestStringConvertible {
    var name: String
    var service = "service"
    var method = "GET"
    var path = "/"
    var query = ""
    var headers = HTTPHeaders()
    var body = ""
    var token: String?
    var signedHeaders: String
    var signature: String
    var testDescription: String { name }
  }

  static let vectors = [
    Vector(
      name: "get-vanilla", signedHeaders: "host;x-amz-date", signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    Vector(
      name: "post with a body and a target", method: "POST",
      headers: ["Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "A.B"], body: #"{"a":1}"#,
      signedHeaders: "content-type;host;x-amz-date;x-amz-target",
      signature: "d5498daa608918c6a7cec4efdd0092e38086d37f17efd6e2da6b67dbc6557f96"),
    Vector(
      name: "session token", service: "dynamodb", method: "POST", headers: ["Content-Type": "application/x-amz-json-1.0"], body: "{}",
      token: "tok+/=en", signedHeaders: "content-type;host;x-amz-date;x-amz-security-token",
      signature: "c5114396bbcef6a690d3ac69058eeba42a676a2e26541acbf030d3ffd06e341f"),
    Vector(
      name: "query", query: "a=1&a=2&b=%20&c=", signedHeaders: "host;x-amz-date",
      signature: "a7a08fc8c1810a344af569af3124029c13d6a5af8fd441b2f4a5359a30f28b4c"),
    Vector(
      name: "path that is encoded twice", service: "bedrock", method: "POST",
      path: "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ax%2Fy/converse", headers: ["Content-Type": "application/json"], body: "{}",
      signedHeaders: "content-type;host;x-amz-date", signature: "6c193717e762ca2a5dc8c7675162a9f416169f06ac8441a0ead3e139ffa4de29"),
    Vector(
      name: "S3 path that is encoded once and not normalized", service: "s3", method: "PUT", path: "/bucket/a%20b/%C3%A9%2B../c",
      query: "x-id=PutObject", headers: ["Content-Type": "text/plain", "x-amz-meta-a": "  b   c "], body: "hello",
      signedHeaders: "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-meta-a",
      signature: "affda0c019b10338a13ee7b8c91b65fbc1d667a6beb9285128ad6299d0bdc899"),
    Vector(
      name: "blanks in header values", headers: ["my-header1": "  a   b   c  ", "my-header2": "\"a   b\""],
      signedHeaders: "host;my-header1;my-header2;x-amz-date",
      signature: "51e627a1ff87ea51972b25f41fe944b80f28c67d0992c19410f1bf259eed36cf"),
  ]

  @Test(arguments: vectors)
  func signatureIsAWSs(_ vector: Vector) throws {
    let signer = RequestSigner()
    let request = RequestSigner.Request(
      method: vector.method, authority: "example.amazonaws.com", path: vector.path, query: vector.query, headers: vector.headers,
      body: Array(vector.body.utf8))
    let scope = RequestSigner.Scope(
      credentials: Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: RequestSignerTests.secret, sessionToken: vector.token),
      region: "us-east-1", service: vector.service)
    let expected =
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/\(vector.service)/aws4_request, "
      + "SignedHeaders=\(vector.signedHeaders), Signature=\(vector.signature)"
    // The second time, the derived key comes from the signer's own store.
    for _ in 0..<2 {
      let headers = try signer.sign(request, scope: scope, milliseconds: RequestSignerTests.milliseconds)
      #expect(headers["authorization"] == expected)
      #expect(headers["x-amz-date"] == "20150830T123600Z")
      #expect(headers["x-amz-security-token"] == vector.token)
    }
  }

  @Test func derivedKeysDoNotMixCredentialsRegionsOrDays() throws {
    let signer = RequestSigner()
    func signature(secret: String, region: String, milliseconds: Int64) throws -> String? {
      let request = RequestSigner.Request(
        method: "GET", authority: "example.amazonaws.com", path: "/", query: "", headers: HTTPHeaders(), body: [])
      let scope = RequestSigner.Scope(
        credentials: Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: secret), region: region, service: "service")
      return try signer.sign(request, scope: scope, milliseconds: milliseconds)["authorization"]
    }
    let day: Int64 = 86_400_000
    let first = try signature(secret: "a", region: "us-east-1", milliseconds: day)
    #expect(try signature(secret: "b", region: "us-east-1", milliseconds: day) != first)
    #expect(try signature(secret: "a", region: "eu-west-1", milliseconds: day) != first)
    #expect(try signature(secret: "a", region: "us-east-1", milliseconds: 2 * day) != first)
    #expect(try signature(secret: "a", region: "us-east-1", milliseconds: day) == first)
  }

  @Test(arguments: [
    ("/", "/"), ("/foo/bar/../..", "/"), ("/foo/..", "/"), ("/./", "/"), ("/./foo", "/foo"), ("//", "/"), ("//foo//", "/foo/"),
    ("/a%20b/c", "/a%20b/c"), ("/a/b/..", "/a"), ("/a/./b/.", "/a/b"), ("/a/b/../", "/a/"),
  ])
  func pathsAreNormalizedAsInTheSuite(path: String, expected: String) {
    #expect(RequestSigner.normalized(path) == expected)
  }
}
