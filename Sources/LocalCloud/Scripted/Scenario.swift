import JSON
import Synchronization

/// A scripted model: ordered rules, of which the first that fits answers, and faults that come before them.
///
/// The file format is described in `docs/model-server.md`.
public struct Scenario: Sendable {
  final class Rule: Sendable {
    let name: String
    let condition: ScenarioCondition
    let reply: ScenarioReply
    private let times: Int?
    private let used = Mutex(0)

    init(_ value: JSONValue, path: String) throws(LocalCloudError) {
      var fields = try ScenarioFields(value, path: path)
      name = try fields.string("name") ?? path
      condition = try ScenarioCondition(fields.value("when"), path: "\(path).when")
      guard let reply = fields.value("reply") else { throw ScenarioFields.error("\(path).reply", "is missing") }
      self.reply = try ScenarioReply(reply, path: "\(path).reply")
      times = try fields.integer("times", minimum: 1)
      _ = try fields.string("comment")
      try fields.finish(known: "name, comment, when, reply, times")
    }

    /// Nil when the rule answers this request, which uses it up once; else why not.
    func obstacle(_ view: ConversationView) -> String? {
      if let obstacle = condition.obstacle(view) { return obstacle }
      guard let times else { return nil }
      return used.withLock { used in
        guard used < times else { return "was used \(times) times" }
        used += 1
        return nil
      }
    }
  }

  public let name: String
  let rules: [Rule]
  let faults: [ScenarioFault]

  /// - Parameters:
  ///   - bytes: the scenario's JSON text.
  ///   - file: reads a file that a reply names by `$file`; nil where there are no files.
  /// - Throws: `LocalCloudError` of code `invalidFile` that names the place in the file.
  public init(json bytes: [UInt8], file: ((String) throws -> [UInt8])? = nil) throws(LocalCloudError) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw LocalCloudError(.invalidFile, "the scenario is not JSON: \(error)")
    }
    var fields = try ScenarioFields(try Self.withFiles(value, path: "", file), path: "")
    name = try fields.string("name") ?? "scenario"
    _ = try fields.string("description")
    rules = try fields.array("rules") { (value, path) throws(LocalCloudError) in try Rule(value, path: path) }
    faults = try fields.array("faults") { (value, path) throws(LocalCloudError) in try ScenarioFault(value, path: path) }
    try fields.finish(known: "name, description, rules, faults")
    if rules.isEmpty { throw ScenarioFields.error("rules", "is missing or empty: a scenario needs at least one rule") }
  }

  /// The value with the text of each file in the place of its `{"$file": "name"}`.
  private static func withFiles(_ value: JSONValue, path: String, _ file: ((String) throws -> [UInt8])?) throws(LocalCloudError)
    -> JSONValue
  {
    switch value {
    case .array(let elements):
      var filled: [JSONValue] = []
      for (index, element) in elements.enumerated() { filled.append(try withFiles(element, path: "\(path)[\(index)]", file)) }
      return .array(filled)
    case .object(let object):
      if object.count == 1, let name = object["$file"] {
        guard let name = name.stringValue else { throw ScenarioFields.error("\(path).$file", "must be a file's name, not \(name.text)") }
        guard let file else { throw ScenarioFields.error("\(path).$file", "names '\(name)', and this scenario comes without files") }
        let bytes: [UInt8]
        do { bytes = try file(name) } catch { throw ScenarioFields.error("\(path).$file", "cannot be read: \(error)") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
          throw ScenarioFields.error("\(path).$file", "names '\(name)', which is not UTF-8")
        }
        return [ScenarioReply.literalMember: .string(text)]
      }
      var filled = JSONObject()
      for member in object {
        filled[member.key] = try withFiles(member.value, path: path.isEmpty ? member.key : "\(path).\(member.key)", file)
      }
      return .object(filled)
    default: return value
    }
  }
}
