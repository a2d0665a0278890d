/// What was discovered in one account and region, and what could not be.
public struct Inventory: Sendable, Hashable {
  public var accountID: String
  public var region: String
  public var functions: [LambdaFunction] = []
  public var apis: [GatewayAPI] = []
  public var tables: [TableFacts] = []
  public var buckets: [BucketFacts] = []
  public var stateMachines: [StateMachineFacts] = []
  public var rules: [EventRule] = []
  public var schedules: [ScheduleFacts] = []
  /// Concurrent executions that the account may have in the region; nil when it could not be read.
  public var accountConcurrencyLimit: Int?
  /// Services of which a list of resources could not be read to its end; gaps tell which list and why.
  public var brokenLists: Set<ResourceReference.Service> = []
  public var gaps: [Gap] = []
  /// Calls that it took, without retries.
  public var callCount = 0

  public init(accountID: String, region: String) {
    self.accountID = accountID
    self.region = region
  }

  /// All resources: the count that the journal and the report name.
  public var resourceCount: Int {
    functions.count + apis.count + tables.count + buckets.count + stateMachines.count + rules.count + schedules.count
  }

  /// All resources, service by service.
  public var references: [ResourceReference] {
    functions.map(\.reference) + apis.map(\.reference) + tables.map(\.reference) + buckets.map(\.reference) + stateMachines.map(\.reference)
      + rules.map(\.reference) + schedules.map(\.reference)
  }

  /// Resources of each service that was read, 0 included. A service of which nothing could be read is missing: nobody knows whether it has none.
  public var resourceCounts: [ResourceReference.Service: Int] {
    var counts = Dictionary(uniqueKeysWithValues: ResourceReference.Service.allCases.map { ($0, 0) })
    for reference in references { counts[reference.service, default: 0] += 1 }
    return counts.filter { $0.value > 0 || !brokenLists.contains($0.key) }
  }
}
