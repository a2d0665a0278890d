import AWSClient
import AWSOperations
import JSON
import Testing

/// Parameters that break an operation's model: nothing is sent, and the error names the member.
struct ParameterTests {
  struct Case: Sendable {
    let call: (service: String, operation: String)
    let parameters: JSONValue
    let message: String
  }

  static let cases: [Case] = [
    Case(call: ("lambda", "ListAliases"), parameters: [:], message: "'FunctionName' is missing"),
    Case(call: ("lambda", "ListFunctions"), parameters: ["MaxItems": "50"], message: "'MaxItems' is a string, expected an integer"),
    Case(call: ("lambda", "ListFunctions"), parameters: ["MaxItems": 1.5], message: "'MaxItems' is 1.5, expected an integer"),
    Case(
      call: ("lambda", "ListFunctions"), parameters: ["maxItems": 50],
      message: "'maxItems' is unknown to ListFunctions; did you mean 'MaxItems'?"),
    Case(
      call: ("lambda", "ListFunctions"), parameters: ["Limit": 50],
      message: "'Limit' is unknown to ListFunctions; known: MasterRegion, FunctionVersion, Marker, MaxItems"),
    Case(call: ("lambda", "ListFunctions"), parameters: ["Marker": nil], message: "'Marker' is null, expected a string"),
    Case(call: ("lambda", "ListAliases"), parameters: ["FunctionName": ""], message: "'FunctionName' is empty, and is part of the address"),
    Case(
      call: ("lambda", "GetAccountSettings"), parameters: ["A": 1],
      message: "'A' is unknown to GetAccountSettings, which takes no parameters"),
    Case(call: ("lambda", "ListFunctions"), parameters: [1], message: "the parameters are an array, expected an object"),
    Case(
      call: ("cloudwatch", "GetMetricData"),
      parameters: ["MetricDataQueries": [["MetricStat": ["Period": 60, "Metric": []]]], "StartTime": "yesterday", "EndTime": 1],
      message:
        "'MetricDataQueries[0].MetricStat.Metric' is an array, expected an object; 'MetricDataQueries[0].MetricStat.Stat' is missing; "
        + "'MetricDataQueries[0].Id' is missing; 'StartTime' is 'yesterday', expected seconds since the Unix epoch or ISO 8601 text such as "
        + "'2026-11-20T07:19:00Z'"),
    Case(
      call: ("dynamodb", "ListTables"), parameters: ["Limit": true, "ExclusiveStartTableName": 3],
      message: "'Limit' is a boolean, expected an integer; 'ExclusiveStartTableName' is a number, expected a string"),
    // Where dots are followed, GetAlias of ".." is GetFunction, whose answer opens the function's code.
    Case(
      call: ("lambda", "GetAlias"), parameters: ["FunctionName": "orders", "Name": ".."],
      message: "'Name' is '..', which would lead to another address"),
    Case(
      call: ("apigateway", "GetBasePathMapping"), parameters: ["domainName": "../apikeys", "basePath": "."],
      message: "'domainName' is '../apikeys', which would lead to another address; 'basePath' is '.', which would lead to another address"),
    Case(
      call: ("s3", "GetBucketPolicy"), parameters: ["Bucket": "a/b"],
      message: "'Bucket' is 'a/b': expected 3 to 255 letters, digits, '-', '_' and '.'"),
  ]

  @Test(arguments: cases.indices)
  func breaksTheModel(index: Int) async throws {
    let test = Self.cases[index]
    let transport = RecordingTransport()
    let error = await #expect(throws: AWSError.self) {
      try await AWSOperations(transport.client()).call(test.call.service, test.call.operation, test.parameters)
    }
    #expect(error?.code == AWSError.invalidInputCode)
    #expect(error?.message == test.message)
    #expect(error?.operation == test.call.operation)
    #expect(transport.requests.isEmpty)
  }

  @Test func parametersNestedWithoutEndAreRefused() async throws {
    var filter: JSONValue = ["Dimensions": ["Key": "SERVICE", "Values": ["x"]]]
    for _ in 0..<100 { filter = ["Not": filter] }
    let transport = RecordingTransport()
    await #expect(throws: AWSError.self) {
      try await AWSOperations(transport.client()).call("cost-optimization-hub", "ListRecommendations", ["filter": filter])
    }
    #expect(transport.requests.isEmpty)
  }
}
