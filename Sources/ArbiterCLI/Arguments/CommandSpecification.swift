/// One command of the command line: what it is called, what it takes, and what it does.
struct CommandSpecification: Sendable {
  /// An argument that is known by its place.
  struct Positional: Sendable {
    let name: String
    let help: String
    var isRequired = true
  }

  /// An argument that is known by its name: `--name VALUE`, or `--name` alone for a flag.
  struct Option: Sendable {
    let name: String
    /// The placeholder of the value in help texts; nil for a flag.
    let value: String?
    let help: String
    /// True when it may be given several times.
    var isRepeatable = false

    static func flag(_ name: String, _ help: String) -> Option { Option(name: name, value: nil, help: help) }
    static func value(_ name: String, _ value: String, _ help: String, isRepeatable: Bool = false) -> Option {
      Option(name: name, value: value, help: help, isRepeatable: isRepeatable)
    }
  }

  typealias Action = @Sendable (ParsedArguments) async throws -> ExitCode

  let name: String
  /// One line for the list of commands.
  let summary: String
  /// More lines for the command's own help; empty when the summary says it all.
  var discussion = ""
  var positionals: [Positional] = []
  var options: [Option] = []
  var subcommands: [CommandSpecification] = []
  /// Nil for a command that only groups others.
  var action: Action?
}

/// How the command ends, for scripts. Listed in `arbiter --help`.
enum ExitCode: Int32, Sendable {
  case success = 0
  case failure = 1
  case usage = 2
  /// No such orchestration, agent or function, or the local cloud is not running.
  case notFound = 3
  case runFailed = 4
  case runCancelled = 5
  case runExpired = 6
  case runBudgetExhausted = 7
  /// An invoked function's program, or its runtime, could not start.
  case functionDidNotStart = 8
  /// An invoked function's program ended before it answered.
  case functionEnded = 9
  case functionTimedOut = 10
  /// A simulated world broke a promise, or did not go the same way twice.
  case promiseBroken = 11
  /// A run that was repeated from its record went another way.
  case replayDiffers = 12
  /// SIGINT, SIGTERM or SIGHUP came: what was begun has been taken back.
  case interrupted = 130

  static let table = """
      0  done; for a followed run: completed
      1  the command failed; for 'cost diff': the reports differ
      2  wrong usage; for 'cost diff': or the reports could not be compared
      3  not found, or not running
      4  the run failed
      5  the run was cancelled
      6  the run's deadline passed
      7  the run's budget is exhausted
      8  the function could not start
      9  the function's program ended before it answered
     10  the function did not answer in time
     11  a simulated world broke a promise
     12  a replayed run went another way
    130  interrupted
    """
}

/// A command that cannot do what it was asked to: what was wrong and what to do.
struct CommandError: Error, CustomStringConvertible {
  let message: String
  let exitCode: ExitCode

  init(_ message: String, exitCode: ExitCode = .failure) {
    self.message = message
    self.exitCode = exitCode
  }

  static func usage(_ message: String) -> CommandError { CommandError(message, exitCode: .usage) }

  var description: String { message }
}
