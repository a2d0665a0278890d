import AgentKit
import JSON
import Synchronization
import Testing

@Suite("Asking a model by a tool")
struct ConverseToolTests {
  private final class Answers: Converser {
    let questions = Mutex<[ModelQuestion]>([])
    func converse(_ question: ModelQuestion) async throws -> ModelAnswer {
      questions.withLock { $0.append(question) }
      if question.prompt == "too dear" { throw ToolError("budget_exhausted", "The call may cost more than is left.") }
      return ModelAnswer(text: "So it is.", isCutOff: question.maxTokens == 1)
    }
  }

  private func tool(_ converser: (any Converser)?) throws -> any Tool {
    try BuiltInTools.tools(
      named: ["converse"], workspace: Workspace(blobs: InMemoryBlobStore(), orchestrationID: "run-1"), clock: ManualClock(),
      services: BuiltInTools.Services(converser: converser))[0]
  }

  private let context = ToolContext(orchestrationID: "run-1", taskID: "t")

  @Test("The question reaches whoever spends the agent's budget, and the answer comes back")
  func asking() async throws {
    let answers = Answers()
    let tool = try tool(answers)
    #expect(try await tool.run(["prompt": "Is it?", "system": "Be short.", "maxTokens": 50], context) == ["text": "So it is."])
    #expect(try await tool.run(["prompt": "Is it?", "maxTokens": 1, "system": " "], context) == ["text": "So it is.", "cutOff": true])
    #expect(
      answers.questions.withLock { $0 } == [
        ModelQuestion(prompt: "Is it?", system: "Be short.", maxTokens: 50), ModelQuestion(prompt: "Is it?", maxTokens: 1),
      ])
    let error = await #expect(throws: ToolError.self) { try await tool.run(["prompt": "too dear"], context) }
    #expect(error?.code == "budget_exhausted")
  }

  @Test("Where no budget bounds it, nobody is asked")
  func notAvailable() async throws {
    let error = await #expect(throws: ToolError.self) { try await tool(nil).run(["prompt": "Is it?"], context) }
    #expect(error?.code == "not_available")
  }

  @Test(
    "A question is checked before it costs anything", arguments: [[:], ["prompt": ""], ["prompt": " \n"], ["prompt": 7]] as [JSONValue])
  func badQuestions(input: JSONValue) throws {
    #expect(!(try JSONSchema(compiling: ModelQuestion.schema)).validate(input).isEmpty)
    #expect(throws: ToolError.self) { try ModelQuestion(input) }
  }

  @Test("Agents that are models themselves are not given it")
  func promptAgents() {
    #expect(BuiltInTools.names.contains("converse") && !BuiltInTools.namesForPromptAgents.contains("converse"))
    #expect(BuiltInTools.names == BuiltInTools.names.sorted())
  }
}
