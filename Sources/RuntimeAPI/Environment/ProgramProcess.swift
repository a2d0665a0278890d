internal import Glibc

/// A program to be run: the function's bootstrap, or an extension.
public struct Program: Sendable {
  public enum Output: Sendable {
    /// Standard output and standard error go to this process's standard error.
    case standardError
    case discarded
  }

  /// An absolute path.
  public let path: String
  /// All of its environment, but for AWS_LAMBDA_RUNTIME_API.
  public var environment: [String: String]
  public var output = Output.standardError

  public init(path: String, environment: [String: String]) {
    self.path = path
    self.environment = environment
  }
}

/// Starts processes without a shell in between.
public enum ProcessStart {
  /// What the descriptors of the new process are.
  public struct Descriptors: Sendable {
    /// Standard output goes where standard error goes.
    public var outputToError = false
    /// What standard output is; nil to inherit it.
    public var output: Int32?
    /// A file that standard output and standard error are added to; nil to inherit them.
    public var log: String?

    public init() {}
  }

  /// Whose signals the new process gets.
  public enum Group: Sendable {
    case inherited
    /// Its own, so that Ctrl-C does not reach it, and all that it starts can be ended at once.
    case own
    /// Of a session of its own.
    case ownSession
  }

  /// POSIX_SPAWN_SETSID of glibc's <spawn.h>, which hides it behind _GNU_SOURCE.
  private static let newSession: Int16 = 0x80

  /// A program that was written a moment ago may be open still, in a process that another thread has begun to start.
  private static let busyAttempts = 40
  private static let busyMicroseconds: UInt32 = 5_000

  /// Starts a program with standard input empty and no signal blocked; its process id.
  /// - Parameters:
  ///   - arguments: the program's path first.
  ///   - noteStart: called at the last moment before there is a process; again when that moment has to be waited for.
  public static func start(
    _ arguments: [String], environment: [String: String], descriptors: Descriptors = Descriptors(), group: Group = .inherited,
    noteStart: () -> Void = {}
  ) throws(RuntimeAPIError) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    if descriptors.outputToError { posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO) }
    if let output = descriptors.output { posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }
    if let log = descriptors.log {
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
    var flags = Int16(POSIX_SPAWN_SETSIGMASK)
    switch group {
    case .inherited: break
    case .own: flags |= Int16(POSIX_SPAWN_SETPGROUP)
    case .ownSession: flags |= newSession
    }
    posix_spawnattr_setflags(&attributes, flags)

    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + variables { free(text) } }
    var identifier = pid_t()
    var result: Int32 = 0
    for _ in 0..<busyAttempts {
      noteStart()
      result = posix_spawn(&identifier, arguments[0], &actions, &attributes, &words, &variables)
      guard result == ETXTBSY else { break }
      usleep(busyMicroseconds)
    }
    guard result == 0 else { throw RuntimeAPIError(String(cString: strerror(result))) }
    return identifier
  }
}

/// A program that runs in a process group of its own, until it is reaped.
struct ProgramProcess {
  let identifier: pid_t
  /// Readable once the process has ended; -1 where the C library has no pidfd_open (before glibc 2.36), and one has to look.
  let descriptor: Int32

  /// - Parameter noteStart: called at the last moment before there is a process.
  init(_ program: Program, runtimeAPI: String, noteStart: () -> Void) throws(RuntimeAPIError) {
    var environment = program.environment
    environment["AWS_LAMBDA_RUNTIME_API"] = runtimeAPI
    var descriptors = ProcessStart.Descriptors()
    switch program.output {
    case .standardError: descriptors.outputToError = true
    case .discarded: descriptors.log = "/dev/null"
    }
    // Before the start, which the look-up would delay.
    let open = Self.pidfdOpen
    identifier = try ProcessStart.start(
      [program.path], environment: environment, descriptors: descriptors, group: .own, noteStart: noteStart)
    descriptor = open?(identifier, 0) ?? -1
  }

  private typealias PidfdOpen = @convention(c) (pid_t, UInt32) -> Int32

  /// Looked up by name: glibc declares it in a header of its own, which Swift's module of the C library does not have.
  private static let pidfdOpen: PidfdOpen? = dlsym(nil, "pidfd_open").map { unsafeBitCast($0, to: PidfdOpen.self) }

  /// True when the process has ended and waits to be reaped.
  var hasEnded: Bool {
    var information = siginfo_t()
    return waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT | WNOHANG) == 0 && information.si_signo == SIGCHLD
  }

  func signal(_ number: Int32) {
    if kill(-identifier, number) != 0 { kill(identifier, number) }
  }

  /// How it has ended, and the most memory that it had, 0 when that was less than this process has; blocks while it runs.
  func reap() -> (end: ProcessEnd, peakKilobytes: Int) {
    if descriptor >= 0 { close(descriptor) }
    // What it has started and left behind goes with it.
    kill(-identifier, SIGKILL)
    var status: Int32 = 0
    var usage = rusage()
    while wait4(identifier, &status, 0, &usage) < 0, errno == EINTR {}
    // Until the program was loaded, the process had this one's memory, which counts too.
    var own = rusage()
    getrusage(0, &own)  // RUSAGE_SELF, of another type in Swift
    let peak = usage.ru_maxrss > own.ru_maxrss ? usage.ru_maxrss : 0
    return (status & 0x7F == 0 ? .exited((status >> 8) & 0xFF) : .signalled(status & 0x7F), peak)
  }

  /// Processor time of all its threads so far.
  var processorNanoseconds: Int64? {
    var clock = clockid_t()
    var time = timespec()
    guard clock_getcpuclockid(identifier, &clock) == 0, clock_gettime(clock, &time) == 0 else { return nil }
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// The largest resident set so far. That of the resource usage would count what this process had before the program was loaded.
  var peakKilobytes: Int? {
    let descriptor = open("/proc/\(identifier)/status", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &bytes, bytes.count)
    guard count > 0 else { return nil }
    let line = bytes[..<count].split(separator: UInt8(ascii: "\n")).first { $0.starts(with: "VmHWM:".utf8) }
    return line.flatMap { Int(String(decoding: $0.filter { $0 >= 0x30 && $0 <= 0x39 }, as: UTF8.self)) }
  }
}
