import Glibc
import TestSupport
import Testing

/// What a program could try if it had taken over the engine: a native one, inside the same lock.
@Suite struct ControlTests {
  /// Works everywhere without the lock.
  static let plain = [
    "open", "open-environment", "open-memory", "socket", "socketpair", "pipe", "chdir", "memfd", "write-to-2", "write-to-3", "read-from-1",
    "dup",
    "fcntl", "ioctl", "execve", "clone", "fork", "kill", "tgkill", "mmap-exec", "mprotect-exec", "mmap-shared", "mmap-fixed",
    "mremap-fixed",
    "prctl-dumpable", "prctl-outlive-parent", "setrlimit", "prlimit64", "setitimer", "sigaction", "sigprocmask", "nanosleep", "clock",
    "futex-wait",
  ]

  /// Not every kernel has it, or lets everyone use it; without the lock it is answered, with the lock it is not even asked.
  static let special = [
    "clone3", "ptrace-traceme", "ptrace-seize", "process-vm-readv", "process-vm-writev", "pidfd-open", "unshare", "pkey-mprotect-exec",
    "mlock",
    "personality", "seccomp", "io-uring", "bpf", "perf", "userfaultfd", "add-key", "mount", "setns",
  ]

  static let foreign: [String] = {
    #if arch(x86_64)
      ["x32", "int-0x80"]
    #else
      []
    #endif
  }()

  private func attempt(_ name: String, locked: Bool, on process: pid_t? = nil) throws -> (said: String, ending: Spawned.Ending) {
    let child = try Spawned(
      try BuiltPrograms.path("SandboxControl"), [locked ? "locked" : "unlocked", name] + (process.map { ["\($0)"] } ?? []))
    return (child.readAll(), child.wait())
  }

  @Test(arguments: plain) func worksWithoutTheLock(_ name: String) throws {
    let (said, ending) = try attempt(name, locked: false)
    #expect(said == "worked\n")
    #expect(ending == .exit(0))
  }

  @Test(arguments: special) func isAnsweredWithoutTheLock(_ name: String) throws {
    let (said, ending) = try attempt(name, locked: false)
    #expect(said == "worked\n" || said.hasPrefix("refused: "))
    #expect(ending == .exit(0) || ending == .exit(1))
  }

  @Test(arguments: plain + special + foreign) func endsTheProcessWithTheLock(_ name: String) throws {
    // On this process, which is the parent.
    let (said, ending) = try attempt(name, locked: true, on: getpid())
    #expect(said == "")
    #expect(ending == .signal(SIGSYS))
  }

  @Test func lockLetsTheProgramItselfGoOn() throws {
    let (said, ending) = try attempt("nothing", locked: true)
    #expect(said == "worked\n")
    #expect(ending == .exit(0))
  }

  @Test func memoryIsBounded() throws {
    #expect(try attempt("memory", locked: false).said == "worked\n")
    let (said, ending) = try attempt("memory", locked: true)
    #expect(said == "refused: Cannot allocate memory\n")
    #expect(ending == .exit(1))
  }

  @Test func processorTimeIsBounded() throws {
    #expect(try attempt("spin", locked: true).ending == .signal(SIGPROF))
  }
}
