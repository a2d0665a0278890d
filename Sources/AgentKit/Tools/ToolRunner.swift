import AWSClient
import JSON

/// Runs the tool calls of one reply, several at a time. Whatever happens, every call gets exactly one result, in the order of the calls.
struct ToolRunner: Sendable {
  struct Finished: Sendable {
    let block: ContentBlock
    let event: AgentEvent

    /// True for a call of one of these tools that succeeded.
    func isEnd(by endingTools: Set<String>) -> Bool {
      if case .toolFinished(let name, _, isError: false, _) = event { endingTools.contains(name) } else { false }
    }

    /// The result as text.
    var text: String {
      let content = Message(role: .user, content: [block]).toolResults.first?.content.first
      return content?.text ?? content?.json?.text ?? ""
    }
  }

  let tools: ToolBox
  let limits: AgentLimits
  let context: ToolContext
  let clock: any Clock
  /// Waits so many milliseconds.
  let pause: @Sendable (Int64) async throws -> Void

  func run(_ uses: [ToolUse]) async -> [Finished] {
    await withTaskGroup(of: (Int, Finished).self) { group in
      var results: [Finished?] = Array(repeating: nil, count: uses.count)
      var next = 0
      func start() {
        guard next < uses.count else { return }
        let index = next
        next += 1
        group.addTask { (index, await finish(uses[index], at: index)) }
      }
      for _ in 0..<max(1, limits.parallelToolCalls) { start() }
      while let (index, finished) = await group.next() {
        results[index] = finished
        start()
      }
      return results.compactMap(\.self)
    }
  }

  private func finish(_ use: ToolUse, at index: Int) async -> Finished {
    let began = clock.nowMilliseconds
    var content: ToolResultContent
    var isError = false
    do {
      content = try self.content(of: try await result(of: use, at: index))
    } catch {
      isError = true
      content = .text(String(describing: error))
    }
    return Finished(
      block: .toolResult(id: use.id, content: [content], status: isError ? .error : .success),
      event: .toolFinished(name: use.name, id: use.id, isError: isError, milliseconds: clock.nowMilliseconds - began))
  }

  private func result(of use: ToolUse, at index: Int) async throws -> JSONValue {
    guard let entry = tools.entries[use.name] else {
      let names = tools.names.joined(separator: ", ")
      throw ToolError("unknown_tool", "There is no tool '\(use.name)'. Tools: \(names.isEmpty ? "none" : names).")
    }
    guard index < limits.toolCallsPerTurn else {
      throw ToolError(
        "too_many_calls", "At most \(limits.toolCallsPerTurn) tool calls are answered in one turn. Ask again in the next turn.")
    }
    let violations = entry.schema.validate(use.input)
    guard violations.isEmpty else {
      throw ToolError(
        "invalid_input", "The input does not fit the schema: \(violations.map(\.description).joined(separator: "; ")).")
    }
    var milliseconds = limits.toolTimeoutMilliseconds
    var context = context
    if let deadline = limits.deadlineMilliseconds { milliseconds = min(milliseconds, deadline - clock.nowMilliseconds) }
    context.deadlineMilliseconds = clock.nowMilliseconds + max(0, milliseconds)
    do {
      return try await TimeLimit.run(milliseconds: milliseconds, pause: pause) { [context] in
        try await entry.tool.run(use.input, context)
      }
    } catch is TimeLimit.Exceeded {
      throw ToolError("timeout", "'\(use.name)' did not answer within \(max(0, milliseconds)) ms.")
    }
  }

  private func content(of value: JSONValue) throws -> ToolResultContent {
    let byteCount = value.json.count
    guard byteCount <= limits.toolResultBytes else {
      throw ToolError(
        "result_too_large", "The result has \(byteCount) bytes, at most \(limits.toolResultBytes) are allowed. Ask for less, or in parts.")
    }
    switch value {
    case .object: return .json(value)
    case .string(let text) where !Reply.isBlank(text): return .text(text)
    // Several models take nothing but objects as JSON.
    default: return .json(["result": value])
    }
  }
}
