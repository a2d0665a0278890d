import Glibc

/// Starts and ends processes with a clean environment.
struct ChildProcess {
  let identifier: pid_t

  /// How long a child may take to show that a signal has reached it too.
  private static let patienceMilliseconds = 300

  /// POSIX_SPAWN_SETSID of glibc's <spawn.h>, which hides it behind _GNU_SOURCE.
  private static let newSession: Int16 = 0x80

  /// - Parameters:
  ///   - arguments: the program's path first.
  ///   - outputToError: standard output goes where standard error goes, so that it does not mix with the command's own.
  ///   - log: file that standard output and standard error are added to; nil to inherit them.
  ///   - detached: in a session of its own, so that Ctrl-C at this terminal does not reach it.
  static func start(
    _ arguments: [String], environment: [String: String], outputToError: Bool = false, log: String? = nil,
    detached: Bool = false
  ) throws(CommandError) -> ChildProcess {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    if outputToError { posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO) }
    if let log {
      posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
      posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The child must not inherit that this process waits for some signals instead of ending by them.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | (detached ? newSession : 0))

    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + variables { free(text) } }
    var identifier = pid_t()
    let result = posix_spawn(&identifier, arguments[0], &actions, &attributes, &words, &variables)
    guard result == 0 else { throw CommandError("could not start \(arguments[0]): \(String(cString: strerror(result)))") }
    return ChildProcess(identifier: identifier)
  }

  /// Waits for the end; the exit status, or 128 plus the signal that ended it.
  func wait() -> Int32 {
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) < 0 { if errno != EINTR { return -1 } }
    return Self.exitStatus(status)
  }

  /// Waits for the end, and passes on what asks this process to end; the exit status. Call with the signals blocked.
  ///
  /// Ctrl-C at a terminal reaches the child by itself; a signal that was sent to this process alone does not.
  func waitPassingSignals() -> Int32 {
    var waited = 0
    while true {
      if let status = exitStatusIfEnded() { return status }
      if TerminationSignals.isPending {
        if waited == Self.patienceMilliseconds { signal(SIGINT) }
        waited += 10
      }
      usleep(10_000)
    }
  }

  /// The exit status when the process has ended; nil while it runs.
  func exitStatusIfEnded() -> Int32? {
    var status: Int32 = 0
    return waitpid(identifier, &status, WNOHANG) == identifier ? Self.exitStatus(status) : nil
  }

  func signal(_ number: Int32) { kill(identifier, number) }

  private static func exitStatus(_ status: Int32) -> Int32 {
    status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }

  /// True for a variable that every child gets.
  static func isCommon(_ name: String) -> Bool { ["PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH"].contains(name) }

  /// What every child gets from the caller: nothing with a secret, a profile or a proxy in it.
  static func cleanEnvironment(_ current: [String: String], keeping: Set<String> = []) -> [String: String] {
    current.filter { isCommon($0.key) || keeping.contains($0.key) }
  }
}

/// Looks at processes by their number, as pid files know them.
enum ProcessTable {
  /// True when the process lives and one of its arguments ends with the word: numbers are used again.
  static func isRunning(_ identifier: Int, argumentEndsWith word: String) -> Bool {
    guard let bytes = try? Files.read("/proc/\(identifier)/cmdline") else { return false }
    return bytes.split(separator: 0).contains { String(decoding: $0, as: UTF8.self).hasSuffix(word) }
  }
}
