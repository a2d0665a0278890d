import AWSClient
import AgentKit
import CodeAgents
import JSON
import Sandbox

/// A module that a person wrote, and the row that is to name it.
struct HandWrittenModule {
  let id: CodeIdentifier
  let source: [UInt8]
  /// The file that it was read from, for messages.
  let file: String
  /// The row with the module's name and hash.
  let row: JSONValue

  /// - Throws: `CommandError` for a row that is none of kind code, or whose id cannot be a folder's name.
  init(row: JSONValue, path: String, source: [UInt8], file: String) throws(CommandError) {
    guard var object = row.objectValue, var config = object["config"]?.objectValue else {
      throw CommandError("\(path): with --module the file has one row {agentId, config, state, categories}, whose config is an object")
    }
    let kind = config["kind"]?.stringValue ?? "code"
    guard kind == "code" else { throw CommandError("\(path): config.kind is '\(kind)', and a module is for kind code") }
    do {
      id = try CodeIdentifier(object["agentId"]?.stringValue ?? "")
      let sha256 = try ContentHash.sha256(source)
      config["kind"] = "code"
      config["filename"] = .string(RegistryKind.agent.filename(id, sha256: sha256))
      config["sha256"] = .string(sha256)
    } catch {
      throw CommandError("\(path): \(error)")
    }
    object["config"] = .object(config)
    self.row = .object(object)
    self.source = source
    self.file = file
  }

  /// Why the module cannot be run; nil when it can.
  func check(in sandbox: Sandbox) async -> SandboxFailure? {
    await sandbox.check(SandboxModule(name: id.text + ".js", source: source), limits: SandboxLimits())
  }

  /// The tools of a row's configuration that are not built in, so that the registry of tools has to have them.
  static func registryTools(of row: JSONValue) -> [String] {
    let config = row["config"].flatMap { $0.stringValue.flatMap { try? JSONValue(parsing: $0) } ?? $0 }
    return (config?["tools"]?.arrayValue ?? []).compactMap(\.stringValue).filter { !BuiltInTools.names.contains($0) }
  }

  /// What to say of a module that does not compile: what is wrong, and the lines at which.
  static func refusal(_ failure: SandboxFailure, file: String) -> String {
    let places = failure.stack?.split(separator: "\n").map { "\n  " + $0.drop { $0 == " " } } ?? []
    return "\(file): \(failure.message)" + places.joined()
  }

  /// Uploads the module; one of the same bytes is there for good already.
  /// - Returns: its key.
  func publish(_ versions: VersionStore) async throws -> String {
    do {
      return RegistryKind.agent.moduleKey(id, sha256: try await versions.publishModule(.agent, id, source: source))
    } catch let error as VersionError {
      throw CommandError(error)
    }
  }
}
