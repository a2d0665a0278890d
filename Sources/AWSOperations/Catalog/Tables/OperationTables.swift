// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

/// The tables by botocore's names of services.
enum OperationTables {
  static var services: [String] { ["apigateway", "apigatewayv2", "application-autoscaling", "bedrock-agentcore-control", "cloudfront", "cloudwatch", "compute-optimizer", "cost-optimization-hub", "dynamodb", "events", "firehose", "kinesis", "lambda", "logs", "pipes", "pricing", "resourcegroupstaggingapi", "s3", "scheduler", "sns", "sqs", "stepfunctions", "sts"] }

  static func text(_ service: String) -> StaticString? {
    switch service {
    case "apigateway": apigateway
    case "apigatewayv2": apigatewayv2
    case "application-autoscaling": applicationAutoscaling
    case "bedrock-agentcore-control": bedrockAgentcoreControl
    case "cloudfront": cloudfront
    case "cloudwatch": cloudwatch
    case "compute-optimizer": computeOptimizer
    case "cost-optimization-hub": costOptimizationHub
    case "dynamodb": dynamodb
    case "events": events
    case "firehose": firehose
    case "kinesis": kinesis
    case "lambda": lambda
    case "logs": logs
    case "pipes": pipes
    case "pricing": pricing
    case "resourcegroupstaggingapi": resourcegroupstaggingapi
    case "s3": s3
    case "scheduler": scheduler
    case "sns": sns
    case "sqs": sqs
    case "stepfunctions": stepfunctions
    case "sts": sts
    default: nil
    }
  }
}
