public import JSON
import Orchestration
public import Sandbox

/// What a trial showed: for exactly these bytes, this schema and these grants, and for nothing else.
public struct Evidence: Sendable, Equatable {
  public static let format = "arbiter.evidence/1"

  /// A call that a module made of its host.
  public struct HostCall: Sendable, Equatable {
    /// "callTool", "converse" or "now".
    public var function: String
    /// The tool, of a call of callTool.
    public var name: String?
    /// Why it had no answer: the code of the error; nil when it had one.
    public var refusal: String?

    public init(function: String, name: String? = nil, refusal: String? = nil) {
      self.function = function
      self.name = name
      self.refusal = refusal
    }
  }

  /// What became of one case.
  public struct CaseResult: Sendable, Equatable {
    public enum Outcome: Sendable, Equatable {
      case result(JSONValue)
      /// The schema refused the input: the rules that it breaks.
      case refusedBySchema(String)
      case failure(SandboxFailure)
    }

    public var trial: TrialCase
    public var outcome: Outcome
    /// Why the case has not passed; nil when it has.
    public var problem: String?
    /// The first calls, at most `maximumCalls` of them.
    public var calls: [HostCall]
    /// What the module logged, shortened.
    public var log: [String]

    public static let maximumCalls = 50
    public var hasPassed: Bool { problem == nil }

    public init(trial: TrialCase, outcome: Outcome, problem: String?, calls: [HostCall] = [], log: [String] = []) {
      self.trial = trial
      self.outcome = outcome
      self.problem = problem
      self.calls = calls
      self.log = log
    }
  }

  /// SHA-256 of the module, 64 hexadecimal digits.
  public var sha256: String
  public var schema: JSONValue
  /// What the trial granted.
  public var capabilities: Capabilities
  /// Why the module cannot be run at all; nil when it can.
  public var compileFailure: SandboxFailure?
  /// What is wrong with the schema; nil when nothing is.
  public var schemaProblem: String?
  /// Granted tools that do not exist or cannot be had.
  public var missingTools: [String]
  /// In the order of the cases.
  public var cases: [CaseResult]
  /// Granted tools that were called, sorted.
  public var toolsUsed: [String]
  /// Granted functions that were used, in their own order.
  public var functionsUsed: [Capabilities.Function]
  /// Tools and functions that were called and not granted, sorted.
  public var callsNotGranted: [String]
  /// SHA-256 of the tools that were called and are modules, by name.
  public var toolHashes: [String: String]
  /// When, in milliseconds since the Unix epoch.
  public var testedAtMilliseconds: Int64

  public init(
    sha256: String, schema: JSONValue, capabilities: Capabilities, compileFailure: SandboxFailure? = nil, schemaProblem: String? = nil,
    missingTools: [String] = [], cases: [CaseResult] = [], toolsUsed: [String] = [], functionsUsed: [Capabilities.Function] = [],
    callsNotGranted: [String] = [], toolHashes: [String: String] = [:], testedAtMilliseconds: Int64
  ) {
    self.sha256 = sha256
    self.schema = schema
    self.capabilities = capabilities
    self.compileFailure = compileFailure
    self.schemaProblem = schemaProblem
    self.missingTools = missingTools
    self.cases = cases
    self.toolsUsed = toolsUsed
    self.functionsUsed = functionsUsed
    self.callsNotGranted = callsNotGranted
    self.toolHashes = toolHashes
    self.testedAtMilliseconds = testedAtMilliseconds
  }

  public var passedCount: Int { cases.count { $0.hasPassed } }

  /// One line for people: "2 of 3 cases passed; 'empty file' failed: …".
  public var summary: String {
    if let compileFailure { return "the module does not run: \(compileFailure.message.shortened(toByteCount: 200))" }
    if let schemaProblem { return "the schema is not valid: \(schemaProblem.shortened(toByteCount: 200))" }
    var text = "\(passedCount) of \(cases.count) cases passed"
    if let failed = cases.first(where: { !$0.hasPassed }), let problem = failed.problem {
      text += "; '\(failed.trial.name)' failed: \(problem.shortened(toByteCount: 200))"
    }
    return text
  }
}
