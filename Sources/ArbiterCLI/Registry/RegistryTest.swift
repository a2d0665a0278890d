import AWSClient
import AgentKit
import CodeAgents
import JSON
import Orchestration
import Sandbox

/// `arbiter agents test` and `arbiter tools test`: cases again, in the sandbox of this machine.
enum RegistryTest {
  static func specification(_ kind: RegistryKind) -> CommandSpecification {
    CommandSpecification(
      name: "test", summary: "Runs the cases of \(kind.withArticle) in the sandbox, on this machine.",
      discussion: """
        With an ID, the cases are those that the version was published with. With --file and --cases they are your own: CASES.json has
        a list of cases {name, input, equals | matches | refuses, files?, web?, replies?, now?}, or {cases, schema?, tools?,
        capabilities?, limits?}; without tools and capabilities the module is granted all that a worker has.
        Nothing is deployed or changed. Ends with 1 when a case fails.
        """,
      positionals: [.init(name: "ID", help: "the \(kind)'s id, as 'arbiter \(kind)s list' shows it", isRequired: false)],
      options: [
        .value("version", "N", "another version than the one in use"),
        .value("case", "NAME", "only this case", isRepeatable: true),
        .value("file", "MODULE.js", "a module of this machine, in place of \(kind.withArticle)"),
        .value("cases", "CASES.json", "its cases, or others than those that were published"), .json,
      ] + Deployment.options
    ) { arguments in
      let trial: Trial
      do {
        trial = try await self.trial(kind, arguments)
      } catch let error as VersionError {
        throw CommandError(error)
      }
      let bench = TrialBench(runner: try Sandbox.local(), tools: trial.tools, limits: trial.limits)
      let evidence = await bench.test(trial.subject, cases: trial.cases, deadlineMilliseconds: .max)
      if arguments.has("json") {
        Terminal.standard.print(evidence.json.text)
      } else {
        for line in lines(evidence, Terminal.standard) { Terminal.standard.print(line) }
      }
      let isFine =
        evidence.compileFailure == nil && evidence.schemaProblem == nil && evidence.cases.allSatisfy(\.hasPassed) && !evidence.cases.isEmpty
      return isFine ? .success : .failure
    }
  }

  // MARK: What is tried

  struct Trial {
    var subject: TrialSubject
    var cases: [TrialCase]
    var tools: any TrialToolSource
    var limits = SandboxLimits()
  }

  private static func trial(_ kind: RegistryKind, _ arguments: ParsedArguments) async throws -> Trial {
    var trial: Trial
    if let file = arguments.value("file") {
      guard arguments.argument("ID") == nil, arguments.value("version") == nil else {
        throw CommandError.usage("--file tries a module of this machine: leave out the ID and --version")
      }
      guard let path = arguments.value("cases") else {
        throw CommandError.usage("--cases is missing: give the file with the cases that \(file) is to be tried with")
      }
      trial = try handWritten(file, source: try Files.read(file), cases: try Files.parseJSON(try Files.read(path), of: path), path: path)
    } else {
      guard let id = arguments.argument("ID") else {
        throw CommandError.usage("name the \(kind) whose cases are to be run, or give a module with --file and --cases")
      }
      trial = try await published(RegistryAccess(kind, arguments), id, number: try arguments.integer("version", in: AgentVersion.numbers))
      if let path = arguments.value("cases") { trial.cases = try cases(try Files.parseJSON(try Files.read(path), of: path), path: path) }
    }
    let names = arguments.all("case")
    if let unknown = names.first(where: { name in !trial.cases.contains { $0.name == name } }) {
      throw CommandError(
        "there is no case '\(unknown)'; there are \(trial.cases.map { "'\($0.name)'" }.joined(separator: ", "))", exitCode: .notFound)
    }
    if !names.isEmpty { trial.cases.removeAll { !names.contains($0.name) } }
    return trial
  }

  /// A version with the cases that it was published with; a row without versions with none.
  private static func published(_ access: RegistryAccess, _ id: String, number: Int?) async throws -> Trial {
    let row = try await access.row(id)
    let version: AgentVersion?
    if let number {
      let identifier = try CodeIdentifier(id)
      version = try await access.versions.load(access.kind, identifier, number, sha256: row.knownVersions[number])
    } else {
      version = try await access.version(of: row)
    }
    let config = version?.config ?? row.config
    let source: [UInt8]
    if let version { source = try await access.versions.module(of: version) } else { source = try await access.module(of: row) }
    let subject = subject(id, source: source, config: config)
    var cases: [TrialCase] = []
    if let version {
      do throws(EvidenceError) { cases = try Evidence(json: version.evidence).cases.map(\.trial) } catch {
        throw CommandError("version \(version.number) of \(access.kind) '\(id)': \(error)")
      }
    }
    let tools = try RegistryTools(access: RegistryAccess(.tool, access.deployment))
    return Trial(subject: subject, cases: cases, tools: tools, limits: limits(config["limits"]))
  }

  static func subject(_ id: String, source: [UInt8], config: JSONObject) -> TrialSubject {
    TrialSubject(
      id: id, module: SandboxModule(name: id + ".js", source: source), schema: config["schema"] ?? ["type": "object"],
      description: config["description"]?.stringValue ?? "",
      capabilities: Capabilities(configuration: config))
  }

  static func handWritten(_ file: String, source: [UInt8], cases json: JSONValue, path: String) throws(CommandError) -> Trial {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    let id = name.hasSuffix(".js") ? String(name.dropLast(3)) : name
    var config = json.objectValue ?? [:]
    // What a file says nothing of is no part of what it tries.
    if config["tools"] == nil { config["tools"] = .array(BuiltInTools.names.map(JSONValue.string)) }
    if config["capabilities"] == nil {
      config["capabilities"] = .array(Capabilities.Function.allCases.map { .string($0.rawValue) })
    }
    return Trial(
      subject: subject(id, source: source, config: config), cases: try cases(json, path: path), tools: NoTools(),
      limits: limits(config["limits"]))
  }

  /// The cases of a file: a list, or an object with one.
  static func cases(_ json: JSONValue, path: String) throws(CommandError) -> [TrialCase] {
    guard let elements = json.arrayValue ?? json["cases"]?.arrayValue, !elements.isEmpty else {
      throw CommandError(
        "\(path): expected a list of cases {name, input, equals | matches | refuses}, or an object with such a list in 'cases'")
    }
    var cases: [TrialCase] = []
    for element in elements {
      do throws(TrialCaseError) { cases.append(try TrialCase(json: element)) } catch { throw CommandError("\(path): \(error)") }
    }
    return cases
  }

  static func limits(_ json: JSONValue?) -> SandboxLimits {
    var limits = SandboxLimits()
    func set(_ path: WritableKeyPath<SandboxLimits, Int>, _ name: String) {
      if let value = json?[name]?.intValue { limits[keyPath: path] = value }
    }
    set(\.cpuMilliseconds, "cpuMilliseconds")
    set(\.memoryBytes, "memoryBytes")
    set(\.outputBytes, "outputBytes")
    set(\.hostCalls, "hostCalls")
    set(\.hostCallBytes, "hostCallBytes")
    set(\.stackBytes, "stackBytes")
    return limits
  }

  // MARK: What came of it

  static func lines(_ evidence: Evidence, _ terminal: Terminal) -> [String] {
    if let failure = evidence.compileFailure {
      return [terminal.styled("the module does not run: \(failure.message)", .red)]
        + (failure.stack?.split(separator: "\n").map { "    \($0)" } ?? [])
    }
    if let problem = evidence.schemaProblem { return [terminal.styled("the schema is not valid: \(problem)", .red)] }
    guard !evidence.cases.isEmpty else { return ["there are no cases: give some with --cases"] }
    let width = evidence.cases.map(\.trial.name.count).max() ?? 0
    var lines = evidence.cases.flatMap { [line($0, terminal, nameWidth: width)] + details($0) }
    for name in evidence.missingTools { lines.append(terminal.styled("there is no tool '\(name)' here", .yellow)) }
    for name in evidence.callsNotGranted { lines.append(terminal.styled("'\(name)' was called, and is not granted", .yellow)) }
    let failed = evidence.cases.count - evidence.passedCount
    lines.append(
      failed == 0
        ? terminal.styled("\(Phrases.count(evidence.cases.count, "case")) passed", .green)
        : terminal.styled("\(failed) of \(Phrases.count(evidence.cases.count, "case")) failed", .red))
    return lines
  }

  /// One case on one line.
  /// - Parameter nameWidth: columns that names have, so that what follows them is aligned.
  static func line(_ result: Evidence.CaseResult, _ terminal: Terminal, nameWidth: Int) -> String {
    let mark = result.hasPassed ? terminal.styled("✓", .green) : terminal.styled("✗", .red)
    let text: String
    if let problem = result.problem {
      text = problem
    } else {
      switch result.outcome {
      case .result(let value): text = value.text
      case .refusedBySchema(let rules): text = "refused: \(rules)"
      case .failure(let failure): text = "refused: \(failure.message)"
      }
    }
    let name = result.trial.name
    let padding = max(0, min(nameWidth, 30) - name.count)
    let room = terminal.isTerminal ? max(20, terminal.width - name.count - padding - 6) : 400
    return "  \(mark) \(terminal.styled(name, .bold))\(String(repeating: " ", count: padding))  \(Phrases.line(text, room))"
  }

  /// What a failed case did: where it threw, what it called and what it logged.
  private static func details(_ result: Evidence.CaseResult) -> [String] {
    guard !result.hasPassed else { return [] }
    var lines: [String] = []
    if case .failure(let failure) = result.outcome, let stack = failure.stack {
      lines += stack.split(separator: "\n").prefix(8).map { "      \($0)" }
    }
    let calls = result.calls.map { call in (call.name ?? call.function) + (call.refusal.map { " (\($0))" } ?? "") }
    if !calls.isEmpty { lines.append("      called  " + Phrases.line(calls.joined(separator: ", "), 400)) }
    lines += result.log.prefix(10).map { "      log     \(Phrases.line($0, 400))" }
    return lines
  }
}

/// No tools but the built-in ones, where nothing is deployed.
struct NoTools: TrialToolSource {
  func tool(_ name: String) async throws -> TrialTool? { nil }
}

/// The deployment's tools that are modules.
struct RegistryTools: TrialToolSource {
  let access: RegistryAccess

  func tool(_ name: String) async throws -> TrialTool? {
    guard access.identifier(name) != nil, let row = try await access.lifecycle.row(name), row.state == .active else { return nil }
    let source = try await access.module(of: row)
    let subject = RegistryTest.subject(name, source: source, config: row.config)
    return TrialTool(
      module: subject.module, sha256: try ContentHash.sha256(source), schema: subject.schema, capabilities: subject.capabilities)
  }
}
