import AWSClient
import JSON
import Parameters
import TestSupport
import Testing

/// The examples of docs/parameters.md.
@Suite struct GuideTests {
  struct Login: Codable { var user: String }

  @Test func theGuidesExamplesAreHere() throws {
    #expect(try GuideExamples.missing(of: "parameters", in: #filePath) == [])
  }

  /// Answers as the two services do.
  struct Service: HTTPTransport {
    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
      let prices = #"{"Name":"/shop/prices","Value":"{\"tea\":3}"}"#
      let limit = #"{"Name":"/shop/limit","Value":"7"}"#
      let input = try JSONValue(parsing: request.body)
      let body =
        switch request.headers["x-amz-target"] {
        case "AmazonSSM.GetParameter": #"{"Parameter":\#(input["Name"] == "/shop/prices" ? prices : limit)}"#
        case "AmazonSSM.GetParameters": #"{"Parameters":[\#(limit),\#(prices)]}"#
        case "AmazonSSM.GetParametersByPath": #"{"Parameters":[{"Name":"/shop/db/host","Value":"db"}]}"#
        default: #"{"Name":"prod/database","SecretString":"{\"user\":\"ada\"}"}"#
        }
      return HTTPResponse(status: 200, body: Array(body.utf8))
    }
    func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse { throw CancellationError() }
  }

  @Test func parametersAndSecrets() async throws {
    let client = AWSClient(
      configuration: try .fromEnvironment(["AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"]),
      transport: Service())
    let parameters = Parameters(SSMClient(client))
    let limit = try await parameters.value("/shop/limit").text
    let both = try await parameters.values(["/shop/limit", "/shop/prices"])
    let database = try await parameters.values(below: "/shop/db")
    let prices = try await parameters.value("/shop/prices").json()
    #expect(limit == "7")
    #expect(both.count == 2)
    #expect(database["host"]?.text == "db")
    #expect(prices == ["tea": 3])

    let secrets = Secrets(SecretsManagerClient(client), policy: CachePolicy(timeToLiveMilliseconds: 60_000, staleMilliseconds: 600_000))
    let login = try await secrets.value("prod/database").decoded(as: Login.self)
    #expect(login.user == "ada")
  }
}
