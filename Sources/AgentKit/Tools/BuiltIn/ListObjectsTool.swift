import JSON

/// Lists the files of the workspace and the shared ones.
struct ListObjectsTool: Tool {
  private static let maximumObjects = 200

  let name = "list_objects"
  let description = """
    Lists files: the shared input files (paths that begin with 'shared/') and the files of this run. \
    A prefix narrows the list, such as 'shared/' or 'reports/'.
    """
  let inputSchema: JSONValue = [
    "type": "object", "additionalProperties": false,
    "properties": ["prefix": ["type": "string", "maxLength": 512, "description": "Only paths that begin with this text."]],
  ]
  let workspace: Workspace

  func run(_ input: JSONValue, _ context: ToolContext) async throws -> JSONValue {
    let prefix = input["prefix"]?.stringValue ?? ""
    guard !prefix.hasPrefix("/"), !"/\(prefix)/".utf8Contains("/../") else {
      throw ToolError("invalid_prefix", "The prefix \(JSONValue.string(prefix).text) is not valid: it begins with '/' or holds '..'.")
    }
    var found: [(path: String, byteCount: Int)] = []
    var isTruncated = false
    func add(_ keyPrefix: String, pathPrefix: String) async throws {
      let objects = try await workspace.blobs.list(prefix: keyPrefix + prefix.dropFirst(pathPrefix.count), limit: Self.maximumObjects + 1)
      if objects.count > Self.maximumObjects { isTruncated = true }
      for object in objects.prefix(Self.maximumObjects) {
        found.append((pathPrefix + object.key.dropFirst(keyPrefix.count), object.byteCount))
      }
    }
    if prefix.hasPrefix(Workspace.sharedPrefix) {
      try await add(Workspace.root + Workspace.sharedPrefix, pathPrefix: Workspace.sharedPrefix)
    } else {
      if Workspace.sharedPrefix.hasPrefix(prefix) {
        let objects = try await workspace.blobs.list(prefix: Workspace.root + Workspace.sharedPrefix, limit: Self.maximumObjects + 1)
        if objects.count > Self.maximumObjects { isTruncated = true }
        found += objects.prefix(Self.maximumObjects).map { (String($0.key.dropFirst(Workspace.root.count)), $0.byteCount) }
      }
      // A workspace of one's own may be missing; the shared files are there all the same.
      if let own = try? workspace.ownPrefix() { try await add(own, pathPrefix: "") }
    }
    return [
      "objects": .array(found.map { ["path": .string($0.path), "byte_count": .number($0.byteCount)] }), "truncated": .bool(isTruncated),
    ]
  }
}

extension String {
  /// True when the text occurs in this one.
  func utf8Contains(_ text: String) -> Bool {
    let bytes = Array(utf8)
    let wanted = Array(text.utf8)
    guard !wanted.isEmpty else { return true }
    guard bytes.count >= wanted.count else { return false }
    return (0...(bytes.count - wanted.count)).contains { bytes[$0..<($0 + wanted.count)].elementsEqual(wanted) }
  }
}
