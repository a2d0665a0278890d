/// A REST or HTTP API of API Gateway.
public struct GatewayAPI: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable {
    case rest = "REST"
    case http = "HTTP"
    case webSocket = "WEBSOCKET"
  }

  public struct Stage: Sendable, Hashable {
    public var name: String
    /// Size of the stage's cache in gigabytes, such as 0.5, as decimal text; nil without a cache.
    public var cacheGigabytes: String?
    /// "OFF", "ERROR" or "INFO".
    public var loggingLevel: String?
    public var hasAccessLog = false
    public var hasDetailedMetrics = false
    /// Milliseconds since the Unix epoch; nil when it is not told.
    public var createdMilliseconds: Int64?

    public init(name: String) { self.name = name }
  }

  public var reference: ResourceReference
  public var kind: Kind
  /// The id in its addresses.
  public var id: String
  /// nil when the stages could not be read.
  public var stages: [Stage]?
  public var usagePlanCount = 0

  public init(reference: ResourceReference, kind: Kind, id: String) {
    self.reference = reference
    self.kind = kind
    self.id = id
  }
}

/// A DynamoDB table.
public struct TableFacts: Sendable, Hashable {
  public enum BillingMode: String, Sendable, Hashable {
    case provisioned = "PROVISIONED"
    case onDemand = "PAY_PER_REQUEST"
  }

  /// What Application Auto Scaling may set one dimension of capacity to.
  public struct Scaling: Sendable, Hashable {
    public var minimum: Int
    public var maximum: Int

    public init(minimum: Int, maximum: Int) {
      self.minimum = minimum
      self.maximum = maximum
    }
  }

  /// A global secondary index of a table.
  public struct Index: Sendable, Hashable {
    public var name: String
    /// Provisioned capacity units; 0 on demand.
    public var readUnits = 0
    public var writeUnits = 0
    public var readScaling: Scaling?
    public var writeScaling: Scaling?

    public init(name: String) { self.name = name }
  }

  public var reference: ResourceReference
  public var billingMode: BillingMode
  /// Provisioned capacity units; 0 on demand.
  public var readUnits = 0
  public var writeUnits = 0
  public var readScaling: Scaling?
  public var writeScaling: Scaling?
  public var itemCount: Int64 = 0
  public var sizeBytes: Int64 = 0
  public var indexNames: [String] = []
  /// The global secondary indexes, which have a capacity of their own.
  public var globalIndexes: [Index] = []
  public var replicaRegions: [String] = []
  public var hasStream = false
  /// "STANDARD" or "STANDARD_INFREQUENT_ACCESS".
  public var tableClass = "STANDARD"
  /// nil when it could not be read.
  public var hasPointInTimeRecovery: Bool?
  public var hasTimeToLive: Bool?
  /// Milliseconds since the Unix epoch; nil when it is not told.
  public var createdMilliseconds: Int64?

  public init(reference: ResourceReference, billingMode: BillingMode) {
    self.reference = reference
    self.billingMode = billingMode
  }
}

/// A bucket of S3. A member is nil when it could not be read.
public struct BucketFacts: Sendable, Hashable {
  public var reference: ResourceReference
  public var region: String?
  /// "Enabled", "Suspended" or "Off".
  public var versioning: String?
  public var hasLifecycle: Bool?
  /// A rule that aborts unfinished multipart uploads.
  public var abortsIncompleteUploads: Bool?
  /// A rule that expires or moves noncurrent versions.
  public var expiresNoncurrentVersions: Bool?
  public var hasReplication: Bool?
  public var hasIntelligentTiering: Bool?
  /// Unfinished multipart uploads older than seven days, and the time of the oldest in milliseconds since the Unix epoch.
  public var staleUploadCount: Int?
  public var oldestUploadMilliseconds: Int64?
  /// Milliseconds since the Unix epoch; nil when it is not told.
  public var createdMilliseconds: Int64?

  public init(reference: ResourceReference) { self.reference = reference }
}

/// A state machine of Step Functions.
public struct StateMachineFacts: Sendable, Hashable {
  public var reference: ResourceReference
  /// "STANDARD" or "EXPRESS".
  public var type: String
  public var loggingLevel: String?

  public init(reference: ResourceReference, type: String) {
    self.reference = reference
    self.type = type
  }
}

/// A rule of an event bus.
public struct EventRule: Sendable, Hashable {
  public var reference: ResourceReference
  public var busName: String
  public var isEnabled: Bool
  /// Such as "rate(5 minutes)"; nil for rules with a pattern only.
  public var scheduleExpression: String?
  public var hasPattern: Bool
  /// ARNs of the targets; nil when they could not be read.
  public var targets: [String]?
  /// The service that made and keeps the rule; such rules are left alone.
  public var managedBy: String?

  public init(reference: ResourceReference, busName: String, isEnabled: Bool, scheduleExpression: String?, hasPattern: Bool) {
    self.reference = reference
    self.busName = busName
    self.isEnabled = isEnabled
    self.scheduleExpression = scheduleExpression
    self.hasPattern = hasPattern
  }
}

/// A schedule of EventBridge Scheduler.
public struct ScheduleFacts: Sendable, Hashable {
  public var reference: ResourceReference
  public var groupName: String
  public var isEnabled: Bool
  public var expression: String?
  public var target: String?

  public init(reference: ResourceReference, groupName: String, isEnabled: Bool, expression: String? = nil, target: String? = nil) {
    self.reference = reference
    self.groupName = groupName
    self.isEnabled = isEnabled
    self.expression = expression
    self.target = target
  }
}
