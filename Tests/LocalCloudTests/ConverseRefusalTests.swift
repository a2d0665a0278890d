import JSON
import LocalCloud
import Testing

/// What Bedrock refuses, the endpoint refuses, whatever stands behind it.
struct ConverseRefusalTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let body: JSONValue
    let reason: String

    init(_ name: String, _ body: JSONValue, _ reason: String) {
      testDescription = name
      self.body = body
      self.reason = reason
    }
  }

  static let user: JSONValue = ["role": "user", "content": [["text": "go"]]]

  static let cases: [Case] = [
    Case("unanswered tool use", conversation([user, assistant(uses: [("a", "x")]), user], tools: ["x"]), "for the following Ids: a"),
    Case(
      "one of two answered",
      conversation([user, assistant(uses: [("a", "x"), ("b", "x")]), results([("a", ["text": "1"])])], tools: ["x"]),
      "for the following Ids: b"),
    Case(
      "answered twice",
      conversation([user, assistant(uses: [("a", "x")]), results([("a", ["text": "1"]), ("a", ["text": "2"])])], tools: ["x"]),
      "duplicate Ids: a"),
    Case("result without use", conversation([results([("a", ["text": "1"])])], tools: ["x"]), "exceeds the number of toolUse blocks"),
    Case(
      "result a turn late",
      conversation(
        [user, ["role": "assistant", "content": [["text": "hm"]]], results([("a", ["text": "1"])])], tools: ["x"]), "without a toolUse: a"),
    Case("duplicate use", conversation([user, assistant(uses: [("a", "x"), ("a", "x")]), user], tools: ["x"]), "duplicate Ids: a"),
    Case("two user messages", conversation([user, user]), "must alternate"),
    Case("starts with assistant", conversation([["role": "assistant", "content": [["text": "hm"]]]]), "must start with a user message"),
    Case("ends with assistant", conversation([user, ["role": "assistant", "content": [["text": "hm"]]]]), "must end with a user message"),
    Case(
      "no toolConfig", conversation([user, assistant(uses: [("a", "x")]), results([("a", ["text": "1"])])]),
      "toolConfig field must be defined"),
    Case("bad tool name", ask("go", tools: ["not a name"]), "'not a name' at 'toolConfig.tools.0.toolSpec.name'"),
    Case("long tool name", ask("go", tools: [String(repeating: "x", count: 65)]), "less than or equal to 64"),
    Case("tool defined twice", ask("go", tools: ["x", "x"]), "x is already defined"),
    Case(
      "bad tool use id", conversation([user, assistant(uses: [("a b", "x")]), user], tools: ["x"]), "messages.1.content.0.toolUse.toolUseId"
    ),
    Case(
      "input is text",
      conversation(
        [
          user, ["role": "assistant", "content": [["toolUse": ["toolUseId": "a", "name": "x", "input": "{}"]]]],
          results([("a", ["text": "1"])]),
        ],
        tools: ["x"]), "toolUse.input is invalid"),
    Case(
      "json result is no object", conversation([user, assistant(uses: [("a", "x")]), results([("a", ["json": [1]])])], tools: ["x"]),
      "json is invalid"),
    Case(
      "unknown status",
      conversation([user, assistant(uses: [("a", "x")]), results([("a", ["text": "1"])], status: "failed")], tools: ["x"]),
      "[success, error]"),
    Case("unknown member", ["messages": [user], "modelId": "x"], "Unknown member 'modelId'"),
    Case(
      "unknown member of inferenceConfig", ["messages": [user], "inferenceConfig": ["max_tokens": 5]], "'max_tokens' at inferenceConfig"),
    Case("no tokens", ["messages": [user], "inferenceConfig": ["maxTokens": 0]], "greater than or equal to 1"),
    Case("hot", ["messages": [user], "inferenceConfig": ["temperature": 1.5]], "between 0 and 1"),
    Case("no messages", ["messages": []], "'messages' failed"),
    Case("no content", conversation([["role": "user", "content": []]]), "content field in the Message object at messages.0 is empty"),
    Case("blank text", ask("  "), "is blank"),
    Case("unknown role", conversation([["role": "tool", "content": [["text": "x"]]]]), "'messages.0.role'"),
    Case("unknown block", conversation([["role": "user", "content": [["tomorrow": "x"]]]]), "content block 'tomorrow'"),
    Case("tool use of a user", conversation([["role": "user", "content": [["toolUse": [:]]]]]), "role user"),
    Case("no tools", ["messages": [user], "toolConfig": ["tools": []]], "'toolConfig.tools'"),
    Case(
      "schema of no object",
      ["messages": [user], "toolConfig": ["tools": [["toolSpec": ["name": "x", "inputSchema": ["json": ["type": "string"]]]]]]],
      "must be one of the following: object"),
    Case(
      "choice of an unknown tool", ["messages": [user], "toolConfig": ["tools": [tool("x")], "toolChoice": ["tool": ["name": "y"]]]],
      "'y' of toolConfig.toolChoice"),
    Case("empty system", ["messages": [user], "system": []], "system field"),
  ]

  @Test(arguments: cases)
  func isRefused(_ refusal: Case) throws {
    var model = try ModelServerFixture(scenario: anyReply)
    let response = try model.converse(refusal.body)
    #expect(response.status == 400)
    #expect(response.headers["x-amzn-ErrorType"] == "ValidationException")
    let message = try response.message
    #expect(message.contains(refusal.reason), "\(message)")
    let statistics = try model.statistics()
    #expect(statistics["refused"] == 1)
    #expect(statistics["answered"] == 0)
  }

  @Test func whatIsNotJSONIsASerializationError() throws {
    let model = try ModelServerFixture(scenario: anyReply)
    var client = LoopbackClient(port: model.server.port)
    let response = try client.send("POST", "/model/m/converse", body: Array("{\"messages\":".utf8))
    #expect(response.status == 400)
    #expect(response.headers["x-amzn-ErrorType"] == "SerializationException")
  }

  @Test func unknownPathsSayWhatIsServed() throws {
    var model = try ModelServerFixture(scenario: anyReply)
    let response = try model.send("POST", "/model/m/invoke", ask("x"))
    #expect(response.status == 404)
    #expect(try response.message.contains("POST /model/m/invoke"))
  }
}
