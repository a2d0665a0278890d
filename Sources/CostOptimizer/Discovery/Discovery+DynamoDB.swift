internal import JSON

extension Discovery {
  /// All tables, with three calls each: the table, its backups, its time to live. What scales them comes with one list.
  func tables() async -> [TableFacts] {
    let list = AccountCall(
      "dynamodb", "ListTables", ["Limit": 100], subject: "DynamoDB", consequence: "Tables are missing from this report.")
    var names: [String] = []
    await calls.resources(.dynamoDB, list, PageToken("LastEvaluatedTableName", "ExclusiveStartTableName")) { page in
      names += (page["TableNames"]?.arrayValue ?? []).compactMap(\.stringValue)
    }
    guard !names.isEmpty else { return [] }
    let targets = await scalableTargets()
    return await names.sorted().mapBounded(limit: parallelism) { await table($0, targets: targets) }.compactMap { $0 }
  }

  private func table(_ name: String, targets: [String: TableFacts.Scaling]) async -> TableFacts? {
    func call(_ operation: String, _ consequence: String) -> AccountCall {
      AccountCall("dynamodb", operation, ["TableName": .string(name)], of: name, subject: "DynamoDB", consequence: consequence)
    }
    guard let answer = await calls.value(call("DescribeTable", "No advice on these tables.")) else { return nil }
    guard var table = Self.table(answer, targets: targets) else {
      calls.note(Self.unreadable("DynamoDB", "DescribeTable", "a table without a name or an ARN"))
      return nil
    }
    let backups = await calls.value(call("DescribeContinuousBackups", "Whether these tables are backed up continuously is not known."))
    let recovery = backups?["ContinuousBackupsDescription"]?["PointInTimeRecoveryDescription"]?["PointInTimeRecoveryStatus"]?.stringValue
    table.hasPointInTimeRecovery = recovery.map { $0 == "ENABLED" }
    let expiry = await calls.value(call("DescribeTimeToLive", "Whether items of these tables expire is not known."))
    let status = expiry?["TimeToLiveDescription"]?["TimeToLiveStatus"]?.stringValue
    table.hasTimeToLive = status.map { $0 == "ENABLED" || $0 == "ENABLING" }
    return table
  }

  static func table(_ answer: JSONValue, targets: [String: TableFacts.Scaling]) -> TableFacts? {
    guard let item = answer["Table"], let name = item["TableName"]?.stringValue, let arn = item["TableArn"]?.stringValue else { return nil }
    // Tables that were never on demand come without a billing mode.
    let mode = item["BillingModeSummary"]?["BillingMode"]?.stringValue.flatMap(TableFacts.BillingMode.init) ?? .provisioned
    var table = TableFacts(reference: ResourceReference(.dynamoDB, name: name, arn: arn), billingMode: mode)
    func units(_ item: JSONValue, _ member: String) -> Int {
      mode == .onDemand ? 0 : item["ProvisionedThroughput"]?[member]?.intValue ?? 0
    }
    table.readUnits = units(item, "ReadCapacityUnits")
    table.writeUnits = units(item, "WriteCapacityUnits")
    table.readScaling = targets["table/\(name) dynamodb:table:ReadCapacityUnits"]
    table.writeScaling = targets["table/\(name) dynamodb:table:WriteCapacityUnits"]
    table.itemCount = item["ItemCount"]?.int64Value ?? 0
    table.sizeBytes = item["TableSizeBytes"]?.int64Value ?? 0
    let global = item["GlobalSecondaryIndexes"]?.arrayValue ?? []
    table.globalIndexes = global.compactMap { item in
      guard let index = item["IndexName"]?.stringValue else { return nil }
      var facts = TableFacts.Index(name: index)
      facts.readUnits = units(item, "ReadCapacityUnits")
      facts.writeUnits = units(item, "WriteCapacityUnits")
      facts.readScaling = targets["table/\(name)/index/\(index) dynamodb:index:ReadCapacityUnits"]
      facts.writeScaling = targets["table/\(name)/index/\(index) dynamodb:index:WriteCapacityUnits"]
      return facts
    }.sorted { $0.name < $1.name }
    let local = (item["LocalSecondaryIndexes"]?.arrayValue ?? []).compactMap { $0["IndexName"]?.stringValue }
    table.indexNames = (table.globalIndexes.map(\.name) + local).sorted()
    table.replicaRegions = (item["Replicas"]?.arrayValue ?? []).compactMap { $0["RegionName"]?.stringValue }.sorted()
    table.hasStream = item["StreamSpecification"]?["StreamEnabled"]?.boolValue == true
    table.createdMilliseconds = item["CreationDateTime"].flatMap(AccountTime.milliseconds)
    table.tableClass = item["TableClassSummary"]?["TableClass"]?.stringValue ?? "STANDARD"
    return table
  }

  /// What Application Auto Scaling may set of DynamoDB, by resource id and dimension.
  private func scalableTargets() async -> [String: TableFacts.Scaling] {
    let list = AccountCall(
      "application-autoscaling", "DescribeScalableTargets", ["ServiceNamespace": "dynamodb", "MaxResults": 50], subject: "DynamoDB",
      consequence: "Tables may be scaled automatically without this report knowing.")
    var targets: [String: TableFacts.Scaling] = [:]
    await calls.pages(list, PageToken("NextToken", "NextToken")) { page in
      for item in page["ScalableTargets"]?.arrayValue ?? [] {
        guard let id = item["ResourceId"]?.stringValue, let dimension = item["ScalableDimension"]?.stringValue,
          let minimum = item["MinCapacity"]?.intValue, let maximum = item["MaxCapacity"]?.intValue
        else { continue }
        targets["\(id) \(dimension)"] = TableFacts.Scaling(minimum: minimum, maximum: maximum)
      }
    }
    return targets
  }
}
