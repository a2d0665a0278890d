public import AWSClient
public import JSON

/// The rows of the agent configuration table.
public struct DynamoDBAgentRows: AgentRowSource {
  private let client: DynamoDBClient
  private let table: String

  public init(client: DynamoDBClient, table: String) {
    self.client = client
    self.table = table
  }

  public func rows(consistently: Bool = false) async throws -> [JSONValue] {
    try await items(consistently: consistently).map { Self.json($0) }
  }

  /// All rows as they are in the table.
  public func items(consistently: Bool = false) async throws -> [[String: AttributeValue]] {
    var items: [[String: AttributeValue]] = []
    for try await page in client.scanPages(ScanInput(tableName: table, consistentRead: consistently ? true : nil)) {
      items += page.items.filter { $0["agentId"]?.stringValue != SeedMemory.rowID }
    }
    return items
  }

  /// One row, or nil when there is none of that id.
  public func row(_ agentID: String) async throws -> JSONValue? {
    guard agentID != SeedMemory.rowID else { return nil }
    let output = try await client.getItem(GetItemInput(tableName: table, key: ["agentId": .string(agentID)], consistentRead: true))
    return output.item.map { Self.json($0) }
  }

  /// The row as JSON. Sets, which boto3 makes of Python's sets at any level, become arrays.
  public static func json(_ item: [String: AttributeValue]) -> JSONValue { json(.map(item)) }

  private static func json(_ value: AttributeValue) -> JSONValue {
    switch value {
    case .null: .null
    case .bool(let value): .bool(value)
    case .string(let text): .string(text)
    case .number(let text): JSONNumber(text: text).map(JSONValue.number) ?? unfit("the number \(text)")
    case .list(let elements): .array(elements.map { json($0) })
    case .map(let members): .object(JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, json($0.value)) }))
    case .stringSet(let texts): .array(texts.map(JSONValue.string))
    case .numberSet(let texts): .array(texts.map { json(.number($0)) })
    case .binary(let bytes): unfit("binary data of \(bytes.count) bytes")
    case .binarySet(let elements): unfit("a set of binary data with \(elements.count) elements")
    }
  }

  /// Stands for what JSON cannot hold: a value that fits no field, so that the row is refused by the field's name and this text.
  private static func unfit(_ description: String) -> JSONValue { [["not JSON": .string(description)]] }
}
