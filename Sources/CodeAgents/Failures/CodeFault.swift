import JSON
import Orchestration
import Sandbox

/// Tells whose fault a failure is, and says it to the model that asked.
enum CodeFault {
  /// True for codes of failures that the agent's code, or its row, is to blame for, and that count towards its quarantine. What others did
  /// not answer, what the run could not afford or had no time for, and what nobody waited for, does not count.
  static func isAgentsOwn(_ code: String) -> Bool {
    switch SandboxFailure.Code(rawValue: code) {
    case .compileError, .threw, .invalidResult, .cpuLimit, .memoryLimit, .recursionLimit, .outputLimit, .hostCallLimit, .hostCallTooLarge,
      .neverSettles, .protocolViolation, .crashed:
      true
    default: code == ModuleFailure.Code.hashMismatch.rawValue || code == ModuleFailure.Code.tooLarge.rawValue
    }
  }

  /// What the task's answer says of a run without a result.
  /// - Parameters:
  ///   - input: the task's.
  ///   - cause: the last refusal of a host call that the module could do nothing about.
  static func failure(_ failure: SandboxFailure, of agent: AgentConfiguration, input: JSONValue, cause: HostCallError?) -> TaskFailure {
    let name = "Agent '\(agent.agentID)'"
    // What a module throws when it gets no answer is not its own doing.
    if failure.code == .threw, let cause {
      return TaskFailure(
        cause.code, "\(name) gave up after a call of its host had been refused: \(cause.message) It threw: \(failure.message)")
    }
    if failure.code == .threw, let reason = refusalOfInput(failure.message) {
      return TaskFailure(inputRefused, "\(name) refuses its input: \(reason)")
    }
    if failure.code == .threw, isAboutWhatInputNames(failure.message, input) {
      return TaskFailure(inputRefused, "\(name) cannot work on its input: \(failure.message)")
    }
    let place = failure.stack.flatMap(firstFrame).map { " (\($0))" } ?? ""
    return TaskFailure(failure.code.rawValue, "\(name) has no result: \(failure.message)\(place) \(advice(failure.code))")
  }

  /// The code of an input that fits the schema and that the agent refuses all the same, by an Error of the name `InvalidInput`: whoever
  /// calls an agent with bad input must not be able to have it quarantined.
  static let inputRefused = "input_refused"

  private static func refusalOfInput(_ message: String) -> String? {
    for prefix in ["InvalidInput: ", "InvalidInputError: "] where message.hasPrefix(prefix) {
      return String(message.dropFirst(prefix.count))
    }
    return nil
  }

  /// Codes with which the tools refuse an object or a column that is not there or not fit.
  private static let unfit = ["not_found", "not_text", "unknown_format", "unknown_column", "invalid_path", "too_large"]

  /// True for a tool's refusal that the module let through, and that quotes a text of the task's own input: a path or a column that whoever
  /// called the agent has named wrongly. One that the module names by itself is the module's mistake.
  private static func isAboutWhatInputNames(_ message: String, _ input: JSONValue) -> Bool {
    guard unfit.contains(where: { message.hasSuffix(" (\($0))") }) else { return false }
    // Every second part of the text between apostrophes is quoted.
    let parts = message.split(separator: "'", omittingEmptySubsequences: false)
    return parts.indices.contains { !$0.isMultiple(of: 2) && $0 + 1 < parts.count && has(input, parts[$0]) }
  }

  private static func has(_ value: JSONValue, _ text: Substring) -> Bool {
    switch value {
    case .string(let string): string == text
    case .array(let elements): elements.contains { has($0, text) }
    case .object(let members): members.contains { has($0.value, text) }
    case .null, .bool, .number: false
    }
  }

  private static func advice(_ code: SandboxFailure.Code) -> String {
    switch code {
    case .threw: "Look whether the input is one that it can work on; if it is, the agent's code is at fault: use another agent."
    case .compileError, .invalidResult, .neverSettles, .protocolViolation, .crashed:
      "The agent's code is at fault, and the same will happen again: use another agent, or have a better one made."
    case .cpuLimit, .memoryLimit, .recursionLimit, .outputLimit, .hostCallLimit, .hostCallTooLarge:
      "Give it less to do at a time, or use another agent."
    case .deadlineExceeded: "Give it less to do at a time, or more time."
    case .cancelled: "Nobody waits for it any more."
    default: "This deployment cannot run it now, whatever the input: try later, or use another agent."
    }
  }

  /// The first line of a stack trace that names a place.
  private static func firstFrame(_ stack: String) -> String? {
    for line in stack.split(whereSeparator: \.isNewline) {
      let text = line.drop { $0 == " " || $0 == "\t" }
      if text.hasPrefix("at ") { return String(text).shortened(toByteCount: 200) }
    }
    return nil
  }
}
