import Glibc

/// A process with two pipes, of which this is the other end.
final class Spawned {
  struct Failure: Error { let what: String }

  let process: pid_t
  private let input: Int32
  private let output: Int32
  private var status: Int32?
  private var isInputOpen = true

  enum Ending: Equatable {
    case exit(Int32)
    case signal(Int32)
  }

  /// - Parameters:
  ///   - inputFile: what descriptor 0 is instead of a pipe.
  ///   - errorFile: what descriptors 2 and 3 are.
  init(_ path: String, _ arguments: [String], environment: [String] = [], inputFile: String? = nil, errorFile: String = "/dev/null") throws
  {
    var toChild: [Int32] = [-1, -1]
    var fromChild: [Int32] = [-1, -1]
    guard Spawned.pipe(&toChild), Spawned.pipe(&fromChild) else { throw Failure(what: "no pipe") }
    // A child that is gone is an error of the write, not of this process.
    signal(SIGPIPE, SIG_IGN)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let inputFile {
      posix_spawn_file_actions_addopen(&actions, 0, inputFile, O_RDONLY, 0)
    } else {
      posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
    }
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
    posix_spawn_file_actions_addopen(&actions, 2, errorFile, O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, 2, 3)
    // As the parent does it: what this process ignores is not the child's to inherit.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    var child: pid_t = 0
    let all = ([path] + arguments).map { strdup($0) }
    let variables = environment.map { strdup($0) }
    defer { for text in all + variables { free(text) } }
    let error = posix_spawn(&child, path, &actions, &attributes, all + [nil], variables + [nil])
    close(toChild[0])
    close(fromChild[1])
    guard error == 0 else {
      close(toChild[1])
      close(fromChild[0])
      throw Failure(what: "\(path) could not be started: error \(error)")
    }
    process = child
    input = toChild[1]
    output = fromChild[0]
  }

  /// A pipe that no process inherits which is started at the same time. Swift's module of the C library does not have the function.
  private static func pipe(_ ends: inout [Int32]) -> Bool {
    typealias Function = @convention(c) (UnsafeMutablePointer<Int32>, Int32) -> Int32
    guard let symbol = dlsym(nil, "pipe2") else { return false }
    return unsafeBitCast(symbol, to: Function.self)(&ends, O_CLOEXEC) == 0
  }

  deinit {
    closeInput()
    close(output)
    if status == nil {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
  }

  func closeInput() {
    if isInputOpen { close(input) }
    isInputOpen = false
  }

  /// False when nobody reads any more.
  @discardableResult
  func write(_ bytes: [UInt8]) -> Bool {
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(input, $0.baseAddress! + offset, $0.count - offset) }
      if count <= 0 { return false }
      offset += count
    }
    return true
  }

  /// Nil at the end.
  func read(_ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var offset = 0
    while offset < count {
      let got = bytes.withUnsafeMutableBytes { Glibc.read(output, $0.baseAddress! + offset, $0.count - offset) }
      if got <= 0 { return nil }
      offset += got
    }
    return bytes
  }

  func readAll() -> String {
    var bytes: [UInt8] = []
    while let byte = read(1) { bytes += byte }
    return String(decoding: bytes, as: UTF8.self)
  }

  func wait() -> Ending {
    var found: Int32 = 0
    if let status { found = status } else { waitpid(process, &found, 0) }
    status = found
    return found & 0x7F == 0 ? .exit(found >> 8 & 0xFF) : .signal(found & 0x7F)
  }
}
