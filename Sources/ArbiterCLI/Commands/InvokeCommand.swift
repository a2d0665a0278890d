import AWSClient
import AgentKit
import Glibc
import JSON
import LocalCloud
import RuntimeAPI

/// `arbiter invoke`: runs one function, of ours or not, against an event, without the local cloud.
enum InvokeCommand {
  static let specification = CommandSpecification(
    name: "invoke", summary: "Runs a built function against a sample event, once or many times.",
    discussion: """
      Serves Lambda's Runtime API to the program, prints its response to standard output, and its logs with Lambda's START, END and
      REPORT lines to standard error. Limits, errors and the end of a program that is late are Lambda's: docs/invoking.md. A streamed
      response is printed as it comes.
      The environment is that of the deployment: names from .arbiter/outputs-<environment>.json, stand-ins where nothing is deployed.
      What an event needs of AWS must run: 'arbiter local up'.
      The answer of a custom resource is not sent to the event's ResponseURL but printed, as what CloudFormation would get.
      With --repeat, the event is given so many times, and what it took is printed instead of the responses; with --starts, the
      program is started so many times.
      Ends with 1 when the function answers with an error or CloudFormation would get FAILED, 8 when it cannot start, 9 when its program
      ends before it answers, 10 when it takes too long. Ctrl-C ends the function.
      """,
    positionals: [
      .init(
        name: "FUNCTION",
        help: "supervisor, worker-wrapper, fabricator, config-seeder, agent-invoker, or the path of a bootstrap, a folder or a zip")
    ],
    options: [
      .value("event", "FILE", "the event, a JSON file, such as one of events/; '-' reads standard input"),
      .value("timeout", "SECONDS", "what an invocation may take before the program is ended (default 30)"),
      .value("init-timeout", "SECONDS", "what the start may take before it is tried again with the event (default 10)"),
      .value("memory", "MB", "what the function is told to have (default 1024)"),
      .value("set", "NAME=VALUE", "a variable of the function's environment", isRepeatable: true),
      .value("repeat", "COUNT", "measure so many invocations; 0 measures the start alone"),
      .value("starts", "COUNT", "measure so many starts, one after another, and no invocation"),
      .value("warm-up", "COUNT", "invocations before those that are measured (default a tenth of them, at least 10)"),
      .value("concurrency", "COUNT", "events at once, as on Lambda Managed Instances (AWS_LAMBDA_MAX_CONCURRENCY)"),
      .value("extension", "FILE", "a program that is started as an external extension", isRepeatable: true),
      .value("trace", "HEADER", "the X-Ray trace header (default: one that is not sampled)"),
      .value("tenant-id", "TENANT", "the tenant, for a function in tenant isolation mode"),
      .value("client-context", "JSON", "what a mobile client sends along"),
      .value("cognito-identity", "JSON", "the caller of a mobile client"),
      .json,
    ] + Deployment.options, action: run)

  /// What to run, and how.
  struct Request {
    let program: Program
    let configuration: FunctionConfiguration
    let extensions: [String: Program]
    let invocation: Invocation
    /// Takes the answer of a custom resource.
    let receiver: CustomResourceReceiver?
    let json: Bool
  }

  private static func run(_ arguments: ParsedArguments) async throws -> ExitCode {
    let count = try arguments.integer("repeat", in: 0...10_000_000)
    let starts = try arguments.integer("starts", in: 1...100_000)
    guard starts == nil || count == nil else { throw CommandError.usage("give --starts or --repeat, not both") }
    var event = Array("{}".utf8)
    if let file = arguments.value("event") {
      event = try Files.read(file == "-" ? "/dev/stdin" : file)
      try Files.parseJSON(event, of: file)
    } else if count != 0, starts == nil {
      throw CommandError.usage("--event FILE is missing: give the event to handle")
    }
    let (receiver, redirected) = try customResource((try? JSONValue(parsing: event)) ?? .null)
    if let redirected { event = redirected }
    defer { receiver?.stop() }
    let project = try? Project.find()
    let function = try FunctionProgram.find(arguments.required("FUNCTION"), project: project)
    defer { function.removeTemporaryFolder() }
    let request = try await request(arguments, event, function, project, receiver)
    let isInterrupted = { TerminationSignals.isPending }
    let code: ExitCode
    if let starts {
      code = try InvokeMeasurement.starts(request, count: starts, isInterrupted: isInterrupted)
    } else if let count {
      let warmUp = try arguments.integer("warm-up", in: 0...1_000_000) ?? max(10, count / 10)
      code = try InvokeMeasurement.run(request, count: count, warmUp: warmUp, isInterrupted: isInterrupted)
    } else {
      code = try InvokeRun.run(request, isInterrupted: isInterrupted)
    }
    guard !TerminationSignals.isPending else { throw CommandError("interrupted: the function was ended", exitCode: .interrupted) }
    if code != .success { hintAtTheLocalCloud(request.program.environment) }
    return code
  }

  private static func request(
    _ arguments: ParsedArguments, _ event: [UInt8], _ function: FunctionProgram, _ project: Project?, _ receiver: CustomResourceReceiver?
  ) async throws(CommandError) -> Request {
    let settings = try await InvokeEnvironment(arguments, function: function, project: project)
    var configuration = settings.configuration
    configuration.timeoutMilliseconds = (try arguments.integer("timeout", in: 1...900) ?? 30) * 1000
    configuration.initializationTimeoutMilliseconds = (try arguments.integer("init-timeout", in: 1...900) ?? 10) * 1000
    let ids = RandomIDSource()
    var invocation = Invocation(requestID: ids.makeID(), event: event)
    let trace = ids.makeID().filter { $0 != "-" }.prefix(24)
    let now = AgentKit.SystemClock().nowMilliseconds / 1000
    invocation.traceHeader =
      arguments.value("trace") ?? "Root=1-\(String(now, radix: 16))-\(trace);Parent=\(trace.prefix(16));Sampled=0"
    invocation.tenantID = arguments.value("tenant-id")
    invocation.clientContext = try json(arguments, "client-context")
    invocation.cognitoIdentity = try json(arguments, "cognito-identity")
    var extensions: [String: Program] = [:]
    for path in arguments.all("extension") {
      guard Files.exists(path) else { throw CommandError("there is no extension '\(path)'", exitCode: .notFound) }
      let name = path.split(separator: "/").last.map(String.init) ?? path
      extensions[name] = Program(path: Files.absolute(path), environment: settings.variables)
    }
    return Request(
      program: Program(path: function.bootstrap, environment: settings.variables), configuration: configuration, extensions: extensions,
      invocation: invocation, receiver: receiver, json: arguments.has("json"))
  }

  /// The text of an option that must be a JSON object, on one line.
  private static func json(_ arguments: ParsedArguments, _ option: String) throws(CommandError) -> String? {
    guard let text = arguments.value(option) else { return nil }
    guard let value = try? JSONValue(parsing: text), value.objectValue != nil else {
      throw .usage("--\(option) '\(Phrases.line(text, 60))' is no JSON object")
    }
    return value.text
  }

  /// For an event of a custom resource: what takes its answer, and the event that leads there; the real address is one of AWS's.
  static func customResource(_ event: JSONValue) throws -> (receiver: CustomResourceReceiver?, event: [UInt8]?) {
    guard var object = event.objectValue, object["ResponseURL"] != nil, object["RequestType"] != nil else { return (nil, nil) }
    let receiver = try CustomResourceReceiver()
    object["ResponseURL"] = .string(receiver.url)
    return (receiver, JSONValue.object(object).bytes)
  }

  /// A function says only that nobody answers where AWS should be.
  private static func hintAtTheLocalCloud(_ environment: [String: String]) {
    guard let url = environment["AWS_ENDPOINT_URL"], url.hasPrefix("http://127.0.0.1:"),
      let port = UInt16(url.dropFirst("http://127.0.0.1:".count).prefix { $0.isNumber })
    else { return }
    var client = LoopbackClient(port: port, timeoutMilliseconds: 1_000)
    defer { client.close() }
    guard (try? client.send("GET", "/_ministack/health")) == nil else { return }
    Terminal.error.print("arbiter: nothing answers at \(url): if the event needs AWS, start the local cloud with 'arbiter local up'")
  }
}

extension FunctionFailure {
  /// For people: what happened, in a line.
  func problem(timeoutSeconds: Int) -> String {
    let message = (try? JSONValue(parsing: body))?["errorMessage"]?.stringValue
    return switch kind {
    case .function: "the function failed: \(type)"
    case .initialization: "the function could not start: \(type)"
    case .entrypoint: "the program could not be started (\(type)): \(message ?? "")"
    case .exit: "the program ended before it answered (\(type)): \(message ?? "")"
    case .timeout: "no answer after \(timeoutSeconds) s (\(type)); --timeout gives it longer"
    case .brokenStream: "the streamed response failed: \(type)"
    case .responseTooLarge, .invalidResponse, .eventTooLarge: "\(message ?? "the invocation failed") (\(type))"
    }
  }

  var exitCode: ExitCode {
    switch kind {
    case .initialization, .entrypoint: .functionDidNotStart
    case .exit: .functionEnded
    case .timeout: .functionTimedOut
    case .function, .brokenStream, .responseTooLarge, .invalidResponse, .eventTooLarge: .failure
    }
  }
}
