import AWSClient
import AgentKit
import Glibc
import JSON
import LocalCloud

/// `arbiter invoke`: runs one function against one event, without the local cloud.
enum InvokeCommand {
  static let specification = CommandSpecification(
    name: "invoke", summary: "Runs a built function once against a sample event.",
    discussion: """
      Serves Lambda's Runtime API to the program, prints its response to standard output, and its logs with Lambda's START, END and
      REPORT lines to standard error. The environment is that of the deployment: names from .arbiter/outputs-<environment>.json,
      stand-ins where nothing is deployed. What an event needs of AWS must run: 'arbiter local up'.
      The answer of a custom resource is not sent to the event's ResponseURL but printed, as what CloudFormation would get.
      Ends with 1 when the function answers with an error or CloudFormation would get FAILED, when it ends, or takes too long. Ctrl-C
      ends the function.
      """,
    positionals: [
      .init(name: "FUNCTION", help: "supervisor, worker-wrapper, config-seeder, or the path of a bootstrap, a folder or a zip")
    ],
    options: [
      .value("event", "FILE", "the event, a JSON file, such as one of events/; '-' reads standard input"),
      .value("timeout", "SECONDS", "when the program is ended (default 30)"),
      .value("set", "NAME=VALUE", "a variable of the function's environment", isRepeatable: true),
      .json,
    ] + Deployment.options, action: run)

  private static func run(_ arguments: ParsedArguments) async throws -> ExitCode {
    guard let file = arguments.value("event") else { throw CommandError.usage("--event FILE is missing: give the event to handle") }
    var event = try Files.read(file == "-" ? "/dev/stdin" : file)
    let (receiver, redirected) = try customResource(try Files.parseJSON(event, of: file))
    if let redirected { event = redirected }
    defer { receiver?.stop() }
    let project = try? Project.find()
    let program = try FunctionProgram.find(arguments.required("FUNCTION"), project: project)
    defer { program.removeTemporaryFolder() }
    let seconds = try arguments.integer("timeout", in: 1...900) ?? 30
    let environment = try await environment(arguments, program: program, project: project)

    let ids = RandomIDSource()
    let region = environment["AWS_REGION"] ?? "us-east-1"
    let now = AgentKit.SystemClock().nowMilliseconds / 1000
    let traceDigits = ids.makeID().filter { $0 != "-" }.prefix(24)
    let invocation = RuntimeAPIServer.Invocation(
      requestID: ids.makeID(), event: event,
      functionARN: "arn:aws:lambda:\(region):123456789012:function:\(environment["AWS_LAMBDA_FUNCTION_NAME"] ?? program.name)",
      traceHeader: "Root=1-\(String(now, radix: 16))-\(traceDigits);Parent=\(traceDigits.prefix(16));Sampled=0",
      timeoutMilliseconds: seconds * 1000)
    let run = try FunctionRun(program, invocation, environment: environment)
    let report = run.finish()
    guard !report.isInterrupted else { throw CommandError("interrupted: the function was ended", exitCode: .interrupted) }
    let answer = receiver?.answers.last.map { (try? JSONValue(parsing: $0)) ?? .string(String(decoding: $0, as: UTF8.self)) }
    show(report, invocation, cloudFormation: receiver.map { _ in answer ?? .null }, json: arguments.has("json"))
    if case .response = report.outcome, receiver == nil || answer?["Status"] == "SUCCESS" { return .success }
    hintAtTheLocalCloud(environment)
    return .failure
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

  // MARK: Environment

  private static func environment(
    _ arguments: ParsedArguments, program: FunctionProgram, project: Project?
  ) async throws(CommandError) -> [String: String] {
    let current = Environment.current.variables
    let deployed = Deployment.environmentName(arguments, current)
    let written = try Deployment.written(deployed, project)
    let outputs = written?["outputs"]
    let recorded = written?["region"]?.stringValue
    let running = project.flatMap { LocalCloudProcess(project: $0).running() }
    var environment = ChildProcess.cleanEnvironment(current)
    // What is not deployed gets the name it would have; a function must start to be able to refuse an event.
    let names = [
      ("ORCHESTRATION_TABLE", "OrchestrationTableName", "arbiter-orchestrations-\(deployed)"),
      ("WORKER_STATE_TABLE", "WorkerStateTableName", "arbiter-worker-state-\(deployed)"),
      ("AGENT_CONFIG_TABLE", "AgentConfigTableName", "arbiter-agents-\(deployed)"),
      ("TOOLS_CONFIG_TABLE", "ToolsConfigTableName", "arbiter-tools-\(deployed)"),
      ("AGENT_BUCKET_NAME", "CodeBucketName", "arbiter-code-\(deployed)"),
      ("WORKER_QUEUE_URL", "WorkerQueueUrl", "http://127.0.0.1:4566/123456789012/arbiter-worker-\(deployed)"),
      ("FABRICATOR_QUEUE_URL", "FabricatorQueueUrl", "http://127.0.0.1:4566/123456789012/arbiter-fabricator-\(deployed)"),
      ("EVENT_BUS_NAME", "EventBusName", "arbiter-events-\(deployed)"),
      ("COMPLETION_BUS_NAME", "EventBusName", "arbiter-events-\(deployed)"),
    ]
    for (variable, output, standIn) in names { environment[variable] = current[variable] ?? outputs?[output]?.stringValue ?? standIn }
    if deployed == "local" {
      // As for every other command: where the local cloud is, not where the caller's shell points for other work.
      let other = Deployment.value("AWS_ENDPOINT_URL", current)
      environment["AWS_ENDPOINT_URL"] = running?.endpoint ?? other ?? "http://127.0.0.1:4566"
      environment["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"] = running?.modelEndpoint ?? "http://127.0.0.1:4567"
      environment["AWS_REGION"] = arguments.value("region") ?? running?.region ?? recorded ?? "us-east-1"
      environment["AWS_ACCESS_KEY_ID"] = "test"
      environment["AWS_SECRET_ACCESS_KEY"] = "test"
    } else {
      let remote = try Deployment.remoteVariables(
        deployed, current, project: project, asked: arguments.value("region"), recorded: recorded)
      for (name, value) in try await CallerCredentials.added(to: remote) where name.hasPrefix("AWS_") { environment[name] = value }
    }
    environment["AWS_LAMBDA_FUNCTION_NAME"] = "arbiter-\(program.name)-\(deployed)"
    environment["AWS_LAMBDA_FUNCTION_VERSION"] = "$LATEST"
    environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = "1024"
    environment["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand"
    environment["AWS_LAMBDA_LOG_GROUP_NAME"] = "/aws/lambda/arbiter-\(program.name)-\(deployed)"
    environment["AWS_LAMBDA_LOG_STREAM_NAME"] = "local"
    environment["LAMBDA_TASK_ROOT"] = program.bootstrap.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    environment["_HANDLER"] = "bootstrap"
    environment["TZ"] = ":UTC"
    for pair in arguments.all("set") {
      guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex else { throw .usage("--set '\(pair)' is not NAME=VALUE") }
      environment[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
    }
    return environment
  }

  // MARK: Report

  /// - Parameter cloudFormation: what a custom resource has answered, null for nothing; nil for any other event.
  private static func show(
    _ report: FunctionRun.Report, _ invocation: RuntimeAPIServer.Invocation, cloudFormation: JSONValue?, json: Bool
  ) {
    let error = Terminal.error
    let id = invocation.requestID
    error.print("END RequestId: \(id)")
    let duration = milliseconds(report.durationMicroseconds)
    var line = "REPORT RequestId: \(id)\tDuration: \(duration) ms\tMax Memory Used: \(report.peakMemoryKilobytes / 1024) MB"
    if let initialization = report.initializationMicroseconds { line += "\tInit Duration: \(milliseconds(initialization)) ms" }
    error.print(line)
    let (response, problem): (JSONValue?, String?) =
      switch report.outcome {
      case .response(let bytes): ((try? JSONValue(parsing: bytes)) ?? .string(String(decoding: bytes, as: UTF8.self)), nil)
      case .failure(let type, let body): (try? JSONValue(parsing: body), "the function failed: \(type)")
      case .initializationFailure(let type, let body): (try? JSONValue(parsing: body), "the function could not start: \(type)")
      case .exited(let status): (nil, "the program ended with status \(status) before it answered (Runtime.ExitError)")
      case .timedOut: (nil, "no answer after \(invocation.timeoutMilliseconds / 1000) s (Sandbox.Timedout); --timeout gives it longer")
      }
    if json {
      var object: JSONObject = [
        "requestId": .string(id), problem == nil ? "response" : "error": response ?? .null,
        "problem": problem.map(JSONValue.string) ?? .null,
        "durationMicroseconds": .number(report.durationMicroseconds),
        "initializationMicroseconds": report.initializationMicroseconds.map { .number($0) } ?? .null,
        "peakMemoryKilobytes": .number(report.peakMemoryKilobytes),
      ]
      if let cloudFormation { object["cloudFormation"] = cloudFormation }
      Terminal.standard.print(JSONValue.object(object).text)
    } else {
      if let response { Terminal.standard.print(response.text) }
      if let cloudFormation {
        Terminal.standard.print(
          cloudFormation.isNull ? "CloudFormation would get no answer" : "CloudFormation would get: \(cloudFormation.text)")
      }
    }
    if let problem { error.print("arbiter: \(problem)") }
  }

  private static func milliseconds(_ microseconds: Int64) -> String {
    let hundredths = (microseconds + 5) / 10
    let fraction = String(hundredths % 100)
    return "\(hundredths / 100).\(fraction.count == 1 ? "0" : "")\(fraction)"
  }
}

/// The program of a function, from its start to its end, with one invocation in between.
private struct FunctionRun {
  struct Report {
    let outcome: RuntimeAPIServer.Outcome
    /// From the event's delivery to the answer.
    let durationMicroseconds: Int64
    /// From the program's start to its first GET next; nil when it never asked.
    let initializationMicroseconds: Int64?
    let peakMemoryKilobytes: Int
    /// True when somebody did not want to wait for the answer.
    let isInterrupted: Bool
  }

  /// Time that an ending program gets before it is killed, as Lambda grants an internal extension.
  private static let graceMilliseconds = 500

  private let server: RuntimeAPIServer
  private let child: ChildProcess
  private let startedAtMicroseconds: Int64
  private let timeoutMilliseconds: Int

  init(_ program: FunctionProgram, _ invocation: RuntimeAPIServer.Invocation, environment: [String: String]) throws {
    server = try RuntimeAPIServer(invocation)
    var environment = environment
    environment["AWS_LAMBDA_RUNTIME_API"] = server.address
    timeoutMilliseconds = invocation.timeoutMilliseconds
    Terminal.error.print("START RequestId: \(invocation.requestID) Version: $LATEST")
    startedAtMicroseconds = monotonicMicroseconds()
    child = try ChildProcess.start([program.bootstrap], environment: environment, outputToError: true)
  }

  func finish() -> Report {
    var outcome: RuntimeAPIServer.Outcome?
    let until = startedAtMicroseconds + Int64(timeoutMilliseconds) * 1000
    var ended = false
    while outcome == nil, monotonicMicroseconds() < until, !TerminationSignals.isPending {
      outcome = server.wait(milliseconds: 20)
      if outcome == nil, let status = child.exitStatusIfEnded() {
        ended = true
        server.programEnded(status: status)
      }
    }
    let now = monotonicMicroseconds()
    let memory = ended ? 0 : peakMemoryKilobytes()
    if !ended { end() }
    server.stop()
    let asked = server.askedAtMicroseconds
    return Report(
      outcome: outcome ?? .timedOut, durationMicroseconds: now - (asked ?? startedAtMicroseconds),
      initializationMicroseconds: asked.map { $0 - startedAtMicroseconds }, peakMemoryKilobytes: memory,
      isInterrupted: outcome == nil && TerminationSignals.isPending)
  }

  private func end() {
    child.signal(SIGTERM)
    for _ in 0..<(Self.graceMilliseconds / 5) {
      if child.exitStatusIfEnded() != nil { return }
      usleep(5_000)
    }
    child.signal(SIGKILL)
    _ = child.wait()
  }

  private func peakMemoryKilobytes() -> Int {
    guard let bytes = try? Files.read("/proc/\(child.identifier)/status") else { return 0 }
    let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
  }
}
