import Glibc
import JSON
import Sandbox
import Testing

/// Children that keep to nothing: each ends its run with the failure that names what it did, or comes to a result that is its own loss.
@Suite struct HostileChildTests {
  private func run(
    _ what: String, lockPolicy: LockPolicy = .available, capabilities: Capabilities = Capabilities(tools: ["echo"]),
    limits: SandboxLimits = SandboxLimits(), milliseconds: Int64 = 60_000, host: TestHost = TestHost()
  ) async -> SandboxRun {
    await Sandbox(program: Programs.hostile(what), lockPolicy: lockPolicy).run(
      "", capabilities: capabilities, limits: limits, milliseconds: milliseconds, host: host)
  }

  /// What the child does, the code of the failure, and a part of its message.
  static let failures: [(String, SandboxFailure.Code, String)] = [
    ("end-at-once", .crashed, "ended without a result, with status 0"),
    ("end-with-status", .crashed, "with status 3"),
    ("call-before-locked", .protocolViolation, "spoke before it was locked"),
    ("result-before-locked", .protocolViolation, "spoke before it was locked"),
    ("locks-unknown", .protocolViolation, "a list of locks that cannot be read"),
    ("locks-twice", .protocolViolation, "named a lock twice"),
    ("locks-both", .protocolViolation, "named a lock twice"),
    ("locks-lie", .protocolViolation, "says that its system calls are filtered, and they are not"),
    ("locks-no-json", .protocolViolation, "a list of locks that cannot be read"),
    ("locks-huge", .protocolViolation, "a list of locks of 1073741824 bytes"),
    ("unknown-kind", .protocolViolation, "a frame of an unknown kind (90)"),
    ("parents-kind", .protocolViolation, "the id of a call that is none"),
    ("locked-again", .protocolViolation, "said twice that it is locked"),
    ("length-of-call", .hostCallTooLarge, "has 4294967295 bytes of JSON; at most 1000000"),
    ("length-of-result", .outputLimit, "the result has 4294967295 bytes of JSON; at most 1000000"),
    ("length-of-log", .outputLimit, "the log lines have 2147483648 bytes; at most 1000000"),
    ("length-of-failure", .protocolViolation, "a failure of 2147483647 bytes"),
    ("id-skipped", .protocolViolation, "a call with the id 2 where 1 was due"),
    ("id-zero", .protocolViolation, "a call with the id 0 where 1 was due"),
    ("id-repeated", .protocolViolation, "a call with the id 1 where 2 was due"),
    ("id-of-result", .protocolViolation, "the id of a call that is none"),
    ("call-no-json", .protocolViolation, "a call that cannot be read"),
    ("call-no-function", .protocolViolation, "callTool, converse or now"),
    ("call-no-name", .protocolViolation, "the tool's name with callTool"),
    ("call-no-input", .protocolViolation, "in field 'input'"),
    ("call-more", .protocolViolation, "function, name or input"),
    ("call-no-utf8", .protocolViolation, "well-formed UTF-8"),
    ("log-not-granted", .protocolViolation, "logged without being granted to"),
    ("log-no-json", .protocolViolation, "a log line that cannot be read"),
    ("result-no-json", .protocolViolation, "a result that is no JSON"),
    ("result-no-utf8", .protocolViolation, "a result that is no JSON"),
    ("result-two-values", .protocolViolation, "a result that is no JSON"),
    ("result-nested", .invalidResult, "at most 500 nested arrays and objects"),
    ("failure-of-parent", .protocolViolation, "a code that is not its own (deadline_exceeded)"),
    ("failure-no-json", .protocolViolation, "a failure that cannot be read"),
    ("flood-of-calls", .hostCallLimit, "more than 200 times"),
    ("flood-of-logs", .protocolViolation, "logged without being granted to"),
    ("half-a-frame", .crashed, "ended without a result, with status 0"),
    ("close-and-stay", .protocolViolation, "closed its pipe before it had a result, and did not end"),
    ("close-and-end", .crashed, "ended without a result, with status 0"),
    ("grandchild", .crashed, "ended without a result, with status 0"),
    ("grandchild-elsewhere", .crashed, "ended without a result, with status 0"),
  ]

  @Test(arguments: failures)
  func breachesAreNamed(_ what: String, _ code: SandboxFailure.Code, _ message: String) async {
    let failure = await run(what).failure
    #expect(failure?.code == code, "\(what): \(failure?.description ?? "no failure")")
    #expect(failure?.message.contains(message) == true, "\(what): \(failure?.description ?? "no failure")")
  }

  /// Each by its default action, as the child was started with it.
  @Test(arguments: [
    (SIGHUP, SandboxFailure.Code.crashed, "SIGHUP"), (SIGINT, .crashed, "SIGINT"), (SIGQUIT, .crashed, "SIGQUIT"),
    (SIGILL, .crashed, "SIGILL"), (SIGTRAP, .crashed, "SIGTRAP"), (SIGABRT, .crashed, "SIGABRT"), (SIGBUS, .crashed, "SIGBUS"),
    (SIGFPE, .crashed, "SIGFPE"), (SIGKILL, .crashed, "no memory left"), (SIGUSR1, .crashed, "SIGUSR1"), (SIGSEGV, .crashed, "SIGSEGV"),
    (SIGUSR2, .crashed, "SIGUSR2"), (SIGPIPE, .crashed, "SIGPIPE"), (SIGALRM, .crashed, "SIGALRM"), (SIGTERM, .crashed, "SIGTERM"),
    (SIGXCPU, .cpuLimit, "processor time"), (SIGPROF, .cpuLimit, "processor time"), (SIGVTALRM, .crashed, "signal 26"),
    (SIGSYS, .crashed, "forbidden system call"),
  ])
  func aChildThatASignalEndsHasAFailureThatNamesIt(_ signal: Int32, _ code: SandboxFailure.Code, _ message: String) async {
    let failure = await run("signal-\(signal)").failure
    #expect(failure?.code == code)
    #expect(failure?.message.contains(message) == true, "\(failure?.description ?? "no failure")")
  }

  @Test(arguments: [
    ("call-half-pair", "invalid_input"), ("call-nested", "invalid_input"), ("call-not-granted", "not_granted"),
    ("converse-not-granted", "not_granted"), ("now-not-granted", "not_granted"),
  ])
  func callsThatTheGateRefusesAreTheModulesToCatch(_ what: String, _ code: String) async {
    let host = TestHost()
    let run = await run(what, host: host)
    #expect(run.value?["code"]?.stringValue == code, "\(run.outcome)")
    #expect(host.calls.isEmpty)
  }

  @Test(arguments: [("call-after-result", JSONValue.number(1)), ("result-twice", 1), ("stay-after-result", "done"), ("deaf", "deaf")])
  func whatComesAfterTheResultIsNotHeard(_ what: String, _ value: JSONValue) async {
    let host = TestHost()
    let run = await run(what, host: host)
    #expect(run.value == value, "\(run.outcome)")
    #expect(host.calls.isEmpty)
  }

  @Test func aChildThatSaysNothingEndsAtTheDeadline() async {
    for what in ["sleep", "sleep-unlocked", "deaf-then-call"] {
      #expect(await run(what, milliseconds: 50).failure?.code == .deadlineExceeded)
    }
  }

  @Test func aDeadlineThatHasPassedStartsNothing() async {
    let run = await run("stay-after-result", milliseconds: 0)
    #expect(run.failure?.code == .deadlineExceeded)
    #expect(run.usage.cpuMilliseconds == 0 && run.usage.peakMemoryBytes == 0)
  }

  @Test(arguments: ["spin", "ignore-signals"])
  func aChildThatDoesNotLimitItsProcessorTimeIsEnded(_ what: String) async {
    var limits = SandboxLimits()
    limits.cpuMilliseconds = 20
    let run = await run(what, limits: limits)
    #expect(run.failure?.code == .cpuLimit)
    #expect(run.usage.cpuMilliseconds >= 20)
  }

  @Test func aFloodOfLogLinesEndsAtTheirLimit() async {
    let granted = Capabilities(functions: [.log])
    #expect(await run("flood-of-logs", capabilities: granted).failure?.code == .hostCallLimit)
    var limits = SandboxLimits()
    limits.outputBytes = 1_000
    let host = TestHost()
    let run = await run("flood-of-logs", capabilities: granted, limits: limits, host: host)
    #expect(run.failure?.code == .outputLimit)
    #expect(host.lines.count == run.usage.hostCalls && run.usage.outputBytes <= 1_000)
    #expect(await self.run("log-level", capabilities: granted).failure?.code == .protocolViolation)
  }

  @Test func aFloodOfLooksAtTheClockEndsAtItsLimit() async {
    let run = await run("flood-of-now", capabilities: Capabilities(functions: [.now]))
    #expect(run.failure?.code == .hostCallLimit)
    #expect(run.usage.hostCalls == 200)
  }

  /// 20 answers of a megabyte each: far more than the pipe takes, and more than all calls may have together.
  @Test func answersThatNobodyReadsAreNotGatheredWithoutEnd() async {
    let long = JSONValue.string(String(repeating: "a", count: 900_000))
    let host = TestHost { (_, _) throws(HostCallError) in long }
    let run = await run("unread-answers", host: host)
    #expect(run.failure?.code == .hostCallLimit, "\(run.outcome)")
    #expect(run.failure?.message.contains("16000000 bytes") == true)
  }

  @Test func aChildGetsNothingButItsPipes() async {
    // Neither what this process has open, nor what it ignores or holds back.
    let descriptors = [open("/dev/null", O_RDONLY), open("/proc/self/environ", O_RDONLY)]
    defer { for descriptor in descriptors { close(descriptor) } }
    setenv("AWS_SECRET_ACCESS_KEY", "not for you", 1)
    defer { unsetenv("AWS_SECRET_ACCESS_KEY") }
    signal(SIGUSR2, SIG_IGN)
    defer { signal(SIGUSR2, SIG_DFL) }
    let run = await run("tell")
    #expect(
      run.value == ["arguments": 2, "variables": 0, "descriptors": [0, 1], "blocked": 0, "ignored": 0, "leadsGroup": true], "\(run.outcome)"
    )
  }

  @Test func locksThatAreMissingEndTheRunUnlessTheOperatorAllowsThem() async {
    let refused = await run("stay-after-result", lockPolicy: .required)
    #expect(refused.failure?.code == .notLocked)
    #expect(refused.failure?.message.contains("system_calls (the child says nothing of it)") == true)
    let allowed = await run("stay-after-result")
    #expect(allowed.record.locks.isEmpty)
    #expect(Set(allowed.record.missingLocks.keys) == Set(SandboxLock.allCases))
  }

  @Test func aProgramThatIsNotThereIsNotStarted() async {
    let run = await Sandbox(program: SandboxProgram(path: "/nowhere/child")).run("")
    #expect(run.failure?.code == .notStarted)
    #expect(run.failure?.message == "no child could be started from /nowhere/child: No such file or directory")
  }

  @Test func aCancelledTaskEndsItsChild() async {
    let host = TestHost { (_, _) throws(HostCallError) in
      // Until this call is cancelled, with the run.
      do { try await Task.sleep(for: .seconds(3_600)) } catch {}
      throw HostCallError("cancelled", "")
    }
    let sandbox = Sandbox(program: Programs.hostile("echo"), lockPolicy: .available)
    let (begun, beginning) = AsyncStream<Void>.makeStream()
    let task = Task {
      await sandbox.run(
        "",
        host: TestHost { (name, input) throws(HostCallError) in
          beginning.finish()
          return try await host.callTool(name, input)
        })
    }
    for await _ in begun {}
    task.cancel()
    #expect(await task.value.failure?.code == .cancelled)
  }
}
