import AWSClient
import AgentKit
import JSON
public import Orchestration
import Sandbox

/// Runs agents of kind code in the sandbox: fetches the module, verifies it, runs it behind a gate, keeps the record of the run.
public struct SandboxedCodeAgents: CodeAgentRunner {
  let services: GateServices
  let records: RunRecordStore
  let failures: any FailureLedger
  let bus: any EventBus

  public init(services: GateServices, records: RunRecordStore, failures: any FailureLedger, bus: any EventBus) {
    self.services = services
    self.records = records
    self.failures = failures
    self.bus = bus
  }

  public func run(_ task: CodeAgentTask) async throws(TaskFailure) -> TaskRun {
    let agent = task.agent
    let now = services.clock.nowMilliseconds
    let deadline = task.limits.deadlineMilliseconds ?? now
    // Both were checked with the row.
    guard let filename = agent.filename, let sha256 = agent.sha256?.lowercased() else {
      throw TaskFailure("agent_unreadable", "The row of agent '\(agent.agentID)' names no module, or no hash of it.")
    }
    let code = TaskCompletion.CodeVersion(version: agent.version, sha256: sha256, failuresBefore: agent.provenance.failures)
    let source: [UInt8]
    do throws(ModuleFailure) {
      source = try await services.modules.load(key: "agents/\(filename)", sha256: sha256, untilMilliseconds: deadline)
    } catch {
      note(.error, "the module could not be loaded: \(error.message)", task, code, ["code": .string(error.code.rawValue)])
      return TaskRun(
        outcome: .failure(TaskFailure(error.code.rawValue, "Agent '\(agent.agentID)' could not be run. \(error.message)")),
        usage: TaskCompletion.Usage(costMicroUSD: task.claim.spentEarlierMicroUSD), code: code)
    }
    let grants = Capabilities(agent)
    let limits = services.configuration.limits(of: agent.limits)
    let allowance = ModelAllowance(task, services: services)
    let nested = NestedRuns()
    let gate = Gate(
      Gate.Caller(
        orchestrationID: task.message.orchestrationID, taskID: task.message.toolUseID, agentID: agent.agentID,
        deadlineMilliseconds: deadline),
      grants: grants, limits: limits, services: services, allowance: allowance, nestedRuns: nested)
    let run = await services.runner.run(
      SandboxModule(name: filename, source: source), input: task.input, capabilities: grants, limits: limits,
      deadlineMilliseconds: deadline, host: gate)
    var record = run.record
    gate.auditDenied(in: record)
    record.agent = RunRecord.Agent(id: agent.agentID, version: Int(agent.version), sha256: sha256)
    await records.keep(
      record, nested: nested, key: RunRecordStore.key(of: task.claim), deadlineMilliseconds: recordDeadline(task),
      fields: fields(task, code))
    note(
      .info, "the module has run", task, code,
      [
        "cpu_milliseconds": .number(run.usage.cpuMilliseconds), "wall_milliseconds": .number(run.usage.wallMilliseconds),
        "peak_memory_bytes": .number(run.usage.peakMemoryBytes), "host_calls": .number(run.usage.hostCalls),
        "output_bytes": .number(run.usage.outputBytes), "tool_runs": .number(nested.all.count),
        "locks_missing": .array(record.missingLocks.keys.map(\.rawValue).sorted().map(JSONValue.string)),
      ])
    let outcome: Result<JSONValue, TaskFailure>
    switch run.outcome {
    case .success(let value): outcome = .success(value)
    case .failure(let failure):
      note(
        .error, "the module failed: \(failure.message)", task, code,
        ["code": .string(failure.code.rawValue), "stack": .string(failure.stack ?? "")])
      outcome = .failure(CodeFault.failure(failure, of: agent, input: task.input, cause: gate.externalRefusal))
    }
    return TaskRun(outcome: outcome, usage: allowance.usage, code: code)
  }

  /// Half of what is left before the invocation ends belongs to the answer.
  private func recordDeadline(_ task: CodeAgentTask) -> Int64 {
    let now = services.clock.nowMilliseconds
    return now + (task.claim.untilMilliseconds - now) / 2
  }

  private func note(
    _ level: ObservationLevel, _ text: String, _ task: CodeAgentTask, _ code: TaskCompletion.CodeVersion, _ more: JSONObject
  ) {
    var fields = fields(task, code)
    for member in more { fields[member.key] = member.value }
    services.observer.note(level, text, fields)
  }

  private func fields(_ task: CodeAgentTask, _ code: TaskCompletion.CodeVersion) -> JSONObject {
    [
      "orchestration_id": .string(task.message.orchestrationID), "agent_use_id": .string(task.message.toolUseID),
      "node": .string(task.agent.agentID), "version": .string(code.version), "sha256": .string(code.sha256),
    ]
  }

  // MARK: Failures in a row

  public func settle(_ answer: TaskCompletion, _ task: TaskKey) async throws {
    guard let code = answer.codeVersion else { return }
    if answer.status == .success {
      guard code.failuresBefore > 0 else { return }
      try await failures.clear(agentID: answer.node, code, task)
      return
    }
    guard let failed = answer.code, CodeFault.isAgentsOwn(failed) else { return }
    let problem = "\(failed): \(answer.message ?? "")".shortened(toByteCount: 1_000)
    let outcome = try await failures.count(
      agentID: answer.node, code, task, problem: problem, quarantineAt: services.configuration.quarantineFailures)
    guard case .quarantined(let quarantine) = outcome else { return }
    try await bus.publish([Self.event(quarantine, answer, code)])
    guard quarantine.isNew else { return }
    services.observer.note(
      .error, "agent '\(answer.node)' failed \(quarantine.failures) times in a row and is quarantined",
      [
        "orchestration_id": .string(answer.orchestrationID), "agent_use_id": .string(answer.toolUseID), "node": .string(answer.node),
        "version": .string(code.version), "sha256": .string(code.sha256), "code": .string(failed),
        "failures": .number(quarantine.failures),
      ])
    services.observer.count("AgentQuarantined")
  }

  /// Tells of an agent that is no longer offered, as `LifecycleChange` does, and how it failed.
  static func event(_ quarantine: Quarantine, _ answer: TaskCompletion, _ code: TaskCompletion.CodeVersion) -> BusEvent {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("agent_id", answer.node)
    writer.member("state", AgentConfiguration.State.quarantined.rawValue)
    writer.member("previous_state", AgentConfiguration.State.active.rawValue)
    if let number = Int(code.version) { writer.member("version", number) } else { writer.member("version", code.version) }
    writer.member(ifPresent: "version_sha256", quarantine.versionSHA256)
    writer.member("by", "worker-wrapper")
    writer.member("reason", quarantine.reason)
    writer.member("failures", quarantine.failures)
    writer.member("code", answer.code ?? "")
    writer.member("message", answer.message ?? "")
    writer.member("timestamp", ISO8601.text(milliseconds: quarantine.atMilliseconds))
    writer.endObject()
    return BusEvent(
      source: LifecycleChange.source, detailType: "agent.quarantined", detail: writer.bytes, traceHeader: RequestContext.traceID)
  }
}
