import Glibc
import JSON
import Sandbox

/// From the call of `Sandbox.run` to its result, the child ended and reaped; and from the start of a Python to all that it prints.
enum Times {
  static func measure(_ runs: Int, python: String) async -> JSONValue {
    var sandbox: [JSONValue] = []
    var peer: [JSONValue] = []
    var cpu: [JSONValue] = []
    var peak = 0
    // Before those that are measured go a tenth as many. They take turns, so that both meet the same machine.
    for index in -max(10, runs / 10)..<runs {
      let begin = nanoseconds()
      let run = await Workload.run()
      let taken = nanoseconds() - begin
      guard case .success(Workload.result) = run.outcome else { stop("the module came to \(run.outcome)") }
      let peerTaken = timeOfPython(python)
      guard index >= 0 else { continue }
      sandbox.append(.number(taken))
      peer.append(.number(peerTaken))
      cpu.append(.number(run.usage.cpuMilliseconds))
      peak = max(peak, run.usage.peakMemoryBytes)
    }
    return ["sandbox": .array(sandbox), "python": .array(peer), "cpu": .array(cpu), "peakBytes": .number(peak)]
  }

  private static func timeOfPython(_ python: String) -> Int64 {
    let begin = nanoseconds()
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { stop("there is no pipe") }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    for end in ends { posix_spawn_file_actions_addclose(&actions, end) }
    let command: [String] = [python, "-I", "-S", "-c", "print(1)"]
    var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = [nil]
    var child = pid_t()
    guard posix_spawn(&child, python, &actions, nil, &words, &variables) == 0 else { stop("\(python) could not be started") }
    close(ends[1])
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 256)
    // Up to the line's end; the pipe's comes later.
    while output.last != UInt8(ascii: "\n") {
      let count = read(ends[0], &buffer, buffer.count)
      guard count > 0 else { stop("\(python) printed nothing") }
      output += buffer[..<count]
    }
    let taken = nanoseconds() - begin
    var status: Int32 = 0
    waitpid(child, &status, 0)
    close(ends[0])
    for word in words { free(word) }
    posix_spawn_file_actions_destroy(&actions)
    guard output == Array("1\n".utf8), status == 0 else { stop("\(python) printed something else") }
    return taken
  }

  private static func nanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
