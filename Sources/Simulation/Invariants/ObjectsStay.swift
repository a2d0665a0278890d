/// An object that the product has put for a run never changes: what a row points to is what it pointed to when it was written.
///
/// Agents name the objects of their own results, and write them as they like; the workspace of a run is for its agents to change.
final class ObjectsStay: Invariant {
  let name = "an object never changes"
  private static let prefixes = ["conversations/", "payloads/"]
  private var objects: [String: [UInt8]] = [:]

  func check(_ fact: Fact, in world: any WorldView) -> Breach? {
    guard case .blobChanged(let key, let byteCount, let invocation) = fact, invocation != nil, Self.prefixes.contains(where: key.hasPrefix)
    else { return nil }
    guard byteCount != nil, let bytes = world.blob(key) else {
      objects[key] = nil
      return nil
    }
    // A request that was repeated, or came late, puts the same.
    if let known = objects[key], known != bytes {
      return Breach(
        "the object \(key) is put a second time, with other content",
        orchestrationID: key.split(separator: "/").dropFirst().first.map(String.init))
    }
    objects[key] = bytes
    return nil
  }

  func checkEnd(in world: any WorldView) -> [Breach] { [] }
}
