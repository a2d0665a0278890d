public import AWSClient
import AWSOperations
public import AgentKit
public import JSON

/// Lets a model make any read-only call of the services that an analysis of costs may need: one page of one operation at a time.
///
/// What may be called is `OperationCatalog`'s list, less what only the program's own code calls. Answers come without secrets, and no longer than a model
/// can use.
public struct UseAWSTool: Tool {
  public let name = "use_aws"
  private let operations: AWSOperations
  private let regions: [String]
  private let maximumBytes: Int

  /// - Parameters:
  ///   - regions: regions that may be called; the first is called when the model names none. The client's when there are none.
  ///   - maximumBytes: the longest answer, in bytes of JSON.
  public init(client: AWSClient, regions: [String] = [], maximumBytes: Int = 50_000) {
    operations = AWSOperations(client)
    self.regions = regions.isEmpty ? [client.configuration.region] : regions
    self.maximumBytes = max(1_000, maximumBytes)
  }

  public var description: String {
    "Calls one read-only operation of an AWS service and answers with one page of its result, for facts that the other tools do not have. "
      + "Names of services, operations and parameters are those of boto3 with capitals as in the API, such as 'lambda', 'ListFunctions', "
      + "{\"MaxItems\": 50}. A list goes on with the token that its page ends with. Operations that change something, read customers' data or "
      + "hand out credentials are refused; secrets come as '(redacted)'. Services: \(OperationCatalog.services.joined(separator: ", "))."
  }

  public var inputSchema: JSONValue {
    [
      "type": "object",
      "properties": [
        "service": ["type": "string", "description": "botocore's name of the service, such as 'lambda'"],
        "operation": ["type": "string", "description": "such as 'ListFunctions'"],
        "parameters": ["type": "object", "description": "the operation's parameters; none when left out"],
        "region": [
          "type": "string", "enum": .array(regions.map { .string($0) }), "description": .string("'\(regions.first ?? "")' when left out"),
        ],
      ],
      "required": ["service", "operation"], "additionalProperties": false,
    ]
  }

  /// - Throws: `ToolError` with code `not_allowed`, `invalid_parameters`, `region_not_allowed` or `result_too_large`, or with the service's error code.
  public func run(_ input: JSONValue, _ context: ToolContext) async throws -> JSONValue {
    let service = input["service"]?.stringValue ?? ""
    let operation = input["operation"]?.stringValue ?? ""
    if let reason = OperationCatalog.refusal(service, operation) { throw ToolError("not_allowed", "\(reason).") }
    if let reason = OperationCatalog.whyCodeOnly(service, operation) {
      throw ToolError("not_allowed", "\(service) \(operation) is not called from here: \(reason).")
    }
    let parameters = input["parameters"] ?? [:]
    if let reason = Self.whyNot(service, operation, parameters) { throw ToolError("not_allowed", reason) }
    let region = input["region"]?.stringValue ?? regions.first ?? ""
    guard regions.contains(region) else {
      throw ToolError(
        "region_not_allowed", "The region '\(region.prefix(60))' is not analysed. Regions: \(regions.joined(separator: ", ")).")
    }
    let answer: JSONValue
    do {
      answer = try await RequestContext.$deadlineMilliseconds.withValue(context.deadlineMilliseconds) {
        try await operations.call(service, operation, parameters, region: region)
      }
    } catch let error as AWSError {
      throw ToolError(error.code == AWSError.invalidInputCode ? "invalid_parameters" : error.code, SecretFilter().text(error.message))
    }
    return try AnswerSize(maximumBytes: maximumBytes).fitted(SecretFilter().value(answer), of: "\(service) \(operation)")
  }

  /// Queries of one GetMetricData: each metric is billed, and collect_metrics has read those that the rules need.
  private static let mostMetricQueries = 50

  /// Why a call of an allowed operation is refused for what its parameters make it do; nil for all others.
  ///
  /// `LAMBDA(...)` in an expression has CloudWatch invoke a function, which is not reading.
  /// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_MultiDataSources-Connect.html
  private static func whyNot(_ service: String, _ operation: String, _ parameters: JSONValue) -> String? {
    guard service == "cloudwatch", operation == "GetMetricData", let queries = parameters["MetricDataQueries"]?.arrayValue else {
      return nil
    }
    guard queries.count <= mostMetricQueries else {
      return
        "\(queries.count) metrics are asked for at once, at most \(mostMetricQueries) are: each is billed. collect_metrics reads those of all resources."
    }
    for query in queries where query["Expression"]?.stringValue.map(invokesFunction) == true {
      return "An expression with LAMBDA() invokes a function; metrics are only read here."
    }
    return nil
  }

  /// Whether `LAMBDA` stands in front of a parenthesis, in any letters. The namespace AWS/Lambda of a search does not.
  private static func invokesFunction(_ expression: String) -> Bool {
    // Blanks, and what might pass for one.
    let bytes = expression.utf8.filter { $0 > 0x20 && $0 < 0x7F }.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    let call = Array("lambda(".utf8)
    return bytes.indices.contains { bytes[$0...].starts(with: call) }
  }
}
