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

  public func rows() async throws -> [JSONValue] {
    var rows: [JSONValue] = []
    for try await page in client.scanPages(ScanInput(tableName: table)) { rows += page.items.map(Self.json) }
    return rows
  }

  /// One row, or nil when there is none of that id.
  public func row(_ agentID: String) async throws -> JSONValue? {
    let output = try await client.getItem(GetItemInput(tableName: table, key: ["agentId": .string(agentID)], consistentRead: true))
    return output.item.map(Self.json)
  }

  /// The attributes that JSON can hold; sets, which the original uses for categories, become arrays.
  static func json(_ item: [String: AttributeValue]) -> JSONValue {
    var object = JSONObject()
    for (name, value) in item.sorted(by: { $0.key < $1.key }) {
      switch value {
      case .stringSet(let texts): object[name] = .array(texts.map(JSONValue.string))
      default: if let json = try? value.toJSON() { object[name] = json }
      }
    }
    return .object(object)
  }
}
