public import JSON

/// Runs modules, each in a locked child process of its own.
///
/// ```swift
/// let run = await Sandbox().run(
///   module, input: ["rows": [1, 2]], capabilities: Capabilities(tools: ["table_query"]), limits: SandboxLimits(),
///   deadlineMilliseconds: context.deadlineMilliseconds, host: host)
/// ```
///
/// The first run closes this process's memory to others (`ParentMemory`), so that debuggers can no longer attach to it.
public struct Sandbox: Sendable {
  /// What a check may take, and a replay at least, in milliseconds.
  private static let checkMilliseconds: Int64 = 60_000

  let program: SandboxProgram
  let lockPolicy: LockPolicy

  /// - Parameters:
  ///   - program: what is started as the child.
  ///   - lockPolicy: what happens when a lock cannot be applied.
  public init(program: SandboxProgram = .current, lockPolicy: LockPolicy = .required) {
    self.program = program
    self.lockPolicy = lockPolicy
  }

  /// Runs a module once. It ends at the deadline at the latest, and when the task is cancelled; calls of the host that are under way then
  /// are cancelled, and waited for.
  /// - Parameters:
  ///   - deadlineMilliseconds: the end of the run since the Unix epoch, by the host's clock.
  ///   - host: performs what `capabilities` grant, several calls at the same time where the module makes them so.
  public func run(
    _ module: SandboxModule, input: JSONValue, capabilities: Capabilities, limits: SandboxLimits, deadlineMilliseconds: Int64,
    host: any SandboxHost
  ) async -> SandboxRun {
    let now = host.nowMilliseconds()
    let terms = SandboxConversation.Terms(
      lockPolicy: lockPolicy, module: module, input: input.bytes, capabilities: capabilities, limits: limits, nowMilliseconds: now,
      randomSeed: Sandbox.seed(host.randomSeed()))
    // By the monotonic clock from here on: the host's may stand still.
    let (left, overflows) = deadlineMilliseconds.subtractingReportingOverflow(now)
    let milliseconds = overflows ? (deadlineMilliseconds > now ? .max : 0) : left
    let (calls, waiting) = AsyncStream<HostCall>.makeStream()
    let session = SandboxSession(
      program, terms, .host(host) { waiting.yield($0) }, milliseconds: milliseconds,
      deadlineFailure: SandboxFailure(.deadlineExceeded, "the deadline passed \(max(0, milliseconds)) ms after the run had begun"))
    await withTaskCancellationHandler {
      await withDiscardingTaskGroup { group in
        group.addTask {
          await withDiscardingTaskGroup { group in
            for await call in calls {
              group.addTask { session.mailbox.post(.answer(id: call.id, await Sandbox.answer(call, host))) }
            }
          }
        }
        await session.run()
        waiting.finish()
        group.cancelAll()
      }
    } onCancel: {
      session.mailbox.post(.cancel)
    }
    return SandboxRun(session, input: input)
  }

  /// Compiles a module and looks for its default export, without running it; nil when there is nothing wrong.
  public func check(_ module: SandboxModule, limits: SandboxLimits = SandboxLimits()) async -> SandboxFailure? {
    let terms = SandboxConversation.Terms(
      task: .check, lockPolicy: lockPolicy, module: module, input: JSONValue.null.bytes, capabilities: Capabilities(), limits: limits,
      nowMilliseconds: 0, randomSeed: Sandbox.seed([]))
    let session = SandboxSession(
      program, terms, .nobody, milliseconds: Sandbox.checkMilliseconds,
      deadlineFailure: SandboxFailure(.compileError, "the module was not compiled within \(Sandbox.checkMilliseconds / 1_000) seconds"))
    await Sandbox.run(session)
    guard case .failure(let failure) = session.conversation.ending else { return nil }
    return failure
  }

  /// Runs a recorded module again, with the recorded answers in the recorded order; no host is asked. The recorded limits hold, but for
  /// those of time: a replay has ten times as much, and a minute at least.
  public func replay(_ record: RunRecord) async -> ReplayOutcome {
    if case .failure(let failure) = record.outcome, failure.code == .notStarted || failure.code == .notLocked {
      return .sameUntilEnded(failure)
    }
    var limits = record.limits
    if record.outcome.code != .cpuLimit { limits.cpuMilliseconds = min(max(limits.cpuMilliseconds, 1) * 10, 600_000) }
    let terms = SandboxConversation.Terms(
      lockPolicy: lockPolicy, module: record.module, input: record.input.bytes, capabilities: record.capabilities, limits: limits,
      nowMilliseconds: record.nowMilliseconds, randomSeed: record.randomSeed, isReplay: true)
    let milliseconds = max(Sandbox.checkMilliseconds, 10 * Int64(clamping: record.usage.wallMilliseconds))
    let session = SandboxSession(
      program, terms, .record(ReplayScript(record)), milliseconds: milliseconds,
      deadlineFailure: SandboxFailure(.deadlineExceeded, "the replay took more than \(milliseconds) ms"))
    await Sandbox.run(session)
    guard case .record(let script) = session.responder, let ending = session.conversation.ending else {
      return .notRun(SandboxFailure(.notStarted, "the replay has no end"))
    }
    return script.outcome(RunRecord.Outcome(ending))
  }

  private static func run(_ session: SandboxSession) async {
    await withTaskCancellationHandler {
      await session.run()
    } onCancel: {
      session.mailbox.post(.cancel)
    }
  }

  private static func answer(_ call: HostCall, _ host: any SandboxHost) async -> Result<[UInt8], HostCallError> {
    do throws(HostCallError) {
      switch call.function {
      case .callTool: return .success(try await host.callTool(call.name ?? "", try input(of: call)).bytes)
      case .converse: return .success(try await host.converse(try input(of: call)).bytes)
      case .now: return .success(JSONValue.number(host.nowMilliseconds()).bytes)
      }
    } catch {
      return .failure(error)
    }
  }

  private static func input(of call: HostCall) throws(HostCallError) -> JSONValue {
    do throws(JSONError) {
      return try JSONValue(parsing: call.input ?? [], maximumDepth: HostCall.maximumDepth)
    } catch {
      throw HostCallError("invalid_input", "the input is JSON that the host does not take: \(error)")
    }
  }

  /// 32 bytes, whatever a host gives.
  private static func seed(_ bytes: [UInt8]) -> [UInt8] { Array((bytes + [UInt8](repeating: 0, count: 32)).prefix(32)) }
}

extension SandboxRun {
  fileprivate init(_ session: SandboxSession, input: JSONValue) {
    let conversation = session.conversation
    let terms = conversation.terms
    let ending = conversation.ending ?? .failure(SandboxFailure(.notStarted, "the run has no end"))
    switch ending {
    case .result(_, let value): outcome = .success(value)
    case .failure(let failure): outcome = .failure(failure)
    }
    record = RunRecord(
      module: terms.module, input: input, capabilities: terms.capabilities, limits: terms.limits, nowMilliseconds: terms.nowMilliseconds,
      randomSeed: terms.randomSeed, locks: conversation.locks, missingLocks: conversation.missingLocks,
      isParentUndumpable: ParentMemory.isClosed, entries: conversation.entries, outcome: RunRecord.Outcome(ending), usage: session.usage)
  }
}

extension RunRecord.Outcome {
  init(_ ending: SandboxConversation.Ending) {
    switch ending {
    case .result(let bytes, _): self = .result(bytes)
    case .failure(let failure): self = .failure(failure)
    }
  }

  fileprivate var code: SandboxFailure.Code? { if case .failure(let failure) = self { failure.code } else { nil } }
}
