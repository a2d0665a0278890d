import AWSClient
import AgentKit
import JSON
import Orchestration
import Sandbox
import Synchronization
import Telemetry

/// What one running module asks of its host: lets through what its registry row grants, performs it with the function's own credentials,
/// and leaves an audit record of every call.
final class Gate: SandboxHost {
  /// Who asks.
  struct Caller: Sendable {
    var orchestrationID: String
    var taskID: String
    var agentID: String
    /// The tools that are modules from the agent down to the one that asks; empty for the agent itself.
    var chain: [String] = []
    /// When an answer must be there, in milliseconds since the Unix epoch.
    var deadlineMilliseconds: Int64

    /// What asks: the agent, or its tool.
    var name: String { chain.last ?? agentID }
  }

  private struct State {
    /// Built-in tools with their schemas, made when they are first called.
    var builtIn: [String: BuiltIn] = [:]
    var externalRefusal: HostCallError?
  }

  private struct BuiltIn: Sendable {
    let tool: any Tool
    let schema: JSONSchema
  }

  let caller: Caller
  let grants: Capabilities
  let limits: SandboxLimits
  let services: GateServices
  let allowance: ModelAllowance
  let nestedRuns: NestedRuns
  private let state = Mutex(State())

  init(
    _ caller: Caller, grants: Capabilities, limits: SandboxLimits, services: GateServices, allowance: ModelAllowance,
    nestedRuns: NestedRuns
  ) {
    self.caller = caller
    self.grants = grants
    self.limits = limits
    self.services = services
    self.allowance = allowance
    self.nestedRuns = nestedRuns
  }

  /// The last refusal for which the module could do nothing; when it throws then, the fault is not its own.
  var externalRefusal: HostCallError? { state.withLock { $0.externalRefusal } }

  // MARK: Calls

  func callTool(_ name: String, _ input: JSONValue) async throws(HostCallError) -> JSONValue {
    var record = AuditRecord(.callTool, tool: name, requestBytes: input.json.count, atMilliseconds: services.clock.nowMilliseconds)
    do throws(HostCallError) {
      let admitted = try await admit(name, input)
      record.isAllowed = true
      let answer = try await perform(admitted, input)
      let byteCount = answer.json.count
      guard byteCount <= limits.hostCallBytes else {
        throw HostCallError(
          "result_too_large",
          "The result of '\(name)' has \(byteCount) bytes, at most \(limits.hostCallBytes) are allowed. Ask for less, or in parts.")
      }
      record.answerBytes = byteCount
      write(record)
      return answer
    } catch {
      refuse(&record, error)
      throw error
    }
  }

  func converse(_ request: JSONValue) async throws(HostCallError) -> JSONValue {
    var record = AuditRecord(.converse, tool: nil, requestBytes: request.json.count, atMilliseconds: services.clock.nowMilliseconds)
    do throws(HostCallError) {
      guard grants.functions.contains(.converse) else {
        throw HostCallError("not_granted", "'\(caller.name)' has not been granted 'converse'.")
      }
      let call = try ConverseCall(request)
      record.isAllowed = true
      let answer = try await allowance.answer(call, for: caller)
      record.answerBytes = answer.json.count
      write(record)
      return answer
    } catch {
      refuse(&record, error)
      throw error
    }
  }

  func log(_ level: String, _ message: String) {
    services.observer.note(
      level == "error" ? .error : level == "warn" ? .warning : level == "debug" ? .debug : .info, "the module logs",
      fields.merging(["log": .string(message.shortened(toByteCount: 4_000))]))
  }

  func nowMilliseconds() -> Int64 { services.clock.nowMilliseconds }

  /// Made of a fresh identifier, so that whoever decides on identifiers decides on random numbers too.
  func randomSeed() -> [UInt8] {
    (try? ContentHash.sha256(Array(services.ids.makeID().utf8))).flatMap(Hexadecimal.bytes) ?? [UInt8](repeating: 0, count: 32)
  }

  // MARK: Tools

  private enum Admitted: Sendable {
    case builtIn(any Tool)
    case module(FabricatedTool)
  }

  /// Finds a tool that may be called now, with an input that fits it.
  private func admit(_ name: String, _ input: JSONValue) async throws(HostCallError) -> Admitted {
    guard grants.tools.contains(name) else {
      throw HostCallError(
        "not_granted",
        "'\(caller.name)' has not been granted the tool '\(name)'; it has \(grants.tools.isEmpty ? "none" : grants.tools.joined(separator: ", "))."
      )
    }
    guard !BuiltInTools.names.contains(name) else {
      let builtIn = try builtIn(name)
      try ToolCallRules.check(input, against: builtIn.schema, of: name)
      return .builtIn(builtIn.tool)
    }
    let tool = try await module(name)
    let schema: JSONSchema
    do throws(JSONSchemaError) { schema = try JSONSchema(compiling: tool.schema) } catch {
      throw HostCallError("tool_unreadable", "The schema of the tool '\(name)' cannot be used: \(error)")
    }
    try ToolCallRules.check(input, against: schema, of: name)
    return .module(tool)
  }

  private func builtIn(_ name: String) throws(HostCallError) -> BuiltIn {
    if let known = state.withLock({ $0.builtIn[name] }) { return known }
    let workspace = Workspace(blobs: services.blobs, orchestrationID: caller.orchestrationID)
    do {
      let more = BuiltInTools.Services(web: services.web, converser: AllowedConverser(allowance: allowance, caller: caller))
      guard let tool = try BuiltInTools.tools(named: [name], workspace: workspace, clock: services.clock, services: more).first else {
        throw HostCallError("unknown_tool", "There is no tool '\(name)'.")
      }
      let entry = BuiltIn(tool: tool, schema: try JSONSchema(compiling: tool.inputSchema))
      state.withLock { $0.builtIn[name] = entry }
      return entry
    } catch {
      throw error as? HostCallError ?? HostCallError("tool_unreadable", "The tool '\(name)' cannot be used: \(error)")
    }
  }

  /// The row of a tool that is a module, when this caller may call it.
  private func module(_ name: String) async throws(HostCallError) -> FabricatedTool {
    try ToolCallRules.check(callOf: name, below: caller.chain, depth: services.configuration.toolDepth)
    let row: JSONValue?
    do { row = try await services.tools.row(name) } catch {
      throw HostCallError("tool_unavailable", "The tool '\(name)' could not be looked up: \(error)")
    }
    guard let row else { throw HostCallError("unknown_tool", "There is no tool '\(name)' any more.") }
    let tool: FabricatedTool
    do throws(WireError) { tool = try FabricatedTool(row: row) } catch {
      throw HostCallError("tool_unreadable", "The row of the tool '\(name)' cannot be used: \(error)")
    }
    guard tool.state == .active else {
      throw HostCallError("tool_inactive", "The tool '\(name)' is \(tool.state.rawValue), not active.")
    }
    // A tool never has more than who calls it: a grant to the one must not be a way to the other.
    let excess = tool.grants.excess(over: grants)
    guard excess.isEmpty else {
      throw HostCallError(
        "grants_exceeded",
        "The tool '\(name)' needs \(excess.joined(separator: ", ")), which '\(caller.name)' has not been granted: its row must grant all that "
          + "its tools need.")
    }
    return tool
  }

  private func perform(_ admitted: Admitted, _ input: JSONValue) async throws(HostCallError) -> JSONValue {
    let now = services.clock.nowMilliseconds
    let milliseconds = min(services.configuration.toolTimeoutMilliseconds, caller.deadlineMilliseconds - now)
    switch admitted {
    case .module(let tool): return try await run(tool, input, deadlineMilliseconds: now + milliseconds)
    case .builtIn(let tool):
      let context = ToolContext(
        orchestrationID: caller.orchestrationID, taskID: caller.taskID, deadlineMilliseconds: now + max(0, milliseconds))
      do {
        return try await TimeLimit.run(milliseconds: milliseconds, pause: services.pause) { try await tool.run(input, context) }
      } catch {
        switch error {
        case is TimeLimit.Exceeded:
          throw HostCallError("timeout", "'\(tool.name)' did not answer within \(max(0, milliseconds)) ms.")
        case is CancellationError: throw HostCallError("cancelled", "'\(tool.name)' was cancelled.")
        case let error as ToolError: throw HostCallError(error.code, error.message)
        default: throw HostCallError("tool_failed", "'\(tool.name)' failed: \(error)")
        }
      }
    }
  }

  /// Runs a tool that is a module, in a sandbox of its own.
  private func run(_ tool: FabricatedTool, _ input: JSONValue, deadlineMilliseconds: Int64) async throws(HostCallError) -> JSONValue {
    let began = services.clock.nowMilliseconds
    var deadline = deadlineMilliseconds
    if let seconds = tool.limits.timeoutSeconds { deadline = min(deadline, began + Int64(seconds) * 1_000) }
    var inner = caller
    inner.chain.append(tool.toolID)
    inner.deadlineMilliseconds = deadline
    let source: [UInt8]
    do throws(ModuleFailure) {
      source = try await services.modules.load(key: "tools/\(tool.filename)", sha256: tool.sha256, untilMilliseconds: deadline)
    } catch {
      nestedRuns.add(
        NestedRun(tool, chain: inner.chain, outcome: error.code.rawValue, milliseconds: services.clock.nowMilliseconds - began))
      throw HostCallError(error.code.rawValue, "'\(tool.toolID)': \(error.message)")
    }
    let limits = services.configuration.limits(of: tool.limits)
    let gate = Gate(
      inner, grants: tool.grants, limits: limits, services: services,
      allowance: allowance.narrowed(by: tool.limits), nestedRuns: nestedRuns)
    guard await nestedRuns.slots.take(depth: inner.chain.count) else {
      throw HostCallError("cancelled", "'\(tool.toolID)' was cancelled before its turn came.")
    }
    let run = await services.runner.run(
      SandboxModule(name: tool.filename, source: source), input: input, capabilities: tool.grants, limits: limits,
      deadlineMilliseconds: deadline, host: gate)
    nestedRuns.slots.giveBack(depth: inner.chain.count)
    gate.auditDenied(in: run.record)
    var summary = NestedRun(tool, chain: inner.chain, outcome: "success", milliseconds: services.clock.nowMilliseconds - began)
    summary.usage = run.usage
    defer { nestedRuns.add(summary) }
    switch run.outcome {
    case .success(let value): return value
    case .failure(let failure):
      summary.outcome = failure.code.rawValue
      services.observer.note(
        .error, "the module failed: \(failure.message)",
        fields.merging([
          "tool": .string(tool.toolID), "version": .string(tool.version), "sha256": .string(tool.sha256),
          "code": .string(failure.code.rawValue), "stack": .string(failure.stack ?? ""),
        ]))
      if failure.code == .threw, let cause = gate.externalRefusal {
        throw HostCallError(cause.code, "'\(tool.toolID)' gave up: \(cause.message)")
      }
      throw HostCallError(failure.code.rawValue, "'\(tool.toolID)': \(failure.message)")
    }
  }

  // MARK: Audit

  private func refuse(_ record: inout AuditRecord, _ error: HostCallError) {
    record.error = error
    if error.isOthersFault { state.withLock { $0.externalRefusal = error } }
    write(record)
  }

  /// Writes the audit records of calls that the sandbox denied, so that they never came here.
  func auditDenied(in run: RunRecord) {
    var calls: [Int: HostCall] = [:]
    for entry in run.entries {
      switch entry {
      case .call(let call): calls[call.id] = call
      case .refusal(let id, let error) where error.code == "not_granted":
        guard let call = calls[id] else { continue }
        var record = AuditRecord(
          call.function, tool: call.name, requestBytes: call.input?.count ?? 0, atMilliseconds: services.clock.nowMilliseconds)
        record.error = error
        write(record)
      default: break
      }
    }
  }

  private func write(_ record: AuditRecord) {
    services.observer.note(
      record.isAllowed ? .info : .warning, "a host call was \(record.isAllowed ? "allowed" : "denied")",
      fields.merging(record.fields(nowMilliseconds: services.clock.nowMilliseconds)))
    services.observer.count(record.isAllowed ? "HostCallAllowed" : "HostCallDenied")
  }

  private var fields: JSONObject {
    var fields: JSONObject = [
      "orchestration_id": .string(caller.orchestrationID), "agent_use_id": .string(caller.taskID), "node": .string(caller.agentID),
    ]
    if !caller.chain.isEmpty { fields["module_chain"] = .array(caller.chain.map(JSONValue.string)) }
    return fields
  }
}

extension HostCallError {
  /// True for refusals that no module can do anything about: what it may spend, how long it may take, what others do not answer, and tools
  /// that somebody has taken away from under it.
  var isOthersFault: Bool {
    switch code {
    case "budget_exhausted", "token_limit", "deadline_exceeded", "timeout", "cancelled", "ledger_unavailable", "model_failed",
      "tool_failed",
      "tool_unavailable", "tool_inactive", "tool_unreadable", "unknown_tool", "grants_exceeded", "code_unavailable", "code_not_found",
      "not_locked", "not_started":
      true
    default: false
    }
  }
}
