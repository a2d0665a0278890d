import AWSClient
import JSON
import LocalCloud

/// `arbiter local`: the local AWS and the model server in the background.
enum LocalCommand {
  static let specification = CommandSpecification(
    name: "local", summary: "Starts, shows and stops the local cloud.", subcommands: [up, status, down])

  // MARK: up

  private static let up = CommandSpecification(
    name: "up", summary: "Starts the local AWS and the model server, and waits until both answer.",
    discussion: """
      Both run in the background, on 127.0.0.1 only, with a clean environment; state, pid files and logs are under .arbiter/.
      What runs already is left alone, except a model server with other options or credentials than asked for, or whose scenario or
      program has changed since: it is started anew. What a failed or interrupted start has started is stopped again.
      """,
    options: [
      .value("port", "PORT", "port of the local AWS (default 4566)"),
      .value("model-port", "PORT", "port of the model server (default 4567)"),
      .value("model-endpoint", "URL", "let functions find Bedrock here, and start no model server"),
      .flag("forget", "begin with an empty cloud: remove the state of earlier runs"),
    ] + ModelServerCommand.options,
    action: runUp)

  private static func runUp(_ arguments: ParsedArguments) async throws -> ExitCode {
    let project = try Project.find()
    let cloud = LocalCloudProcess(project: project)
    let port = try arguments.port("port", default: 4566, from: 1)
    let modelPort = try arguments.port("model-port", default: 4567, from: 1)
    let modelEndpoint = arguments.value("model-endpoint") ?? "http://127.0.0.1:\(modelPort)"
    // Before anything is started: what cannot work must not leave half of it running.
    let running = cloud.running()
    if let running {
      guard running.endpoint == "http://127.0.0.1:\(port)", running.modelEndpoint == modelEndpoint, !arguments.has("forget") else {
        throw CommandError(
          "the local cloud runs already, at \(running.endpoint) with models at \(running.modelEndpoint): 'arbiter local down' first")
      }
    } else {
      try cloud.check()
    }
    let startedModelServer =
      if arguments.value("model-endpoint") == nil {
        try await startModelServer(arguments, port: modelPort, cloudPort: port, project: project)
      } else {
        false
      }
    if arguments.value("backend") == "openai", let url = arguments.value("base-url"),
      let problem = await ModelServerCommand.unreachable(url)
    {
      Terminal.error.print("warning: \(problem)")
    }
    if let running {
      Terminal.error.print("local cloud: already running at \(running.endpoint) (process \(running.pid))")
      return .success
    }
    do throws(CommandError) {
      try cloud.start(port: port, modelEndpoint: modelEndpoint, forget: arguments.has("forget"))
    } catch {
      if startedModelServer { _ = try? ModelServerProcess(project: project).stop() }
      throw error
    }
    return .success
  }

  /// True when it started one; false when the one that runs is the one that is asked for.
  private static func startModelServer(
    _ arguments: ParsedArguments, port: UInt16, cloudPort: UInt16, project: Project
  ) async throws -> Bool {
    let server = ModelServerProcess(project: project)
    let asked = try modelServerArguments(arguments, project: project)
    let agents = try agentArguments(arguments, cloudPort: cloudPort, project: project)
    let backEnd = arguments.value("backend")
    var variables = Environment.current.variables
    if backEnd == "bedrock" {
      variables = try await CallerCredentials.added(
        to: ModelServerCommand.bedrockVariables(variables, region: arguments.value("region")))
    }
    let environment = ChildProcess.cleanEnvironment(variables, keeping: kept(arguments))
    let standard = ["--scenario", project.root + "/Demo/scenario.json"]
    var options = (asked.isEmpty ? standard : asked) + agents
    if let running = server.running() {
      let isCurrent = server.isUpToDate(running)
      let isAskedFor: Bool
      if asked.isEmpty, agents.isEmpty {
        // Without options of its own, `up` is content with whatever model server runs. One that needs credentials can only be started by who has them.
        isAskedFor = isCurrent || running.arguments.contains("openai") || running.arguments.contains("bedrock")
        options = running.arguments
      } else {
        isAskedFor = running.arguments == options && isCurrent && server.has(environment, running)
      }
      if running.port == port, isAskedFor {
        Terminal.error.print("model server: already running at \(running.endpoint) (process \(running.pid))")
        return false
      }
      // A mistake in the options must not cost the one that runs.
      if !asked.isEmpty { try ModelServerCommand.check(arguments, variables: variables) }
      _ = try server.stop()
    }
    let started = try server.start(port: port, arguments: options, environment: environment)
    Terminal.error.print("model server: running at \(started.endpoint) (process \(started.pid))")
    return true
  }

  /// The options that `model-server` is to get, with absolute paths.
  private static func modelServerArguments(_ arguments: ParsedArguments, project: Project) throws -> [String] {
    let files: Set<String> = ["scenario", "replay", "record"]
    let asked = ModelServerCommand.backEndOptions.flatMap { option in
      arguments.all(option.name).flatMap { ["--\(option.name)", files.contains(option.name) ? Files.absolute($0) : $0] }
    }
    // The default, spelt out, asks for nothing else than the rest does.
    return asked.count > 2 && asked.starts(with: ["--backend", "scripted"]) ? Array(asked.dropFirst(2)) : asked
  }

  /// What `model-server` is to be told of agents: their programs and logs by absolute paths, and where the local cloud is.
  private static func agentArguments(_ arguments: ParsedArguments, cloudPort: UInt16, project: Project) throws(CommandError) -> [String] {
    let settings = try AgentOptions.settings(arguments, variables: Environment.current.variables)
    guard !settings.programs.isEmpty else { return [] }
    var options = settings.programs.flatMap { ["--agent", "\($0.name)=\($0.path)"] }
    // Before those of the caller, the last of which counts.
    let variables = ["AWS_ENDPOINT_URL=http://127.0.0.1:\(cloudPort)"] + arguments.all("agent-environment")
    options += variables.flatMap { ["--agent-environment", $0] }
    if let seconds = arguments.value("agent-idle") { options += ["--agent-idle", seconds] }
    return options + ["--agent-logs", arguments.value("agent-logs").map(Files.absolute) ?? project.state + "/agents"]
  }

  /// The variables of the caller that the model server needs, and nothing else does: credentials of a real model.
  private static func kept(_ arguments: ParsedArguments) -> Set<String> {
    switch arguments.value("backend") {
    case "openai": [arguments.value("api-key-variable") ?? "OPENAI_API_KEY"]
    case "bedrock":
      [
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_CA_BUNDLE",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
      ]
    default: []
    }
  }

  // MARK: status

  private static let status = CommandSpecification(
    name: "status", summary: "Shows what runs, and where. Ends with 3 when something is missing.",
    options: [.flag("json", "print JSON")], action: runStatus)

  private static func runStatus(_ arguments: ParsedArguments) async throws -> ExitCode {
    let project = try Project.find()
    let cloud = LocalCloudProcess(project: project).running()
    let server = ModelServerProcess(project: project).running()
    let health = server.flatMap { ModelServerProcess.health(port: $0.port) }
    if arguments.has("json") {
      let model: JSONValue =
        server.map { server in
          [
            "pid": .number(server.pid), "endpoint": .string(server.endpoint), "backend": health?["backend"] ?? .null,
            "answers": .bool(health != nil),
          ]
        } ?? .null
      Terminal.standard.print(JSONValue.object(["localCloud": cloud?.json ?? .null, "modelServer": model]).text)
    } else {
      let terminal = Terminal.standard
      let stopped = terminal.styled("not running", .yellow)
      terminal.print("local cloud   " + (cloud.map { "\($0.endpoint) (process \($0.pid), region \($0.region))" } ?? stopped))
      if cloud != nil {
        // Functions log where they do in AWS, not into a file of ours.
        terminal.print(
          "logs          .venv/bin/python Scripts/local_cloud.py --logs FUNCTION  (supervisor, worker-wrapper, fabricator, ...)")
      }
      terminal.print(
        "model server  "
          + (server.map { "\($0.endpoint) (process \($0.pid), \(health?["backend"]?.stringValue ?? "does not answer"))" } ?? stopped))
    }
    let externalModel = cloud.map { !$0.modelEndpoint.hasPrefix("http://127.0.0.1:") } ?? false
    return cloud != nil && (health != nil || externalModel) ? .success : .notFound
  }

  // MARK: down

  private static let down = CommandSpecification(
    name: "down", summary: "Stops both; the local AWS saves its state under .arbiter/.",
    options: [.value("keep", "PID", "leave the one alone that is this process, as 'status --json' shows it", isRepeatable: true)],
    action: runDown)

  private static func runDown(_ arguments: ParsedArguments) async throws -> ExitCode {
    let project = try Project.find()
    let kept = Set(
      try arguments.all("keep").map { text throws(CommandError) in
        guard let pid = Int(text) else { throw .usage("--keep '\(text)' is not the number of a process") }
        return pid
      })
    var problems: [CommandError] = []
    // The local AWS first: its functions may be waiting for a model. When it does not end, the model server must.
    let cloud = LocalCloudProcess(project: project)
    if let running = cloud.running() {
      if !kept.contains(running.pid) {
        do throws(CommandError) { try cloud.stop() } catch { problems.append(error) }
      }
    } else {
      Terminal.error.print("local cloud: not running")
    }
    let server = ModelServerProcess(project: project)
    if server.running().map({ !kept.contains($0.pid) }) ?? true {
      do throws(CommandError) {
        Terminal.error.print("model server: " + (try server.stop() ? "stopped" : "not running"))
      } catch {
        problems.append(error)
      }
    }
    guard problems.isEmpty else { throw CommandError(problems.map(\.message).joined(separator: "; ")) }
    return .success
  }
}
