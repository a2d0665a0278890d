import AWSClient
import Testing

struct ConfigurationTests {
  private let base = ["AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "secret"]

  private func configuration(_ more: [String: String]) throws -> AWSConfiguration {
    try .fromEnvironment(Environment(base.merging(more) { $1 }))
  }

  @Test func theRegionHasTwoNames() throws {
    #expect(try configuration([:]).region == "eu-central-1")
    #expect(try configuration(["AWS_REGION": "", "AWS_DEFAULT_REGION": "us-west-2"]).region == "us-west-2")
    #expect(try configuration(["AWS_DEFAULT_REGION": "us-west-2"]).region == "eu-central-1")
  }

  @Test(
    arguments: [
      (["AWS_REGION": ""], "AWS_REGION"), (["AWS_REGION": "evil.example/"], "evil.example/"),
      (["AWS_SECRET_ACCESS_KEY": ""], "AWS_SECRET_ACCESS_KEY"), (["AWS_ACCESS_KEY_ID": ""], "AWS_ACCESS_KEY_ID"),
      (["AWS_MAX_ATTEMPTS": "0"], "AWS_MAX_ATTEMPTS is '0'"), (["AWS_MAX_ATTEMPTS": "many"], "AWS_MAX_ATTEMPTS is 'many'"),
      (["AWS_USE_FIPS_ENDPOINT": "yes"], "AWS_USE_FIPS_ENDPOINT is 'yes'"),
      (["AWS_ENDPOINT_URL": "nowhere"], "AWS_ENDPOINT_URL is 'nowhere'"),
      (["AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "x"], "AWS_ENDPOINT_URL_BEDROCK_RUNTIME is 'x'"),
    ] as [([String: String], String)])
  func aBadValueIsNamed(variables: [String: String], text: String) {
    let error = #expect(throws: AWSError.self) { try configuration(variables) }
    #expect(error?.code == "InvalidConfiguration")
    #expect(error?.mentions(text) == true, "\(error?.message ?? "")")
  }

  @Test func endpointsComeFromVariables() throws {
    let configuration = try configuration([
      "AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "AWS_ENDPOINT_URL_EVENTBRIDGE": "http://127.0.0.1:1",
      "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "http://127.0.0.1:2/model-server", "AWS_ENDPOINT_URL_S3": "",
    ])
    #expect(configuration.endpoint(of: .dynamoDB).authority == "127.0.0.1:4566")
    #expect(configuration.endpoint(of: .s3).authority == "127.0.0.1:4566")
    #expect(configuration.endpoint(of: .eventBridge).authority == "127.0.0.1:1")
    #expect(configuration.endpoint(of: .bedrockRuntime).basePath == "/model-server")
  }

  @Test func configuredEndpointsCanBeIgnored() throws {
    let configuration = try configuration([
      "AWS_ENDPOINT_URL": "not even a URL", "AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:1", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    ])
    #expect(configuration.endpoint(of: .sqs).authority == "sqs.eu-central-1.amazonaws.com")
  }

  @Test func theRestIsRead() throws {
    let configuration = try configuration([
      "AWS_CA_BUNDLE": "/ca.pem", "AWS_MAX_ATTEMPTS": "7", "AWS_USE_FIPS_ENDPOINT": "TRUE", "AWS_USE_DUALSTACK_ENDPOINT": "false",
    ])
    #expect(configuration.certificateAuthorityFile == "/ca.pem")
    #expect(configuration.maximumAttempts == 7)
    #expect(configuration.usesFIPS)
    #expect(!configuration.usesDualStack)
  }

  @Test func theProcessesEnvironmentIsReadable() {
    #expect(Environment.current["PATH"]?.isEmpty == false)
  }
}
