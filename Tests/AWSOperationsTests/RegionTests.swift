import AWSClient
import AWSOperations
import JSON
import Testing

/// Where a call goes, and for which region it is signed. EveryOperationTests compares all regions with botocore's rules.
struct RegionTests {
  private func request(
    _ service: String, _ operation: String, region: String?, _ change: (inout AWSConfiguration) -> Void = { _ in }
  ) async throws -> (url: String, scope: String) {
    let transport = RecordingTransport(.json([:]))
    _ = try? await AWSOperations(transport.client(change)).call(service, operation, [:], region: region)
    let request = try #require(transport.requests.first)
    let words = (request.headers["authorization"] ?? "").split(separator: "/")
    return (request.url, words.count > 3 ? "\(words[2])/\(words[3])" : "")
  }

  @Test func anotherRegionIsCalledAndSignedFor() async throws {
    let (url, scope) = try await request("lambda", "ListFunctions", region: "us-west-2")
    #expect(url == "https://lambda.us-west-2.amazonaws.com/2015-03-31/functions")
    #expect(scope == "us-west-2/lambda")
  }

  @Test(arguments: [
    (nil, "https://api.pricing.eu-central-1.amazonaws.com/", "eu-central-1/pricing"),
    ("eu-west-1", "https://api.pricing.us-east-1.amazonaws.com/", "us-east-1/pricing"),
    ("ap-south-1", "https://api.pricing.ap-south-1.amazonaws.com/", "ap-south-1/pricing"),
    ("cn-north-1", "https://api.pricing.cn-northwest-1.amazonaws.com.cn/", "cn-northwest-1/pricing"),
  ])
  func pricesAreAskedForWhereThereIsAnEndpoint(region: String?, url: String, scope: String) async throws {
    let found = try await request("pricing", "DescribeServices", region: region)
    #expect(found.url == url)
    #expect(found.scope == scope)
  }

  @Test func cloudFrontHasOneHost() async throws {
    let (url, scope) = try await request("cloudfront", "ListDistributions", region: nil)
    #expect(url == "https://cloudfront.amazonaws.com/2020-05-31/distribution")
    #expect(scope == "us-east-1/cloudfront")
  }

  @Test func aConfiguredEndpointIsUsedForEveryRegion() async throws {
    let endpoint = try Endpoint(url: "http://127.0.0.1:4000/base")
    let (url, scope) = try await request("pricing", "DescribeServices", region: "eu-west-1") { $0.endpoint = endpoint }
    #expect(url == "http://127.0.0.1:4000/base/")
    #expect(scope == "eu-west-1/pricing")
    let own = try Endpoint(url: "http://127.0.0.1:5000")
    let (single, _) = try await request("stepfunctions", "ListStateMachines", region: nil) {
      $0.endpoint = endpoint
      $0.serviceEndpoints["sfn"] = own
    }
    #expect(single == "http://127.0.0.1:5000/")
  }
}
