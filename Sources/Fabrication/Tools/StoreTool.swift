import AgentKit
import CodeAgents
import JSON
import Orchestration
import Sandbox

/// Brings a tested draft into the registry: a new version, in use at once or after a person's approval.
struct StoreTool: FabricationTool {
  let kind: RegistryKind
  var name: String { kind == .agent ? "store_agent_config_dynamo" : "store_tool_config_dynamo" }
  private var idParameter: String { kind == .agent ? "agent_id" : "tool_id" }
  private var schemaParameter: String { kind == .agent ? "llm_tool_schema" : "tool_schema" }
  private var descriptionParameter: String { kind == .agent ? "agent_description" : "tool_description" }

  var description: String {
    """
    Registers a draft as \(kind == .agent ? "an agent" : "a tool that agents may call"). It is taken only if the last test_agent was of exactly this \
    code, schema, tools and capabilities, and left no problem.
    """
  }
  var inputSchema: JSONValue {
    var properties: JSONObject = [
      "file_name": ["type": "string", "description": "As it was uploaded."],
      idParameter: ["type": "string", "description": "The file name without '.js'."],
      schemaParameter: DraftGrants.schemaParameter,
      descriptionParameter: [
        "type": "string", "minLength": 20, "maxLength": 2_000,
        "description": "What it does, what it is given and what it answers, for the models that choose by it.",
      ],
    ]
    for (name, value) in DraftGrants.properties { properties[name] = value }
    return [
      "type": "object", "required": ["file_name", .string(idParameter), .string(schemaParameter), .string(descriptionParameter)],
      "additionalProperties": false, "properties": .object(properties),
    ]
  }

  func perform(_ input: JSONValue, _ context: FabricationContext) async throws -> (result: JSONValue, line: String) {
    let id = input[idParameter]?.stringValue ?? ""
    let draft = try TestAgentTool.draft(kind, id, context)
    guard input["file_name"]?.stringValue == draft.fileName else {
      throw ToolError("invalid_file_name", "The draft of '\(draft.id)' was uploaded as '\(draft.fileName)': give that as file_name.")
    }
    let subject = TrialSubject(
      id: draft.id.text, module: draft.module, schema: try DraftGrants.schema(input, schemaParameter),
      description: input[descriptionParameter]?.stringValue ?? "", capabilities: DraftGrants.capabilities(input))
    guard let evidence = draft.evidence else {
      throw ToolError("not_tested", "This code of '\(draft.id)' has not been tested: run test_agent first.")
    }
    let problems = evidence.problems(declaring: subject, sha256: draft.sha256)
    guard problems.isEmpty else {
      throw ToolError("not_proven", "'\(draft.id)' cannot be stored yet. " + problems.joined(separator: " "))
    }
    try await checkTools(evidence, context)
    // A moment later somebody else may answer the task; what nobody waits for must not come into the registry.
    guard try await context.isWanted() else {
      throw ToolError("not_wanted", "Nobody waits for this task any more: stop here.")
    }
    context.workshop.beginStoring()
    let made: Workshop.Made
    do {
      made = try await store(draft, subject, evidence, context)
    } catch let error as ToolError {
      // What says so has written nothing; whatever else ends it leaves that open.
      context.workshop.endStoring()
      throw error
    }
    context.workshop.note(made)
    context.workshop.endStoring()
    return (
      [
        idParameter: .string(made.id), "version": .number(made.version), "state": .string(made.waits ? "pending" : made.state.rawValue),
        "next": .string(next(made)),
      ], "'\(made.id)' version \(made.version) is \(made.waits ? "pending" : made.state.rawValue)"
    )
  }

  /// The evidence is for the tools that the test called, as they were then.
  private func checkTools(_ evidence: Evidence, _ context: FabricationContext) async throws {
    for (name, sha256) in evidence.toolHashes.sorted(by: { $0.key < $1.key }) {
      let row = try await context.tools.row(name)
      let isOurs = context.workshop.made.contains { $0.kind == .tool && $0.id == name }
      guard let row, row.state == .active || isOurs else {
        throw ToolError("not_proven", "The tool '\(name)' has gone out of use since the test: do without it, and test again.")
      }
      guard row.config["sha256"]?.stringValue == sha256 else {
        throw ToolError("not_proven", "The code of the tool '\(name)' is not what it was in the test: test again with test_agent.")
      }
    }
  }

  private func next(_ made: Workshop.Made) -> String {
    switch kind {
    case .agent: "End with complete_task and agent_id '\(made.id)'."
    case .tool: "Call it from the agent's module: await host.callTool('\(made.id)', input), and name it in the agent's tools."
    }
  }

  private func store(
    _ draft: Workshop.Draft, _ subject: TrialSubject, _ evidence: Evidence, _ context: FabricationContext
  ) async throws -> Workshop.Made {
    let lifecycle = context.lifecycle(kind)
    var config: JSONObject = [
      "name": .string(draft.id.text), "description": .string(subject.description), "schema": subject.schema,
      "tools": .array(subject.capabilities.tools.sorted().map(JSONValue.string)),
      "capabilities": .array(subject.capabilities.functions.map(\.rawValue).sorted().map(JSONValue.string)),
    ]
    if kind == .agent { config["action"] = ["type": "sqs", "target": .string(context.configuration.workerQueueURL)] }
    do {
      let version = try await lifecycle.versions.publish(
        VersionDraft(
          kind: kind, id: draft.id, source: draft.source, config: config, evidence: evidence.json, origin: context.origin,
          request: context.request))
      let change = try await lifecycle.activate(
        version, basedOn: draft.basedOn, needsApproval: context.configuration.approval == .manual,
        categories: kind == .agent ? ["worker", "fabricated"] : ["fabricated"], by: .function("fabricator"))
      // An operator's edits of a row stay, so that it may have another name than the version.
      let row = try? await lifecycle.row(draft.id.text)
      return Workshop.Made(
        kind: kind, id: draft.id.text, config: change.waitingVersion == nil ? row?.config ?? version.config : version.config,
        version: version.number, state: change.state, waits: change.waitingVersion != nil)
    } catch let error as LifecycleError {
      throw ToolError(error.code.rawValue, "\(error.message).")
    } catch let error as VersionError {
      throw ToolError(error.code.rawValue, "\(error.message).")
    }
  }
}
