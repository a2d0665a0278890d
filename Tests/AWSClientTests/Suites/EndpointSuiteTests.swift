import JSON
import Testing

@testable import AWSClient

/// botocore's endpoint tests of every service that this client has or may come to have.
struct EndpointSuiteTests {
  /// Folder of the suite, host prefix and the number of cases that must have run; the others are of the kinds that `whyNot` names.
  struct Service: Sendable, CustomTestStringConvertible {
    var folder: String
    var prefix: String
    var cases: Int
    var testDescription: String { folder }

    init(_ folder: String, _ cases: Int, prefix: String? = nil) {
      self.folder = folder
      self.prefix = prefix ?? folder
      self.cases = cases
    }
  }

  static let services = [
    Service("dynamodb", 135), Service("sqs", 46), Service("s3", 136), Service("events", 52), Service("bedrock-runtime", 19),
    Service("sts", 48),
    Service("secretsmanager", 47), Service("ssm", 47), Service("lambda", 69), Service("stepfunctions", 22, prefix: "states"),
    Service("cloudwatch", 22, prefix: "monitoring"), Service("logs", 47), Service("athena", 45),
    Service("pricing", 20, prefix: "api.pricing"),
    Service("bedrock-agentcore", 19), Service("bedrock-agentcore-control", 19), Service("ec2", 52), Service("rds", 48), Service("ce", 22),
    Service("cloudformation", 47), Service("cloudtrail", 47), Service("compute-optimizer", 35), Service("cost-optimization-hub", 19),
    Service("sso", 38, prefix: "portal.sso"), Service("sso-oidc", 38, prefix: "oidc"), Service("ecs", 47), Service("elasticache", 47),
    Service("elbv2", 47, prefix: "elasticloadbalancing"), Service("autoscaling", 43), Service("kms", 66), Service("sns", 47),
  ]

  /// Reasons for which cases are left out, and how many of all services; docs/decisions/0020-what-the-client-does-not-reach.md says more.
  static let skipped = [
    "ARNs of access points and Outposts": 88, "transfer acceleration": 30, "no region": 68, "the global endpoint for regions": 18,
    "global endpoints of EventBridge": 7, "S3 Express": 115, "Outposts": 11, "search operations": 53,
    "the global endpoint for us-east-1": 4,
    "endpoints of an account": 358, "Object Lambda": 8,
  ]

  @Test(arguments: services)
  func endpointsAreBotocores(_ service: Service) throws {
    let suite = try TestData.json("aws-endpoints/\(service.folder)/endpoint-tests-1.json")
    var run = 0
    for (index, test) in (suite["testCases"]?.arrayValue ?? []).enumerated() {
      let parameters = test["params"] ?? [:]
      guard EndpointSuiteTests.whyNot(parameters, folder: service.folder) == nil else { continue }
      run += 1
      let title: Comment = "\(service.folder) \(index): \(test["documentation"]?.stringValue ?? "")"
      var outcome: Result<(url: String, signingRegion: String), any Error>
      do { outcome = .success(try resolve(service, parameters)) } catch { outcome = .failure(error) }
      if let message = test["expect"]?["error"]?.stringValue {
        guard case .failure(let error as AWSError) = outcome else {
          Issue.record("\(service.folder) \(index): expected the error '\(message)'; parameters \(parameters)")
          continue
        }
        #expect(["InvalidConfiguration", "InvalidInput"].contains(error.code), title)
        continue
      }
      let expected = try #require(test["expect"]?["endpoint"])
      let found = try outcome.get()
      var url = try #require(expected["url"]?.stringValue)
      // An endpoint of a caller's own is kept without the slash at its end.
      if url.hasSuffix("/") { url.removeLast() }
      #expect(found.url == url, title)
      if let region = expected["properties"]?["authSchemes"]?.arrayValue?.first?["signingRegion"]?.stringValue {
        #expect(found.signingRegion == region, title)
      }
    }
    #expect(run == service.cases, "\(service.folder)")
  }

  /// The cases of all services that do not count, by reason.
  @Test func casesThatDoNotCountAreKnown() throws {
    var found: [String: Int] = [:]
    for service in EndpointSuiteTests.services {
      for test in try TestData.json("aws-endpoints/\(service.folder)/endpoint-tests-1.json")["testCases"]?.arrayValue ?? [] {
        if let reason = EndpointSuiteTests.whyNot(test["params"] ?? [:], folder: service.folder) { found[reason, default: 0] += 1 }
      }
    }
    #expect(found == EndpointSuiteTests.skipped)
  }

  /// Why a case is about what this client does not have; nil for the cases that count.
  private static func whyNot(_ parameters: JSONValue, folder: String) -> String? {
    func flag(_ name: String) -> Bool { parameters[name]?.boolValue ?? false }
    // The configuration refuses to be made without a region, which is tested where it is read.
    if parameters["Region"] == nil { return "no region" }
    switch folder {
    case "dynamodb":
      let namesAccount = ["AccountId", "ResourceArn", "ResourceArnList"].contains { parameters[$0] != nil }
      switch parameters["AccountIdEndpointMode"]?.stringValue {
      case nil, "disabled": break
      case "preferred" where !namesAccount: break
      default: return "endpoints of an account"
      }
      if flag("IsSearchOperation") { return "search operations" }
    case "events": if parameters["EndpointId"] != nil { return "global endpoints of EventBridge" }
    case "sts": if flag("UseGlobalEndpoint") { return "the global endpoint for regions" }
    case "s3":
      if flag("Accelerate") { return "transfer acceleration" }
      if flag("UseObjectLambdaEndpoint") { return "Object Lambda" }
      if flag("UseS3ExpressControlEndpoint") { return "S3 Express" }
      if let bucket = parameters["Bucket"]?.stringValue {
        if bucket.hasPrefix("arn:") { return "ARNs of access points and Outposts" }
        if bucket.hasSuffix("--x-s3") || bucket.hasSuffix("--xa-s3") { return "S3 Express" }
        if bucket.hasSuffix("--op-s3") { return "Outposts" }
      }
      let isPlain = parameters["Endpoint"] == nil && !flag("UseFIPS") && !flag("UseDualStack")
      if flag("UseGlobalEndpoint"), parameters["Region"]?.stringValue == "us-east-1", isPlain { return "the global endpoint for us-east-1" }
    default: break
    }
    return nil
  }

  /// The URL in front of a request's own path, and the region signed for.
  private func resolve(_ service: Service, _ parameters: JSONValue) throws -> (url: String, signingRegion: String) {
    let region = parameters["Region"]?.stringValue ?? ""
    var configuration = AWSConfiguration(
      region: region, credentials: StaticCredentialsProvider(Credentials(accessKeyID: "a", secretAccessKey: "b")))
    if let url = parameters["Endpoint"]?.stringValue { configuration.endpoint = try Endpoint(url: url) }
    configuration.usesFIPS = parameters["UseFIPS"]?.boolValue ?? false
    configuration.usesDualStack = parameters["UseDualStack"]?.boolValue ?? false
    guard service.folder == "s3" else {
      let known = AWSService.all.first { $0.endpointPrefix == service.prefix }
      let endpoint = try configuration.endpoint(of: known ?? AWSService(serviceID: service.folder, endpointPrefix: service.prefix))
      return (endpoint.url, endpoint.signingRegion ?? region)
    }
    configuration.s3AddressingStyle = parameters["ForcePathStyle"]?.boolValue == true ? .path : .virtualHost
    let resolved = try S3Endpoint(bucket: parameters["Bucket"]?.stringValue ?? "", configuration: configuration)
    return (resolved.endpoint.url + resolved.bucketPath, resolved.endpoint.signingRegion ?? region)
  }

  /// What this client does not reach is refused by name, and nothing is sent.
  @Test(arguments: [
    ("arn:aws:s3:us-west-2:123456789012:accesspoint:myendpoint", "ARN"), ("mybucket--usw2-az1--x-s3", "directory bucket"),
    ("point--usw2-az1--xa-s3", "directory bucket"), ("test-accessp-o0b1d075431d83bebde8xz5w8ijx1qzlbp3i3kuse10--op-s3", "Outposts"),
  ])
  func unsupportedBucketsAreNamed(bucket: String, kind: String) async throws {
    let transport = FakeTransport([])
    let error = await #expect(throws: AWSError.self) {
      try await S3Client(.fake(transport)).getObject(GetObjectInput(bucket: bucket, key: "k"))
    }
    #expect(error?.code == "InvalidInput")
    #expect(error?.operation == "GetObject")
    #expect(error?.message.contains(kind) == true)
    #expect(transport.requests.isEmpty)
  }
}
