import AgentKit
import CodeAgents
import JSON
import Sandbox

/// What the Fabricator's model is told.
enum FabricationPrompt {
  /// The system prompt: the text of `SystemPromptText`, with the tables of tools.
  /// - Parameters:
  ///   - limits: of a run.
  ///   - webHosts: what http_get may read, with commas between; empty for nothing.
  static func system(_ catalog: RegistryCatalog, limits: SandboxLimits = SandboxLimits(), webHosts: String = "") -> String {
    var values: [String: String] = [
      "built_in_tools": catalog.builtInTools.map(described).joined(separator: "\n"),
      "registry_tools": registryTools(catalog.tools),
      "capabilities": capabilities.map { "  - \($0.0): \($0.1)" }.joined(separator: "\n"),
      "limits": described(limits),
      "rules": SystemPromptText.rules.enumerated().map { "\($0.offset + 1). \($0.element)" }.joined(separator: "\n"),
      "web_hosts": webHosts.isEmpty
        ? "No host may be read by `http_get` here: make no agent that needs the Web, and say so with `impossible`."
        : "Hosts that `http_get` may read here, and no others: \(webHosts).",
      "id_rule": CodeIdentifier.rule,
      "your_tools": FabricationTools.all.map { "- `\($0.name)`: \($0.description)" }.joined(separator: "\n"),
    ]
    for tool in FabricationTools.all { values[tool.name] = "`\(tool.name)`" }
    return filled(SystemPromptText.template, values)
  }

  /// The first message: what is wanted.
  /// - Parameter made: what an attempt before this one has brought into the registry.
  static func task(_ request: String, made: [Workshop.Made]) -> String {
    var text = "Make an agent for this. The task, in the words of whoever asked:\n\n<task>\n\(request)\n</task>"
    let tools = made.filter { $0.kind == .tool }.map { "'\($0.id)'" }
    if !tools.isEmpty {
      text +=
        "\n\nAn earlier attempt at this task was interrupted. It has stored the tool \(tools.joined(separator: ", ")), which can be used."
    }
    return text
  }

  /// What `host` can have, for whoever writes a module.
  static let capabilities: [(String, String)] = [
    (
      "`await host.callTool(name, input)`",
      "calls a tool that the draft's tools name; the input must fit the tool's schema. It rejects with an Error that has `code` and `message`."
    ),
    (
      "`await host.converse(request)`, capability \"converse\"",
      "asks a model: {prompt} or {messages: [{role: 'user' | 'assistant', text}]}, optionally system, maxTokens and temperature; it gives {text, "
        + "stopReason, usage}. It costs money and time; each agent has a budget."
    ),
    ("`host.log(...values)`, capability \"log\"", "writes a line into the log: what an operator should see, not results."),
    ("`host.now()`, capability \"now\"", "the time in milliseconds since the Unix epoch."),
    ("`host.random()`, capability \"random\"", "a number from 0 up to 1, without 1; a run can be repeated with the same numbers."),
  ]

  /// Tools that the prompt shows; a large registry is searched.
  static let maximumTools = 50

  private static func registryTools(_ tools: [RegistryCatalog.Entry]) -> String {
    guard !tools.isEmpty else { return "There are none yet." }
    let more = tools.count - maximumTools
    let shown = tools.prefix(maximumTools).map(described).joined(separator: "\n")
    return more > 0 ? "\(shown)\n\nThere are \(more) more: find them with `search_agents`." : shown
  }

  private static func described(_ entry: RegistryCatalog.Entry) -> String {
    let needs = entry.needs.isEmpty ? "" : " Needs, and so does who calls it: \(entry.needs.joined(separator: ", "))."
    return "- `\(entry.name)`: \(OneLine.of(entry.description, toByteCount: 2_000)) Input: \(entry.schema.text)\(needs)"
  }

  private static func described(_ limits: SandboxLimits) -> String {
    "\(limits.cpuMilliseconds) ms of processor time (waiting for tools does not count), \(limits.memoryBytes >> 20) MiB of memory, "
      + "\(limits.outputBytes) bytes of result, and \(limits.hostCalls) calls of the host of at most \(limits.hostCallBytes) bytes each"
  }

  /// A text with `{{name}}` replaced; what has no value stays, so that a test finds it.
  private static func filled(_ template: String, _ values: [String: String]) -> String {
    let bytes = Array(template.utf8)
    var text: [UInt8] = []
    var position = 0
    while position < bytes.count {
      if bytes[position...].starts(with: "{{".utf8), let end = closing(bytes, from: position + 2),
        let value = values[String(decoding: bytes[position + 2..<end], as: UTF8.self)]
      {
        text += Array(value.utf8)
        position = end + 2
      } else {
        text.append(bytes[position])
        position += 1
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func closing(_ bytes: [UInt8], from start: Int) -> Int? {
    var position = start
    while position + 1 < bytes.count, bytes[position] != UInt8(ascii: "\n") {
      if bytes[position] == UInt8(ascii: "}"), bytes[position + 1] == UInt8(ascii: "}") { return position }
      position += 1
    }
    return nil
  }
}
