import JSON
import Testing

@testable import AWSClient

/// Secrets Manager and the parameter store: what comes out of answers, and what never comes out of descriptions.
struct SecretsTests {
  private static let secretAnswer = """
    {"ARN":"arn:aws:secretsmanager:eu-west-1:1:secret:db-x","Name":"db","VersionId":"v1","VersionStages":["AWSCURRENT"],
     "SecretString":"hunter2-and-more","CreatedDate":1523477145.713}
    """
  private static let parameterAnswer = """
    {"Parameter":{"Name":"/db","Type":"SecureString","Value":"hunter2-and-more","Version":7,"LastModifiedDate":1.5E9,"Selector":":7"}}
    """

  @Test func aSecretIsRead() async throws {
    let transport = FakeTransport([.json(SecretsTests.secretAnswer)])
    let output = try await SecretsManagerClient(.fake(transport)).getSecretValue(GetSecretValueInput(secretID: "db"))
    #expect(output.secretString == "hunter2-and-more")
    #expect(output.createdMilliseconds == 1_523_477_145_713)
    let request = try #require(transport.requests.first)
    #expect(request.url == "https://secretsmanager.us-east-1.amazonaws.com/")
    #expect(request.headers["x-amz-target"] == "secretsmanager.GetSecretValue")
    #expect(request.headers["content-type"] == "application/x-amz-json-1.1")
  }

  @Test func noDescriptionShowsAValue() async throws {
    let transport = FakeTransport([.json(SecretsTests.secretAnswer), .json(SecretsTests.parameterAnswer)])
    let secret = try await SecretsManagerClient(.fake(transport)).getSecretValue(GetSecretValueInput(secretID: "db"))
    let parameter = try await SSMClient(.fake(transport)).getParameter(GetParameterInput(name: "/db:7", withDecryption: true))
    #expect(parameter.parameter.lastModifiedMilliseconds == 1_500_000_000_000)
    #expect(parameter.parameter.selector == ":7")
    var dumped = ""
    dump(secret, to: &dumped)
    dump(parameter, to: &dumped)
    dump([secret: [parameter]], to: &dumped)
    let texts = [
      "\(secret)", "\(parameter)", "\([parameter.parameter])", String(reflecting: secret), String(reflecting: parameter), dumped,
    ]
    for text in texts { #expect(!text.contains("hunter2")) }
  }

  @Test func pagesOfParametersEndWithTheLastToken() async throws {
    let transport = FakeTransport([
      .json(#"{"Parameters":[{"Name":"/a/1","Value":"x"}],"NextToken":"t"}"#), .json(#"{"Parameters":[],"NextToken":"u"}"#),
      .json(#"{"Parameters":[{"Name":"/a/2","Value":"y"}]}"#),
    ])
    var names: [String] = []
    for try await page in SSMClient(.fake(transport)).parameterPages(GetParametersByPathInput(path: "/a")) {
      names += page.parameters.map(\.name)
    }
    #expect(names == ["/a/1", "/a/2"])
    #expect(try transport.bodies().map { $0["NextToken"] } == [nil, "t", "u"])
  }

  @Test func namesThatAreNoParametersAreListed() async throws {
    let transport = FakeTransport([.json(#"{"Parameters":[{"Name":"/a","Value":""}],"InvalidParameters":["/b"]}"#)])
    let output = try await SSMClient(.fake(transport)).getParameters(GetParametersInput(names: ["/a", "/b"]))
    #expect(output.parameters.map(\.value) == [""])
    #expect(output.invalidParameters == ["/b"])
  }

  @Test func aParameterWithoutAValueIsNamed() async throws {
    let transport = FakeTransport([.json(#"{"Parameter":{"Name":"/a"}}"#)])
    let error = await #expect(throws: AWSError.self) { try await SSMClient(.fake(transport)).getParameter(GetParameterInput(name: "/a")) }
    #expect(error?.code == "InvalidResponse")
    #expect(error?.message.contains("Value") == true)
  }
}
