import AWSClient
import AgentKit
import JSON
import LocalCloud

/// `arbiter model-server`: the local Bedrock endpoint.
enum ModelServerCommand {
  static let options = backEndOptions + AgentOptions.options

  /// What stands behind Converse.
  static let backEndOptions: [CommandSpecification.Option] = [
    .value("backend", "KIND", "scripted (default), recorded, openai or bedrock"),
    .value(
      "scenario", "FILE",
      "scripted: the scenario, a JSON file (see docs/model-server.md);\n'local up' takes Demo/scenario.json when no option is given"),
    .value("replay", "FILE", "recorded: the captured calls"),
    .value("record", "FILE", "capture the calls and answers of the back end to this file"),
    .value("base-url", "URL", "openai: the server, such as http://127.0.0.1:8080/v1"),
    .value(
      "api-key-variable", "NAME",
      "openai: environment variable that holds the API key\n(default OPENAI_API_KEY; none is sent when it is not set)"),
    .value("model", "FROM=TO", "openai, bedrock: the model to call for a requested one; '*=TO' for all others", isRepeatable: true),
    .value("region", "REGION", "bedrock: the region to call (default AWS_REGION)"),
  ]

  static let specification = CommandSpecification(
    name: "model-server",
    summary: "Serves Bedrock's Converse and ConverseStream, and AgentCore's agents, on 127.0.0.1.",
    discussion: """
      It runs until SIGINT or SIGTERM. It refuses what Bedrock refuses, whatever the back end:
        scripted  answers from a scenario file; a request that no rule fits is an error, never an invented answer
        recorded  answers what was captured with --record; any other request is an error
        openai    asks an OpenAI-compatible server, tool calls translated both ways
        bedrock   asks Amazon Bedrock with the caller's credentials, those of a profile (AWS_PROFILE) included
      GET /_model/stats tells what it has seen: answered, refused, unmatched, faults, tokens.
      With --agent it also answers InvokeAgentRuntime: it starts the program on a port of its own (PORT) for each session, and passes
      invocations on. GET /_model/agents lists the sessions.
      """,
    options: [.value("port", "PORT", "port on 127.0.0.1 (default 4567; 0 for any)")] + options,
    action: run)

  private static func run(_ arguments: ParsedArguments) async throws -> ExitCode {
    let port = try arguments.port("port", default: 4567)
    var variables = Environment.current.variables
    if arguments.value("backend") == "bedrock" {
      variables = bedrockVariables(variables, region: arguments.value("region"))
      // Without any, it does not start; those that end are renewed while it runs.
      _ = try await CallerCredentials.find(variables)
    }
    let agents = try AgentOptions.settings(arguments, variables: variables)
    let backEnd = try backEnd(arguments, variables: variables)
    let server: ModelServer
    do {
      server = try ModelServer(port: port, backEnd: backEnd, agents: agents) { line in
        Terminal.error.print("\(ISO8601.text(milliseconds: AgentKit.SystemClock().nowMilliseconds))  \(line)")
      }
    } catch let error as LocalCloudError {
      throw CommandError(error.message)
    }
    let names = agents.programs.map(\.name).joined(separator: ", ")
    let running = names.isEmpty ? "" : "; agents: \(names)"
    Terminal.error.print("model server: http://127.0.0.1:\(server.port) (\(backEnd.summary)\(running))")
    TerminationSignals.wait()
    server.stop()
    return .success
  }

  /// Throws what a server with these options would throw at its start; starts and writes nothing.
  static func check(_ arguments: ParsedArguments, variables: [String: String]) throws {
    _ = try AgentOptions.settings(arguments, variables: variables)
    _ = try backEnd(arguments, variables: variables, records: false)
  }

  /// The caller's variables for calls of Bedrock, and the region to call.
  static func bedrockVariables(_ variables: [String: String], region: String?) -> [String: String] {
    var variables = variables
    // The local cloud's endpoint is where no Bedrock is.
    variables["AWS_ENDPOINT_URL"] = nil
    if let region { variables["AWS_REGION"] = region }
    return variables
  }

  /// How long a server may take to answer at all, when it is only asked whether it is there. Milliseconds.
  private static let reachMilliseconds: Int64 = 3_000

  /// What to say of an OpenAI-compatible server that does not answer, whatever it would answer; nil for one that does.
  static func unreachable(_ baseURL: String) async -> String? {
    let url = (baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL) + "/models"
    let request = HTTPRequest(method: "GET", url: url, headers: [:], body: [], timeoutMilliseconds: reachMilliseconds)
    do {
      _ = try await CurlTransport().send(request)
      return nil
    } catch {
      return "\(baseURL) does not answer (\((error as? AWSError)?.message ?? "\(error)")): until it does, every model call fails"
    }
  }

  private static func backEnd(
    _ arguments: ParsedArguments, variables: [String: String], records: Bool = true
  ) throws -> any ModelBackEnd {
    let kind = arguments.value("backend") ?? "scripted"
    let own: [String: Set<String>] = [
      "scripted": ["scenario"], "recorded": ["replay"], "openai": ["base-url", "api-key-variable", "model"],
      "bedrock": ["model", "region"],
    ]
    guard let known = own[kind] else {
      throw CommandError.usage("--backend '\(kind)' is unknown: use scripted, recorded, openai or bedrock")
    }
    for option in Set(own.values.joined()).subtracting(known).sorted() where arguments.value(option) != nil {
      throw CommandError.usage("--\(option) means nothing to the back end '\(kind)'")
    }
    do {
      let chosen = try make(kind, arguments, variables)
      guard records else { return chosen }
      return try arguments.value("record").map { try RecordingBackEnd(chosen, path: $0) } ?? chosen
    } catch let error as LocalCloudError {
      throw CommandError(error.message)
    }
  }

  private static func make(_ kind: String, _ arguments: ParsedArguments, _ variables: [String: String]) throws -> any ModelBackEnd {
    func required(_ option: String, _ value: String) throws(CommandError) -> String {
      guard let given = arguments.value(option) else { throw .usage("the back end \(kind) needs --\(option) \(value)") }
      return given
    }
    func file(_ option: String, _ make: ([UInt8]) throws -> any ModelBackEnd) throws -> any ModelBackEnd {
      let path = try required(option, "FILE")
      do { return try make(try Files.read(path)) } catch let error as LocalCloudError { throw CommandError("\(path): \(error.message)") }
    }
    switch kind {
    case "recorded": return try file("replay") { try RecordedBackEnd(recording: $0) }
    case "openai":
      let url = try required("base-url", "URL")
      guard let scheme = ["http://", "https://"].first(where: url.hasPrefix), url.count > scheme.count else {
        throw CommandError.usage("--base-url '\(url)' is not an address such as http://127.0.0.1:8080/v1")
      }
      let variable = arguments.value("api-key-variable") ?? "OPENAI_API_KEY"
      return OpenAIBackEnd(
        baseURL: url, apiKey: variables[variable].flatMap { $0.isEmpty ? nil : $0 },
        models: try ModelMap(arguments.all("model")), transport: CurlTransport())
    case "bedrock":
      var configuration = try AWSConfiguration.fromEnvironment(Environment(variables))
      // The functions try again themselves; tries below theirs would multiply, and go on when nobody waits any more.
      configuration.maximumAttempts = 1
      return BedrockBackEnd(client: AWSClient(configuration: configuration), models: try ModelMap(arguments.all("model")))
    default:
      return try file("scenario") { bytes in
        let path = arguments.value("scenario") ?? ""
        try Files.parseJSON(bytes, of: path)
        return ScriptedBackEnd(try Files.scenario(bytes, of: path))
      }
    }
  }
}
