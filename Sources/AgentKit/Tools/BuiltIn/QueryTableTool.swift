import JSON

/// Filters, groups and computes over a table file, so that the numbers of an answer come from the data and not from the model.
struct QueryTableTool: Tool {
  let name = "query_table"
  let description = """
    Queries a table file: CSV with a line of column names, an array of JSON objects, or JSON lines. In this order: 'compute' adds columns, \
    'where' keeps rows that fit all conditions, 'group_by' and 'aggregates' summarise (sums are exact; empty cells are skipped), \
    'order_by' sorts, 'limit' cuts. Without group_by and aggregates the rows themselves come back. Start with limit 3 to see the columns.
    """
  let inputSchema: JSONValue = [
    "type": "object", "required": ["path"], "additionalProperties": false,
    "properties": [
      "path": ["type": "string", "description": "Such as 'shared/orders.csv'."],
      "format": ["enum": ["csv", "json_lines", "json"], "description": "By the path's ending unless given."],
      "delimiter": ["enum": [",", ";", "\t", "|"], "description": "Of CSV; a comma unless given."],
      "compute": [
        "type": "array", "maxItems": 20,
        "items": [
          "type": "object", "required": ["as", "expression"], "additionalProperties": false,
          "properties": [
            "as": ["type": "string", "minLength": 1],
            "expression": [
              "type": "string", "minLength": 1, "maxLength": 4_000,
              "description": "Arithmetic on columns, such as 'quantity * unit_price'; write [unit price] for a name with spaces.",
            ],
          ],
        ],
      ],
      "where": [
        "type": "array", "maxItems": 20,
        "items": [
          "type": "object", "required": ["column", "op"], "additionalProperties": false,
          "properties": [
            "column": ["type": "string"],
            "op": ["enum": ["=", "!=", "<", "<=", ">", ">=", "contains", "starts_with", "in", "is_empty", "is_not_empty"]],
            "value": ["description": "A number, a text, or an array for 'in'."],
          ],
        ],
      ],
      "group_by": ["type": "array", "maxItems": 10, "items": ["type": "string"]],
      "aggregates": [
        "type": "array", "maxItems": 20,
        "items": [
          "type": "object", "required": ["function"], "additionalProperties": false,
          "properties": [
            "function": ["enum": ["sum", "avg", "min", "max", "count", "count_distinct"]],
            "column": ["type": "string", "description": "Not needed for count."],
            "as": ["type": "string", "minLength": 1, "description": "Name of the result; such as sum_amount unless given."],
          ],
        ],
      ],
      "columns": [
        "type": "array", "maxItems": 100, "items": ["type": "string"], "description": "Columns of the result, all unless given.",
      ],
      "order_by": [
        "type": "array", "maxItems": 10,
        "items": [
          "type": "object", "required": ["column"], "additionalProperties": false,
          "properties": ["column": ["type": "string"], "descending": ["type": "boolean"]],
        ],
      ],
      "limit": ["type": "integer", "minimum": 1, "maximum": 1_000, "description": "Most rows of the result, 100 unless given."],
    ],
  ]
  let workspace: Workspace

  func run(_ input: JSONValue, _ context: ToolContext) async throws -> JSONValue {
    let path = input["path"]?.stringValue ?? ""
    let query = try Self.query(input)
    let table = try Self.table(try await workspace.read(path), path: path, input)
    let result = try query.run(on: table)
    let rows = result.table.rows.map { row in
      JSONValue.object(JSONObject(zip(result.table.columns, row).map { ($0, $1) }))
    }
    var output: JSONObject = [
      "path": .string(path), "total_rows": .number(table.rows.count), "matched_rows": .number(result.matchedRows),
      "columns": .array(result.table.columns.map(JSONValue.string)), "rows": .array(rows),
      "truncated": .bool(result.resultRows > rows.count),
    ]
    if !result.roundedColumns.isEmpty { output["rounded_columns"] = .array(result.roundedColumns.map(JSONValue.string)) }
    return .object(output)
  }

  private static func table(_ bytes: [UInt8], path: String, _ input: JSONValue) throws(ToolError) -> Table {
    guard let format = input["format"]?.stringValue.flatMap(Table.Format.init(rawValue:)) ?? Table.format(of: path) else {
      throw ToolError("unknown_format", "The ending of '\(path)' names no format; give 'format' as csv, json_lines or json.")
    }
    switch format {
    case .csv:
      let standard = path.lowercased().hasSuffix(".tsv") ? "\t" : ","
      return try Table(csv: bytes, path: path, delimiter: (input["delimiter"]?.stringValue ?? standard).utf8.first ?? UInt8(ascii: ","))
    case .jsonLines: return try Table(jsonLines: bytes, path: path)
    case .json: return try Table(json: bytes, path: path)
    }
  }

  /// The query in an input that fits the schema.
  private static func query(_ input: JSONValue) throws(ToolError) -> TableQuery {
    var query = TableQuery()
    for part in input["compute"]?.arrayValue ?? [] {
      let name = part["as"]?.stringValue ?? ""
      do throws(ExpressionError) {
        query.derived.append(TableQuery.Derived(name: name, expression: try Expression(part["expression"]?.stringValue ?? "")))
      } catch {
        throw ToolError("invalid_expression", "The expression of '\(name)': \(error)")
      }
    }
    for part in input["where"]?.arrayValue ?? [] {
      guard let comparison = part["op"]?.stringValue.flatMap(TableQuery.Condition.Operator.init(rawValue:)) else { continue }
      query.conditions.append(
        TableQuery.Condition(column: part["column"]?.stringValue ?? "", comparison: comparison, value: part["value"] ?? .null))
    }
    query.groupBy = strings(input["group_by"])
    for part in input["aggregates"]?.arrayValue ?? [] {
      guard let function = part["function"]?.stringValue.flatMap(TableQuery.Aggregate.Function.init(rawValue:)) else { continue }
      let column = part["column"]?.stringValue
      let name = part["as"]?.stringValue ?? column.map { "\(function.rawValue)_\($0)" } ?? function.rawValue
      query.aggregates.append(TableQuery.Aggregate(function: function, column: column, name: name))
    }
    query.columns = strings(input["columns"])
    for part in input["order_by"]?.arrayValue ?? [] {
      query.order.append(TableQuery.Order(column: part["column"]?.stringValue ?? "", isDescending: part["descending"]?.boolValue ?? false))
    }
    query.limit = input["limit"]?.intValue ?? 100
    return query
  }

  private static func strings(_ value: JSONValue?) -> [String] { value?.arrayValue?.compactMap(\.stringValue) ?? [] }
}
