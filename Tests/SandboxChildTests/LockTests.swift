import Glibc
import JSON
import Sandbox
import TestSupport
import Testing

/// The lock, as the child tells of it and as the kernel does.
@Suite struct LockTests {
  @Test func allLocksHoldBeforeAnythingIsCompiled() throws {
    let run = try ChildRun()
    run.start(ChildRun.begin(), "no module")
    #expect(try run.finish().code == .compileError)
    let first = try #require(run.frames.first)
    #expect(first.kind == .locked)
    let locked = try LockedFrame(json: first.payload)
    #expect(Set(locked.held) == Set(SandboxLock.allCases))
    #expect(locked.missing.isEmpty)
  }

  /// Everything that the kernel shows of a process, while a module waits for the host.
  @Test func kernelShowsTheLocks() throws {
    let run = try ChildRun()
    run.start(ChildRun.begin(), ChildRun.header + "await host.callTool('wait'); return 1 }")
    while let frame = run.next(), frame.kind != .call {}
    let process = run.child.process
    let status = try Kernel.fields(of: "/proc/\(process)/status")
    #expect(status["Seccomp"] == "2")
    #expect(status["NoNewPrivs"] == "1")
    #expect(status["Threads"] == "1")
    // The C library's own two are none that anybody sends.
    #expect(UInt64(status["SigIgn"] ?? "", radix: 16).map { $0 & 0x7FFF_FFFF } == 0)
    #expect(status["SigBlk"] == "0000000000000000")
    let limits = try Kernel.text(of: "/proc/\(process)/limits").split(separator: "\n").map(String.init)
    for name in [
      "Max open files            2 ", "Max file size             0 ", "Max core file size        0 ", "Max processes             0 ",
    ] {
      #expect(limits.contains { $0.hasPrefix(name) }, "\(name) in \(limits)")
    }
    #expect(limits.contains { $0.hasPrefix("Max address space") && !$0.contains("unlimited") })
    #expect(limits.contains { $0.hasPrefix("Max cpu time") && !$0.contains("unlimited") })
    #expect(try Kernel.text(of: "/proc/\(process)/oom_score_adj") == "1000\n")
    // The files of a process that is not dumpable are the superuser's.
    var file = stat()
    #expect(stat("/proc/\(process)/environ", &file) == 0)
    #expect(file.st_uid == 0)
    if geteuid() == 0 {
      #expect(try Kernel.text(of: "/proc/\(process)/environ").isEmpty)
      #expect(Kernel.names(in: "/proc/\(process)/fd").sorted() == ["0", "1"])
    }
    run.send(.answer, id: 1, "null")
    #expect(try run.finish() == .result("1"))
    run.child.closeInput()
    #expect(run.child.wait() == .exit(0))
  }

  /// One that computes looks at its pipes no more.
  @Test func aChildEndsWithItsParent() throws {
    let program = try BuiltPrograms.path("SandboxRunner")
    // The shell waits for the command, since it is not the last one.
    let parent = try Spawned("/bin/sh", ["-c", "'\(program)' \(SandboxProgram.argument); true"])
    let begin = ChildRun.begin(policy: .available, limits: FailureTests.limits { $0.cpuMilliseconds = 30_000 })
    for frame in [
      FrameKind.begin.frame(begin.json), FrameKind.module.frame(Array("\(ChildRun.header) host.log('begun'); while (true) {} }".utf8)),
      FrameKind.input.frame(Array("1".utf8)),
    ] { parent.write(frame ?? []) }
    // Two frames: the locks, and the line of the log.
    for _ in 0..<2 {
      let header = try #require(parent.read(FrameHeader.size).flatMap { FrameHeader($0) })
      #expect(parent.read(Int(header.length)) != nil)
    }
    kill(parent.process, SIGKILL)
    // Nobody has the pipe any more, and nobody said a word: a run that had gone on would have told of its limit.
    #expect(parent.read(1) == nil)
    #expect(parent.wait() == .signal(SIGKILL))
  }

  @Test func environmentThatIsNotEmptyIsRefused() throws {
    let run = try ChildRun(environment: ["AWS_SECRET_ACCESS_KEY=secret"])
    run.start(ChildRun.begin(), "export default () => 1")
    guard case .failure(let failure) = try run.finish() else {
      Issue.record("not refused")
      return
    }
    #expect(failure.code == .notLocked)
    #expect(failure.message.contains("environment: the process has environment variables"))
    #expect(!failure.message.contains("secret"))
  }

  @Test func inputThatIsNoPipeIsRefused() throws {
    let path = "/tmp/sandbox-lock-test-\(getpid())"
    let bytes =
      (FrameKind.begin.frame(ChildRun.begin().json) ?? []) + (FrameKind.module.frame(Array("export default () => 1".utf8)) ?? [])
      + (FrameKind.input.frame(Array("1".utf8)) ?? [])
    try Kernel.write(bytes, to: path)
    defer { unlink(path) }
    let outcome = try ChildRun(inputFile: path).finish()
    #expect(outcome.code == .notLocked, "\(outcome)")
  }

  @Test func configurationMayGoOnWithTheLocksThatHold() throws {
    let run = try ChildRun(environment: ["LANG=C"])
    run.start(ChildRun.begin(policy: .available), "export default () => 1")
    #expect(try run.finish() == .result("1"))
    let locked = try LockedFrame(json: try #require(run.frames.first).payload)
    #expect(locked.missing == [LockedFrame.Missing(.environment, "the process has environment variables")])
    #expect(Set(locked.held) == Set(SandboxLock.allCases).subtracting([.environment]))
  }

  /// Signals that the parent ignores or holds back would go on to be, and the timer with them.
  @Test func ignoredSignalsAreTakenBack() throws {
    signal(SIGPROF, SIG_IGN)
    defer { signal(SIGPROF, SIG_DFL) }
    let outcome = try ChildRun.run(
      "return new Array(1e9).join('x')", ChildRun.begin(limits: FailureTests.limits { $0.cpuMilliseconds = 50 }))
    #expect(outcome == .died(.signal(SIGPROF)))
  }

  @Test func withoutTheArgumentItIsAnOrdinaryProgram() throws {
    let child = try Spawned(try BuiltPrograms.path("SandboxRunner"), [SandboxProgram.argument, "again"])
    #expect(child.readAll().isEmpty)
    #expect(child.wait() == .exit(0))
  }
}
