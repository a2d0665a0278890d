import Glibc
import Testing

@testable import AWSClient

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
    #expect(try configuration.endpoint(of: .dynamoDB).authority == "127.0.0.1:4566")
    #expect(try configuration.endpoint(of: .s3).authority == "127.0.0.1:4566")
    #expect(try configuration.endpoint(of: .eventBridge).authority == "127.0.0.1:1")
    #expect(try configuration.endpoint(of: .bedrockRuntime).basePath == "/model-server")
  }

  @Test func configuredEndpointsCanBeIgnored() throws {
    let configuration = try configuration([
      "AWS_ENDPOINT_URL": "not even a URL", "AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:1", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    ])
    #expect(try configuration.endpoint(of: .sqs).authority == "sqs.eu-central-1.amazonaws.com")
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

  @Test func whatVariablesDoNotSayTheProfileSays() throws {
    let home = try TemporaryHome()
    try home.config(
      """
      [profile work]
      region = eu-west-3
      endpoint_url = http://127.0.0.1:1
      use_fips_endpoint = true
      use_dualstack_endpoint = TRUE
      ca_bundle = /profile.pem
      max_attempts = 5
      retry_mode = adaptive
      sts_regional_endpoints = legacy
      """)
    var variables = ["HOME": home.path, "AWS_PROFILE": "work", "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s"]
    var configuration = try AWSConfiguration.fromEnvironment(Environment(variables))
    #expect(configuration.region == "eu-west-3")
    #expect(configuration.endpoint?.authority == "127.0.0.1:1")
    #expect(configuration.usesFIPS)
    #expect(configuration.usesDualStack)
    #expect(configuration.certificateAuthorityFile == "/profile.pem")
    #expect(configuration.maximumAttempts == 5)
    #expect(configuration.usesGlobalSTSEndpoint)
    variables.merge([
      "AWS_REGION": "us-west-2", "AWS_ENDPOINT_URL": "http://127.0.0.1:2", "AWS_USE_FIPS_ENDPOINT": "false",
      "AWS_USE_DUALSTACK_ENDPOINT": "false", "AWS_CA_BUNDLE": "/variable.pem", "AWS_MAX_ATTEMPTS": "6",
      "AWS_STS_REGIONAL_ENDPOINTS": "regional",
    ]) { $1 }
    configuration = try AWSConfiguration.fromEnvironment(Environment(variables))
    #expect(configuration.region == "us-west-2")
    #expect(configuration.endpoint?.authority == "127.0.0.1:2")
    #expect(!configuration.usesFIPS)
    #expect(!configuration.usesDualStack)
    #expect(configuration.certificateAuthorityFile == "/variable.pem")
    #expect(configuration.maximumAttempts == 6)
    #expect(!configuration.usesGlobalSTSEndpoint)
  }

  @Test func endpointsOfServicesStandInASectionOfTheirOwn() throws {
    let home = try TemporaryHome()
    try home.config(
      """
      [default]
      services = local
      endpoint_url = http://127.0.0.1:1
      [services local]
      s3 =
        endpoint_url = http://127.0.0.1:2
      bedrock_runtime =
        endpoint_url = http://127.0.0.1:3/model
        other = x
      """)
    func endpoint(_ service: AWSService, _ more: [String: String] = [:]) throws -> Endpoint {
      try configuration(["HOME": home.path].merging(more) { $1 }).endpoint(of: service)
    }
    #expect(try endpoint(.s3).authority == "127.0.0.1:2")
    #expect(try endpoint(.bedrockRuntime).basePath == "/model")
    #expect(try endpoint(.sqs).authority == "127.0.0.1:1")
    // A variable for all services goes before a profile's for one.
    #expect(try endpoint(.s3, ["AWS_ENDPOINT_URL": "http://127.0.0.1:4"]).authority == "127.0.0.1:4")
    #expect(try endpoint(.s3, ["AWS_ENDPOINT_URL_S3": "http://127.0.0.1:5"]).authority == "127.0.0.1:5")
    #expect(try endpoint(.sqs, ["AWS_ENDPOINT_URL_S3": "http://127.0.0.1:5"]).authority == "127.0.0.1:1")
    #expect(try endpoint(.s3, ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"]).authority == "s3.eu-central-1.amazonaws.com")
    try home.config("[default]\nservices = none\n")
    #expect(throws: AWSError.self) { try endpoint(.s3) }
  }

  @Test(
    arguments: [
      ("region = x\n", "line 1"), ("[default]\nregion = a\nregion = b\n", "line 3"),
      ("[default]\nmax_attempts = none\n", "max_attempts of the profile"),
      ("[default]\nuse_fips_endpoint = perhaps\n", "'perhaps'"), ("[default]\nretry_mode = never\n", "'standard', 'adaptive', 'legacy'"),
      ("[default]\nsts_regional_endpoints = global\n", "'regional', 'legacy'"), ("[default]\nendpoint_url = nowhere\n", "'nowhere'"),
      ("[default]\nservices = s\n[services s]\ns3 =\n  endpoint_url = ftp://x\n", "[services s]"),
    ]) func aBadLineIsNamed(config: String, text: String) throws
  {
    let home = try TemporaryHome()
    try home.config(config)
    let error = #expect(throws: AWSError.self) { try configuration(["HOME": home.path]) }
    #expect(error?.code == "InvalidConfiguration")
    #expect(error?.message.contains(text) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("\(home.path)/.aws/config") == true, "\(error?.message ?? "")")
  }

  @Test func aFileThatCannotBeReadIsNamed() throws {
    let home = try TemporaryHome()
    try home.config("[default]\n")
    let path = "\(home.path)/.aws/config"
    // As root, every file can be read: what is left is one that is none.
    chmod(path, 0)
    if getuid() != 0 {
      #expect(throws: AWSError.self) { try configuration(["HOME": home.path]) }
    }
    #expect(try configuration(["HOME": "/nowhere", "AWS_CONFIG_FILE": home.path]).region == "eu-central-1")
  }

  @Test func filesCanStandElsewhere() throws {
    let home = try TemporaryHome()
    try home.write("[default]\nmax_attempts = 9\n", to: "my config")
    #expect(try configuration(["HOME": home.path, "AWS_CONFIG_FILE": "~/my config"]).maximumAttempts == 9)
    #expect(try configuration(["WHERE": home.path, "AWS_CONFIG_FILE": "${WHERE}/my config"]).maximumAttempts == 9)
    #expect(try configuration([:]).maximumAttempts == nil)
  }

  @Test func endpointsOfServicesAreFoundHoweverTheyAreSpelled() throws {
    let endpoint = try Endpoint(url: "http://127.0.0.1:1")
    let endpoints: ServiceEndpoints = ["Bedrock Runtime": endpoint]
    #expect(endpoints["bedrock-runtime"] == endpoint)
    #expect(endpoints["BEDROCK_RUNTIME"] == endpoint)
    #expect(endpoints["Bedrock"] == nil)
  }

  @Test func theProcessesVariablesAreFoundByTheBeginningOfTheirNames() {
    setenv("ARBITER_TEST_PREFIX_A", "1=2", 1)
    setenv("ARBITER_TEST_PREFIX_B", "", 1)
    defer {
      unsetenv("ARBITER_TEST_PREFIX_A")
      unsetenv("ARBITER_TEST_PREFIX_B")
    }
    #expect(Environment.current.variables(withPrefix: "ARBITER_TEST_PREFIX_") == ["A": "1=2", "B": ""])
    #expect(Environment(["XA": "1", "Y": "2"]).variables(withPrefix: "X") == ["A": "1"])
  }

  @Test func theProcessesEnvironmentIsReadable() {
    #expect(Environment.current["PATH"]?.isEmpty == false)
  }
}
