import AWSClient
public import AgentKit
import JSON
import Orchestration
public import Sandbox

/// Tries modules: in the real sandbox, with the real tools, on nothing but what the cases bring along.
///
/// The same module and the same cases give the same evidence: time and random numbers come from the case.
public struct TrialBench: Sendable {
  private let runner: any ModuleRunner
  private let tools: any TrialToolSource
  private let limits: SandboxLimits
  private let clock: any Clock
  private let caseMilliseconds: Int64
  private let webHosts: HTTPAllowList?

  /// - Parameters:
  ///   - tools: those that are modules.
  ///   - limits: of each run.
  ///   - caseMilliseconds: the longest that a case may take.
  ///   - webHosts: what the deployment lets agents read, so that what it refuses is refused in a trial; nil for whatever a case has pages of.
  public init(
    runner: any ModuleRunner, tools: any TrialToolSource, limits: SandboxLimits = SandboxLimits(), clock: any Clock = SystemClock(),
    caseMilliseconds: Int64 = 20_000, webHosts: HTTPAllowList? = nil
  ) {
    self.webHosts = webHosts
    self.runner = runner
    self.tools = tools
    self.limits = limits
    self.clock = clock
    self.caseMilliseconds = caseMilliseconds
  }

  /// Why a module cannot be run: it does not compile, or has no handler; nil when it can.
  public func check(_ module: SandboxModule) async -> SandboxFailure? { await runner.check(module, limits: limits) }

  /// Runs all cases, one after the other; what goes wrong stands in the evidence.
  /// - Parameter deadlineMilliseconds: when the last case must be done, in milliseconds since the Unix epoch.
  public func test(_ subject: TrialSubject, cases: [TrialCase], deadlineMilliseconds: Int64) async -> Evidence {
    var evidence = Evidence(
      sha256: Self.hash(subject.module.source), schema: subject.schema, capabilities: subject.capabilities,
      testedAtMilliseconds: clock.nowMilliseconds)
    evidence.compileFailure = await check(subject.module)
    guard evidence.compileFailure == nil else { return evidence }
    let schema: JSONSchema
    do throws(TrialCaseError) { schema = try Self.inputSchema(subject.schema) } catch {
      evidence.schemaProblem = error.message
      return evidence
    }
    let modules = await modules(subject.capabilities.tools)
    evidence.missingTools = modules.missing
    var uses = Uses()
    for trial in cases {
      let run = Run(
        trial: trial, subject: subject, schema: schema, modules: modules.found, seed: Self.seed(evidence.sha256, trial),
        milliseconds: milliseconds(until: deadlineMilliseconds))
      let (result, used) = await result(of: run)
      for used in used { uses.add(used, granted: subject.capabilities, modules: modules.found) }
      evidence.cases.append(result)
      // The host hears nothing of random numbers: what a module does without them tells whether it uses them.
      if subject.capabilities.functions.contains(.random), !uses.functions.contains(.random), !used.isEmpty {
        var without = run
        without.subject.capabilities.functions.removeAll { $0 == .random }
        without.milliseconds = milliseconds(until: deadlineMilliseconds)
        if await self.result(of: without).0.outcome != result.outcome { uses.functions.insert(.random) }
      }
    }
    evidence.toolsUsed = uses.tools.sorted()
    evidence.functionsUsed = Capabilities.Function.allCases.filter(uses.functions.contains)
    evidence.callsNotGranted = uses.notGranted.sorted()
    evidence.toolHashes = uses.hashes
    return evidence
  }

  // MARK: One case

  private struct Run {
    var trial: TrialCase
    var subject: TrialSubject
    var schema: JSONSchema
    var modules: [String: TrialTool]
    var seed: [UInt8]
    /// How long it may take.
    var milliseconds: Int64

    /// By the clock of the case, which stands still.
    var deadlineMilliseconds: Int64 { trial.nowMilliseconds + milliseconds }
  }

  private func milliseconds(until deadline: Int64) -> Int64 { max(0, min(deadline - clock.nowMilliseconds, caseMilliseconds)) }

  /// - Returns: what became of the case, and what the module and the tools that it called used; nothing when the module was not run.
  private func result(of run: Run) async -> (Evidence.CaseResult, used: [Capabilities]) {
    let trial = run.trial
    let violations = run.schema.validate(trial.input)
    guard violations.isEmpty else {
      let rules = violations.map(\.description).joined(separator: "; ")
      let problem = trial.expectation == .refuses ? nil : "the schema refuses the input: \(rules)"
      return (Evidence.CaseResult(trial: trial, outcome: .refusedBySchema(rules), problem: problem), [])
    }
    let world: TrialHost.World
    do {
      let model = TrialModel(trial.replies)
      var builtIn: [String: (tool: any Tool, schema: JSONSchema)] = [:]
      for tool in try TrialTools.builtIn(trial, model: model, webHosts: webHosts) {
        builtIn[tool.name] = (tool, try JSONSchema(compiling: tool.inputSchema))
      }
      world = TrialHost.World(
        trial, model: model, builtIn: builtIn, modules: run.modules, runner: runner, limits: limits,
        deadlineMilliseconds: run.deadlineMilliseconds, seed: run.seed)
    } catch {
      let failure = SandboxFailure(.notStarted, "\(error)")
      return (Evidence.CaseResult(trial: trial, outcome: .failure(failure), problem: "the case cannot be set up: \(error)"), [])
    }
    let done = await runner.run(
      run.subject.module, input: trial.input, capabilities: run.subject.capabilities, limits: limits,
      deadlineMilliseconds: run.deadlineMilliseconds, host: TrialHost(world, grants: run.subject.capabilities))
    let outcome: Evidence.CaseResult.Outcome =
      switch done.outcome {
      case .success(let value): .result(value)
      case .failure(let failure): .failure(failure)
      }
    let result = Evidence.CaseResult(
      trial: trial, outcome: outcome, problem: Self.problem(outcome, trial.expectation), calls: Self.calls(done.record),
      log: Self.log(done.record))
    return (result, [done.record.used, world.usedByTools])
  }

  /// The names of errors that the engine throws by itself.
  private static let accidents = ["TypeError", "ReferenceError", "RangeError", "SyntaxError", "InternalError"]

  private static func problem(_ outcome: Evidence.CaseResult.Outcome, _ expectation: TrialCase.Expectation) -> String? {
    switch (outcome, expectation) {
    case (.refusedBySchema, .refuses): return nil
    case (.refusedBySchema(let rules), _): return "the schema refuses the input: \(rules)"
    case (.failure(let failure), .refuses) where failure.code == .threw:
      // What the engine throws tells of code that ran into the input, and not of one that looked at it.
      guard let name = accidents.first(where: { failure.message.hasPrefix("\($0):") }) else { return nil }
      return
        "the handler ran into a \(name) instead of refusing the input (\(failure.message.shortened(toByteCount: 500))): "
        + "check the input first, and throw an Error named 'InvalidInput' that says what is wrong"
    case (.failure(let failure), .refuses):
      return "the handler must refuse the input by throwing an Error named 'InvalidInput'; it ended with \(failure)"
    case (.failure(let failure), _): return "\(failure)"
    case (.result(let value), .refuses):
      return "the input must be refused, and was answered with \(ValueDifference.shown(value)); make the schema or the handler refuse it"
    case (.result(let value), .equals(let expected)): return ValueDifference.first(value, expected: expected)
    case (.result(let value), .matches(let schema)):
      do throws(JSONSchemaError) {
        let violations = try JSONSchema(compiling: schema).validate(value)
        return violations.isEmpty
          ? nil
          : "the result does not match: \(violations.map(\.description).joined(separator: "; ")); it is \(ValueDifference.shown(value))"
      } catch {
        return "the schema in 'matches' cannot be used: \(error)"
      }
    }
  }

  private static func calls(_ record: RunRecord) -> [Evidence.HostCall] {
    var calls: [Evidence.HostCall] = []
    var indexes: [Int: Int] = [:]
    for entry in record.entries {
      switch entry {
      case .call(let call):
        guard calls.count < Evidence.CaseResult.maximumCalls else { break }
        indexes[call.id] = calls.count
        calls.append(Evidence.HostCall(function: call.function.rawValue, name: call.name))
      case .refusal(let id, let error): if let index = indexes[id] { calls[index].refusal = error.code }
      case .answer, .log, .unreadableCall: break
      }
    }
    return calls
  }

  private static let maximumLogLines = 20

  private static func log(_ record: RunRecord) -> [String] {
    var lines: [String] = []
    for case .log(_, let message) in record.entries where lines.count < maximumLogLines {
      lines.append(message.shortened(toByteCount: 500))
    }
    return lines
  }

  // MARK: Parts

  /// What the runs of a module called.
  private struct Uses {
    var tools: Set<String> = []
    var functions: Set<Capabilities.Function> = []
    var notGranted: Set<String> = []
    var hashes: [String: String] = [:]

    mutating func add(_ used: Capabilities, granted: Capabilities, modules: [String: TrialTool]) {
      for name in used.tools {
        guard granted.tools.contains(name) else {
          notGranted.insert(name)
          continue
        }
        tools.insert(name)
        hashes[name] = modules[name]?.sha256
      }
      for function in used.functions {
        if granted.functions.contains(function) { functions.insert(function) } else { notGranted.insert(function.rawValue) }
      }
    }
  }

  private func modules(_ names: [String]) async -> (found: [String: TrialTool], missing: [String]) {
    var found: [String: TrialTool] = [:]
    var missing: [String] = []
    var open = names
    // Tools of tools too: what is called in a trial is what is called in earnest.
    while let name = open.popLast() {
      guard !BuiltInTools.names.contains(name), found[name] == nil else { continue }
      guard let tool = try? await tools.tool(name) else {
        if names.contains(name) { missing.append(name) }
        continue
      }
      found[name] = tool
      open += tool.capabilities.tools
    }
    return (found, missing.sorted())
  }

  /// The schema, ready to check inputs with.
  private static func inputSchema(_ schema: JSONValue) throws(TrialCaseError) -> JSONSchema {
    guard schema["type"]?.stringValue == "object" else {
      throw TrialCaseError("its type is \((schema["type"] ?? .null).text), expected \"object\"; Bedrock takes no other.")
    }
    // Of one such tool a model's service refuses the whole request, and with it every other agent's work.
    for keyword in ["oneOf", "anyOf", "allOf"] where schema[keyword] != nil {
      throw TrialCaseError("it has '\(keyword)' at its top, which models' services refuse; check that in the handler instead.")
    }
    if let name = unusablePropertyName(in: schema) {
      throw TrialCaseError(
        "the property name \(ValueDifference.shown(.string(name))) is not 1 to 64 of a-z, A-Z, 0-9, '_', '.' and '-', which models' services refuse."
      )
    }
    do throws(JSONSchemaError) { return try JSONSchema(compiling: schema) } catch { throw TrialCaseError("\(error)") }
  }

  /// A name of a property, at any depth, that Anthropic's models are not offered.
  private static func unusablePropertyName(in schema: JSONValue, depth: Int = 0) -> String? {
    guard depth < 32 else { return nil }
    switch schema {
    case .array(let elements): return elements.lazy.compactMap { unusablePropertyName(in: $0, depth: depth + 1) }.first
    case .object(let members):
      for (key, value) in members {
        if key == "properties", let properties = value.objectValue {
          for name in properties.keys where !isUsablePropertyName(name) { return name }
        }
        if let name = unusablePropertyName(in: value, depth: depth + 1) { return name }
      }
      return nil
    default: return nil
    }
  }

  private static func isUsablePropertyName(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
      }
  }

  static func hash(_ bytes: [UInt8]) -> String { (try? ContentHash.sha256(bytes)) ?? "" }

  private static func seed(_ sha256: String, _ trial: TrialCase) -> [UInt8] {
    Array(hash(Array("\(sha256) \(trial.name)".utf8)).utf8.prefix(32))
  }
}
