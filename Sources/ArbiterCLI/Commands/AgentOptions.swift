import AWSClient
import Glibc
import LocalCloud

/// The options of the model server that are about agents.
enum AgentOptions {
  static let options: [CommandSpecification.Option] = [
    .value(
      "agent", "NAME=PROGRAM", "run this program for the AgentCore runtime of that id or name,\na process a session", isRepeatable: true),
    .value(
      "agent-environment", "NAME=VALUE",
      "a variable that every agent gets, besides PORT, the local cloud's\nendpoint and made-up credentials",
      isRepeatable: true),
    .value("agent-idle", "SECONDS", "end a session that has been idle for so long (default 30)"),
    .value("agent-logs", "FOLDER", "where agents log, a file a session (default .arbiter/agents)"),
  ]

  /// - Throws: `CommandError` for an option that cannot be used, or a program that cannot be run.
  static func settings(_ arguments: ParsedArguments, variables: [String: String]) throws(CommandError) -> AgentSettings {
    let programs = try arguments.all("agent").map { text throws(CommandError) in
      guard let program = AgentProgram(text) else {
        throw CommandError.usage("--agent '\(text)' is not NAME=PROGRAM, such as cost-agent=.build/functions/CostAgent/bootstrap")
      }
      try check(program)
      return AgentProgram(name: program.name, path: Files.absolute(program.path))
    }
    for (index, program) in programs.enumerated() where programs[..<index].contains(where: { $0.name == program.name }) {
      throw CommandError.usage("--agent \(program.name) is given twice")
    }
    for option in options.dropFirst() where programs.isEmpty && arguments.value(option.name) != nil {
      throw CommandError.usage("--\(option.name) means nothing without --agent")
    }
    var environment = environment(variables)
    for pair in arguments.all("agent-environment") {
      guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex else {
        throw CommandError.usage("--agent-environment '\(pair)' is not NAME=VALUE")
      }
      environment[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
    }
    let folder = arguments.value("agent-logs") ?? ((try? Project.find())?.state ?? ".arbiter") + "/agents"
    var settings = AgentSettings(programs: programs, environment: environment, logFolder: Files.absolute(folder))
    if let seconds = try arguments.integer("agent-idle", in: 1...28_800) { settings.idleMilliseconds = seconds * 1_000 }
    return settings
  }

  private static func check(_ program: AgentProgram) throws(CommandError) {
    var status = stat()
    guard stat(program.path, &status) == 0 else {
      throw CommandError("the program of the agent '\(program.name)' is not there: \(program.path)", exitCode: .notFound)
    }
    guard status.st_mode & S_IFMT == S_IFREG, access(program.path, X_OK) == 0 else {
      throw CommandError("the program of the agent '\(program.name)' cannot be run: \(program.path) is no executable file")
    }
  }

  /// What an agent gets in any case: where the local cloud is, and nothing of the caller's credentials, profiles or proxies.
  private static func environment(_ variables: [String: String]) -> [String: String] {
    ChildProcess.cleanEnvironment(variables).merging([
      "AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
      "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true",
    ]) { $1 }
  }
}
