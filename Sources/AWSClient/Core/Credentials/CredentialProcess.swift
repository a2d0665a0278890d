import Glibc

/// Runs one program to its end, in a thread of its own that may wait.
enum CredentialProcess {
  enum Outcome: Sendable {
    /// The exit status, or 128 plus the signal that ended it.
    case ended(status: Int32, output: [UInt8], error: [UInt8])
    case notStarted(reason: String)
    case timedOut
    case tooMuch
  }

  /// What is read of each of its outputs at most.
  static let maximumBytes = 1 << 20

  /// - Parameters:
  ///   - arguments: the program first: a path, or a name to be found in PATH.
  ///   - environment: all that it gets.
  static func run(_ arguments: [String], environment: [String: String], timeoutMilliseconds: Int64) async -> Outcome {
    await withCheckedContinuation { continuation in
      let job = Job { continuation.resume(returning: runAndWait(arguments, environment, timeoutMilliseconds)) }
      if !job.start() { continuation.resume(returning: .notStarted(reason: "no thread could be started")) }
    }
  }

  private final class Job: Sendable {
    private let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    func start() -> Bool {
      var thread = pthread_t()
      let context = Unmanaged.passRetained(self)
      let result = pthread_create(
        &thread, nil,
        { context in
          if let context { Unmanaged<Job>.fromOpaque(context).takeRetainedValue().body() }
          return nil
        }, context.toOpaque())
      guard result == 0 else {
        context.release()
        return false
      }
      pthread_detach(thread)
      return true
    }
  }

  private static func runAndWait(_ arguments: [String], _ environment: [String: String], _ timeoutMilliseconds: Int64) -> Outcome {
    var output = Pipe()
    var error = Pipe()
    defer {
      output.close()
      error.close()
    }
    guard output.open(), error.open() else { return .notStarted(reason: String(cString: strerror(errno))) }
    let child: pid_t
    switch spawn(arguments, environment, output, error) {
    case .failure(let failure): return .notStarted(reason: failure.reason)
    case .success(let identifier): child = identifier
    }
    output.closeWriter()
    error.closeWriter()
    let end = monotonicMilliseconds() + timeoutMilliseconds
    while output.isReadable || error.isReadable {
      guard output.bytes.count <= maximumBytes, error.bytes.count <= maximumBytes else {
        stop(child)
        return .tooMuch
      }
      var waits = [
        pollfd(fd: output.reader, events: Int16(POLLIN), revents: 0), pollfd(fd: error.reader, events: Int16(POLLIN), revents: 0),
      ]
      let left = end - monotonicMilliseconds()
      let count = left > 0 ? poll(&waits, 2, Int32(clamping: left)) : 0
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        stop(child)
        return .timedOut
      }
      if waits[0].revents != 0 { output.read() }
      if waits[1].revents != 0 { error.read() }
    }
    guard let status = wait(child, until: end) else {
      stop(child)
      return .timedOut
    }
    return .ended(status: status, output: output.bytes, error: error.bytes)
  }

  private struct SpawnFailure: Error { let reason: String }

  private static func spawn(
    _ arguments: [String], _ environment: [String: String], _ output: Pipe, _ error: Pipe
  ) -> Result<pid_t, SpawnFailure> {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // What is on standard input belongs to this process.
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output.writer, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, error.writer, STDERR_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    // A group of its own, so that what it has started can be ended with it.
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + variables { free(text) } }
    var identifier = pid_t()
    let result = posix_spawnp(&identifier, arguments[0], &actions, &attributes, &words, &variables)
    return result == 0 ? .success(identifier) : .failure(SpawnFailure(reason: String(cString: strerror(result))))
  }

  /// The exit status; nil when the time is over. A program may close its outputs long before it ends.
  private static func wait(_ child: pid_t, until end: Int64) -> Int32? {
    while true {
      var status: Int32 = 0
      let result = waitpid(child, &status, WNOHANG)
      if result == child { return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F) }
      // Where SIGCHLD is ignored, the kernel keeps no status; what was written tells.
      if result < 0, errno == ECHILD { return 0 }
      guard monotonicMilliseconds() < end else { return nil }
      usleep(1_000)
    }
  }

  private static func stop(_ child: pid_t) {
    kill(-child, SIGKILL)
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
  }

  private static func monotonicMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// One of the program's outputs.
  private struct Pipe {
    private(set) var reader: Int32 = -1
    private(set) var writer: Int32 = -1
    private(set) var bytes: [UInt8] = []
    var isReadable: Bool { reader >= 0 }

    mutating func open() -> Bool {
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0 else { return false }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      reader = ends[0]
      writer = ends[1]
      return true
    }

    /// Reads what is there; at the end, closes.
    mutating func read() {
      var chunk = [UInt8](repeating: 0, count: 4_096)
      let count = Glibc.read(reader, &chunk, chunk.count)
      if count < 0, errno == EINTR { return }
      guard count > 0 else {
        _ = Glibc.close(reader)
        reader = -1
        return
      }
      bytes += chunk[..<count]
    }

    mutating func closeWriter() {
      if writer >= 0 { _ = Glibc.close(writer) }
      writer = -1
    }

    mutating func close() {
      closeWriter()
      if reader >= 0 { _ = Glibc.close(reader) }
      reader = -1
    }
  }
}
