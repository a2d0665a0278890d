import Glibc
import JSON
import Sandbox
import SandboxChild

// What a run of a module takes, beside a Python that starts and prints; or what a thousand of them leave behind. It is its own child.
//
//   SandboxBenchmark times RUNS PYTHON     {"sandbox": [nanoseconds], "python": [nanoseconds], "cpu": [milliseconds], "peakBytes"}
//   SandboxBenchmark leaks RUNS            {"runs", "failed", "unexpected", "before": {…}, "after": {…}}
SandboxChild.runIfAsked()

let arguments = CommandLine.arguments
guard arguments.count >= 3, let runs = Int(arguments[2]), runs > 0 else { stop("times RUNS PYTHON, or leaks RUNS") }
Task.detached {
  switch arguments[1] {
  case "times" where arguments.count == 4: say(await Times.measure(runs, python: arguments[3]))
  case "leaks": say(await Leaks.measure(runs))
  default: stop("there is no measurement \(arguments[1])")
  }
  exit(0)
}
while true { pause() }

@Sendable func say(_ json: JSONValue) {
  var line = json.bytes + [UInt8(ascii: "\n")]
  _ = write(STDOUT_FILENO, &line, line.count)
}

@Sendable func stop(_ reason: String) -> Never {
  var line = Array("SandboxBenchmark: \(reason)\n".utf8)
  _ = write(STDERR_FILENO, &line, line.count)
  exit(1)
}
