import AgentKit
import JSON
import Sandbox

/// What holds of every call of a tool, in earnest and in a trial.
enum ToolCallRules {
  /// - Throws: `invalid_input`, with all that does not fit.
  static func check(_ input: JSONValue, against schema: JSONSchema, of name: String) throws(HostCallError) {
    let violations = schema.validate(input)
    guard violations.isEmpty else {
      throw HostCallError(
        "invalid_input", "The input of '\(name)' does not fit its schema: \(violations.map(\.description).joined(separator: "; ")).")
    }
  }

  /// Whether a tool that is a module may be called from where its caller stands.
  /// - Parameters:
  ///   - chain: the tools that are modules, down to the one that calls.
  ///   - depth: how many of them there may be.
  /// - Throws: `tool_cycle`, `too_deep`.
  static func check(callOf name: String, below chain: [String], depth: Int) throws(HostCallError) {
    guard !chain.contains(name) else {
      throw HostCallError(
        "tool_cycle", "The tool '\(name)' is at work already (\((chain + [name]).joined(separator: " > "))), and cannot call itself.")
    }
    guard chain.count < depth else {
      throw HostCallError(
        "too_deep",
        "Tools call each other at most \(depth) deep, and '\(name)' would be the next below \(chain.joined(separator: " > ")).")
    }
  }
}
