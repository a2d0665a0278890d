import AWSClient
import AgentKit
import CodeAgents
import JSON
import Sandbox
import Telemetry

/// Takes the code of a draft: it is checked, and kept under its hash. Nothing is in use by this.
struct UploadTool: FabricationTool {
  /// The largest module, in bytes.
  static let maximumBytes = 200_000
  /// What the comment at the head of a module says (requirement 12.1).
  static let headings = ["purpose", "input", "output", "constraints"]

  let kind: RegistryKind
  var name: String { kind == .agent ? "upload_agent_to_s3" : "upload_tool_to_s3" }
  var description: String {
    let noun = kind == .agent ? "an agent" : "a tool"
    return """
      Uploads the module of \(noun): a draft. It is compiled, and kept; nothing is in use before it has been tested and stored. Uploading again \
      replaces the draft, and it has to be tested again.
      """
  }
  var inputSchema: JSONValue {
    [
      "type": "object", "required": ["file_name", "code"], "additionalProperties": false,
      "properties": [
        "file_name": [
          "type": "string", "minLength": 1, "maxLength": 100,
          "description": .string(
            "The \(kind.rawValue)'s id and '.js', such as 'csv-outliers.js'. An id is \(CodeIdentifier.rule)."),
        ],
        "code": ["type": "string", "minLength": 1, "description": "The whole module, an ES module as the contract says."],
      ],
    ]
  }

  func perform(_ input: JSONValue, _ context: FabricationContext) async throws -> (result: JSONValue, line: String) {
    let fileName = input["file_name"]?.stringValue ?? ""
    guard fileName.hasSuffix(".js") else {
      throw ToolError(
        "invalid_file_name", "'\(OneLine.of(fileName, toByteCount: 100))' is no file name of a module: expected an id and '.js'.")
    }
    let (id, row) = try await context.identifier(String(fileName.dropLast(3)), kind)
    let code = input["code"]?.stringValue ?? ""
    let source = Array(code.utf8)
    try Self.check(code, source)
    if let failure = await context.bench.check(SandboxModule(name: fileName, source: source)) {
      guard failure.code == .compileError else {
        throw ToolError(failure.code.rawValue, "The sandbox could not check the module: \(failure.message)")
      }
      throw ToolError("compile_error", "\(failure.message)\(failure.stack.map { "\n\($0)" } ?? "")\nMend it, and upload it again.")
    }
    let sha256 = try await context.lifecycle(kind).versions.publishModule(kind, id, source: source)
    let before = context.workshop.draft(kind, id.text)
    var draft = Workshop.Draft(kind: kind, id: id, source: source, sha256: sha256, basedOn: row?.versionNumber)
    draft.cases = before?.cases ?? []
    if before?.sha256 == sha256 { draft.evidence = before?.evidence }
    context.workshop.keep(draft)
    let result: JSONValue = [
      "file_name": .string(fileName), "key": .string(kind.moduleKey(id, sha256: sha256)), "sha256": .string(sha256),
      "replaces_version": row?.versionNumber.map { JSONValue.number($0) } ?? .null,
      "next": "It compiles. Test it with test_agent: cases with a result, and at least one with input that must be refused.",
    ]
    return (result, "'\(id)', \(source.count) bytes, compiles")
  }

  private static func check(_ code: String, _ source: [UInt8]) throws(ToolError) {
    guard source.count <= maximumBytes else {
      throw ToolError("too_large", "The module has \(source.count) bytes, at most \(maximumBytes) are taken. Write less.")
    }
    guard let header = header(of: source) else {
      throw ToolError(
        "no_documentation",
        "The module does not begin with a comment /** … */: begin it with one that has the lines Purpose:, Input:, Output: and Constraints:."
      )
    }
    let words = header.lowercased()
    let missing = headings.filter { !contains(words, $0 + ":") }
    guard missing.isEmpty else {
      throw ToolError(
        "no_documentation",
        "The comment at the head of the module lacks \(missing.map { "'\($0.prefix(1).uppercased())\($0.dropFirst()):'" }.joined(separator: ", "))."
      )
    }
    guard Redaction.standard.cleaned(code) == code else {
      throw ToolError("credential", "The code holds what looks like a credential, or an address with one. No code may: leave it out.")
    }
  }

  /// The comment that a module begins with.
  private static func header(of source: [UInt8]) -> String? {
    var start = 0
    while start < source.count, source[start] <= 0x20 { start += 1 }
    guard source[start...].starts(with: "/**".utf8) else { return nil }
    var end = start + 3
    while end + 1 < source.count {
      if source[end] == UInt8(ascii: "*"), source[end + 1] == UInt8(ascii: "/") {
        return String(decoding: source[start..<end], as: UTF8.self)
      }
      end += 1
    }
    return nil
  }

  private static func contains(_ text: String, _ word: String) -> Bool {
    let (text, word) = (Array(text.utf8), Array(word.utf8))
    guard text.count >= word.count else { return false }
    return (0...text.count - word.count).contains { text[$0..<$0 + word.count].elementsEqual(word) }
  }
}
