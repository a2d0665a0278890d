import AWSClient
import AgentKit
import JSON
import Sandbox

/// Answers the tool `converse` as the host's own function of that name is answered: out of the same allowance.
struct AllowedConverser: Converser {
  let allowance: ModelAllowance
  let caller: Gate.Caller

  func converse(_ question: ModelQuestion) async throws -> ModelAnswer {
    do throws(HostCallError) {
      let answer = try await allowance.answer(ConverseCall(question), for: caller)
      return ModelAnswer(text: answer["text"]?.stringValue ?? "", isCutOff: answer["stopReason"]?.stringValue == "max_tokens")
    } catch {
      throw ToolError(error.code, error.message)
    }
  }
}

extension ConverseCall {
  init(_ question: ModelQuestion) {
    messages = [.user(question.prompt)]
    system = question.system
    maxTokens = question.maxTokens
    temperature = nil
  }
}
