public import JSON
import Sandbox

/// Evidence that cannot be read, and why.
public struct EvidenceError: Error, Sendable, Equatable, CustomStringConvertible {
  public let message: String
  public init(_ message: String) { self.message = message }
  public var description: String { message }
}

extension Evidence {
  /// What is stored with a version.
  public var json: JSONValue {
    var object: JSONObject = [
      "format": .string(Self.format), "sha256": .string(sha256), "schema": schema,
      "tools": .array(capabilities.tools.map(JSONValue.string)),
      "capabilities": .array(capabilities.functions.map { .string($0.rawValue) }),
      "testedAt": .string(ISO8601.text(milliseconds: testedAtMilliseconds)), "summary": .string(summary),
      "cases": .array(cases.map(\.json)), "toolsUsed": .array(toolsUsed.map(JSONValue.string)),
      "capabilitiesUsed": .array(functionsUsed.map { .string($0.rawValue) }),
    ]
    if let compileFailure { object["compileFailure"] = compileFailure.evidence }
    if let schemaProblem { object["schemaProblem"] = .string(schemaProblem) }
    if !missingTools.isEmpty { object["missingTools"] = .array(missingTools.map(JSONValue.string)) }
    if !callsNotGranted.isEmpty { object["callsNotGranted"] = .array(callsNotGranted.map(JSONValue.string)) }
    if !toolHashes.isEmpty {
      object["toolHashes"] = .object(JSONObject(toolHashes.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }
    return .object(object)
  }

  /// Reads what `json` writes.
  /// - Throws: `EvidenceError` that names the member.
  public init(json: JSONValue) throws(EvidenceError) {
    func text(_ name: String) throws(EvidenceError) -> String {
      guard let text = json[name]?.stringValue else {
        throw EvidenceError("The evidence's '\(name)' is \((json[name] ?? .null).text), expected a text.")
      }
      return text
    }
    func texts(_ name: String) throws(EvidenceError) -> [String] {
      var texts: [String] = []
      for element in json[name]?.arrayValue ?? [] {
        guard let text = element.stringValue else { throw EvidenceError("The evidence's '\(name)' has \(element.text), expected texts.") }
        texts.append(text)
      }
      return texts
    }
    func functions(_ name: String) throws(EvidenceError) -> [Capabilities.Function] {
      var functions: [Capabilities.Function] = []
      for text in try texts(name) {
        guard let function = Capabilities.Function(rawValue: text) else {
          throw EvidenceError("The evidence's '\(name)' has '\(text)', which is no capability.")
        }
        functions.append(function)
      }
      return functions
    }
    guard try text("format") == Self.format else {
      throw EvidenceError("The evidence has the format '\(try text("format"))', expected '\(Self.format)'.")
    }
    guard let schema = json["schema"] else { throw EvidenceError("The evidence has no 'schema'.") }
    guard let testedAt = ISO8601.milliseconds(try text("testedAt")) else {
      throw EvidenceError("The evidence's 'testedAt' is '\(try text("testedAt"))', expected ISO 8601.")
    }
    var cases: [CaseResult] = []
    for element in json["cases"]?.arrayValue ?? [] { cases.append(try CaseResult(evidence: element)) }
    self.init(
      sha256: try text("sha256"), schema: schema,
      capabilities: Capabilities(tools: try texts("tools"), functions: try functions("capabilities")),
      compileFailure: try json["compileFailure"].map { value throws(EvidenceError) in try SandboxFailure(evidence: value) },
      schemaProblem: json["schemaProblem"]?.stringValue, missingTools: try texts("missingTools"), cases: cases,
      toolsUsed: try texts("toolsUsed"), functionsUsed: try functions("capabilitiesUsed"), callsNotGranted: try texts("callsNotGranted"),
      toolHashes: (json["toolHashes"]?.objectValue?.dictionary ?? [:]).compactMapValues(\.stringValue), testedAtMilliseconds: testedAt)
  }
}

extension Evidence.CaseResult {
  var json: JSONValue {
    var object: JSONObject = ["case": trial.json, "passed": .bool(hasPassed)]
    switch outcome {
    case .result(let value): object["result"] = value
    case .refusedBySchema(let rules): object["refusedBySchema"] = .string(rules)
    case .failure(let failure): object["failure"] = failure.evidence
    }
    if let problem { object["problem"] = .string(problem) }
    if !calls.isEmpty {
      object["calls"] = .array(
        calls.map { call in
          var members: JSONObject = ["function": .string(call.function)]
          if let name = call.name { members["name"] = .string(name) }
          if let refusal = call.refusal { members["refusal"] = .string(refusal) }
          return .object(members)
        })
    }
    if !log.isEmpty { object["log"] = .array(log.map(JSONValue.string)) }
    return .object(object)
  }

  init(evidence json: JSONValue) throws(EvidenceError) {
    let trial: TrialCase
    do throws(TrialCaseError) { trial = try TrialCase(json: json["case"] ?? .null) } catch { throw EvidenceError(error.message) }
    let outcome: Outcome
    if let failure = json["failure"] {
      outcome = .failure(try SandboxFailure(evidence: failure))
    } else if let rules = json["refusedBySchema"]?.stringValue {
      outcome = .refusedBySchema(rules)
    } else if let result = json["result"] {
      outcome = .result(result)
    } else {
      throw EvidenceError("The case '\(trial.name)' of the evidence has no outcome.")
    }
    let problem = json["problem"]?.stringValue
    guard json["passed"]?.boolValue == (problem == nil) else {
      throw EvidenceError("The case '\(trial.name)' of the evidence has passed and has a problem, or neither.")
    }
    self.init(
      trial: trial, outcome: outcome, problem: problem,
      calls: (json["calls"]?.arrayValue ?? []).map {
        Evidence.HostCall(function: $0["function"]?.stringValue ?? "", name: $0["name"]?.stringValue, refusal: $0["refusal"]?.stringValue)
      }, log: (json["log"]?.arrayValue ?? []).compactMap(\.stringValue))
  }
}

extension SandboxFailure {
  fileprivate var evidence: JSONValue {
    var object: JSONObject = ["code": .string(code.rawValue), "message": .string(message)]
    if let stack { object["stack"] = .string(stack) }
    return .object(object)
  }

  fileprivate init(evidence json: JSONValue) throws(EvidenceError) {
    guard let code = json["code"]?.stringValue, let message = json["message"]?.stringValue else {
      throw EvidenceError("A failure in the evidence lacks its code or message: \(json.text)")
    }
    self.init(Code(rawValue: code), message, stack: json["stack"]?.stringValue)
  }
}
