import AgentKit
import JSON
import Testing

@Suite("The query_table tool")
struct QueryTableTests {
  private static let orders = """
    id,region,product,quantity,unit price,date
    007,north,"Widget, large",3,19.99,2026-01-05
    008,south,Widget,1,5.00,2026-01-06
    009,north,"The ""best"" one",2,0.10,2026-01-07

    010,south,Gadget,,7.25,2026-02-01
    011,north,Gadget,10,0.20,2026-02-02
    """
  private let blobs = InMemoryBlobStore([
    "workspaces/shared/orders.csv": Array(orders.utf8),
    "workspaces/o/list.json": Array(#"[{"a":1,"b":"x"},{"a":2.5},{"a":1.0,"b":"y","c":true}]"#.utf8),
    "workspaces/o/lines.jsonl": Array("{\"a\":1}\n\n{\"a\":\"2\"}\r\n".utf8),
  ])

  private func tool() throws -> ToolBox {
    try ToolBox(
      BuiltInTools.tools(named: BuiltInTools.names, workspace: Workspace(blobs: blobs, orchestrationID: "o"), clock: ManualClock()))
  }

  private func query(_ input: JSONValue) async throws -> JSONValue {
    var object = input.objectValue ?? [:]
    if object["path"] == nil { object["path"] = "shared/orders.csv" }
    let tools = try BuiltInTools.tools(
      named: ["query_table"], workspace: Workspace(blobs: blobs, orchestrationID: "o"), clock: ManualClock())
    // What the schema refuses never reaches the tool.
    let violations = try JSONSchema(compiling: tools[0].inputSchema).validate(.object(object))
    if let violation = violations.first { throw ToolError("invalid_input", "\(violation)") }
    return try await tools[0].run(.object(object), ToolContext(orchestrationID: "o", taskID: "t"))
  }

  private func rows(_ input: JSONValue) async throws -> String { try await query(input)["rows"]?.text ?? "" }

  @Test("All tools have schemas that compile")
  func schemas() throws { #expect(try tool().names == BuiltInTools.names) }

  @Test("Rows come back with their columns, quotes and empty cells understood")
  func plainRows() async throws {
    let output = try await query(["limit": 3, "columns": ["id", "product", "quantity"]])
    #expect(output["total_rows"] == 5 && output["matched_rows"] == 5 && output["truncated"] == true)
    #expect(
      output["rows"]?.text
        == #"[{"id":"007","product":"Widget, large","quantity":"3"},{"id":"008","product":"Widget","quantity":"1"},"#
        + #"{"id":"009","product":"The \"best\" one","quantity":"2"}]"#)
  }

  @Test("Groups are summed exactly; empty cells are skipped")
  func groups() async throws {
    let output = try await query([
      "compute": [["as": "revenue", "expression": "quantity * [unit price]"]], "group_by": ["region"],
      "aggregates": [
        ["function": "sum", "column": "revenue"], ["function": "count", "as": "orders"],
        ["function": "count", "column": "quantity", "as": "counted"],
        ["function": "avg", "column": "quantity"], ["function": "max", "column": "unit price", "as": "dearest"],
        ["function": "min", "column": "date", "as": "first"], ["function": "count_distinct", "column": "product", "as": "products"],
      ], "order_by": [["column": "sum_revenue", "descending": true]],
    ])
    #expect(
      output["rows"]?.text
        == #"[{"region":"north","sum_revenue":62.17,"orders":3,"counted":3,"avg_quantity":5,"dearest":19.99,"first":"2026-01-05","products":3},"#
        + #"{"region":"south","sum_revenue":5,"orders":2,"counted":1,"avg_quantity":1,"dearest":7.25,"first":"2026-01-06","products":2}]"#)
    #expect(output["rounded_columns"] == nil)
  }

  @Test("An average that does not end is rounded and says so")
  func roundedAverage() async throws {
    let output = try await query([
      "aggregates": [["function": "avg", "column": "unit price", "as": "mean"]],
      "where": [["column": "region", "op": "=", "value": "north"]],
    ])
    #expect(output["rows"]?.text == #"[{"mean":6.7633333333}]"#)
    #expect(output["rounded_columns"] == ["mean"])
  }

  @Test(
    "Conditions",
    arguments: [
      (#"{"column":"quantity","op":">","value":2}"#, ["007", "011"]), (#"{"column":"quantity","op":"<=","value":2}"#, ["008", "009"]),
      (#"{"column":"id","op":"=","value":"007"}"#, ["007"]), (#"{"column":"id","op":"=","value":"7"}"#, []),
      (#"{"column":"id","op":"=","value":7}"#, ["007"]), (#"{"column":"unit price","op":"=","value":5}"#, ["008"]),
      (#"{"column":"region","op":"!=","value":"north"}"#, ["008", "010"]),
      (#"{"column":"date","op":">=","value":"2026-02-01"}"#, ["010", "011"]),
      (#"{"column":"product","op":"contains","value":"dget"}"#, ["007", "008", "010", "011"]),
      (#"{"column":"product","op":"starts_with","value":"Gad"}"#, ["010", "011"]), (#"{"column":"quantity","op":"is_empty"}"#, ["010"]),
      (#"{"column":"quantity","op":"is_not_empty"}"#, ["007", "008", "009", "011"]),
      (#"{"column":"id","op":"in","value":["008","011","x"]}"#, ["008", "011"]), (#"{"column":"product","op":"<","value":5}"#, []),
    ])
  func conditions(condition: String, ids: [String]) async throws {
    let output = try await query(["where": [JSONValue(parsing: condition)], "columns": ["id"]])
    #expect(output["rows"]?.arrayValue?.compactMap { $0["id"]?.stringValue } == ids)
    #expect(output["matched_rows"]?.intValue == ids.count)
  }

  @Test("Numbers are sorted as numbers, empty cells last in both directions, equals keep their order")
  func order() async throws {
    #expect(
      try await rows(["order_by": [["column": "quantity"]], "columns": ["id"]])
        == #"[{"id":"008"},{"id":"009"},{"id":"007"},{"id":"011"},{"id":"010"}]"#)
    #expect(
      try await rows(["order_by": [["column": "quantity", "descending": true]], "columns": ["id"], "limit": 5])
        == #"[{"id":"011"},{"id":"007"},{"id":"009"},{"id":"008"},{"id":"010"}]"#)
    #expect(
      try await rows(["order_by": [["column": "region"]], "columns": ["id"]])
        == #"[{"id":"007"},{"id":"009"},{"id":"011"},{"id":"008"},{"id":"010"}]"#)
  }

  @Test("JSON arrays and JSON lines are tables too")
  func json() async throws {
    #expect(try await rows(["path": "list.json"]) == #"[{"a":1,"b":"x","c":null},{"a":2.5,"b":null,"c":null},{"a":1.0,"b":"y","c":true}]"#)
    #expect(
      try await rows(["path": "list.json", "where": [["column": "a", "op": "=", "value": 1], ["column": "c", "op": "=", "value": true]]])
        == #"[{"a":1.0,"b":"y","c":true}]"#)
    #expect(try await rows(["path": "lines.jsonl", "aggregates": [["function": "sum", "column": "a"]]]) == #"[{"sum_a":3}]"#)
  }

  @Test("Aggregates over no rows are 0 or null")
  func noRows() async throws {
    #expect(
      try await rows([
        "where": [["column": "id", "op": "=", "value": "none"]],
        "aggregates": [
          ["function": "count"], ["function": "sum", "column": "quantity"], ["function": "avg", "column": "quantity"],
          ["function": "min", "column": "id"],
        ],
      ]) == #"[{"count":0,"sum_quantity":0,"avg_quantity":null,"min_id":null}]"#)
    #expect(try await rows(["where": [["column": "id", "op": "=", "value": "none"]], "group_by": ["region"]]) == "[]")
  }

  @Test("Other delimiters, a byte-order mark and CRLF")
  func dialects() async throws {
    try await blobs.put(key: "workspaces/o/d.csv", bytes: [0xEF, 0xBB, 0xBF] + Array("a;b\r\n1;\"2\r\n3\"\r\n".utf8), contentType: "")
    #expect(try await rows(["path": "d.csv", "delimiter": ";"]) == "[{\"a\":\"1\",\"b\":\"2\\r\\n3\"}]")
    try await blobs.put(key: "workspaces/o/t.tsv", bytes: Array("a\tb\n1\t2".utf8), contentType: "")
    #expect(try await rows(["path": "t.tsv"]) == #"[{"a":"1","b":"2"}]"#)
  }

  @Test(
    "Queries that make no sense say why",
    arguments: [
      (#"{"columns":["nope"]}"#, "unknown_column", "no column 'nope'. Columns: id, region"),
      (#"{"where":[{"column":"nope","op":"="}]}"#, "unknown_column", "nope"), (#"{"group_by":["nope"]}"#, "unknown_column", "nope"),
      (#"{"aggregates":[{"function":"sum","column":"product"}]}"#, "not_a_number", #"Row 1 has "Widget, large" in column 'product'"#),
      (#"{"compute":[{"as":"x","expression":"product * 2"}]}"#, "not_a_number", "in column 'product'"),
      (#"{"compute":[{"as":"x","expression":"quantity *"}]}"#, "invalid_expression", "'x'"),
      (#"{"compute":[{"as":"id","expression":"1"}]}"#, "invalid_query", "'id'"),
      (#"{"compute":[{"as":"x","expression":"1 / 0"}]}"#, "not_computable", "division by zero"),
      (#"{"aggregates":[{"function":"sum"}]}"#, "invalid_query", "'sum' needs a column"),
      (#"{"aggregates":[{"function":"count"},{"function":"count"}]}"#, "invalid_query", "'count'"),
      (#"{"where":[{"column":"id","op":"in","value":"x"}]}"#, "invalid_query", "must be an array"),
      (#"{"path":"gone.csv"}"#, "not_found", "'gone.csv'"), (#"{"path":"shared/orders"}"#, "not_found", "shared/orders"),
      (#"{"path":"../o2/x.csv"}"#, "invalid_path", ".."), (#"{"limit":5000}"#, "invalid_input", "5000"),
    ])
  func badQueries(input: String, code: String, message: String) async throws {
    let error = await #expect(throws: ToolError.self) { try await query(JSONValue(parsing: input)) }
    #expect(error?.code == code)
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
  }

  @Test(
    "Files that are no tables say where",
    arguments: [
      ("a.csv", "a,b\n1,2\n3\n", "Line 3 of 'a.csv' has 1 cells"), ("a.csv", "a,a\n1,2\n", "'a' of 'a.csv' occurs twice"),
      ("a.csv", "", "empty"),
      ("a.csv", "a,b\n\"1,2\n", "Line 2"), ("a.csv", "a\n\"x\"y\n", "behind a closing quote"),
      ("a.json", "{}", "an object, expected an array"),
      ("a.json", "[1]", "element 0 of 'a.json' is a number"), ("a.json", "[", "no JSON"), ("a.jsonl", "{}\n{", "Line 2"),
      ("a.txt", "x", "names no format"),
    ])
  func badFiles(path: String, content: String, message: String) async throws {
    try await blobs.put(key: "workspaces/o/\(path)", bytes: Array(content.utf8), contentType: "")
    let error = await #expect(throws: ToolError.self) { try await query(["path": .string(path)]) }
    #expect(
      error?.message.contains(message) == true || (message == "Line 2" && error?.message.contains("line 2") == true),
      "\(String(describing: error))")
  }

  @Test("A file of the size limit is refused by its size, not read")
  func largeFile() async throws {
    try await blobs.put(key: "workspaces/o/big.csv", bytes: [UInt8](repeating: 0x61, count: 10_000_001), contentType: "")
    let error = await #expect(throws: ToolError.self) { try await query(["path": "big.csv"]) }
    #expect(error?.code == "too_large")
  }
}
