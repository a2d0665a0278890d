import AgentKit
import JSON
import Sandbox
import Synchronization

/// The world of one case: the built-in tools over files in memory, a web of fixtures, a model that says what the case has it say.
final class TrialHost: SandboxHost {
  /// How deep tools that are modules may call each other: as deep as in earnest.
  private static let maximumDepth = CodeAgentsConfiguration().toolDepth

  /// What every run of the case shares, also those of tools that are modules.
  final class World: Sendable {
    let trial: TrialCase
    let clock: TrialClock
    let model: TrialModel
    let builtIn: [String: (tool: any Tool, schema: JSONSchema)]
    let modules: [String: TrialTool]
    let runner: any ModuleRunner
    let limits: SandboxLimits
    let deadlineMilliseconds: Int64
    /// Where random numbers begin.
    let seed: [UInt8]
    let slots = RunSlots()
    private let nestedUses = Mutex(Capabilities())

    init(
      _ trial: TrialCase, model: TrialModel, builtIn: [String: (tool: any Tool, schema: JSONSchema)], modules: [String: TrialTool],
      runner: any ModuleRunner, limits: SandboxLimits, deadlineMilliseconds: Int64, seed: [UInt8]
    ) {
      self.trial = trial
      self.model = model
      clock = TrialClock(nowMilliseconds: trial.nowMilliseconds)
      self.builtIn = builtIn
      self.modules = modules
      self.runner = runner
      self.limits = limits
      self.deadlineMilliseconds = deadlineMilliseconds
      self.seed = seed
    }

    /// What tools that are modules used: whoever calls them must be granted it too.
    var usedByTools: Capabilities { nestedUses.withLock { $0 } }

    func note(_ used: Capabilities) {
      nestedUses.withLock { uses in
        for name in used.tools where !uses.tools.contains(name) { uses.tools.append(name) }
        for function in used.functions where !uses.functions.contains(function) { uses.functions.append(function) }
      }
    }
  }

  private let world: World
  private let grants: Capabilities
  /// The tools that are modules from the module that is tried down to the one that asks; empty for the former.
  private let chain: [String]

  init(_ world: World, grants: Capabilities, chain: [String] = []) {
    self.world = world
    self.grants = grants
    self.chain = chain
  }

  func callTool(_ name: String, _ input: JSONValue) async throws(HostCallError) -> JSONValue {
    if let entry = world.builtIn[name] {
      try ToolCallRules.check(input, against: entry.schema, of: name)
      do {
        let context = ToolContext(orchestrationID: TrialWorkspace.orchestrationID, taskID: "trial", deadlineMilliseconds: nil)
        return try await entry.tool.run(input, context)
      } catch let error as ToolError {
        throw HostCallError(error.code, error.message)
      } catch {
        throw HostCallError("tool_failed", "\(error)")
      }
    }
    guard let tool = world.modules[name] else { throw HostCallError("unknown_tool", "There is no tool '\(name)'.") }
    try ToolCallRules.check(callOf: name, below: chain, depth: Self.maximumDepth)
    // As in earnest: a grant to a tool must not be a way around what its caller was not granted.
    let excess = tool.capabilities.excess(over: grants)
    guard excess.isEmpty else {
      throw HostCallError(
        "grants_exceeded",
        "The tool '\(name)' needs \(excess.joined(separator: ", ")), which its caller was not granted: declare all that the tool needs.")
    }
    let schema: JSONSchema
    do throws(JSONSchemaError) { schema = try JSONSchema(compiling: tool.schema) } catch {
      throw HostCallError("tool_failed", "The schema of '\(name)' cannot be used: \(error)")
    }
    try ToolCallRules.check(input, against: schema, of: name)
    guard await world.slots.take(depth: chain.count) else {
      throw HostCallError("cancelled", "'\(name)' was cancelled before its turn came.")
    }
    let run = await world.runner.run(
      tool.module, input: input, capabilities: tool.capabilities, limits: world.limits, deadlineMilliseconds: world.deadlineMilliseconds,
      host: TrialHost(world, grants: tool.capabilities, chain: chain + [name]))
    world.slots.giveBack(depth: chain.count)
    world.note(run.record.used)
    switch run.outcome {
    case .success(let value): return value
    case .failure(let failure): throw HostCallError(failure.code.rawValue, "'\(name)': \(failure.message)")
    }
  }

  func converse(_ request: JSONValue) async throws(HostCallError) -> JSONValue {
    _ = try ConverseCall(request)
    do throws(ToolError) {
      return [
        "text": .string(try world.model.reply()), "stopReason": "end_turn",
        "usage": ["inputTokens": 0, "outputTokens": 0, "totalTokens": 0],
      ]
    } catch {
      throw HostCallError(error.code, error.message)
    }
  }

  func log(_ level: String, _ message: String) {}
  func nowMilliseconds() -> Int64 { world.clock.nowMilliseconds }
  func randomSeed() -> [UInt8] { world.seed }
}
