import AWSClient
import AgentKit
import CostOptimizer
import JSON
import Synchronization
import Testing

/// What a model can ask an account by `use_aws`, and what it sees of the answer.
struct UseAWSToolTests {
  private final class Answering: HTTPTransport {
    let urls = Mutex<[String]>([])
    let answer: JSONValue
    let status: Int

    init(_ answer: JSONValue, status: Int = 200) {
      self.answer = answer
      self.status = status
    }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
      urls.withLock { $0.append(request.url) }
      return HTTPResponse(status: status, body: answer.bytes)
    }

    func stream(_ request: HTTPRequest) async throws -> HTTPStreamingResponse { throw AWSError(code: "NoStream", message: "") }
  }

  private func run(
    _ transport: Answering, _ input: JSONValue, regions: [String] = ["eu-central-1", "eu-west-1"], maximumBytes: Int = 50_000
  ) async throws -> JSONValue {
    let configuration = AWSConfiguration(
      region: "eu-central-1", credentials: StaticCredentialsProvider(Credentials(accessKeyID: "AKID", secretAccessKey: "secret")),
      maximumAttempts: 1)
    let client = AWSClient(configuration: configuration, transport: transport)
    let tool = UseAWSTool(client: client, regions: regions, maximumBytes: maximumBytes)
    _ = try ToolBox([tool])
    return try await tool.run(input, ToolContext(orchestrationID: "s", taskID: "t"))
  }

  @Test func anAllowedCallIsMadeInTheAnalysedRegionOrAnAllowedOne() async throws {
    let transport = Answering(["Functions": []])
    #expect(try await run(transport, ["service": "lambda", "operation": "ListFunctions"]) == ["Functions": []])
    _ = try await run(transport, ["service": "lambda", "operation": "ListFunctions", "parameters": ["MaxItems": 5], "region": "eu-west-1"])
    #expect(
      transport.urls.withLock { $0 } == [
        "https://lambda.eu-central-1.amazonaws.com/2015-03-31/functions",
        "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions?MaxItems=5",
      ])
  }

  @Test(arguments: [
    ("lambda", "DeleteFunction", "not_allowed", "lambda has no read-only operation 'DeleteFunction'"),
    ("lambda", "ListFunctons", "not_allowed", "did you mean ListFunctions"),
    ("dynamodb", "GetItem", "not_allowed", "it reads customers' data"),
    ("sts", "AssumeRole", "not_allowed", "sts has no read-only operation 'AssumeRole'"),
    ("logs", "StartQuery", "not_allowed", "it can show log lines"),
    ("ce", "GetCostAndUsage", "not_allowed", "costs money"),
    ("s3", "ListMultipartUploads", "not_allowed", "names of objects"),
    ("s3", "ListParts", "not_allowed", "customers' data"),
    ("lambda", "ListAliases", "invalid_parameters", "'FunctionName' is missing"),
  ])
  func whatIsRefusedSaysWhyAndNothingIsSent(service: String, operation: String, code: String, reason: String) async throws {
    let transport = Answering([:])
    let error = await #expect(throws: ToolError.self) {
      try await run(transport, ["service": .string(service), "operation": .string(operation)])
    }
    #expect(error?.code == code)
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    #expect(transport.urls.withLock { $0.isEmpty })
  }

  @Test(arguments: ["LAMBDA(\"orders-source\", \"x\")", "m1 + lambda ('orders-source')", "IF(1, LaMbDa\u{A0}(\"f\"), 0)"])
  func anExpressionThatInvokesAFunctionIsRefused(expression: String) async throws {
    let transport = Answering([:])
    let error = await #expect(throws: ToolError.self) {
      try await run(transport, metrics([["Id": "e1", "Expression": .string(expression)]]))
    }
    #expect(error == ToolError("not_allowed", "An expression with LAMBDA() invokes a function; metrics are only read here."))
    #expect(transport.urls.withLock { $0.isEmpty })
  }

  @Test func expressionsThatOnlyReadMetricsAreCalledUpToALimit() async throws {
    let search = "SUM(SEARCH('{AWS/Lambda,FunctionName} MetricName=\"Errors\"', 'Sum', 300))"
    let insights = "SELECT SUM(Errors) FROM SCHEMA(\"AWS/Lambda\", FunctionName)"
    let transport = Answering(["MetricDataResults": []])
    _ = try await run(transport, metrics([["Id": "e1", "Expression": .string(search)], ["Id": "e2", "Expression": .string(insights)]]))
    #expect(transport.urls.withLock { $0.count } == 1)

    let many = (0..<51).map { JSONValue.object(["Id": .string("e\($0)"), "Expression": "1"]) }
    let error = await #expect(throws: ToolError.self) { try await run(transport, metrics(many)) }
    #expect(error?.code == "not_allowed")
    #expect(error?.message.contains("51 metrics are asked for at once, at most 50 are") == true)
    #expect(transport.urls.withLock { $0.count } == 1)
  }

  private func metrics(_ queries: [JSONValue]) -> JSONValue {
    [
      "service": "cloudwatch", "operation": "GetMetricData",
      "parameters": ["MetricDataQueries": .array(queries), "StartTime": 0, "EndTime": 60],
    ]
  }

  @Test func aRegionThatIsNotAnalysedIsRefused() async throws {
    let transport = Answering([:])
    let error = await #expect(throws: ToolError.self) {
      try await run(transport, ["service": "lambda", "operation": "ListFunctions", "region": "us-east-1"])
    }
    #expect(error == ToolError("region_not_allowed", "The region 'us-east-1' is not analysed. Regions: eu-central-1, eu-west-1."))
    #expect(transport.urls.withLock { $0.isEmpty })
  }

  @Test func aServicesErrorKeepsItsCode() async throws {
    let transport = Answering(["__type": "AccessDeniedException", "message": "no"], status: 403)
    let error = await #expect(throws: ToolError.self) { try await run(transport, ["service": "lambda", "operation": "ListFunctions"]) }
    #expect(error == ToolError("AccessDeniedException", "no"))
  }

  @Test func secretsAreNotShownAndTokensOfListsAre() async throws {
    let transport = Answering([
      "NextMarker": "page-2",
      "Functions": [
        ["FunctionName": "a", "Environment": ["Variables": ["DB": "postgres://u:p@h"]], "Description": "key AKIAIOSFODNN7EXAMPLE"]
      ],
    ])
    let answer = try await run(transport, ["service": "lambda", "operation": "ListFunctions"])
    #expect(answer["NextMarker"] == "page-2")
    #expect(answer["Functions"]?[0]?["Environment"]?["Variables"]?["DB"] == "(redacted)")
    #expect(answer["Functions"]?[0]?["Description"]?.stringValue?.contains("AKIAIOSFODNN7EXAMPLE") == false)

    let rules = Answering([
      "NextToken": "more",
      "Targets": [
        ["Id": "1", "HttpParameters": ["HeaderParameters": ["Authorization": "Bearer x"]]],
        ["Id": "2", "RunCommandParameters": ["RunCommandTargets": [["Key": "password", "Value": "p"], ["Key": "tag", "Value": "v"]]]],
      ],
    ])
    let targets = try await run(rules, ["service": "events", "operation": "ListTargetsByRule", "parameters": ["Rule": "r"]])
    #expect(targets["NextToken"] == "more")
    #expect(targets["Targets"]?[0]?["HttpParameters"]?["HeaderParameters"]?["Authorization"] == "(redacted)")
    let pairs = targets["Targets"]?[1]?["RunCommandParameters"]?["RunCommandTargets"]
    #expect(pairs == [["Key": "password", "Value": "(redacted)"], ["Key": "tag", "Value": "v"]])
  }

  @Test func whatIsSentToTargetsIsNotShown() async throws {
    let rules = Answering([
      "Targets": [
        [
          "Id": "1", "Input": "{\"card\": \"4111\"}", "InputTransformer": ["InputTemplate": "<a> hush"],
          "HttpParameters": ["HeaderParameters": ["X-Origin-Verify": "hush"], "QueryStringParameters": ["code": "hush"]],
        ]
      ]
    ])
    let targets = try await run(rules, ["service": "events", "operation": "ListTargetsByRule", "parameters": ["Rule": "r"]])
    #expect(targets.text.contains("hush") == false && targets.text.contains("4111") == false, "\(targets.text)")
    #expect(targets["Targets"]?[0]?["HttpParameters"]?["HeaderParameters"] == ["X-Origin-Verify": "(redacted)"])

    let schedule = Answering(["Name": "s", "Target": ["Arn": "a", "Input": "hush"]])
    let answer = try await run(schedule, ["service": "scheduler", "operation": "GetSchedule", "parameters": ["Name": "s"]])
    #expect(answer["Target"] == ["Arn": "a", "Input": "(redacted)"])

    let method = Answering([
      "httpMethod": "GET",
      "methodIntegration": [
        "type": "AWS", "requestTemplates": ["application/json": "hush"],
        "integrationResponses": ["200": ["responseTemplates": ["a": "hush"]]],
      ],
    ])
    let integration = try await run(
      method,
      ["service": "apigateway", "operation": "GetMethod", "parameters": ["restApiId": "a", "resourceId": "b", "httpMethod": "GET"]])
    #expect(integration.text.contains("hush") == false, "\(integration.text)")
  }

  @Test func valuesWhoseNameStandsBesideThemAreJudgedByIt() async throws {
    let stream = Answering([
      "DeliveryStreamDescription": ["Processors": [["Parameters": [["ParameterName": "ApiKey", "ParameterValue": "hush"]]]]]
    ])
    let answer = try await run(
      stream, ["service": "firehose", "operation": "DescribeDeliveryStream", "parameters": ["DeliveryStreamName": "s"]])
    #expect(answer.text.contains("hush") == false, "\(answer.text)")
  }

  @Test func aLongListIsCutAndSaysSo() async throws {
    let names: [JSONValue] = (0..<100).map { .string("table-\($0)-" + String(repeating: "x", count: 90)) }
    let transport = Answering(["TableNames": .array(names), "LastEvaluatedTableName": "t"])
    let answer = try await run(transport, ["service": "dynamodb", "operation": "ListTables"], maximumBytes: 4_000)
    #expect(answer["TableNames"]?.arrayValue == Array(names[..<25]))
    #expect(answer["LastEvaluatedTableName"] == "t")
    #expect(
      answer["(left_out)"]
        == "TableNames: the first 25 of 100 of this page, since 4000 bytes are shown at most. Ask for smaller pages to see the rest.")
    #expect(answer.bytes.count <= 4_000)
  }

  @Test func anAnswerThatIsLongWithoutAListIsRefused() async throws {
    let transport = Answering(["Policy": .string(String(repeating: "x", count: 5_000))])
    let error = await #expect(throws: ToolError.self) {
      try await run(transport, ["service": "lambda", "operation": "GetPolicy", "parameters": ["FunctionName": "a"]], maximumBytes: 2_000)
    }
    #expect(error?.code == "result_too_large")
  }
}
