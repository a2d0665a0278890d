import JSON
import LocalCloud

/// A running model server with a scenario, and a client for it.
struct ModelServerFixture: ~Copyable {
  let server: ModelServer
  private var client: LoopbackClient

  init(_ backEnd: any ModelBackEnd, log: @escaping @Sendable (String) -> Void = { _ in }) throws {
    server = try ModelServer(port: 0, backEnd: backEnd, log: log)
    client = LoopbackClient(port: server.port)
  }

  init(scenario: String) throws {
    try self.init(ScriptedBackEnd(try Scenario(json: Array(scenario.utf8))))
  }

  deinit { server.stop() }

  mutating func send(_ method: String, _ target: String, _ body: JSONValue? = nil) throws -> WebResponse {
    try client.send(method, target, headers: ["Content-Type": "application/json"], body: body?.bytes ?? [])
  }

  mutating func converse(_ body: JSONValue, model: String = "test.model-v1%3A0") throws -> WebResponse {
    try send("POST", "/model/\(model)/converse", body)
  }

  mutating func statistics() throws -> JSONValue { try send("GET", "/_model/stats").json }
}

extension WebResponse {
  var json: JSONValue { get throws { try JSONValue(parsing: body) } }
  /// The message of an error answer.
  var message: String { get throws { try json["message"]?.stringValue ?? "" } }
}

/// A request with one user message.
func ask(_ text: String, tools: [String] = [], system: String? = nil) -> JSONValue {
  conversation([["role": "user", "content": [["text": .string(text)]]]], tools: tools, system: system)
}

func conversation(_ messages: [JSONValue], tools: [String] = [], system: String? = nil) -> JSONValue {
  var object: JSONObject = ["messages": .array(messages)]
  if let system { object["system"] = [["text": .string(system)]] }
  if !tools.isEmpty { object["toolConfig"] = ["tools": .array(tools.map(tool))] }
  return .object(object)
}

func tool(_ name: String) -> JSONValue {
  ["toolSpec": ["name": .string(name), "description": "A tool.", "inputSchema": ["json": ["type": "object"]]]]
}

func assistant(uses: [(id: String, name: String)]) -> JSONValue {
  [
    "role": "assistant",
    "content": .array(uses.map { ["toolUse": ["toolUseId": .string($0.id), "name": .string($0.name), "input": [:]]] }),
  ]
}

func results(_ results: [(id: String, content: JSONValue)], status: String? = nil) -> JSONValue {
  [
    "role": "user",
    "content": .array(
      results.map { result in
        var object: JSONObject = ["toolUseId": .string(result.id), "content": [result.content]]
        if let status { object["status"] = .string(status) }
        return ["toolResult": .object(object)]
      }),
  ]
}

let anyReply = #"{"rules":[{"reply":{"text":"yes"}}]}"#
