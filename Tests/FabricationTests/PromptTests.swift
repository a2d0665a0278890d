import AWSClient
import AgentKit
import CodeAgents
import Foundation
import JSON
import Orchestration
import Sandbox
import Testing

@testable import Fabrication

/// The system prompt says all that a model has to know.
@Suite struct PromptTests {
  private static let tool = RegistryRow(
    kind: .tool, id: "word_counter",
    attributes: [
      "toolId": "word_counter", "state": "active",
      "config": [
        "name": "word_counter", "description": "Counts words.", "schema": ["type": "object", "properties": ["text": ["type": "string"]]],
        "tools": ["read_object"], "capabilities": ["log"],
      ],
    ])
  private let prompt = FabricationPrompt.system(RegistryCatalog(agentRows: [], toolRows: [tool]))

  @Test func `every tool of the Fabricator is named, and described`() {
    for tool in FabricationTools.all {
      #expect(prompt.contains("- `\(tool.name)`: \(tool.description)"), "\(tool.name)")
      // The order of work names it too.
      #expect(prompt.components(of: "`\(tool.name)`") >= 2, "\(tool.name)")
    }
  }

  @Test func `the seed's tools are there by their names, and those that reach out of the sandbox are not`() {
    let names = FabricationTools.all.map(\.name)
    for name in [
      "upload_agent_to_s3", "upload_tool_to_s3", "store_agent_config_dynamo", "store_tool_config_dynamo", "get_worker_tool",
      "complete_task",
      "search_agents", "test_agent",
    ] { #expect(names.contains(name)) }
    #expect(names.count == 8)
    for name in ["file_write", "http_request", "shell"] { #expect(!names.contains(name) && !prompt.contains("`\(name)`")) }
  }

  @Test func `the tools' schemas are such that models' services take them`() throws {
    for tool in FabricationTools.all {
      #expect(tool.inputSchema["type"] == "object" && tool.inputSchema["additionalProperties"] == false, "\(tool.name)")
      for keyword in ["oneOf", "anyOf", "allOf"] { #expect(tool.inputSchema[keyword] == nil, "\(tool.name)") }
      _ = try JSONSchema(compiling: tool.inputSchema)
      for (name, property) in try #require(tool.inputSchema["properties"]?.objectValue) {
        #expect(property["description"] != nil, "\(tool.name).\(name)")
      }
    }
  }

  @Test func `every built-in tool stands in it with its schema`() {
    #expect(BuiltInToolTexts.all.map(\.name) == BuiltInTools.names)
    for tool in BuiltInToolTexts.all {
      #expect(prompt.contains("- `\(tool.name)`: "), "\(tool.name)")
      #expect(prompt.contains(tool.inputSchema.text), "\(tool.name)")
    }
  }

  @Test func `it says how to refuse input, so that a caller's mistakes do not count as the agent's own failures`() {
    #expect(prompt.contains("{name: 'InvalidInput'}"))
    #expect(prompt.contains("Any other Error is a fault of the agent"))
    #expect(!prompt.contains("throw new Error"))
    #expect(TrialCase.schema.text.contains("an Error named 'InvalidInput'"))
  }

  @Test func `the hosts that may be read stand in it`() {
    #expect(prompt.contains("No host may be read by `http_get` here"))
    let some = FabricationPrompt.system(RegistryCatalog(agentRows: [], toolRows: []), webHosts: "api.example.com,*.example.org")
    #expect(some.contains("Hosts that `http_get` may read here, and no others: api.example.com,*.example.org."))
  }

  @Test func `the tools of the registry stand in it, with what they need`() {
    #expect(prompt.contains("- `word_counter`: Counts words. Input: {"))
    #expect(prompt.contains("Needs, and so does who calls it: read_object, log."))
    #expect(FabricationPrompt.system(RegistryCatalog(agentRows: [], toolRows: [])).contains("There are none yet."))
  }

  @Test func `of a large registry the prompt shows a part, and says how to find the rest`() {
    let rows = (0..<FabricationPrompt.maximumTools + 7).map { number in
      RegistryRow(
        kind: .tool, id: "tool-\(number)",
        attributes: [
          "toolId": .string("tool-\(number)"), "state": "active", "config": ["description": "Does it.", "schema": ["type": "object"]],
        ])
    }
    let prompt = FabricationPrompt.system(RegistryCatalog(agentRows: [], toolRows: rows))
    #expect(prompt.contains("There are 7 more: find them with `search_agents`."))
    #expect(prompt.components(of: "- `tool-") == FabricationPrompt.maximumTools)
  }

  @Test func `every rule and every capability stands in it`() {
    for rule in SystemPromptText.rules { #expect(prompt.contains(rule), "\(rule)") }
    for function in Capabilities.Function.allCases {
      #expect(prompt.contains("host.\(function.rawValue)("), "\(function)")
      #expect(prompt.contains("capability \"\(function.rawValue)\""), "\(function)")
    }
    #expect(prompt.contains("await host.callTool(name, input)"))
  }

  @Test func `what is forbidden is said`() {
    for word in [
      "No unbounded recursion", "No shell", "No credentials", "No self-modifying code", "no import", "no fetch", "no file system",
      "no process",
      "no environment", "no timers", "no console", "no eval", "no Function constructor", "no WebAssembly", "no SharedArrayBuffer",
    ] { #expect(prompt.contains(word), "\(word)") }
  }

  @Test func `the contract, the priorities of tools and the output contract are there`() throws {
    for text in [
      "export default async function handler(input, host)", "Purpose", "Input", "Output", "Constraints", "# The order of work",
      "# Which tools to build on", "Built-in tools first", "Then the tools of the registry", "Only then code of your own",
      "# The module contract", "# Rules of generation", "# The output contract", CodeIdentifier.rule, "1000 ms of processor time",
    ] { #expect(prompt.contains(text), "\(text)") }
    let first = try #require(prompt.range(of: "Built-in tools first")?.lowerBound)
    let last = try #require(prompt.range(of: "Only then code of your own")?.lowerBound)
    #expect(first < last)
  }

  /// A plain Error counts as a failure of the agent, so that callers with bad input could have a good agent quarantined.
  @Test func `bad input is refused by the name that does not count as a failure`() throws {
    #expect(prompt.contains("throwing an Error named `InvalidInput`"))
    let start = try #require(prompt.range(of: "```js\n")?.upperBound)
    let end = try #require(prompt[start...].range(of: "```")?.lowerBound)
    #expect(prompt[start..<end].contains("{name: 'InvalidInput'}"))
    #expect(!prompt[start..<end].contains("throw new Error"))
  }

  @Test func `no placeholder is left`() {
    #expect(!prompt.contains("{{"))
  }

  @Test func `the example of the contract is a module that could be stored`() async throws {
    let start = try #require(prompt.range(of: "```js\n")?.upperBound)
    let end = try #require(prompt[start...].range(of: "```")?.lowerBound)
    let sales = "region,amount\nnorth,1\nsouth,3\nnorth,2\n"
    func input(_ path: String) -> JSONValue { ["path": .string(path), "group": "region", "amount": "amount"] }
    let cases: [JSONValue] = [
      [
        "name": "two regions", "input": input("shared/sales.csv"), "files": ["shared/sales.csv": .string(sales)],
        "equals": [
          "total": 6, "shares": [["group": "north", "amount": 3, "share": 0.5], ["group": "south", "amount": 3, "share": 0.5]],
        ],
      ], ["name": "no lines", "input": input("shared/none.csv"), "files": ["shared/none.csv": "region,amount\n"], "refuses": true],
      ["name": "no file", "input": input("shared/missing.csv"), "refuses": true],
    ]
    let schema: JSONValue = ["type": "object", "required": ["path", "group", "amount"]]
    let world = try FabricationWorld(
      script: Modules.steps(
        Modules.upload("group-shares", String(prompt[start..<end])),
        Modules.test("group-shares", cases: cases, schema: schema, tools: ["query_table"]),
        Modules.store("group-shares", schema: schema, tools: ["query_table"]), Modules.complete("group-shares")))
    try await world.ask()
    #expect(world.row("group-shares")?["state"] == "active", "\(world.progress())")
    // Whoever asks for a file that is not there does not count against it.
    for (name, refusal) in [("no lines", "InvalidInput: "), ("no file", "(not_found)")] {
      let cases = try JSONValue(parsing: world.text(atTurn: 2))["cases"]?.arrayValue ?? []
      let error = cases.first { $0["name"] == .string(name) }?["error"]?.stringValue
      #expect(error?.contains(refusal) == true, "\(name): \(error ?? "none")")
    }
  }
}

extension String {
  fileprivate func components(of text: String) -> Int { components(separatedBy: text).count - 1 }
}
