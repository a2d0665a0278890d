/// What the estimates need a price of, in US dollars for the unit that each names.
public enum PriceItem: Sendable, Hashable {
  /// For one request.
  case lambdaRequest
  /// For one GB-second of duration on demand.
  case lambdaDuration(LambdaFunction.Architecture)
  /// For one GB-second of duration in a provisioned environment.
  case lambdaProvisionedDuration(LambdaFunction.Architecture)
  /// For one GB-second of a provisioned environment, used or not.
  case lambdaProvisionedConcurrency(LambdaFunction.Architecture)
  /// For one GB-second of ephemeral storage above what is free.
  case lambdaEphemeralStorage(LambdaFunction.Architecture)
  /// For one capacity unit and hour.
  case tableReadCapacity
  case tableWriteCapacity
  /// For one request unit.
  case tableReadRequest
  case tableWriteRequest
  /// For one GB and month.
  case bucketStandard
  case bucketIntelligentTieringInfrequent
  /// For one object and month.
  case bucketIntelligentTieringMonitoring
  /// For one hour of a stage's cache; the size is decimal text such as "0.5".
  case apiCache(gigabytes: String)

  /// The name in gaps and methods.
  var name: String {
    switch self {
    case .lambdaRequest: "Lambda requests"
    case .lambdaDuration(let architecture): "Lambda duration on \(architecture.rawValue)"
    case .lambdaProvisionedDuration(let architecture): "Lambda duration in provisioned environments on \(architecture.rawValue)"
    case .lambdaProvisionedConcurrency(let architecture): "Lambda provisioned concurrency on \(architecture.rawValue)"
    case .lambdaEphemeralStorage(let architecture): "Lambda ephemeral storage on \(architecture.rawValue)"
    case .tableReadCapacity: "DynamoDB read capacity"
    case .tableWriteCapacity: "DynamoDB write capacity"
    case .tableReadRequest: "DynamoDB read requests"
    case .tableWriteRequest: "DynamoDB write requests"
    case .bucketStandard: "S3 Standard storage"
    case .bucketIntelligentTieringInfrequent: "S3 Intelligent-Tiering infrequent access storage"
    case .bucketIntelligentTieringMonitoring: "S3 Intelligent-Tiering monitoring"
    case .apiCache(let size): "API Gateway cache of \(size) GB"
    }
  }

  /// Sizes of caches that a stage may have, in gigabytes.
  /// Source: https://docs.aws.amazon.com/apigateway/latest/api/API_Stage.html, cacheClusterSize.
  static let cacheSizes = ["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"]

  static let all: [PriceItem] =
    [.lambdaRequest]
    + [.x86, .arm].flatMap {
      [.lambdaDuration($0), .lambdaProvisionedDuration($0), .lambdaProvisionedConcurrency($0), .lambdaEphemeralStorage($0)]
    }
    + [
      .tableReadCapacity, .tableWriteCapacity, .tableReadRequest, .tableWriteRequest, .bucketStandard, .bucketIntelligentTieringInfrequent,
      .bucketIntelligentTieringMonitoring,
    ]
    + cacheSizes.map { .apiCache(gigabytes: $0) }
}
