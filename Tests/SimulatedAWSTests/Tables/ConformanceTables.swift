import AWSClient
import AWSDoubles
import SimulatedAWS
import Testing

/// The tables of the conformance suite, and the services that it is run on: the simulated one, and where ARBITER_TABLES_ENDPOINT names a local
/// cloud that has these tables (the integration tests see to it), DynamoDB as that serves it.
enum ConformanceTables: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case simulated, localCloud

  var testDescription: String { rawValue }

  static var available: [ConformanceTables] { endpoint == nil ? [.simulated] : allCases }
  static var endpoint: String? { Environment.current["ARBITER_TABLES_ENDPOINT"] }

  static let single = TableDefinition(
    name: "conformance-single", partitionKey: KeyAttribute("id"), timeToLiveAttribute: "expires")
  static let ranged = TableDefinition(
    name: "conformance-ranged", partitionKey: KeyAttribute("pk"), sortKey: KeyAttribute("sk", .number),
    indexes: [
      IndexDefinition(name: "by-color", partitionKey: KeyAttribute("color"), sortKey: KeyAttribute("rank", .number)),
      IndexDefinition(name: "by-kind", partitionKey: KeyAttribute("kind"), projection: .keysOnly),
    ])

  var client: DynamoDBClient {
    get throws {
      switch self {
      case .simulated: return try DynamoDBDouble([Self.single, Self.ranged]).client
      case .localCloud:
        var environment = Environment.current.variables
        environment["AWS_ENDPOINT_URL"] = Self.endpoint
        return DynamoDBClient(AWSClient(configuration: try .fromEnvironment(Environment(environment))))
      }
    }
  }

  /// Where the local cloud is known not to do what DynamoDB documents, by the expression in question (docs/local-cloud.md has the list in
  /// words). One that does it after all fails its test, so that the list stays true.
  private static let deviations: Set<String> = [
    // Comparing two attributes that do not exist.
    "nothing = nowhere", "nothing <> nowhere",
    // Parentheses around an operand; begins_with of a number; numbers of sets in another form.
    "(n) = :five", "begins_with(n, :hel)", "contains(ns, :number)",
    // Constants and functions whose types are not looked at before the item is.
    "n < :true", "n < :list", "attribute_type(n, :v)", "nonsense(n)", "list_append(n, :v) = :v", "n = n", "n & :v",
    // Conditions of queries that go beyond one partition and a stretch of it, and filters of keys.
    "pk = :pk AND sk <> :v", "pk = :pk AND contains(sk, :v)", "pk > :pk AND sk = :v", "pk = :pk OR sk = :v", "pk = :pk AND NOT sk = :v",
    "filter of a key attribute",
    // Lists: the order of elements set beyond the end, several removals.
    "SET a[9] = :w, a[5] = :v", "REMOVE a[0], a[2]",
    // The answer to an update of an element is the whole list.
    "UPDATED_NEW of an element",
    // Numbers are added in 28 digits.
    "ADD a :toAll38", "ADD a :much",
    // Updates that are made, or refused with another message.
    "SET a.b = :inNumber", "SET a[0] = :v", "REMOVE a.nowhere", "SET a = a + :toText", "SET a = list_append(a, :toNumber)",
    "SET a = :v + :w",
    "SET a = :v SET b = :v", "SET a = :v, a = :w", "SET a = :v, a.b = :w", "SET a", "SET size = :v", "SET a = size(b)",
  ]

  /// Runs a part of a test, in which the local cloud may be known to deviate.
  func deviating(_ expression: String, _ body: () async throws -> Void) async throws {
    guard self == .localCloud, Self.deviations.contains(expression) else { return try await body() }
    await withKnownIssue("the local cloud deviates from DynamoDB") { try await body() }
  }

  /// A key that no other test uses: on the local cloud all tests share the tables.
  static func newID() -> String { "id-\(UInt64.random(in: 0 ... .max))" }
}

extension DynamoDBClient {
  func item(_ id: String) async throws -> [String: AttributeValue]? {
    try await getItem(GetItemInput(tableName: ConformanceTables.single.name, key: ["id": .string(id)], consistentRead: true)).item
  }

  func put(_ id: String, _ attributes: [String: AttributeValue], if condition: String? = nil) async throws {
    _ = try await putItem(
      PutItemInput(
        tableName: ConformanceTables.single.name, item: attributes.merging(["id": .string(id)]) { $1 }, conditionExpression: condition))
  }

  @discardableResult func update(
    _ id: String, _ expression: String, if condition: String? = nil, names: [String: String] = [:],
    values: [String: AttributeValue] = [:], returning: ReturnValues? = nil
  ) async throws -> [String: AttributeValue]? {
    try await updateItem(
      UpdateItemInput(
        tableName: ConformanceTables.single.name, key: ["id": .string(id)], updateExpression: expression, conditionExpression: condition,
        expressionAttributeNames: names, expressionAttributeValues: values, returnValues: returning)
    ).attributes
  }

  /// Whether the condition holds for an item; a check of a transaction that changes nothing.
  func holds(
    _ condition: String, _ id: String, names: [String: String] = [:], values: [String: AttributeValue] = [:]
  ) async throws -> Bool {
    do {
      _ = try await transactWriteItems(
        TransactWriteItemsInput(items: [
          .conditionCheck(
            TransactConditionCheck(
              tableName: ConformanceTables.single.name, key: ["id": .string(id)], conditionExpression: condition,
              expressionAttributeNames: names, expressionAttributeValues: values))
        ]))
      return true
    } catch let error as AWSError where error.isTransactionConditionFailed {
      return false
    }
  }
}

/// Expects a refusal with a code and a phrase in its message.
@discardableResult func expectRefusal(
  _ code: String, _ phrase: String = "", sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async -> AWSError? {
  do {
    try await body()
    Issue.record("nothing was refused; \(code) was expected", sourceLocation: sourceLocation)
    return nil
  } catch let error as AWSError {
    #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
    #expect(phrase.isEmpty || error.mentions(phrase), "\(error)", sourceLocation: sourceLocation)
    return error
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
    return nil
  }
}
