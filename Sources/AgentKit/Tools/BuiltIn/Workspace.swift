import JSON

/// The files that an agent may touch: those of its own orchestration, and the shared ones for reading.
///
/// A path that begins with `shared/` names an object below `workspaces/shared/`; any other path one below `workspaces/<orchestration>/`.
public struct Workspace: Sendable {
  static let root = "workspaces/"
  static let sharedPrefix = "shared/"
  /// The largest object that a tool reads.
  static let maximumBytes = 10_000_000
  private static let maximumPathBytes = 512

  let blobs: any BlobStore
  let orchestrationID: String

  /// - Parameter orchestrationID: must follow the rule of orchestration ids; the id "shared" has no workspace of its own.
  public init(blobs: any BlobStore, orchestrationID: String) {
    self.blobs = blobs
    self.orchestrationID = orchestrationID
  }

  /// The key of an object.
  /// - Throws: `ToolError` for a path that leads elsewhere, or that must not be written.
  public func key(of path: String, forWriting: Bool = false) throws(ToolError) -> String {
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
    guard !path.isEmpty, path.utf8.count <= Self.maximumPathBytes, !parts.contains(""), !parts.contains("."), !parts.contains(".."),
      path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") })
    else {
      throw ToolError(
        "invalid_path",
        "The path \(JSONValue.string(path).text) is not valid: expected 1 to \(Self.maximumPathBytes) bytes such as 'reports/summary.md', "
          + "without '..', empty parts or control characters.")
    }
    if path.hasPrefix(Self.sharedPrefix) {
      guard !forWriting else {
        throw ToolError("read_only", "'\(path)' is shared and cannot be written; choose a path that does not begin with 'shared/'.")
      }
      return Self.root + path
    }
    return try ownPrefix() + path
  }

  func ownPrefix() throws(ToolError) -> String {
    guard orchestrationID != "shared", !orchestrationID.isEmpty, !orchestrationID.utf8.contains(UInt8(ascii: "/")) else {
      throw ToolError(
        "no_workspace", "The orchestration '\(orchestrationID)' has no workspace of its own; only paths below 'shared/' can be read.")
    }
    return "\(Self.root)\(orchestrationID)/"
  }

  /// The bytes of an object.
  /// - Throws: `ToolError` when there is none, or it is too large.
  func read(_ path: String) async throws -> [UInt8] {
    let key = try key(of: path)
    // In key order an object stands before all others whose keys begin with its own.
    guard let summary = try await blobs.list(prefix: key, limit: 1).first, summary.key == key else { throw Self.notFound(path) }
    guard summary.byteCount <= Self.maximumBytes else {
      throw ToolError("too_large", "'\(path)' has \(summary.byteCount) bytes, at most \(Self.maximumBytes) can be read.")
    }
    guard let bytes = try await blobs.get(key: key) else { throw Self.notFound(path) }
    return bytes
  }

  private static func notFound(_ path: String) -> ToolError {
    ToolError("not_found", "There is no object '\(path)'. Use list_objects to see which there are.")
  }
}
