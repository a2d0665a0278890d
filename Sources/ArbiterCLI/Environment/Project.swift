import AWSClient
import Glibc

/// The checkout that the command works in, and its folder of local state.
struct Project: Sendable {
  let root: String

  /// The folder of the local cloud's state, pid files, logs and outputs.
  var state: String { root + "/.arbiter" }
  var python: String { root + "/.venv/bin/python" }
  var localCloudScript: String { root + "/Scripts/local_cloud.py" }

  /// The nearest folder upwards that has the local cloud's launcher; `ARBITER_PROJECT` names another.
  static func find() throws(CommandError) -> Project {
    if let root = Environment.current["ARBITER_PROJECT"], !root.isEmpty { return Project(root: root) }
    var folder = Files.currentDirectory
    while true {
      if Files.exists(folder + "/Scripts/local_cloud.py") { return Project(root: folder) }
      guard let slash = folder.lastIndex(of: "/"), folder != "/" else { break }
      folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
    }
    throw CommandError(
      "no Arbiter checkout here or above: go to its folder, or set ARBITER_PROJECT to it (looked for Scripts/local_cloud.py)",
      exitCode: .notFound)
  }
}
