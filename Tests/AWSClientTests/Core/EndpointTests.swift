import AWSClient
import Testing

struct EndpointTests {
  @Test func endpointsAreEqualWhenTheirPartsAre() throws {
    let endpoint = try Endpoint(url: "http://127.0.0.1:4566/base/")
    #expect(endpoint == (try Endpoint(url: "HTTP://127.0.0.1:4566/base")))
    #expect(Set([endpoint, try Endpoint(url: "http://127.0.0.1:4566/base")]).count == 1)
    for other in ["https://127.0.0.1:4566/base", "http://127.0.0.1:4567/base", "http://127.0.0.1:4566"] {
      #expect(endpoint != (try Endpoint(url: other)))
    }
  }

  /// Hosts as botocore 1.43 resolves them from its rule sets.
  @Test(arguments: [
    (AWSService.dynamoDB, "us-east-1", false, false, "dynamodb.us-east-1.amazonaws.com"),
    (.dynamoDB, "eu-central-1", true, false, "dynamodb-fips.eu-central-1.amazonaws.com"),
    (.dynamoDB, "eu-central-1", false, true, "dynamodb.eu-central-1.api.aws"),
    (.dynamoDB, "us-gov-west-1", true, false, "dynamodb.us-gov-west-1.amazonaws.com"),
    (.dynamoDB, "us-gov-west-1", true, true, "dynamodb-fips.us-gov-west-1.api.aws"),
    (.sqs, "cn-north-1", false, false, "sqs.cn-north-1.amazonaws.com.cn"),
    (.sqs, "cn-north-1", false, true, "sqs.cn-north-1.api.amazonwebservices.com.cn"),
    (.sqs, "us-gov-west-1", true, false, "sqs.us-gov-west-1.amazonaws.com"),
    (.s3, "us-east-1", true, true, "s3-fips.dualstack.us-east-1.amazonaws.com"),
    (.s3, "us-isof-south-1", false, false, "s3.us-isof-south-1.csp.hci.ic.gov"),
    (.eventBridge, "us-iso-east-1", false, false, "events.us-iso-east-1.c2s.ic.gov"),
    (.eventBridge, "us-isob-east-1", false, false, "events.us-isob-east-1.sc2s.sgov.gov"),
    (.eventBridge, "us-gov-west-1", true, true, "events.us-gov-west-1.api.aws"),
    (.bedrockRuntime, "eu-isoe-west-1", false, false, "bedrock-runtime.eu-isoe-west-1.cloud.adc-e.uk"),
    (.bedrockRuntime, "eusc-de-east-1", true, false, "bedrock-runtime-fips.eusc-de-east-1.amazonaws.eu"),
    (.bedrockRuntime, "mars-north-1", false, false, "bedrock-runtime.mars-north-1.amazonaws.com"),
  ])
  func regionalHosts(service: AWSService, region: String, fips: Bool, dualStack: Bool, host: String) throws {
    let configuration = AWSConfiguration(
      region: region, credentials: StaticCredentialsProvider(Credentials(accessKeyID: "a", secretAccessKey: "b")), usesFIPS: fips,
      usesDualStack: dualStack)
    let endpoint = try configuration.endpoint(of: service)
    #expect(endpoint.authority == host)
    #expect(endpoint.scheme == "https")
  }

  @Test(arguments: [
    ("http://127.0.0.1:4566", "http", "127.0.0.1:4566", ""), ("https://Example.com:443/", "https", "example.com", ""),
    ("http://localhost:80/base/path/", "http", "localhost", "/base/path"), ("HTTP://[::1]:8080", "http", "[::1]:8080", ""),
  ])
  func urlsAreTakenApart(url: String, scheme: String, authority: String, path: String) throws {
    let endpoint = try Endpoint(url: url)
    #expect(endpoint.scheme == scheme)
    #expect(endpoint.authority == authority)
    #expect(endpoint.basePath == path)
  }

  @Test(arguments: [
    "127.0.0.1:4566", "ftp://host", "http://", "http:///path", "http://user@host", "http://host/?a=b", "http://host#x", "http://host:99999",
    "http://ho st", "http://höst", "http://host:port", "",
  ])
  func badURLsAreNamed(url: String) {
    let error = #expect(throws: AWSError.self) { try Endpoint(url: url, source: "AWS_ENDPOINT_URL_SQS") }
    #expect(error?.code == "InvalidConfiguration")
    #expect(error?.message.hasPrefix("AWS_ENDPOINT_URL_SQS is '\(url)'") == true)
  }
}
