import AWSClient
public import JSON
public import Orchestration

/// The fabrication that a version comes from; its orchestration is "0" for one that a user asked for.
public typealias VersionOrigin = AgentConfiguration.Provenance.Origin

/// What is to become a version.
public struct VersionDraft: Sendable {
  public var kind: RegistryKind
  public var id: CodeIdentifier
  /// The module, in UTF-8.
  public var source: [UInt8]
  /// The registry row's `config` but for what the store sets: `kind`, `filename`, `sha256` and `version`.
  public var config: JSONObject
  /// What shows that the module does its work.
  public var evidence: JSONValue
  public var origin: VersionOrigin?
  /// What was asked for, in the words of whoever asked.
  public var request: String

  public init(
    kind: RegistryKind, id: CodeIdentifier, source: [UInt8], config: JSONObject, evidence: JSONValue, origin: VersionOrigin?,
    request: String
  ) {
    self.kind = kind
    self.id = id
    self.source = source
    self.config = config
    self.evidence = evidence
    self.origin = origin
    self.request = request
  }
}

/// One version of an agent or a tool that is a module: what was published under a number, and never changes.
public struct AgentVersion: Sendable, Equatable {
  public static let format = "arbiter.version/1"
  public static let numbers = 1...99_999

  public let kind: RegistryKind
  public let id: CodeIdentifier
  public let number: Int
  /// SHA-256 of the module, in hexadecimal digits.
  public let moduleSHA256: String
  /// SHA-256 of the manifest before this one, which chains them: who alters one must alter all that follow.
  public let precedingSHA256: String?
  /// The registry row's `config` as it is when the version is active.
  public let config: JSONObject
  public let evidence: JSONValue
  /// In milliseconds since the Unix epoch.
  public let createdAtMilliseconds: Int64
  public let origin: VersionOrigin?
  public let request: String
  /// SHA-256 of `bytes`: what the row's `versionSha256` says.
  public let sha256: String

  init(_ draft: VersionDraft, number: Int, moduleSHA256: String, precedingSHA256: String?, createdAtMilliseconds: Int64) throws(AWSError) {
    kind = draft.kind
    id = draft.id
    self.number = number
    self.moduleSHA256 = moduleSHA256
    self.precedingSHA256 = precedingSHA256
    var config = draft.config
    if kind == .agent { config["kind"] = "code" }
    config["filename"] = .string(kind.filename(id, sha256: moduleSHA256))
    config["sha256"] = .string(moduleSHA256)
    config["version"] = .string(String(number))
    self.config = CanonicalJSON.object(config)
    evidence = CanonicalJSON.value(draft.evidence)
    self.createdAtMilliseconds = createdAtMilliseconds
    origin = draft.origin
    request = draft.request
    sha256 = try ContentHash.sha256(
      Self.bytes(
        kind: kind, id: id, number: number, moduleSHA256: moduleSHA256, precedingSHA256: precedingSHA256, config: self.config,
        evidence: evidence, createdAtMilliseconds: createdAtMilliseconds, origin: origin, request: request))
  }

  /// The manifest: UTF-8 JSON, the same for the same version.
  public var bytes: [UInt8] {
    Self.bytes(
      kind: kind, id: id, number: number, moduleSHA256: moduleSHA256, precedingSHA256: precedingSHA256, config: config, evidence: evidence,
      createdAtMilliseconds: createdAtMilliseconds, origin: origin, request: request)
  }

  private static func bytes(
    kind: RegistryKind, id: CodeIdentifier, number: Int, moduleSHA256: String, precedingSHA256: String?, config: JSONObject,
    evidence: JSONValue, createdAtMilliseconds: Int64, origin: VersionOrigin?, request: String
  ) -> [UInt8] {
    var object: JSONObject = [
      "format": .string(format), kind.keyName: .string(id.text), "version": .number(number), "sha256": .string(moduleSHA256),
      "precedingSha256": precedingSHA256.map(JSONValue.string) ?? .null, "config": .object(config), "evidence": evidence,
      "createdAt": .string(ISO8601.text(milliseconds: createdAtMilliseconds)),
    ]
    if let origin {
      object["origin"] = ["orchestrationId": .string(origin.orchestrationID), "toolUseId": .string(origin.toolUseID)]
    }
    object["request"] = .string(request)
    return JSONValue.object(object).bytes
  }

  /// Reads a manifest.
  /// - Parameter key: where it lies, for the error.
  /// - Throws: `VersionError` with code `version_altered` for bytes that are not what `bytes` writes for this kind, id and number.
  init(bytes: [UInt8], kind: RegistryKind, id: CodeIdentifier, number: Int, key: String) throws(VersionError) {
    func altered(_ what: String) -> VersionError {
      VersionError(.versionAltered, "\(key) is no version as it was published: \(what). Roll back to another version")
    }
    let json: JSONValue
    do throws(JSONError) { json = try JSONValue(parsing: bytes) } catch { throw altered("\(error)") }
    func text(_ name: String) throws(VersionError) -> String {
      guard let text = json[name]?.stringValue else { throw altered("'\(name)' is \(json[name]?.kindDescription ?? "absent")") }
      return text
    }
    guard try text("format") == Self.format else { throw altered("its format is '\(try text("format"))', expected \(Self.format)") }
    guard json[kind.keyName]?.stringValue == id.text, json["version"]?.intValue == number else {
      throw altered("it is version \(json["version"]?.text ?? "?") of '\(json[kind.keyName]?.stringValue ?? "?")'")
    }
    guard let config = json["config"]?.objectValue, let evidence = json["evidence"] else { throw altered("config or evidence is missing") }
    guard let created = ISO8601.milliseconds(try text("createdAt")) else { throw altered("createdAt is no time") }
    self.kind = kind
    self.id = id
    self.number = number
    moduleSHA256 = try text("sha256")
    precedingSHA256 = json["precedingSha256"]?.stringValue
    self.config = config
    self.evidence = evidence
    createdAtMilliseconds = created
    if let origin = json["origin"] {
      guard let orchestration = origin["orchestrationId"]?.stringValue, let toolUse = origin["toolUseId"]?.stringValue else {
        throw altered("origin lacks a member")
      }
      self.origin = VersionOrigin(orchestrationID: orchestration, toolUseID: toolUse)
    } else {
      origin = nil
    }
    request = try text("request")
    do throws(AWSError) { sha256 = try ContentHash.sha256(bytes) } catch { throw altered("\(error)") }
    guard self.bytes == bytes else { throw altered("its bytes are not those of the same version written anew") }
  }

  /// The members of a row's configuration that are not as this version has them: an operator has changed them since.
  public func editedMembers(of config: JSONObject) -> [String] {
    let edits = ConfigurationEdits(row: config, published: self.config)
    return (edits.kept.map(\.name) + edits.bound).sorted()
  }

  /// True when both are the same work: the same module and configuration, from the same fabrication, under whatever number.
  func isSameWork(as other: AgentVersion) -> Bool {
    var (left, right) = (config, other.config)
    left["version"] = nil
    right["version"] = nil
    return kind == other.kind && id == other.id && moduleSHA256 == other.moduleSHA256 && left == right && origin == other.origin
  }
}

/// JSON with the members of every object in the order of their names, which is the order in which DynamoDB gives them back.
enum CanonicalJSON {
  static func value(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let members): .object(object(members))
    case .array(let elements): .array(elements.map { Self.value($0) })
    case .null, .bool, .number, .string: value
    }
  }

  static func object(_ members: JSONObject) -> JSONObject {
    JSONObject(members.dictionary.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, value($0.value)) })
  }
}
