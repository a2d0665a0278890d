internal import CSandboxLock
internal import Glibc
internal import JSON
internal import Sandbox

/// The process in which a module runs: the same executable again, with one argument and two pipes.
public enum SandboxChild {
  /// Becomes the sandbox's child and never returns, when the process was started as one; else does nothing.
  ///
  /// Whatever may start a sandbox calls this as the very first statement of its `main.swift`.
  public static func runIfAsked() {
    guard CommandLine.argc == 2, let text = CommandLine.unsafeArgv[1], String(cString: text) == SandboxProgram.argument else { return }
    run()
  }

  private static func run() -> Never {
    let begin = readBegin()
    let module = read(.module)
    let input = read(.input)
    let limits = EngineLimits(begin.limits)
    lock(begin.lockPolicy, limits)
    let run = ModuleRun(begin, limits)
    run.compile(module)
    module.deallocate()
    if begin.task == .check { Pipes.finish(result: "null") }
    run.perform(input)
  }

  private static func read(_ kind: FrameKind) -> Frame {
    let frame = Pipes.readFrame(largest: Frame.largestBeforeLock)
    guard frame.header.kind == kind else {
      Pipes.finish(SandboxFailure(.protocolViolation, "the child was sent frame \(frame.header.kindByte) where \(kind.rawValue) was due"))
    }
    return frame
  }

  private static func readBegin() -> BeginFrame {
    let frame = read(.begin)
    defer { frame.deallocate() }
    do throws(JSONError) {
      return try BeginFrame(json: Array(frame.payload))
    } catch {
      Pipes.finish(SandboxFailure(.protocolViolation, "the child cannot read how to begin: \(error)"))
    }
  }

  /// Applies the locks and tells of them. What is not locked as the policy demands ends here.
  private static func lock(_ policy: LockPolicy, _ limits: EngineLimits) {
    let report = Lock.apply(limits)
    Pipes.write(.locked, report.json)
    guard policy == .available || report.missing.isEmpty else {
      let reasons = report.missing.map { "\($0.lock.rawValue): \($0.reason)" }.joined(separator: "; ")
      Pipes.finish(SandboxFailure(.notLocked, "the sandbox could not be locked (\(reasons)), and the configuration demands all locks"))
    }
  }
}
