import AWSClient
import AgentKit
import JSON
import Testing

@Suite("Rules of conversations")
struct ConversationRulesTests {
  private let call: [ContentBlock] = [
    .text("Both."), .toolUse(id: "1", name: "a", input: [:]), .toolUse(id: "2", name: "a", input: ["x": 1]),
  ]
  private func result(_ id: String) -> ContentBlock { .toolResult(id: id, content: [.text("ok")]) }

  @Test("A proper conversation has no violation")
  func proper() {
    let messages: [Message] = [
      .user("Do"), Message(role: .assistant, content: call), .user(result("2"), result("1")), .assistant(.text("Done")), .user("Thanks"),
    ]
    #expect(ConversationRules.violations(of: messages).isEmpty)
  }

  @Test(
    "Each breach is found and placed",
    arguments: [
      ([], "messages", "no message"),
      ([.assistant(.text("x")), .user("y")], "messages[0].role", "not by the user"),
      ([.user("x"), .user("y")], "messages[1].role", "two messages in a row"),
      ([.user("x"), .assistant(.text("y"))], "messages[1].role", "nothing to answer"),
      ([.user("")], "messages[0].content[0].text", "empty"),
      ([Message(role: .user, content: [])], "messages[0].content", "no content"),
      ([.user("x"), .assistant(.toolUse(id: "1", name: "a", input: [:])), .user("y")], "messages[2]", "'1' of the message before"),
      ([.user(.toolResult(id: "1", content: []))], "messages[0].content[0].toolResult.toolUseId", "no tool use of the message before"),
      (
        [
          .user("x"), .assistant(.toolUse(id: "1", name: "a", input: [:])),
          .user(.toolResult(id: "1", content: []), .toolResult(id: "1", content: [])),
        ], "messages[2].content[1].toolResult.toolUseId", "answered twice"
      ),
      (
        [.user("x"), .assistant(.toolUse(id: "1", name: "a", input: "text")), .user(.toolResult(id: "1", content: []))],
        "messages[1].content[0].toolUse.input", "a string, not an object"
      ),
      (
        [.user("x"), .assistant(.toolUse(id: "sp ace", name: "a", input: [:])), .user(.toolResult(id: "sp ace", content: []))],
        "messages[1].content[0].toolUse.toolUseId", "'sp ace'"
      ),
      (
        [.user("x"), .assistant(.toolUse(id: "1", name: "a b", input: [:])), .user(.toolResult(id: "1", content: []))],
        "messages[1].content[0].toolUse.name", "'a b'"
      ),
      (
        [
          .user("x"), .assistant(.toolUse(id: "1", name: "a", input: [:]), .toolUse(id: "1", name: "b", input: [:])),
          .user(.toolResult(id: "1", content: [])),
        ], "messages[1].content[1].toolUse.toolUseId", "occurs twice"
      ),
      ([.user(ContentBlock(["text": "a", "image": [:]]))], "messages[0].content[0]", "exactly one member"),
    ] as [([Message], String, String)])
  func breaches(messages: [Message], path: String, message: String) {
    let found = ConversationRules.violations(of: messages)
    #expect(found.contains { $0.path == path && $0.message.contains(message) }, "\(found)")
  }

  @Test("A request with tool blocks needs its tools, and tools need proper names and schemas")
  func requests() {
    var request = ConverseRequest(messages: [
      .user("Do"), Message(role: .assistant, content: call), .user(result("1"), result("2")),
    ])
    #expect(ConversationRules.violations(of: request).map(\.path) == ["toolConfig"])
    request.toolConfiguration = ToolConfiguration(tools: [
      ToolSpecification(name: "a", inputSchema: ["type": "object"]), ToolSpecification(name: "a", inputSchema: ["type": "object"]),
      ToolSpecification(name: "b c", inputSchema: ["type": "string"]),
    ])
    request.inferenceConfiguration = InferenceConfiguration(maxTokens: 0, temperature: 1.5)
    #expect(
      ConversationRules.violations(of: request).map(\.path) == [
        "toolConfig.tools[1].toolSpec.name", "toolConfig.tools[2].toolSpec.name", "toolConfig.tools[2].toolSpec.inputSchema.json",
        "inferenceConfig.maxTokens", "inferenceConfig.temperature",
      ])
  }

  @Test("Blocks of tomorrow are no breach")
  func unknownBlocks() {
    let messages: [Message] = [
      .user("x"), .assistant(ContentBlock(["reasoningContent": ["redactedContent": "eA=="]]), .text("y")), .user("z"),
    ]
    #expect(ConversationRules.violations(of: messages).isEmpty)
  }
}
