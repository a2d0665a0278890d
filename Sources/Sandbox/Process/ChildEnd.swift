internal import Glibc

/// How a child ended that had not said its result.
enum ChildEnd: Equatable {
  case exited(Int32)
  case signaled(Int32)
  /// It closed its end of the pipe, and goes on.
  case silent
  /// Something else in this process has taken the child's status.
  case unknown

  /// - Parameter status: as waitpid(2) has it.
  init(status: Int32) {
    let signal = status & 0x7F
    self = signal == 0 ? .exited((status >> 8) & 0xFF) : .signaled(signal)
  }

  var failure: SandboxFailure {
    switch self {
    case .exited(let status): SandboxFailure(.crashed, "the child ended without a result, with status \(status)")
    case .signaled(SIGXCPU), .signaled(SIGPROF):
      SandboxFailure(.cpuLimit, "the module used all of its processor time, in one piece that could not be interrupted")
    case .signaled(SIGSYS):
      SandboxFailure(.crashed, "a forbidden system call was tried: the child was ended by signal \(SIGSYS) (SIGSYS)")
    case .signaled(SIGKILL):
      SandboxFailure(
        .crashed, "the child was ended by signal \(SIGKILL) (SIGKILL), which is what happens where the machine has no memory left")
    case .signaled(let signal):
      SandboxFailure(.crashed, "the child was ended by signal \(signal)\(ChildEnd.names[signal].map { " (\($0))" } ?? "")")
    case .silent: SandboxFailure(.protocolViolation, "the child closed its pipe before it had a result, and did not end")
    case .unknown:
      SandboxFailure(.crashed, "the child ended without a result, and its status is lost: SIGCHLD is ignored, or reaped elsewhere")
    }
  }

  private static let names: [Int32: String] = [
    SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGTRAP: "SIGTRAP", SIGABRT: "SIGABRT", SIGBUS: "SIGBUS",
    SIGFPE: "SIGFPE", SIGUSR1: "SIGUSR1", SIGSEGV: "SIGSEGV", SIGUSR2: "SIGUSR2", SIGPIPE: "SIGPIPE", SIGALRM: "SIGALRM",
    SIGTERM: "SIGTERM",
  ]
}
