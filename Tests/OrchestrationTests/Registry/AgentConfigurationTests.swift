import JSON
import Orchestration
import Testing

/// What a row of the registry must be, field by field.
@Suite struct AgentConfigurationTests {
  private static func row(_ config: JSONObject, _ more: JSONObject = [:]) -> JSONValue {
    var members: JSONObject = ["kind": "prompt", "prompt": "You help.", "schema": ["type": "object"]]
    for (name, value) in config { members[name] = value }
    var row: JSONObject = ["agentId": "helper", "state": "active", "config": .object(members)]
    for (name, value) in more { row[name] = value }
    return .object(row)
  }

  @Test func `every field reaches the agent`() throws {
    let agent = try AgentConfiguration(
      row: Self.row(
        [
          "name": "Helper", "description": "Helps.", "version": 7, "model": "maker.model", "tools": ["calculate"],
          "limits": ["timeoutSeconds": 9, "turns": 3, "budgetMicroUSD": 50_000, "maxTokens": 100],
          "action": ["type": "sqs", "target": "https://queue"], "filename": "helper.js",
        ], ["categories": ["a"]]))
    #expect(
      agent
        == AgentConfiguration(
          agentID: "helper", name: "Helper", description: "Helps.", schema: ["type": "object"], version: "7", kind: .prompt,
          queueURL: "https://queue", filename: "helper.js", prompt: "You help.", model: "maker.model", tools: ["calculate"],
          limits: .init(timeoutSeconds: 9, turns: 3, budgetMicroUSD: 50_000, maxTokens: 100), categories: ["a"]))
  }

  @Test func `every field of code reaches the agent, and what stands beside the configuration`() throws {
    let sha256 = String(repeating: "0aF9", count: 16)
    let agent = try AgentConfiguration(
      row: Self.row(
        [
          "kind": "code", "prompt": .null, "filename": "helper/0a.js", "sha256": .string(sha256), "capabilities": ["now", "converse"],
          "tools": ["made-by-a-model"],
          "limits": [
            "cpuMilliseconds": 600_000, "memoryBytes": 1_048_576, "outputBytes": 4, "hostCalls": 0, "hostCallBytes": 16_000_000,
            "stackBytes": 65_536,
          ],
        ],
        [
          "origin": ["orchestrationId": "run-1", "toolUseId": "use-1"], "failures": 2, "previousVersion": 3, "versionSha256": "ab",
          "note": "why", "state": "quarantined",
        ]))
    var limits = AgentConfiguration.Limits()
    (limits.cpuMilliseconds, limits.memoryBytes, limits.outputBytes) = (600_000, 1 << 20, 4)
    (limits.hostCalls, limits.hostCallBytes, limits.stackBytes) = (0, 16_000_000, 64 << 10)
    #expect(
      agent
        == AgentConfiguration(
          agentID: "helper", name: "helper", description: "", schema: ["type": "object"], kind: .code, filename: "helper/0a.js",
          sha256: sha256, tools: ["made-by-a-model"], capabilities: [.now, .converse], limits: limits, state: .quarantined,
          provenance: .init(
            origin: .init(orchestrationID: "run-1", toolUseID: "use-1"), failures: 2, previousVersion: "3", versionSHA256: "ab", note: "why"
          )))
    try agent.checkForWorker()
  }

  @Test(
    arguments: [
      ("cpuMilliseconds", 0, 600_001), ("memoryBytes", 1_048_575, 1_073_741_825), ("outputBytes", 3, 16_000_001),
      ("hostCalls", -1, 100_001), ("hostCallBytes", 3, 16_000_001), ("stackBytes", 65_535, 4_194_305),
    ])
  func `a limit of code that is out of range is refused with its range`(name: String, below: Int, above: Int) {
    for value in [below, above] {
      let error = #expect(throws: AgentConfigurationError.self) {
        try AgentConfiguration(row: Self.row(["limits": .object(JSONObject([(name, .number(value))]))]))
      }
      #expect(error?.problem.field == "config.limits.\(name)" && error?.problem.value == "\(value)")
      #expect(error?.problem.expected == "a whole number from \(below + 1) to \(above - 1)")
    }
  }

  @Test(
    arguments: [
      (["filename": "/etc/passwd.js"], "config.filename"), (["filename": "../tools/x.js"], "config.filename"),
      (["filename": "a//b.js"], "config.filename"), (["filename": "a/../b.js"], "config.filename"),
      (["filename": "a/.b.js"], "config.filename"), (["filename": "a\\b.js"], "config.filename"),
      (["filename": "a b.js"], "config.filename"),
      (["filename": "a.js/"], "config.filename"), (["filename": "a.json"], "config.filename"), (["filename": ".js"], "config.filename"),
      (["filename": .string(String(repeating: "a", count: 510) + ".js")], "config.filename"),
      (["filename": "loaded_module.py"], "config.filename"), (["sha256": .null], "config.sha256"), (["sha256": "ab"], "config.sha256"),
      (["sha256": .string(String(repeating: "g", count: 64))], "config.sha256"), (["tools": ["no name"]], "config.tools"),
      (["tools": ["one", "two", "one"]], "config.tools"),
    ] as [(JSONObject, String)])
  func `code that cannot be verified or would leave its folder is not offered`(change: JSONObject, field: String) throws {
    var config: JSONObject = [
      "kind": "code", "prompt": .null, "filename": "helper.mjs", "sha256": .string(String(repeating: "a", count: 64)),
    ]
    let sound = Self.row(config, ["agentId": "sound"])
    for (name, value) in change { config[name] = value }
    let directory = AgentDirectory(rows: [Self.row(config), sound])
    #expect(directory.entries.map(\.agent.agentID) == ["sound"])
    #expect(directory.rejected.map(\.problem.field) == [field])
  }

  @Test(arguments: [["converse", "exec"], ["now", "now"], [1]] as [JSONValue])
  func `a capability that there is not, or that is named twice, is refused`(capabilities: JSONValue) {
    let error = #expect(throws: AgentConfigurationError.self) { try AgentConfiguration(row: Self.row(["capabilities": capabilities])) }
    #expect(error?.problem.field == "config.capabilities")
  }

  @Test(arguments: ["inactive", "maintenance", "pending", "quarantined"])
  func `only active agents are on offer, and others are no mistakes`(state: String) {
    let directory = AgentDirectory(rows: [Self.row(["tools": ["unknown"]], ["state": .string(state)])])
    #expect(directory.entries.isEmpty && directory.rejected.isEmpty)
  }

  @Test func `what is absent or null has its default`() throws {
    let nulls: JSONObject = [
      "name": .null, "description": .null, "version": .null, "model": .null, "tools": .null, "limits": .null, "action": .null,
      "filename": .null,
    ]
    for config in [[:], nulls, ["limits": ["turns": .null]]] as [JSONObject] {
      let agent = try AgentConfiguration(row: Self.row(config))
      #expect(
        agent
          == AgentConfiguration(
            agentID: "helper", name: "helper", description: "", schema: ["type": "object"], kind: .prompt, prompt: "You help."))
    }
  }

  @Test(
    arguments: [
      (["limits": 500], "config.limits", "500"), (["limits": #"{"turns":3}"#], "config.limits", "turns"),
      (["limits": ["budgetUSD": 0.05]], "config.limits.budgetUSD", "0.05"), (["limits": ["timeout": 60]], "config.limits.timeout", "60"),
      (["limits": ["turns": "3"]], "config.limits.turns", "3"), (["limits": ["turns": 0]], "config.limits.turns", "0"),
      (["limits": ["maxTokens": 1.5]], "config.limits.maxTokens", "1.5"), (["model": 5], "config.model", "5"),
      (["model": ""], "config.model", ""), (["name": ["x"]], "config.name", #"["x"]"#),
      (["description": true], "config.description", "true"),
      (["prompt": 1], "config.prompt", "1"), (["filename": 1], "config.filename", "1"), (["version": true], "config.version", "true"),
      (["kind": 1], "config.kind", "1"), (["tools": "calculate"], "config.tools", "calculate"), (["tools": [1]], "config.tools", "1"),
      (["action": "sqs"], "config.action", "sqs"), (["action": ["type": "sqs", "target": 1]], "config.action.target", "1"),
      (["action": ["type": "sns"]], "config.action.type", "sns"), (["schema": 1], "config.schema", "1"),
    ] as [(JSONObject, String, String)])
  func `a member of the wrong type or name is refused with its field and value`(config: JSONObject, field: String, value: String) {
    let error = #expect(throws: AgentConfigurationError.self) { try AgentConfiguration(row: Self.row(config)) }
    #expect(error?.problem.field == field)
    #expect(error?.problem.value.contains(value) == true)
    #expect(error?.agentID == "helper")
  }

  @Test(arguments: [("agentId", 5), ("state", true), ("state", "asleep"), ("categories", "a")] as [(String, JSONValue)])
  func `the row's own members too`(field: String, value: JSONValue) {
    let error = #expect(throws: AgentConfigurationError.self) { try AgentConfiguration(row: Self.row([:], JSONObject([(field, value)]))) }
    #expect(error?.problem.field == field)
  }

  @Test func `an agent with a tool that no worker has is not offered, and keeps no other from working`() {
    let directory = AgentDirectory(rows: [
      Self.row(["tools": ["calculate", "read_file"]]), Self.row(["tools": ["calculate"]], ["agentId": "other"]),
      // Another consumer may have tools of its own.
      Self.row(["kind": "queue", "tools": ["read_file"], "action": ["type": "sqs", "target": "https://queue"]], ["agentId": "third"]),
    ])
    #expect(directory.entries.map(\.agent.agentID) == ["other", "third"])
    #expect(directory.rejected.map(\.problem.field) == ["config.tools"])
    #expect(directory.rejected.first?.problem.value == "read_file")
  }

  @Test func `a schema that would be compiled for ever keeps no other agent from working`() {
    let hostile: JSONValue = ["type": "object", "patternProperties": ["(((){9999}){9999}){9999}": true]]
    let directory = AgentDirectory(rows: [Self.row(["schema": hostile]), Self.row([:], ["agentId": "other"])])
    #expect(directory.entries.map(\.agent.agentID) == ["helper", "other"])
  }
}
