import Glibc
import RuntimeAPI

/// Starts and ends processes with a clean environment.
struct ChildProcess {
  let identifier: pid_t

  /// How long a child may take to show that a signal has reached it too.
  private static let patienceMilliseconds = 300

  /// - Parameters:
  ///   - arguments: the program's path first.
  ///   - outputToError: standard output goes where standard error goes, so that it does not mix with the command's own.
  ///   - log: file that standard output and standard error are added to; nil to inherit them.
  ///   - detached: in a session of its own, so that Ctrl-C at this terminal does not reach it.
  static func start(
    _ arguments: [String], environment: [String: String], outputToError: Bool = false, log: String? = nil,
    detached: Bool = false
  ) throws(CommandError) -> ChildProcess {
    var descriptors = ProcessStart.Descriptors()
    descriptors.outputToError = outputToError
    descriptors.log = log
    do throws(RuntimeAPIError) {
      return ChildProcess(
        identifier: try ProcessStart.start(
          arguments, environment: environment, descriptors: descriptors, group: detached ? .ownSession : .inherited))
    } catch {
      throw CommandError("could not start \(arguments[0]): \(error)")
    }
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
