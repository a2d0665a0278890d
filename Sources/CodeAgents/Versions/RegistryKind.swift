/// Which of the two registries a module belongs to: agents that the Supervisor calls, or tools that agents call.
public enum RegistryKind: String, Sendable, CaseIterable {
  case agent, tool

  /// The key of the registry's table, which is also the member of a version that names its subject.
  public var keyName: String { self == .agent ? "agentId" : "toolId" }

  /// The folder of the code bucket, with a trailing slash.
  public var folder: String { self == .agent ? "agents/" : "tools/" }

  /// Where a module lies, by its contents: it is never written over.
  public func moduleKey(_ id: CodeIdentifier, sha256: String) -> String { folder + filename(id, sha256: sha256) }

  /// What `config.filename` says of a module: its key below the folder.
  public func filename(_ id: CodeIdentifier, sha256: String) -> String { "\(id)/\(sha256).js" }

  func versionsPrefix(_ id: CodeIdentifier) -> String { "\(folder)\(id)/versions/" }

  func versionKey(_ id: CodeIdentifier, number: Int) -> String {
    let digits = String(number)
    return versionsPrefix(id) + String(repeating: "0", count: max(0, 5 - digits.count)) + digits + ".json"
  }
}

/// The id of an agent or a tool that is a module: 1 to 64 of a-z, 0-9, '_' and '-', beginning with a letter, so that it is a file name that
/// stays in its folder and a tool name that Bedrock takes.
public struct CodeIdentifier: Sendable, Hashable, CustomStringConvertible {
  public static let rule = "1 to 64 of a-z, 0-9, '_' and '-', beginning with a letter"

  public let text: String

  /// - Throws: `VersionError` that says the rule.
  public init(_ text: String) throws(VersionError) {
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard (1...64).contains(text.utf8.count), text.utf8.first.map(letters.contains) == true,
      text.utf8.allSatisfy({ letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") })
    else { throw VersionError(.invalidIdentifier, "'\(text.prefix(100))' is no id of a module: expected \(Self.rule)") }
    self.text = text
  }

  public var description: String { text }
}
