import AWSClient
import JSON
import Testing

@testable import CostOptimizer

@Suite("Discovery")
struct DiscoveryTests {
  /// Answers for an account without anything.
  static let empty: [String: [RecordedAccount.Recording]] = [
    "sts.GetCallerIdentity": [.answer(["Account": "123456789012"])],
    "lambda.ListFunctions": [.answer(["Functions": []])],
    "apigateway.GetRestApis": [.answer([:])],
    "apigatewayv2.GetApis": [.answer(["Items": []])],
    "dynamodb.ListTables": [.answer(["TableNames": []])],
    "s3.ListBuckets": [.answer(["Buckets": []])],
    "stepfunctions.ListStateMachines": [.answer(["stateMachines": []])],
    "events.ListEventBuses": [.answer(["EventBuses": [["Name": "default"]]])],
    "events.ListRules": [.answer(["Rules": []])],
    "scheduler.ListSchedules": [.answer(["Schedules": []])],
  ]

  static func account(_ recordings: [String: [RecordedAccount.Recording]]) -> RecordedAccount {
    RecordedAccount(empty.merging(recordings) { $1 })
  }

  static func discover(_ account: RecordedAccount) async -> Inventory {
    await Discovery(reader: account, clock: FixedClock.morning).run()
  }

  static func functionARN(_ name: String) -> String { "arn:aws:lambda:us-east-1:123456789012:function:\(name)" }

  static func listed(_ name: String, _ more: JSONObject = [:]) -> JSONValue {
    var item: JSONObject = [
      "FunctionName": .string(name), "FunctionArn": .string(functionARN(name)), "Runtime": "python3.12", "MemorySize": 1024, "Timeout": 30,
      "Architectures": ["x86_64"], "EphemeralStorage": ["Size": 512], "LastModified": "2026-11-20T07:19:00.000+0000", "CodeSize": 5000,
      "PackageType": "Zip", "Environment": ["Variables": ["PASSWORD": "hunter2"]],
    ]
    for member in more { item[member.key] = member.value }
    return .object(item)
  }

  static let details: [String: [RecordedAccount.Recording]] = [
    "lambda.ListVersionsByFunction": [.answer(["Versions": [["Version": "$LATEST"]]])],
    "lambda.ListAliases": [.answer(["Aliases": []])],
    "lambda.GetFunctionConcurrency": [.answer([:])],
    "lambda.GetAccountSettings": [.answer(["AccountLimit": ["ConcurrentExecutions": 1000]])],
    "lambda.ListProvisionedConcurrencyConfigs": [.answer(["ProvisionedConcurrencyConfigs": []])],
  ]

  @Test("An empty account has its number, nothing else and no gap")
  func emptyAccount() async {
    let account = Self.account([:])
    let inventory = await Self.discover(account)
    #expect(inventory.accountID == "123456789012")
    #expect(inventory.region == "us-east-1")
    #expect(inventory.resourceCount == 0)
    // Read, and nothing there: that is not the same as not read.
    #expect(inventory.resourceCounts == Dictionary(uniqueKeysWithValues: ResourceReference.Service.allCases.map { ($0, 0) }))
    #expect(account.counts["lambda.GetAccountSettings"] == nil)
    #expect(inventory.gaps == [])
    #expect(inventory.callCount == account.calls.count)
    #expect(account.unrecorded == [])
  }

  @Test("A function has what rules look at, from four calls, and nothing of its environment")
  func wholeFunction() async throws {
    let account = Self.account([
      "lambda.ListFunctions": [
        .answer([
          "Functions": [
            Self.listed(
              "orders",
              [
                "Architectures": ["arm64"], "EphemeralStorage": ["Size": 2048], "SnapStart": ["ApplyOn": "PublishedVersions"],
                "LoggingConfig": ["LogFormat": "JSON", "LogGroup": "/shared/orders"],
              ])
          ]
        ])
      ],
      "lambda.ListVersionsByFunction": [
        .answer(["Versions": [["Version": "$LATEST"], ["Version": "1"]], "NextMarker": "more"]),
        .answer(["Versions": [["Version": "2"]]], to: ["Marker": "more"]),
      ],
      "lambda.ListAliases": [.answer(["Aliases": [["Name": "live"], ["Name": "beta"]]])],
      "lambda.GetFunctionConcurrency": [.answer(["ReservedConcurrentExecutions": 7])],
      "lambda.GetAccountSettings": [.answer(["AccountLimit": ["ConcurrentExecutions": 400, "UnreservedConcurrentExecutions": 100]])],
      "lambda.ListProvisionedConcurrencyConfigs": [
        .answer([
          "ProvisionedConcurrencyConfigs": [
            ["FunctionArn": .string(Self.functionARN("orders") + ":live"), "RequestedProvisionedConcurrentExecutions": 5]
          ]
        ])
      ],
    ])
    let inventory = await Self.discover(account)
    let function = try #require(inventory.functions.first)
    #expect(function.reference == ResourceReference(.lambda, name: "orders", arn: Self.functionARN("orders")))
    #expect(function.runtime == "python3.12")
    #expect(function.memoryMegabytes == 1024)
    #expect(function.timeoutSeconds == 30)
    #expect(function.architecture == .arm)
    #expect(function.ephemeralStorageMegabytes == 2048)
    #expect(function.lastModifiedMilliseconds == 1_795_159_140_000)
    #expect(function.publishedVersionCount == 2)
    #expect(function.aliases == ["beta", "live"])
    #expect(function.reservedConcurrency == 7)
    #expect(function.provisioned == [.init(qualifier: "live", requested: 5)])
    #expect(function.hasSnapStart)
    #expect(function.logGroup == "/shared/orders")
    #expect(function.logsJSON)
    #expect(!"\(inventory)".contains("hunter2"))
    #expect(inventory.accountConcurrencyLimit == 400)
    #expect(inventory.gaps == [])
  }

  @Test("A function without published versions is asked about three times, as it can have no provisioned concurrency")
  func functionWithoutVersions() async {
    let account = Self.account(
      ["lambda.ListFunctions": [.answer(["Functions": [Self.listed("a"), Self.listed("b")]])]].merging(Self.details) { $1 })
    let inventory = await Self.discover(account)
    #expect(inventory.functions.map(\.publishedVersionCount) == [0, 0])
    #expect(account.counts["lambda.ListVersionsByFunction"] == 2)
    #expect(account.counts["lambda.ListAliases"] == 2)
    #expect(account.counts["lambda.GetFunctionConcurrency"] == 2)
    #expect(account.counts["lambda.ListProvisionedConcurrencyConfigs"] == nil)
  }

  @Test("A container image has no runtime; the ARN of a version is the function's")
  func containerImage() async throws {
    var item = Self.listed("image", ["PackageType": "Image", "FunctionArn": .string(Self.functionARN("image") + ":$LATEST")]).objectValue!
    item["Runtime"] = nil
    let account = Self.account(["lambda.ListFunctions": [.answer(["Functions": [.object(item)]])]].merging(Self.details) { $1 })
    let function = try #require(await Self.discover(account).functions.first)
    #expect(function.runtime == nil)
    #expect(function.isContainerImage)
    #expect(function.reference.arn == Self.functionARN("image"))
    #expect(function.logGroup == "/aws/lambda/image")
  }

  @Test("REST APIs have their stages, caches and usage plans; HTTP and WebSocket APIs their stages")
  func apis() async throws {
    let account = Self.account([
      "apigateway.GetRestApis": [
        .answer(["items": [["id": "r1", "name": "shop"]], "position": "p2"]),
        .answer(["items": [["id": "r2", "name": "admin"]]], to: ["position": "p2"]),
      ],
      "apigateway.GetStages": [
        .answer(
          [
            "item": [
              [
                "stageName": "prod", "cacheClusterEnabled": true, "cacheClusterSize": "0.5", "cacheClusterStatus": "AVAILABLE",
                "methodSettings": ["*/*": ["loggingLevel": "INFO", "metricsEnabled": true]],
                "accessLogSettings": ["destinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:api"],
              ],
              ["stageName": "old", "cacheClusterEnabled": false, "cacheClusterSize": "0.5"],
            ]
          ], to: ["restApiId": "r1"]), .answer([:], to: ["restApiId": "r2"]),
      ],
      "apigateway.GetUsagePlans": [
        .answer(["items": [["apiStages": [["apiId": "r1", "stage": "prod"], ["apiId": "r1", "stage": "old"]]]], "position": "x"]),
        .answer(["items": [["apiStages": [["apiId": "r1", "stage": "prod"]]]]], to: ["position": "x"]),
      ],
      "apigatewayv2.GetApis": [
        .answer(["Items": [["ApiId": "h1", "Name": "web", "ProtocolType": "HTTP"]], "NextToken": "n"]),
        .answer(["Items": [["ApiId": "w1", "Name": "chat", "ProtocolType": "WEBSOCKET"]]], to: ["NextToken": "n"]),
      ],
      "apigatewayv2.GetStages": [
        .answer(["Items": [["StageName": "$default", "DefaultRouteSettings": ["DetailedMetricsEnabled": true]]]])
      ],
    ])
    let inventory = await Self.discover(account)
    #expect(inventory.gaps == [])
    #expect(inventory.apis.map(\.reference.name) == ["web", "chat", "shop", "admin"])
    let shop = try #require(inventory.apis.first { $0.id == "r1" })
    #expect(shop.kind == .rest)
    #expect(shop.reference.arn == "arn:aws:apigateway:us-east-1::/restapis/r1")
    #expect(shop.usagePlanCount == 2)
    #expect(shop.stages?.map(\.cacheGigabytes) == ["0.5", nil])
    #expect(shop.stages?.first?.loggingLevel == "INFO")
    #expect(shop.stages?.first?.hasAccessLog == true)
    #expect(inventory.apis.first { $0.id == "r2" }?.stages == [])
    #expect(inventory.apis.first { $0.id == "w1" }?.kind == .webSocket)
    #expect(inventory.apis.first { $0.id == "h1" }?.stages?.first?.hasDetailedMetrics == true)
  }

  static func table(_ name: String, _ more: JSONObject = [:]) -> JSONValue {
    var table: JSONObject = [
      "TableName": .string(name), "TableArn": .string("arn:aws:dynamodb:us-east-1:123456789012:table/\(name)"), "ItemCount": 12,
      "TableSizeBytes": 3456,
    ]
    for member in more { table[member.key] = member.value }
    return ["Table": .object(table)]
  }

  @Test("Tables have their capacity, what scales it, their indexes, replicas, stream, class, backups and time to live")
  func tables() async throws {
    let account = Self.account([
      "dynamodb.ListTables": [
        .answer(["TableNames": ["orders"], "LastEvaluatedTableName": "orders"]),
        .answer(["TableNames": ["events"]], to: ["ExclusiveStartTableName": "orders"]),
      ],
      "dynamodb.DescribeTable": [
        .answer(
          Self.table(
            "orders",
            [
              "ProvisionedThroughput": ["ReadCapacityUnits": 100, "WriteCapacityUnits": 50],
              "GlobalSecondaryIndexes": [
                ["IndexName": "by-date", "ProvisionedThroughput": ["ReadCapacityUnits": 10, "WriteCapacityUnits": 5]]
              ], "LocalSecondaryIndexes": [["IndexName": "by-age"]], "Replicas": [["RegionName": "eu-west-1"]],
              "StreamSpecification": ["StreamEnabled": true], "TableClassSummary": ["TableClass": "STANDARD_INFREQUENT_ACCESS"],
            ]), to: ["TableName": "orders"]),
        .answer(
          Self.table(
            "events",
            [
              "BillingModeSummary": ["BillingMode": "PAY_PER_REQUEST"],
              "ProvisionedThroughput": ["ReadCapacityUnits": 0, "WriteCapacityUnits": 0],
            ]), to: ["TableName": "events"]),
      ],
      "application-autoscaling.DescribeScalableTargets": [
        .answer([
          "ScalableTargets": [
            [
              "ResourceId": "table/orders", "ScalableDimension": "dynamodb:table:ReadCapacityUnits", "MinCapacity": 5, "MaxCapacity": 200,
            ],
            [
              "ResourceId": "table/orders/index/by-date", "ScalableDimension": "dynamodb:index:WriteCapacityUnits", "MinCapacity": 1,
              "MaxCapacity": 9,
            ],
          ]
        ])
      ],
      "dynamodb.DescribeContinuousBackups": [
        .answer(["ContinuousBackupsDescription": ["PointInTimeRecoveryDescription": ["PointInTimeRecoveryStatus": "ENABLED"]]])
      ],
      "dynamodb.DescribeTimeToLive": [.answer(["TimeToLiveDescription": ["TimeToLiveStatus": "DISABLED"]])],
    ])
    let inventory = await Self.discover(account)
    #expect(inventory.gaps == [])
    #expect(inventory.tables.map(\.reference.name) == ["events", "orders"])
    let orders = try #require(inventory.tables.last)
    #expect(orders.billingMode == .provisioned)
    #expect(orders.readUnits == 100 && orders.writeUnits == 50)
    #expect(orders.readScaling == .init(minimum: 5, maximum: 200))
    #expect(orders.writeScaling == nil)
    #expect(orders.indexNames == ["by-age", "by-date"])
    #expect(orders.globalIndexes.map(\.readUnits) == [10])
    #expect(orders.globalIndexes.first?.writeScaling == .init(minimum: 1, maximum: 9))
    #expect(orders.replicaRegions == ["eu-west-1"])
    #expect(orders.hasStream)
    #expect(orders.tableClass == "STANDARD_INFREQUENT_ACCESS")
    #expect(orders.hasPointInTimeRecovery == true)
    #expect(orders.hasTimeToLive == false)
    #expect(orders.itemCount == 12 && orders.sizeBytes == 3456)
    #expect(inventory.tables.first?.billingMode == .onDemand)
  }

  @Test("Buckets of the region have their settings; what is not set is an answer, and unfinished uploads count after seven days")
  func buckets() async throws {
    let account = Self.account([
      "s3.ListBuckets": [
        .answer(["Buckets": [["Name": "full", "BucketRegion": "us-east-1"]], "ContinuationToken": "c"]),
        .answer(
          ["Buckets": [["Name": "bare", "BucketRegion": "us-east-1"], ["Name": "far"], ["Name": "near"]]], to: ["ContinuationToken": "c"]),
      ],
      "s3.GetBucketLocation": [.answer(["LocationConstraint": "EU"], to: ["Bucket": "far"]), .answer([:], to: ["Bucket": "near"])],
      "s3.GetBucketVersioning": [.answer(["Status": "Enabled"], to: ["Bucket": "full"]), .answer([:])],
      "s3.GetBucketLifecycleConfiguration": [
        .answer(
          [
            "Rules": [
              ["Status": "Enabled", "AbortIncompleteMultipartUpload": ["DaysAfterInitiation": 7]],
              ["Status": "Disabled", "NoncurrentVersionExpiration": ["NoncurrentDays": 30]],
            ]
          ], to: ["Bucket": "full"]), .error("NoSuchLifecycleConfiguration", status: 404),
      ],
      "s3.GetBucketReplication": [
        .answer(["ReplicationConfiguration": ["Rules": [["Status": "Enabled"]]]], to: ["Bucket": "full"]),
        .error("ReplicationConfigurationNotFoundError", status: 404),
      ],
      "s3.ListBucketIntelligentTieringConfigurations": [
        .answer(["IntelligentTieringConfigurationList": [["Id": "all"]]], to: ["Bucket": "full"]), .answer(["IsTruncated": false]),
      ],
      "s3.ListMultipartUploads": [
        .answer(
          [
            "Uploads": [["Key": "a", "Initiated": "2026-11-19T23:59:59Z"], ["Key": "b", "Initiated": "2026-11-20T00:00:01Z"]],
            "IsTruncated": true, "NextKeyMarker": "b", "NextUploadIdMarker": "u",
          ], to: ["Bucket": "full"]),
        .answer(
          ["Uploads": [["Key": "c", "Initiated": 1_790_000_000]], "IsTruncated": false],
          to: ["Bucket": "full", "KeyMarker": "b", "UploadIdMarker": "u"]), .answer(["IsTruncated": false]),
      ],
    ])
    let inventory = await Self.discover(account)
    #expect(inventory.gaps == [])
    #expect(inventory.buckets.map(\.reference.name) == ["bare", "full", "near"])
    #expect(inventory.buckets.map(\.region) == ["us-east-1", "us-east-1", "us-east-1"])
    let full = inventory.buckets[1]
    #expect(full.versioning == "Enabled")
    #expect(full.hasLifecycle == true)
    #expect(full.abortsIncompleteUploads == true)
    #expect(full.expiresNoncurrentVersions == false)
    #expect(full.hasReplication == true)
    #expect(full.hasIntelligentTiering == true)
    #expect(full.staleUploadCount == 2)
    #expect(full.oldestUploadMilliseconds == 1_790_000_000_000)
    let bare = inventory.buckets[0]
    #expect(bare.versioning == "Off")
    #expect(bare.hasLifecycle == false)
    #expect(bare.abortsIncompleteUploads == false)
    #expect(bare.hasReplication == false)
    #expect(bare.hasIntelligentTiering == false)
    #expect(bare.staleUploadCount == 0)
  }

  @Test("State machines, the rules of every bus with their targets, and schedules")
  func workflows() async throws {
    let machine = "arn:aws:states:us-east-1:123456789012:stateMachine:flow"
    let account = Self.account([
      "stepfunctions.ListStateMachines": [
        .answer(["stateMachines": [["stateMachineArn": .string(machine), "name": "flow", "type": "EXPRESS"]]])
      ],
      "stepfunctions.DescribeStateMachine": [.answer(["loggingConfiguration": ["level": "ALL"]])],
      "events.ListEventBuses": [
        .answer(["EventBuses": [["Name": "default"]], "NextToken": "b"]),
        .answer(["EventBuses": [["Name": "orders"]]], to: ["NextToken": "b"]),
      ],
      "events.ListRules": [
        .answer(
          [
            "Rules": [["Name": "tick", "Arn": "arn:r/tick", "State": "ENABLED", "ScheduleExpression": "rate(5 minutes)"]], "NextToken": "n",
          ],
          to: ["EventBusName": "default"]),
        .answer(
          ["Rules": [["Name": "off", "Arn": "arn:r/off", "State": "DISABLED", "EventPattern": "{}", "ManagedBy": "a.amazonaws.com"]]],
          to: ["EventBusName": "default", "NextToken": "n"]),
        .answer(
          ["Rules": [["Name": "placed", "Arn": "arn:r/orders/placed", "EventPattern": "{}"]]], to: ["EventBusName": "orders"]),
      ],
      "events.ListTargetsByRule": [
        .answer(["Targets": [["Id": "1", "Arn": "arn:z"], ["Id": "2", "Arn": "arn:a"]]], to: ["Rule": "tick"]), .answer(["Targets": []]),
      ],
      "scheduler.ListSchedules": [
        .answer([
          "Schedules": [["Name": "nightly", "Arn": "arn:s/nightly", "GroupName": "jobs", "State": "ENABLED", "Target": ["Arn": "arn:t"]]]
        ])
      ],
      "scheduler.GetSchedule": [
        .answer(["ScheduleExpression": "cron(0 3 * * ? *)"], to: ["Name": "nightly", "GroupName": "jobs"])
      ],
    ])
    let inventory = await Self.discover(account)
    #expect(inventory.gaps == [])
    #expect(inventory.stateMachines.map(\.type) == ["EXPRESS"])
    #expect(inventory.stateMachines.map(\.loggingLevel) == ["ALL"])
    #expect(inventory.rules.map(\.reference.name) == ["off", "placed", "tick"])
    #expect(inventory.rules.map(\.busName) == ["default", "orders", "default"])
    #expect(inventory.rules.map(\.isEnabled) == [false, true, true])
    #expect(inventory.rules.map(\.targets) == [[], [], ["arn:a", "arn:z"]])
    #expect(inventory.rules.map(\.managedBy) == ["a.amazonaws.com", nil, nil])
    #expect(inventory.rules.last?.scheduleExpression == "rate(5 minutes)")
    #expect(
      inventory.schedules.first.map { [$0.groupName, $0.expression ?? "", $0.target ?? ""] } == ["jobs", "cron(0 3 * * ? *)", "arn:t"])
    #expect(account.calls.allSatisfy { RequiredActions.action($0.service, $0.operation) != nil })
  }
}
