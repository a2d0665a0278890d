import JSON
import LocalCloud
import Testing

struct ScriptedFaultTests {
  private func fixture(_ fault: String, reply: String = #"{"text":"yes"}"#) throws -> ModelServerFixture {
    try ModelServerFixture(scenario: #"{"rules":[{"reply":\#(reply)}],"faults":[\#(fault)]}"#)
  }

  @Test func throttlingEndsAfterItsTimes() throws {
    var model = try fixture(#"{"kind":"throttling","times":2}"#)
    let answers = try (0..<3).map { _ in try model.converse(ask("x")) }
    #expect(answers.map(\.status) == [429, 429, 200])
    #expect(answers[0].headers["x-amzn-ErrorType"] == "ThrottlingException")
    #expect(try model.statistics()["faults"] == 2)
  }

  @Test func everyNthFails() throws {
    var model = try fixture(#"{"kind":"serviceUnavailable","everyNth":3}"#)
    #expect(try (0..<6).map { _ in try model.converse(ask("x")).status } == [200, 200, 503, 200, 200, 503])
  }

  @Test func aFaultKeepsToItsCondition() throws {
    var model = try fixture(#"{"kind":"serverError","when":{"user":"bad"}}"#)
    #expect(try model.converse(ask("good")).status == 200)
    #expect(try model.converse(ask("bad")).status == 500)
  }

  @Test(arguments: [
    ("throttling", 429, "ThrottlingException"), ("serverError", 500, "InternalServerException"),
    ("serviceUnavailable", 503, "ServiceUnavailableException"), ("modelTimeout", 408, "ModelTimeoutException"),
    ("modelError", 424, "ModelErrorException"),
  ])
  func everyNamedErrorIsBedrocks(_ kind: String, _ status: Int, _ type: String) throws {
    var model = try fixture(#"{"kind":"\#(kind)","times":1}"#)
    let answer = try model.converse(ask("x"))
    #expect(answer.status == status)
    #expect(answer.headers["x-amzn-ErrorType"] == type)
    #expect(try model.converse(ask("x")).status == 200)
    #expect(try model.statistics()["faults"] == 1)
  }

  @Test func aSlowAnswerIsTheSameAnswerLater() throws {
    var model = try fixture(#"{"kind":"slow","delayMilliseconds":60,"times":1}"#)
    let clock = ContinuousClock()
    var answer: WebResponse?
    let took = try clock.measure { answer = try model.converse(ask("x")) }
    #expect(took >= .milliseconds(60))
    #expect(try answer?.json["output"]?["message"]?["content"]?[0]?["text"] == "yes")
  }

  @Test func anyErrorCanBeScripted() throws {
    var model = try fixture(#"{"kind":"error","status":403,"type":"AccessDeniedException","message":"no access to the model"}"#)
    let answer = try model.converse(ask("x"))
    #expect(answer.status == 403)
    #expect(answer.headers["x-amzn-ErrorType"] == "AccessDeniedException")
    #expect(try answer.message.contains("no access to the model"))
  }

  @Test func aMalformedBodyIsNoJSON() throws {
    var model = try fixture(#"{"kind":"malformedBody"}"#)
    let answer = try model.converse(ask("x"))
    #expect(answer.status == 200)
    #expect(throws: JSONError.self) { try answer.json }
  }

  @Test func aMalformedToolUseHasNoObjectForInput() throws {
    var model = try fixture(#"{"kind":"malformedToolUse","times":1}"#, reply: #"{"toolUses":[{"name":"east"}]}"#)
    let answer = try model.converse(ask("x", tools: ["east"])).json
    #expect(answer["stopReason"] == "malformed_tool_use")
    #expect(answer["output"]?["message"]?["content"]?[0]?["toolUse"]?["input"]?.stringValue != nil)
    #expect(try model.converse(ask("x", tools: ["east"])).json["stopReason"] == "tool_use")
  }

  @Test func anUnknownBlockJoinsTheAnswerAndIsTakenBack() throws {
    var model = try fixture(#"{"kind":"unknownBlock"}"#)
    let message = try #require(try model.converse(ask("x")).json["output"]?["message"])
    #expect(message["content"]?[0]?["text"] == "yes")
    #expect(message["content"]?[1]?["blockOfTomorrow"] != nil)
    let question: JSONValue = ["role": "user", "content": [["text": "x"]]]
    #expect(try model.converse(conversation([question, message, question])).status == 200)
    let claimed: JSONValue = ["role": "user", "content": message["content"] ?? .null]
    #expect(try model.converse(conversation([claimed])).status == 400)
  }

  @Test func aHangUpClosesTheConnection() throws {
    var model = try fixture(#"{"kind":"hangUp","times":1}"#)
    #expect(throws: LocalCloudError.self) { try model.converse(ask("x")) }
    #expect(try model.converse(ask("x")).status == 200)
  }
}
