import AWSClient
public import AgentKit
import JSON

/// Versions in the code bucket: the module by its hash, and a manifest by its number. Nothing of it is ever written over.
///
/// A publication that is interrupted leaves a module that nothing names, or a version that no row names: neither is used by anybody.
public struct VersionStore: Sendable {
  private let blobs: any BlobStore
  private let clock: any Clock

  public init(blobs: any BlobStore, clock: any Clock) {
    self.blobs = blobs
    self.clock = clock
  }

  /// The largest manifest or module that is read, in bytes.
  public static let largestObjectBytes = 8_000_000

  // MARK: Publish

  /// Stores a module under its hash; storing it again changes nothing.
  /// - Returns: the hash, in hexadecimal digits.
  /// - Throws: `VersionError` with code `module_altered` when other bytes lie under its hash; what the store throws.
  public func publishModule(_ kind: RegistryKind, _ id: CodeIdentifier, source: [UInt8]) async throws -> String {
    let sha256 = try ContentHash.sha256(source)
    let key = kind.moduleKey(id, sha256: sha256)
    guard try await !blobs.putIfAbsent(key: key, bytes: source, contentType: "text/javascript") else { return sha256 }
    guard try await blobs.get(key: key) == source else {
      throw VersionError(.moduleAltered, "the object \(key) has other bytes than its name says: remove it, and publish again")
    }
    return sha256
  }

  /// Publishes a version under the next free number: 1, 2, 3 and so on. The same work of the same fabrication is published once.
  ///
  /// Nothing is active by this: see `AgentLifecycle`.
  /// - Throws: `VersionError`; what the store throws.
  public func publish(_ draft: VersionDraft) async throws -> AgentVersion {
    for name in ["kind", "filename", "sha256", "version"] where draft.config[name] != nil {
      throw VersionError(.invalidConfiguration, "config.\(name) of '\(draft.id)' is set by the store: leave it out")
    }
    let sha256 = try await publishModule(draft.kind, draft.id, source: draft.source)
    var last = try await numbers(draft.kind, draft.id).last
    while true {
      let number = (last ?? 0) + 1
      guard AgentVersion.numbers.contains(number) else {
        throw VersionError(
          .tooManyVersions, "'\(draft.id)' has \(number - 1) versions, which is as many as there are numbers for: use another id")
      }
      var preceding: [UInt8]?
      if let last { preceding = try await blobs.get(key: draft.kind.versionKey(draft.id, number: last)) }
      let version = try AgentVersion(
        draft, number: number, moduleSHA256: sha256, precedingSHA256: try preceding.map(ContentHash.sha256),
        createdAtMilliseconds: clock.nowMilliseconds)
      // One that cannot be read keeps nobody from publishing the next.
      if let preceding, let last, let before = try? AgentVersion(bytes: preceding, kind: draft.kind, id: draft.id, number: last, key: ""),
        before.isSameWork(as: version)
      {
        return before
      }
      let key = draft.kind.versionKey(draft.id, number: number)
      if try await blobs.putIfAbsent(key: key, bytes: version.bytes, contentType: "application/json") { return version }
      // Somebody was quicker; or this very write was done, and its answer lost: then the loop finds its own work.
      last = number
    }
  }

  // MARK: Read

  /// The numbers of all versions, ascending.
  public func numbers(_ kind: RegistryKind, _ id: CodeIdentifier) async throws -> [Int] {
    let prefix = kind.versionsPrefix(id)
    return try await blobs.list(prefix: prefix, limit: AgentVersion.numbers.upperBound).compactMap { blob in
      let name = blob.key.dropFirst(prefix.count)
      guard name.hasSuffix(".json"), let number = Int(name.dropLast(5)), kind.versionKey(id, number: number) == blob.key else { return nil }
      return number
    }
  }

  /// One version.
  /// - Parameter sha256: what its manifest's hash must be; nil where nothing tells.
  /// - Throws: `VersionError` with code `version_missing` or `version_altered`; what the store throws.
  public func load(_ kind: RegistryKind, _ id: CodeIdentifier, _ number: Int, sha256: String? = nil) async throws -> AgentVersion {
    let key = kind.versionKey(id, number: number)
    guard let blob = try await blobs.get(key: key, limit: Self.largestObjectBytes) else {
      throw VersionError(.versionMissing, "\(kind) '\(id)' has no version \(number): there is no object \(key)")
    }
    guard case .whole(let bytes) = blob else {
      throw VersionError(.versionAltered, "\(key) is no version: it has more than \(Self.largestObjectBytes) bytes")
    }
    let version = try AgentVersion(bytes: bytes, kind: kind, id: id, number: number, key: key)
    if let sha256, version.sha256 != sha256 {
      throw VersionError(
        .versionAltered,
        "\(key) is not what was published: its SHA-256 is \(version.sha256), expected \(sha256). Roll back to another version")
    }
    return version
  }

  /// The module of a version, once its hash has been found to be right.
  /// - Throws: `VersionError` with code `module_missing` or `module_altered`; what the store throws.
  public func module(of version: AgentVersion) async throws -> [UInt8] {
    try await module(version.kind, version.id, sha256: version.moduleSHA256)
  }

  /// A module by its hash.
  /// - Throws: `VersionError` with code `module_missing` or `module_altered`; what the store throws.
  public func module(_ kind: RegistryKind, _ id: CodeIdentifier, sha256: String) async throws -> [UInt8] {
    let key = kind.moduleKey(id, sha256: sha256)
    guard let blob = try await blobs.get(key: key, limit: Self.largestObjectBytes) else {
      throw VersionError(.moduleMissing, "the module \(key) is gone")
    }
    guard case .whole(let bytes) = blob, try ContentHash.sha256(bytes) == sha256 else {
      throw VersionError(.moduleAltered, "the module \(key) has other bytes than its name says")
    }
    return bytes
  }

  // MARK: Verify

  /// One version as it is found now.
  public struct Finding: Sendable {
    public let number: Int
    /// Nil when its manifest cannot be read.
    public let version: AgentVersion?
    /// What is wrong with it; empty when nothing is.
    public let problems: [VersionError]
  }

  /// All versions, oldest first, each with what is wrong with it: the manifest by the known hashes and by the next one's, the module by its
  /// name.
  /// - Parameter known: hashes of manifests that somebody wrote down elsewhere, by number.
  public func verify(_ kind: RegistryKind, _ id: CodeIdentifier, known: [Int: String] = [:]) async throws -> [Finding] {
    var findings: [Finding] = []
    let there = try await numbers(kind, id)
    var preceding: AgentVersion?
    for number in 1...max(1, there.last ?? 0, known.keys.max() ?? 0) {
      var problems: [VersionError] = []
      var version: AgentVersion?
      do {
        let loaded = try await load(kind, id, number)
        version = loaded
        if let sha256 = known[number], sha256 != loaded.sha256 {
          problems.append(
            VersionError(.versionAltered, "the manifest's SHA-256 is \(loaded.sha256), and \(sha256) was in use"))
        }
        if let preceding, loaded.precedingSHA256 != preceding.sha256, let last = findings.popLast() {
          let problem = VersionError(.versionAltered, "the manifest is not the one that version \(number) was published after")
          findings.append(Finding(number: last.number, version: preceding, problems: last.problems + [problem]))
        }
        _ = try await module(of: loaded)
      } catch let error as VersionError {
        if there.isEmpty, known.isEmpty { return [] }
        problems.append(error)
      }
      findings.append(Finding(number: number, version: version, problems: problems))
      preceding = version
    }
    return findings
  }
}
