import AgentKit
import CodeAgents
import JSON
import Sandbox

/// Runs the cases of a draft in the sandbox, and keeps what they show.
struct TestAgentTool: FabricationTool {
  /// Cases of one draft.
  static let maximumCases = 30
  /// Files, bodies and inputs of all cases together, in bytes; they are stored with the version.
  static let maximumBytes = 200_000

  let name = "test_agent"
  let description = """
    Runs cases of a draft in the sandbox, with the real tools over files, a web and a model that the cases bring along. Cases are kept by \
    name: give one again to correct it, the others run again by themselves. It answers for each case what happened, and what still keeps the \
    draft from being stored.
    """
  var inputSchema: JSONValue {
    var properties: JSONObject = [
      "agent_id": ["type": "string", "description": "The agent whose draft is tested."],
      "tool_id": ["type": "string", "description": "Or the tool."],
      "llm_tool_schema": DraftGrants.schemaParameter,
      "cases": [
        "type": "array", "items": TrialCase.schema, "maxItems": .number(Self.maximumCases),
        "description": "New cases, and corrected ones by their names; empty to run those that there are again.",
      ],
    ]
    for (name, value) in DraftGrants.properties { properties[name] = value }
    return [
      "type": "object", "required": ["llm_tool_schema", "cases"], "additionalProperties": false, "properties": .object(properties),
    ]
  }

  func perform(_ input: JSONValue, _ context: FabricationContext) async throws -> (result: JSONValue, line: String) {
    // Models' services take no schema that says so at its top.
    guard (input["agent_id"] == nil) != (input["tool_id"] == nil) else {
      throw ToolError("invalid_input", "Give either 'agent_id' or 'tool_id': whose draft is to be tested.")
    }
    let kind: RegistryKind = input["agent_id"] == nil ? .tool : .agent
    let draft = try Self.draft(kind, input[kind == .agent ? "agent_id" : "tool_id"]?.stringValue ?? "", context)
    let cases = try Self.merged(draft.cases, with: input["cases"]?.arrayValue ?? [])
    // What it is for is said when it is stored; a test needs no description.
    let subject = TrialSubject(
      id: draft.id.text, module: draft.module, schema: try DraftGrants.schema(input, "llm_tool_schema"), description: "a draft",
      capabilities: DraftGrants.capabilities(input))
    let evidence = await context.bench.test(subject, cases: cases, deadlineMilliseconds: context.deadlineMilliseconds)
    context.workshop.keep(evidence, cases: cases, of: draft)
    let problems = evidence.problems(declaring: subject, sha256: draft.sha256)
    let next =
      problems.isEmpty
      ? "Nothing keeps it from being stored: \(kind == .agent ? "store_agent_config_dynamo" : "store_tool_config_dynamo") with this schema, these "
        + "tools and capabilities."
      : "Mend what the problems say (the code with \(kind == .agent ? "upload_agent_to_s3" : "upload_tool_to_s3"), or a case by its name), and test "
        + "again."
    let result: JSONValue = [
      "passed": .number(evidence.passedCount), "of": .number(evidence.cases.count), "cases": .array(evidence.cases.map(Self.shown)),
      "problems": .array(problems.map(JSONValue.string)), "next": .string(next),
    ]
    return (result, evidence.summary)
  }

  static func draft(_ kind: RegistryKind, _ id: String, _ context: FabricationContext) throws(ToolError) -> Workshop.Draft {
    guard let draft = context.workshop.draft(kind, id) else {
      throw ToolError(
        "no_draft",
        "There is no draft of \(kind) '\(OneLine.of(id, toByteCount: 100))': upload its module first, with "
          + "\(kind == .agent ? "upload_agent_to_s3" : "upload_tool_to_s3").")
    }
    return draft
  }

  /// The cases that there were, each in the form that was given last, and the new ones behind them.
  private static func merged(_ before: [TrialCase], with given: [JSONValue]) throws(ToolError) -> [TrialCase] {
    var cases = before
    for value in given {
      let trial: TrialCase
      do throws(TrialCaseError) { trial = try TrialCase(json: value) } catch { throw ToolError("invalid_case", error.message) }
      if let index = cases.firstIndex(where: { $0.name == trial.name }) { cases[index] = trial } else { cases.append(trial) }
    }
    guard !cases.isEmpty else {
      throw ToolError("no_cases", "There is no case yet: give at least one with a result and one that is refused.")
    }
    guard cases.count <= maximumCases else {
      throw ToolError(
        "too_many_cases", "The draft has \(cases.count) cases, at most \(maximumCases) are run. Give cases the names of earlier ones.")
    }
    let bytes = cases.reduce(0) { $0 + $1.json.bytes.count }
    guard bytes <= maximumBytes else {
      throw ToolError("cases_too_large", "The cases have \(bytes) bytes, at most \(maximumBytes) are taken. Make their files smaller.")
    }
    return cases
  }

  private static func shown(_ result: Evidence.CaseResult) -> JSONValue {
    var object: JSONObject = ["name": .string(result.trial.name), "passed": .bool(result.hasPassed)]
    if let problem = result.problem { object["problem"] = .string(OneLine.of(problem, toByteCount: 1_500)) }
    switch result.outcome {
    case .result(let value): object["result"] = value.text.utf8.count <= 2_000 ? value : .string(OneLine.of(value.text, toByteCount: 2_000))
    case .refusedBySchema(let rules): object["refused_by_schema"] = .string(OneLine.of(rules, toByteCount: 1_000))
    case .failure(let failure):
      object["error"] = .string(OneLine.of("\(failure)", toByteCount: 1_500))
      if let stack = failure.stack { object["stack"] = .string(String(decoding: stack.utf8.prefix(2_000), as: UTF8.self)) }
    }
    if !result.calls.isEmpty {
      let calls = result.calls.map { "\($0.function)\($0.name.map { " \($0)" } ?? "")\($0.refusal.map { " refused: \($0)" } ?? "")" }
      object["host_calls"] = .array(calls.map(JSONValue.string))
    }
    if !result.log.isEmpty { object["log"] = .array(result.log.map(JSONValue.string)) }
    return .object(object)
  }
}
