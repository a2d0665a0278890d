import AWSClient
import SimulatedAWS
import Testing

/// Queries and scans, of tables and of indexes.
@Suite struct PageConformanceTests {
  private let table = ConformanceTables.ranged.name

  private func put(_ client: DynamoDBClient, _ pk: String, _ sk: Int, _ more: [String: AttributeValue] = [:]) async throws {
    _ = try await client.putItem(
      PutItemInput(tableName: table, item: more.merging(["pk": .string(pk), "sk": .number(sk)]) { $1 }))
  }

  private func query(_ pk: String, _ rest: String = "", _ values: [String: AttributeValue] = [:]) -> QueryInput {
    QueryInput(
      tableName: table, keyConditionExpression: "pk = :pk" + rest, expressionAttributeValues: values.merging([":pk": .string(pk)]) { $1 },
      consistentRead: true)
  }

  private func sorts(_ output: QueryOutput) -> [Int] { output.items.compactMap { $0["sk"]?.intValue } }

  @Test(
    arguments: ConformanceTables.available,
    [
      ("", [-2, 1, 3, 10, 20]), (" AND sk = :v", [3]), (" AND sk < :v", [-2, 1]), (" AND sk <= :v", [-2, 1, 3]),
      (" AND sk > :v", [10, 20]),
      (" AND sk >= :v", [3, 10, 20]), (" AND sk BETWEEN :v AND :w", [3, 10]), (" AND :v < sk", [10, 20]),
    ] as [(String, [Int])])
  func `a query has a stretch of one partition in its order`(tables: ConformanceTables, example: (condition: String, expected: [Int]))
    async throws
  {
    let client = try tables.client
    let pk = ConformanceTables.newID()
    for sk in [10, 3, 1, -2, 20] { try await put(client, pk, sk) }
    try await put(client, pk + "-other", 3)
    let values = [":v": 3, ":w": 10].filter { example.condition.contains($0.key) } as [String: AttributeValue]
    var input = query(pk, example.condition, values)
    #expect(sorts(try await client.query(input)) == example.expected)
    input.scanIndexForward = false
    #expect(sorts(try await client.query(input)) == example.expected.reversed())
  }

  @Test(arguments: ConformanceTables.available) func `pages follow each other without a gap`(tables: ConformanceTables) async throws {
    let client = try tables.client
    let pk = ConformanceTables.newID()
    for sk in 0..<7 { try await put(client, pk, sk, ["even": .bool(sk % 2 == 0)]) }
    for isForward in [true, false] {
      var input = query(pk)
      input.limit = 3
      input.scanIndexForward = isForward
      var pages: [[Int]] = []
      for try await page in client.queryPages(input) { pages.append(sorts(page)) }
      #expect(pages == (isForward ? [[0, 1, 2], [3, 4, 5], [6]] : [[6, 5, 4], [3, 2, 1], [0]]))
    }
    // The limit counts what is looked at, and a page that ends at it says where, whether more follows or not.
    var filtered = query(pk, "", [":yes": true])
    filtered.filterExpression = "even = :yes"
    filtered.limit = 7
    let page = try await client.query(filtered)
    #expect(sorts(page) == [0, 2, 4, 6])
    #expect(page.count == 4 && page.scannedCount == 7)
    #expect(page.lastEvaluatedKey == ["pk": .string(pk), "sk": 6])
    filtered.exclusiveStartKey = page.lastEvaluatedKey
    let end = try await client.query(filtered)
    #expect(end.items.isEmpty && end.count == 0 && end.lastEvaluatedKey == nil)
    var count = query(pk)
    count.select = .count
    let counted = try await client.query(count)
    #expect(counted.count == 7 && counted.items.isEmpty)
    // A page may begin at an item that is gone.
    var gone = query(pk)
    gone.exclusiveStartKey = ["pk": .string(pk), "sk": .number("4.5")]
    #expect(sorts(try await client.query(gone)) == [5, 6])
  }

  @Test(arguments: ConformanceTables.available) func `a page ends at a megabyte`(tables: ConformanceTables) async throws {
    let client = try tables.client
    let pk = ConformanceTables.newID()
    for sk in 0..<5 { try await put(client, pk, sk, ["text": .string(String(repeating: "x", count: 300_000))]) }
    let first = try await client.query(query(pk))
    #expect(sorts(first) == [0, 1, 2])
    #expect(first.lastEvaluatedKey == ["pk": .string(pk), "sk": 2])
    var rest = query(pk)
    rest.exclusiveStartKey = first.lastEvaluatedKey
    let second = try await client.query(rest)
    #expect(sorts(second) == [3, 4])
    #expect(second.lastEvaluatedKey == nil)
  }

  @Test(arguments: ConformanceTables.available) func `an index has the items with all of its keys`(tables: ConformanceTables) async throws {
    let client = try tables.client
    let color = ConformanceTables.newID()
    func ranks(limit: Int? = nil, from key: [String: AttributeValue]? = nil) async throws -> QueryOutput {
      try await client.query(
        QueryInput(
          tableName: table, indexName: "by-color", keyConditionExpression: "color = :c AND #rank >= :zero",
          expressionAttributeNames: ["#rank": "rank"], expressionAttributeValues: [":c": .string(color), ":zero": 0], limit: limit,
          exclusiveStartKey: key))
    }
    func numbers(_ output: QueryOutput) -> [Int] { output.items.compactMap { $0["rank"]?.intValue } }
    let pk = ConformanceTables.newID()
    try await put(client, pk, 1, ["color": .string(color), "rank": 20, "more": "x"])
    try await put(client, pk, 2, ["color": .string(color), "rank": 3])
    try await put(client, pk, 3, ["color": .string(color)])
    try await put(client, pk, 4, ["rank": 1])
    let all = try await ranks()
    #expect(numbers(all) == [3, 20])
    #expect(all.items.last?["more"] == "x")
    let page = try await ranks(limit: 1)
    #expect(page.lastEvaluatedKey == ["pk": .string(pk), "sk": 2, "color": .string(color), "rank": 3])
    #expect(numbers(try await ranks(from: page.lastEvaluatedKey)) == [20])
    // In when it gets its last key, out when it loses one, elsewhere when one changes.
    func update(_ sk: Int, _ expression: String, _ values: [String: AttributeValue] = [:]) async throws {
      _ = try await client.updateItem(
        UpdateItemInput(
          tableName: table, key: ["pk": .string(pk), "sk": .number(sk)], updateExpression: expression,
          expressionAttributeNames: ["#r": "rank"],
          expressionAttributeValues: values))
    }
    try await update(3, "SET #r = :v", [":v": 7])
    #expect(numbers(try await ranks()) == [3, 7, 20])
    try await update(2, "REMOVE #r")
    try await update(1, "SET #r = :v", [":v": 5])
    #expect(numbers(try await ranks()) == [5, 7])
    _ = try await client.deleteItem(DeleteItemInput(tableName: table, key: ["pk": .string(pk), "sk": 1]))
    #expect(numbers(try await ranks()) == [7])
  }

  @Test(arguments: ConformanceTables.available) func `an index of keys has nothing else`(tables: ConformanceTables) async throws {
    let client = try tables.client
    let kind = ConformanceTables.newID()
    let pk = ConformanceTables.newID()
    try await put(client, pk, 1, ["kind": .string(kind), "color": "red", "more": 5])
    let input = QueryInput(
      tableName: table, indexName: "by-kind", keyConditionExpression: "kind = :k", expressionAttributeValues: [":k": .string(kind)])
    #expect(try await client.query(input).items == [["pk": .string(pk), "sk": 1, "kind": .string(kind)]])
    var consistent = input
    consistent.consistentRead = true
    await expectRefusal("ValidationException", "Consistent reads are not supported on global secondary indexes") {
      _ = try await client.query(consistent)
    }
    var other = input
    other.indexName = "by-nothing"
    await expectRefusal("ValidationException", "does not have the specified index") { _ = try await client.query(other) }
  }

  @Test(
    arguments: ConformanceTables.available,
    [
      ("sk = :v", "missed key schema element: pk"), ("pk = :pk AND color = :v", "missed key schema element"),
      ("pk = :pk AND sk <> :v", ""), ("pk = :pk OR sk = :v", ""), ("pk = :pk AND contains(sk, :v)", ""),
      ("pk > :pk AND sk = :v", "not supported"),
      ("pk = :pk AND sk = :v AND sk = :v", "one condition per key"), ("pk = :v AND sk = :pk", "does not match schema type"),
      ("pk = :pk AND sk IN (:v)", ""), ("pk = :pk AND NOT sk = :v", ""),
    ] as [(String, String)])
  func `a query of something else is refused`(tables: ConformanceTables, example: (condition: String, phrase: String)) async throws {
    let client = try tables.client
    let values = [":pk": "x", ":v": 1].filter { example.condition.contains($0.key) } as [String: AttributeValue]
    try await tables.deviating(example.condition) { () async throws in
      await expectRefusal("ValidationException", example.phrase) {
        _ = try await client.query(
          QueryInput(tableName: table, keyConditionExpression: example.condition, expressionAttributeValues: values))
      }
    }
  }

  @Test(arguments: ConformanceTables.available) func `what a filter may not look at, and other refusals`(tables: ConformanceTables)
    async throws
  {
    let client = try tables.client
    var filter = query("x", "", [":one": 1])
    filter.filterExpression = "sk = :one"
    try await tables.deviating("filter of a key attribute") { () async throws in
      await expectRefusal("ValidationException", "non-primary key attributes") { _ = try await client.query(filter) }
    }
    var limit = query("x")
    limit.limit = 0
    await expectRefusal("ValidationException", "greater than or equal to 1") { _ = try await client.query(limit) }
    var start = query("x")
    start.exclusiveStartKey = ["pk": "y", "sk": 1]
    await expectRefusal("ValidationException", "starting key") { _ = try await client.query(start) }
    await expectRefusal("ValidationException") { _ = try await client.scan(ScanInput(tableName: table, segment: 2, totalSegments: 2)) }
    await expectRefusal("ValidationException") { _ = try await client.scan(ScanInput(tableName: table, totalSegments: 2)) }
  }

  @Test(arguments: ConformanceTables.available) func `a scan finds every item once, in pages and in segments`(tables: ConformanceTables)
    async throws
  {
    let client = try tables.client
    let prefix = ConformanceTables.newID()
    for number in 0..<12 { try await put(client, "\(prefix)-\(number / 3)", number, ["mine": .string(prefix)]) }
    var input = ScanInput(
      tableName: table, filterExpression: "mine = :p", expressionAttributeValues: [":p": .string(prefix)], limit: 4, consistentRead: true)
    var found: [Int] = []
    for try await page in client.scanPages(input) {
      #expect(page.scannedCount <= 4)
      found += page.items.compactMap { $0["sk"]?.intValue }
    }
    #expect(found.sorted() == Array(0..<12))
    input.limit = nil
    input.totalSegments = 3
    var segments: [Int] = []
    for segment in 0..<3 {
      input.segment = segment
      for try await page in client.scanPages(input) { segments += page.items.compactMap { $0["sk"]?.intValue } }
    }
    #expect(segments.sorted() == Array(0..<12))
  }
}
