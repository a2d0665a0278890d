import AWSClient
import AWSOperations
import JSON
import Testing

/// Requests and answers of each protocol, as the callers see them. EveryOperationTests compares all of them with botocore's models.
struct CallTests {
  @Test func jsonWithATarget() async throws {
    let transport = RecordingTransport(.json(["TableNames": ["a"], "LastEvaluatedTableName": "a"]))
    let answer = try await AWSOperations(transport.client()).call("dynamodb", "ListTables", ["Limit": 1])
    #expect(answer == ["TableNames": ["a"], "LastEvaluatedTableName": "a"])
    let request = try #require(transport.requests.first)
    #expect(request.url == "https://dynamodb.eu-central-1.amazonaws.com/")
    #expect(request.headers["x-amz-target"] == "DynamoDB_20120810.ListTables")
    #expect(request.headers["content-type"] == "application/x-amz-json-1.0")
    #expect(String(decoding: request.body, as: UTF8.self) == #"{"Limit":1}"#)
  }

  @Test func timesAreTakenAsTextOrNumber() async throws {
    let transport = RecordingTransport(.json([:]), .json([:]))
    for time in ["2026-11-20T07:19:00Z", 1_795_159_140] as [JSONValue] {
      _ = try await AWSOperations(transport.client()).call(
        "cloudwatch", "GetMetricData", ["MetricDataQueries": [], "StartTime": time, "EndTime": time])
    }
    let bodies = transport.requests.map { String(decoding: $0.body, as: UTF8.self) }
    #expect(bodies[0] == #"{"MetricDataQueries":[],"StartTime":1795159140,"EndTime":1795159140}"#)
    #expect(bodies[0] == bodies[1])
  }

  @Test func restWithLabelsAndAQuery() async throws {
    let transport = RecordingTransport(.json(["Aliases": []]))
    _ = try await AWSOperations(transport.client()).call(
      "lambda", "ListAliases", ["FunctionName": "arn:aws:lambda:eu-central-1:123456789012:function:a/b", "MaxItems": 50])
    #expect(
      transport.requests.first?.url == "https://lambda.eu-central-1.amazonaws.com/2015-03-31/functions/"
        + "arn%3Aaws%3Alambda%3Aeu-central-1%3A123456789012%3Afunction%3Aa%2Fb/aliases?MaxItems=50")
    #expect(transport.requests.first?.method == "GET")
  }

  @Test func aLabelCannotLeaveItsPlaceInThePath() async throws {
    let transport = RecordingTransport(.json([:]))
    _ = try await AWSOperations(transport.client()).call("lambda", "ListAliases", ["FunctionName": "a/b/2015-03-31/functions?x=1#"])
    #expect(
      transport.requests.first?.url
        == "https://lambda.eu-central-1.amazonaws.com/2015-03-31/functions/a%2Fb%2F2015-03-31%2Ffunctions%3Fx%3D1%23/aliases")
  }

  @Test func membersHaveBotocoresNames() async throws {
    let transport = RecordingTransport(.json(["item": [["id": "a", "name": "orders"]], "position": "p"]))
    let answer = try await AWSOperations(transport.client()).call("apigateway", "GetRestApis", [:])
    #expect(answer == ["items": [["id": "a", "name": "orders"]], "position": "p"])
    #expect(transport.requests.first?.headers["accept"] == "application/json")
  }

  @Test func anEnvironmentsValuesAreNeverShown() async throws {
    let function: JSONValue = ["FunctionName": "a", "Environment": ["Variables": ["TABLE": "orders", "KEY": "s3cr3t"]], "MemorySize": 128]
    let transport = RecordingTransport(.json(["Functions": [function]]), .json(function))
    let operations = AWSOperations(transport.client())
    let list = try await operations.call("lambda", "ListFunctions", [:])
    let expected: JSONValue = [
      "FunctionName": "a", "Environment": ["Variables": ["TABLE": "(redacted)", "KEY": "(redacted)"]], "MemorySize": 128,
    ]
    #expect(list == ["Functions": [expected]])
    #expect(try await operations.call("lambda", "GetFunctionConfiguration", ["FunctionName": "a"]) == expected)
  }

  @Test func whatAWSMarksAsSensitiveIsNotShown() async throws {
    let transport = RecordingTransport(.json(["stateMachineArn": "arn", "definition": "{\"Comment\":\"x\"}", "type": "STANDARD"]))
    let answer = try await AWSOperations(transport.client()).call("stepfunctions", "DescribeStateMachine", ["stateMachineArn": "arn"])
    #expect(answer == ["stateMachineArn": "arn", "definition": "(redacted)", "type": "STANDARD"])
  }

  @Test func theQueryProtocol() async throws {
    let transport = RecordingTransport(
      .xml(
        """
        <GetTopicAttributesResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><GetTopicAttributesResult><Attributes>
        <entry><key>SubscriptionsConfirmed</key><value>3</value></entry><entry><key>Policy</key><value>{&quot;a&quot;:1}</value></entry>
        </Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>
        """))
    let answer = try await AWSOperations(transport.client()).call("sns", "GetTopicAttributes", ["TopicArn": "arn:aws:sns:x:1:é"])
    #expect(answer == ["Attributes": ["SubscriptionsConfirmed": "3", "Policy": "{\"a\":1}"]])
    #expect(
      transport.requests.first.map { String(decoding: $0.body, as: UTF8.self) }
        == "Action=GetTopicAttributes&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Ax%3A1%3A%C3%A9")
  }

  @Test func anErrorIsTheServices() async throws {
    let transport = RecordingTransport(
      .json(["__type": "com.amazonaws#AccessDeniedException", "Message": "not for you"], status: 403),
      .xml("<ErrorResponse><Error><Code>AuthorizationError</Code><Message>no</Message></Error></ErrorResponse>", status: 403))
    let operations = AWSOperations(transport.client())
    let first = await #expect(throws: AWSError.self) { try await operations.call("lambda", "ListFunctions", [:]) }
    #expect(first?.code == "AccessDeniedException")
    #expect(first?.operation == "ListFunctions")
    let second = await #expect(throws: AWSError.self) { try await operations.call("sns", "ListTopics", [:]) }
    #expect(second?.code == "AuthorizationError")
  }

  @Test(arguments: ["<html>", "", "[]", "{"])
  func anAnswerThatIsNoneIsAnError(body: String) async throws {
    let transport = RecordingTransport(.xml(body), .xml(body))
    let operations = AWSOperations(transport.client())
    if body.isEmpty {
      #expect(try await operations.call("lambda", "ListFunctions", [:]) == [:])
    } else {
      let error = await #expect(throws: AWSError.self) { try await operations.call("lambda", "ListFunctions", [:]) }
      #expect(error?.code == AWSError.invalidResponseCode)
    }
    let error = await #expect(throws: AWSError.self) { try await operations.call("sns", "ListTopics", [:]) }
    #expect(error?.code == AWSError.invalidResponseCode)
  }
}
