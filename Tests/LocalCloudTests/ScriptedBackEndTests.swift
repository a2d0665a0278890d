import JSON
import LocalCloud
import Testing

struct ScriptedBackEndTests {
  static let planning = #"""
    {
      "name": "planning",
      "rules": [
        {"name": "plan", "when": {"turn": 0, "tools": ["east", "west"], "user": "compare"},
         "reply": {"text": "Asking both.", "toolUses": [{"name": "east", "input": {"question": "{{ user }}"}}, {"name": "west", "input": {"n": "{{ turn }}"}}],
                   "usage": {"inputTokens": 11, "outputTokens": 7}}},
        {"name": "sum up", "when": {"results": ["east", "west"]},
         "reply": {"text": "East {{ result east /data/total | round 2 | thousands }}, west {{ result west /total }} ({{ result west /names | join \" and \" }})."}}
      ]
    }
    """#

  @Test func plansWithUniqueToolUses() throws {
    var model = try ModelServerFixture(scenario: Self.planning)
    let first = try model.converse(ask("Compare them", tools: ["east", "west"])).json
    #expect(first["stopReason"] == "tool_use")
    #expect(first["usage"] == ["inputTokens": 11, "outputTokens": 7, "totalTokens": 18])
    let content = first["output"]?["message"]?["content"]
    #expect(content?[0]?["text"] == "Asking both.")
    #expect(content?[1]?["toolUse"]?["input"] == ["question": "Compare them"])
    #expect(content?[2]?["toolUse"]?["input"] == ["n": 0], "a template that is one place keeps the type of its value")
    let second = try model.converse(ask("Compare them", tools: ["east", "west"])).json
    let ids = [first, second].flatMap { answer in
      [1, 2].compactMap { answer["output"]?["message"]?["content"]?[$0]?["toolUse"]?["toolUseId"]?.stringValue }
    }
    #expect(Set(ids).count == 4)
  }

  @Test func fillsTemplatesFromToolResults() throws {
    var model = try ModelServerFixture(scenario: Self.planning)
    let east: JSONValue = ["json": ["data": "Task completed, details: {\"total\": 1234567.891}"]]
    let west: JSONValue = ["text": "{\"total\": 38.50, \"names\": [\"Ada\", \"Bob\"]}"]
    let answer = try model.converse(
      conversation(
        [ConverseRefusalTests.user, assistant(uses: [("a", "east"), ("b", "west")]), results([("a", east), ("b", west)])],
        tools: ["east", "west"])
    ).json
    #expect(answer["stopReason"] == "end_turn")
    #expect(answer["output"]?["message"]?["content"]?[0]?["text"] == "East 1,234,567.89, west 38.50 (Ada and Bob).")
  }

  @Test func aMissingValueIsAnErrorThatNamesIt() throws {
    var model = try ModelServerFixture(scenario: Self.planning)
    let answer = try model.converse(
      conversation(
        [
          ConverseRefusalTests.user, assistant(uses: [("a", "east"), ("b", "west")]),
          results([("a", ["text": "none"]), ("b", ["text": "{}"])]),
        ],
        tools: ["east", "west"]))
    #expect(answer.status == 400)
    #expect(try answer.message.contains("rule 'sum up'"))
    #expect(try answer.message.contains("the text 'none', which holds no JSON"))
  }

  @Test func anUnmatchedRequestSaysWhatItSawAndWhatItTried() throws {
    var model = try ModelServerFixture(scenario: Self.planning)
    let answer = try model.converse(ask("Sing", tools: ["east", "west"]))
    #expect(answer.status == 400)
    #expect(answer.headers["x-amzn-ErrorType"] == "ValidationException")
    let message = try answer.message
    #expect(message.contains("user 'Sing'"))
    #expect(message.contains("'plan' (user does not contain 'compare')"))
    #expect(message.contains("'sum up' (no result of 'east')"))
    #expect(try model.statistics()["unmatched"] == 1)
    #expect(try model.statistics()["refused"] == 0)
  }

  @Test func rulesRunOutAfterTheirTimes() throws {
    var model = try ModelServerFixture(
      scenario: #"{"rules":[{"times":1,"reply":{"text":"first"}},{"reply":{"text":"later","stopReason":"max_tokens"}}]}"#)
    #expect(try model.converse(ask("x")).json["output"]?["message"]?["content"]?[0]?["text"] == "first")
    let later = try model.converse(ask("x")).json
    #expect(later["output"]?["message"]?["content"]?[0]?["text"] == "later")
    #expect(later["stopReason"] == "max_tokens")
  }

  @Test func aFailedResultCanBeAskedFor() throws {
    var model = try ModelServerFixture(
      scenario: #"{"rules":[{"when":{"failedResults":"east"},"reply":{"text":"sorry"}},{"reply":{"text":"fine"}}]}"#)
    for (status, text) in [("error", "sorry"), ("success", "fine")] {
      let answer = try model.converse(
        conversation(
          [ConverseRefusalTests.user, assistant(uses: [("a", "east")]), results([("a", ["text": "x"])], status: status)], tools: ["east"])
      ).json
      #expect(answer["output"]?["message"]?["content"]?[0]?["text"] == .string(text))
    }
  }

  @Test(arguments: [
    (#"{"rules":[{"when":{"turns":0},"reply":{"text":"x"}}]}"#, "'rules[0].when.turns' is not known here"),
    (#"{"rules":[{"reply":{}}]}"#, "'rules[0].reply' has nothing to answer"),
    (#"{"rules":[{"reply":{"text":"{{ whatever }}"}}]}"#, "'rules[0].reply.text' has the unknown source 'whatever'"),
    (#"{"rules":[{"reply":{"text":"{{ user "}}]}"#, "'{{' without '}}'"),
    (#"{"rules":[{"reply":{"text":"{{ user | shout }}"}}]}"#, "unknown filter 'shout'"),
    (#"{"rules":[]}"#, "at least one rule"),
    (
      #"{"rules":[{"reply":{"toolUses":[{"name":"x","input":{"code":{"$file":"x.js"}}}]}}]}"#,
      "'x.js', and this scenario comes without files"
    ),
    (#"{"rules":[{"reply":{"toolUses":[{"name":"x","input":{"code":{"$file":5}}}]}}]}"#, "input.code.$file' must be a file's name, not 5"),
    (#"{"rules":[{"reply":{"toolUses":[{"name":"x","input":{"$literal":5}}]}}]}"#, "input.$literal' must be a string"),
    (#"{"rules":[{"reply":{"text":"x"}}],"faults":[{"kind":"flood"}]}"#, "'faults[0].kind' is 'flood'"),
    (#"{"rules":"#, "not JSON"),
  ])
  func badScenariosNameThePlace(_ text: String, _ expected: String) {
    let error = #expect(throws: LocalCloudError.self) { try Scenario(json: Array(text.utf8)) }
    #expect(error?.message.contains(expected) ?? false, "\(error?.message ?? "")")
  }
}

extension ScriptedBackEndTests {
  /// Code has braces of its own.
  @Test func filesAndLiteralsAreNoTemplates() throws {
    let scenario = #"""
      {"rules": [{"reply": {"toolUses": [{"name": "upload", "input": {"code": {"$file": "draft.js"}, "note": {"$literal": "{{ user }}"}}}]}}]}
      """#
    var model = try ModelServerFixture(
      ScriptedBackEnd(try Scenario(json: Array(scenario.utf8)) { name in name == "draft.js" ? Array("({{ a }})\n".utf8) : [] }))
    let answer = try model.converse(ask("Write it", tools: ["upload"])).json
    #expect(answer["output"]?["message"]?["content"]?[0]?["toolUse"]?["input"] == ["code": "({{ a }})\n", "note": "{{ user }}"])
  }

  @Test func eachMakesATextOfEveryElement() throws {
    var model = try ModelServerFixture(
      scenario:
        #"{"rules":[{"reply":{"text":"{{ user /rows | each \"{name}: ${total | round 2 | thousands}\" | join \"\n\" }}; {{ user /names | each \"<{}>\" | join \"\" }}"}}]}"#
    )
    let answer = try model.converse(
      ask(#"Input: {"rows": [{"name": "a", "total": 1234.5}, {"name": "b", "total": 2}], "names": ["x", "y"]}"#))
    #expect(try answer.json["output"]?["message"]?["content"]?[0]?["text"] == "a: $1,234.50\nb: $2.00; <x><y>")
  }
}
