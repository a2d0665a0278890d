import AWSClient
import AgentKit
import JSON
import Testing

@Suite("Context window")
struct ContextWindowTests {
  /// Rounds of two tool uses, each result of `size` bytes.
  private func conversation(rounds: Int, size: Int) -> [Message] {
    var messages: [Message] = [.user("The task: " + String(repeating: "t", count: 100))]
    for round in 0..<rounds {
      messages.append(
        .assistant(
          .text("Round \(round)"), .toolUse(id: "\(round)a", name: "read", input: [:]), .toolUse(id: "\(round)b", name: "read", input: [:]))
      )
      messages.append(
        .user(
          .toolResult(id: "\(round)a", content: [.text(String(repeating: "a", count: size))]),
          .toolResult(id: "\(round)b", content: [.text(String(repeating: "b", count: size))], status: .error)))
    }
    return messages
  }

  @Test("The oldest results go first; pairs, texts and the task stay")
  func oldestFirst() throws {
    let messages = conversation(rounds: 5, size: 10_000)
    let compacted = try #require(ContextWindow.compacted(messages, toByteCount: 55_000))
    #expect(compacted.reduce(2) { $0 + $1.json.count + 1 } <= 55_000)
    #expect(ConversationRules.violations(of: compacted).isEmpty)
    #expect(compacted[0] == messages[0])
    #expect(compacted.map(\.text) == messages.map(\.text))
    let taken = compacted.flatMap(\.toolResults).map { $0.content == [.text(ContextWindow.placeholder)] }
    #expect(taken == [true, true, true, true, true, false, false, false, false, false])
    #expect(compacted[2].toolResults[1].status == .error)
    #expect(compacted.last == messages.last)
  }

  @Test("What fits is not touched")
  func fits() {
    let messages = conversation(rounds: 2, size: 10)
    #expect(ContextWindow.compacted(messages, toByteCount: 100_000) == messages)
  }

  @Test("The newest results are never taken out")
  func newestStays() {
    #expect(ContextWindow.compacted(conversation(rounds: 1, size: 10_000), toByteCount: 5_000) == nil)
    #expect(ContextWindow.compacted(conversation(rounds: 1, size: 10_000)) == nil)
  }

  @Test("Steps of compaction come to an end")
  func stepsEnd() throws {
    var messages = conversation(rounds: 8, size: 5_000)
    var steps = 0
    while let next = ContextWindow.compacted(messages) {
      #expect(next.reduce(0) { $0 + $1.json.count } < messages.reduce(0) { $0 + $1.json.count })
      #expect(ConversationRules.violations(of: next).isEmpty)
      messages = next
      steps += 1
      try #require(steps < 20)
    }
    #expect(steps > 0)
    #expect(messages.flatMap(\.toolResults).filter { $0.content == [.text(ContextWindow.placeholder)] }.count == 14)
  }
}
