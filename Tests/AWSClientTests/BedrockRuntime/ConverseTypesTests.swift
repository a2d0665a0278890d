import AWSClient
import JSON
import Testing

@Suite("Bedrock Converse types")
struct ConverseTypesTests {
  @Test("A request writes exactly the Converse body")
  func requestBody() throws {
    let request = ConverseRequest(
      messages: [.user("Hello")], system: [.text("Be brief."), .cachePoint],
      inferenceConfiguration: InferenceConfiguration(maxTokens: 2048, temperature: 0, topP: 0.9, stopSequences: ["END"]),
      toolConfiguration: ToolConfiguration(
        tools: [ToolSpecification(name: "lookup", description: "Finds.", inputSchema: ["type": "object"])], toolChoice: .auto),
      guardrailConfiguration: GuardrailConfiguration(identifier: "g", version: "DRAFT"), requestMetadata: ["b": "2", "a": "1"],
      additionalModelRequestFields: ["top_k": 5], otherMembers: ["serviceTier": ["type": "flex"]])
    let expected =
      #"{"messages":[{"role":"user","content":[{"text":"Hello"}]}],"system":[{"text":"Be brief."},{"cachePoint":{"type":"default"}}],"#
      + #""inferenceConfig":{"maxTokens":2048,"temperature":0,"topP":0.9,"stopSequences":["END"]},"#
      + #""toolConfig":{"tools":[{"toolSpec":{"name":"lookup","description":"Finds.","inputSchema":{"json":{"type":"object"}}}}],"#
      + #""toolChoice":{"auto":{}}},"guardrailConfig":{"guardrailIdentifier":"g","guardrailVersion":"DRAFT"},"#
      + #""requestMetadata":{"a":"1","b":"2"},"additionalModelRequestFields":{"top_k":5},"serviceTier":{"type":"flex"}}"#
    #expect(String(decoding: request.json, as: UTF8.self) == expected)
    #expect(try ConverseRequest(json: request.json) == request)
  }

  @Test("Empty lists are left out, because the service refuses them")
  func emptyListsAreLeftOut() {
    let request = ConverseRequest(messages: [.user("x")], toolConfiguration: ToolConfiguration(tools: [], toolChoice: .auto))
    #expect(String(decoding: request.json, as: UTF8.self) == #"{"messages":[{"role":"user","content":[{"text":"x"}]}]}"#)
  }

  @Test("Unknown blocks, members and numbers come back untouched")
  func unknownBlocksRoundTrip() throws {
    let text =
      #"{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"Hm","signature":"c2ln"}}},"#
      + #"{"blockOfTomorrow":{"n":1.10,"big":12345678901234567890123456789012345678}},{"text":"Hi"}],"mood":"calm"}"#
    let message = try Message(json: Array(text.utf8))
    #expect(String(decoding: message.json, as: UTF8.self) == text)
    #expect(message.jsonValue.text == text)
    #expect(message.content.map(\.kind) == ["reasoningContent", "blockOfTomorrow", "text"])
    #expect(message.text == "Hi")
  }

  @Test("Tool uses and results are read and written")
  func toolBlocks() throws {
    let use = ContentBlock.toolUse(id: "t-1", name: "lookup", input: ["q": "x"])
    #expect(use.toolUse == ToolUse(id: "t-1", name: "lookup", input: ["q": "x"]))
    #expect(use.text == nil && use.toolResult == nil)
    let result = ContentBlock.toolResult(id: "t-1", content: [.json(["data": 1]), .text("and more")], status: .error)
    let read = try #require(try ContentBlock(json: result.json).toolResult)
    #expect(read.id == "t-1" && read.status == .error)
    #expect(read.content == [.json(["data": 1]), .text("and more")])
    #expect(
      String(decoding: result.json, as: UTF8.self)
        == #"{"toolResult":{"toolUseId":"t-1","content":[{"json":{"data":1}},{"text":"and more"}],"status":"error"}}"#)
    #expect(Message.assistant(.text("a"), use).toolUses.map(\.id) == ["t-1"])
  }

  @Test("A message's size is that of its JSON, also after a change")
  func size() {
    var message = Message.user("é\n")
    let copy = message
    #expect(message.byteCount == message.json.count)
    message.content[0] = .text("something longer")
    #expect(message.byteCount == message.json.count && message.byteCount > copy.byteCount)
    message.role = .assistant
    message.otherMembers["extra"] = true
    #expect(message.byteCount == message.json.count)
    #expect(copy == .user("é\n") && copy.byteCount == copy.json.count && copy != message)
  }

  @Test("An answer is read leniently and written back")
  func response() throws {
    let text =
      #"{"output":{"message":{"role":"assistant","content":[{"text":"4"}]}},"stopReason":"reason_of_tomorrow","#
      + #""usage":{"inputTokens":10,"outputTokens":2,"totalTokens":17,"cacheReadInputTokens":5},"metrics":{"latencyMs":12},"trace":{"x":1}}"#
    let response = try ConverseResponse(json: Array(text.utf8))
    #expect(response.stopReason == StopReason(rawValue: "reason_of_tomorrow"))
    #expect(response.usage == TokenUsage(inputTokens: 10, outputTokens: 2, totalTokens: 17, cacheReadInputTokens: 5))
    #expect(response.metrics?["latencyMs"]?.intValue == 12)
    #expect(response.reportsUsage)
    #expect(String(decoding: response.json, as: UTF8.self) == text)
  }

  @Test("An answer without usage says so")
  func responseWithoutUsage() throws {
    let text = #"{"output":{"message":{"role":"assistant","content":[]}},"stopReason":"end_turn"}"#
    let response = try ConverseResponse(json: Array(text.utf8))
    #expect(!response.reportsUsage)
    #expect(response.usage == .zero)
    #expect(String(decoding: response.json, as: UTF8.self) == text)
  }

  @Test(
    "What is missing is named",
    arguments: [
      (#"{"stopReason":"end_turn"}"#, "output.message"),
      (#"{"output":{"message":{"role":"assistant","content":[]}}}"#, "stopReason"),
      (#"{"output":{"message":{"content":[]}},"stopReason":"end_turn"}"#, "output.message.role"),
      (#"{"output":{"message":{"role":"assistant","content":[3]}},"stopReason":"end_turn"}"#, "output.message.content[0]"),
    ])
  func missingMembers(text: String, field: String) {
    do {
      _ = try ConverseResponse(json: Array(text.utf8))
      Issue.record("read \(text)")
    } catch {
      #expect(error.field == field)
    }
  }

  @Test("Usages add up and saturate")
  func usageAddsUp() {
    let sum = TokenUsage(inputTokens: .max, outputTokens: 1) + TokenUsage(inputTokens: 5, outputTokens: 2, cacheWriteInputTokens: 3)
    #expect(sum.inputTokens == .max)
    #expect(sum.outputTokens == 3)
    #expect(sum.cacheWriteInputTokens == 3)
    #expect(sum.totalTokens == .max)
  }

  @Test("A negative count is no usage")
  func negativeUsage() {
    #expect(TokenUsage(["inputTokens": -1, "outputTokens": 2]) == nil)
    #expect(TokenUsage(["inputTokens": 1, "outputTokens": 2])?.totalTokens == 3)
  }
}
