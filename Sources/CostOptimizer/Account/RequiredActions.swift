/// Every call that an analysis makes of an account, with the IAM action that allows it; docs/cost-discovery.md says what each is for.
///
/// `infra/cost_agent_actions.txt` is the same list, an action a line: the agent's policy is made of it.
public enum RequiredActions {
  public struct Call: Sendable, Hashable {
    /// Names of botocore's models, such as "lambda" and "ListFunctions".
    public let service: String
    public let operation: String
    /// Such as "lambda:ListFunctions"; several calls can share one.
    public let action: String
  }

  // A call a line; the action does not always have the name of the operation.
  private static let table: [(String, String, String)] = [
    ("sts", "GetCallerIdentity", "sts:GetCallerIdentity"),
    ("lambda", "ListFunctions", "lambda:ListFunctions"),
    ("lambda", "ListVersionsByFunction", "lambda:ListVersionsByFunction"),
    ("lambda", "ListAliases", "lambda:ListAliases"),
    ("lambda", "GetFunctionConcurrency", "lambda:GetFunctionConcurrency"),
    ("lambda", "ListProvisionedConcurrencyConfigs", "lambda:ListProvisionedConcurrencyConfigs"),
    ("lambda", "GetAccountSettings", "lambda:GetAccountSettings"),
    ("apigateway", "GetRestApis", "apigateway:GET"),
    ("apigateway", "GetStages", "apigateway:GET"),
    ("apigateway", "GetUsagePlans", "apigateway:GET"),
    ("apigatewayv2", "GetApis", "apigateway:GET"),
    ("apigatewayv2", "GetStages", "apigateway:GET"),
    ("dynamodb", "ListTables", "dynamodb:ListTables"),
    ("dynamodb", "DescribeTable", "dynamodb:DescribeTable"),
    ("dynamodb", "DescribeContinuousBackups", "dynamodb:DescribeContinuousBackups"),
    ("dynamodb", "DescribeTimeToLive", "dynamodb:DescribeTimeToLive"),
    ("application-autoscaling", "DescribeScalableTargets", "application-autoscaling:DescribeScalableTargets"),
    ("s3", "ListBuckets", "s3:ListAllMyBuckets"),
    ("s3", "GetBucketLocation", "s3:GetBucketLocation"),
    ("s3", "GetBucketVersioning", "s3:GetBucketVersioning"),
    ("s3", "GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration"),
    ("s3", "GetBucketReplication", "s3:GetReplicationConfiguration"),
    ("s3", "ListBucketIntelligentTieringConfigurations", "s3:GetIntelligentTieringConfiguration"),
    ("s3", "ListMultipartUploads", "s3:ListBucketMultipartUploads"),
    ("stepfunctions", "ListStateMachines", "states:ListStateMachines"),
    ("stepfunctions", "DescribeStateMachine", "states:DescribeStateMachine"),
    ("events", "ListEventBuses", "events:ListEventBuses"),
    ("events", "ListRules", "events:ListRules"),
    ("events", "ListTargetsByRule", "events:ListTargetsByRule"),
    ("scheduler", "ListSchedules", "scheduler:ListSchedules"),
    ("scheduler", "GetSchedule", "scheduler:GetSchedule"),
    ("cloudwatch", "GetMetricData", "cloudwatch:GetMetricData"),
    ("logs", "DescribeLogGroups", "logs:DescribeLogGroups"),
    ("logs", "StartQuery", "logs:StartQuery"),
    ("logs", "GetQueryResults", "logs:GetQueryResults"),
    ("logs", "StopQuery", "logs:StopQuery"),
    ("pricing", "GetProducts", "pricing:GetProducts"),
  ]

  public static var calls: [Call] { table.map { Call(service: $0.0, operation: $0.1, action: $0.2) } }

  /// The actions, each once, in alphabetical order.
  public static var actions: [String] { Set(table.map(\.2)).sorted() }

  /// The action that a call needs; nil for a call that no analysis makes.
  public static func action(_ service: String, _ operation: String) -> String? {
    table.first { $0.0 == service && $0.1 == operation }?.2
  }
}
