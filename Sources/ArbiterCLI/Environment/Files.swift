import Glibc
import JSON
import LocalCloud

/// Small files, read and written whole.
enum Files {
  /// - Throws: `CommandError` that names the file.
  static func read(_ path: String) throws(CommandError) -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw CommandError("could not read \(path): \(String(cString: strerror(errno)))") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      bytes.append(contentsOf: chunk[..<count])
      if count == 0 { break }
    }
    guard ferror(file) == 0 else { throw CommandError("could not read \(path): \(String(cString: strerror(errno)))") }
    return bytes
  }

  /// Parses what was read from a file.
  /// - Throws: `CommandError` that names the file, and the line and column of what is wrong in it.
  @discardableResult
  static func parseJSON(_ bytes: [UInt8], of path: String) throws(CommandError) -> JSONValue {
    do throws(JSONError) { return try JSONValue(parsing: bytes) } catch {
      guard let offset = error.byteOffset else { throw CommandError("\(path): \(error)") }
      let before = bytes.prefix(offset)
      let line = before.count { $0 == UInt8(ascii: "\n") } + 1
      let column = before.count - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0) + 1
      throw CommandError("\(path):\(line):\(column): this is not JSON: expected \(error.expected)")
    }
  }

  /// A scenario, whose `$file`s are beside it.
  /// - Throws: `LocalCloudError` that names the place in the file.
  static func scenario(_ bytes: [UInt8], of path: String) throws(LocalCloudError) -> Scenario {
    try Scenario(json: bytes) { name in try read(beside(path, name)) }
  }

  /// The paths of the files that a scenario names; none for one that cannot be read.
  static func named(inScenario bytes: [UInt8], of path: String) -> [String] {
    var paths: [String] = []
    _ = try? Scenario(json: bytes) { name in
      paths.append(beside(path, name))
      return []
    }
    return paths
  }

  private static func beside(_ path: String, _ name: String) -> String {
    guard !name.hasPrefix("/"), let slash = path.lastIndex(of: "/") else { return name }
    return path[...slash] + name
  }

  /// Writes beside the file and moves it there, so that nobody reads half of it.
  static func write(_ bytes: [UInt8], to path: String) throws(CommandError) {
    let unfinished = path + ".unfinished"
    guard let file = fopen(unfinished, "wb") else { throw CommandError("could not write \(path): \(String(cString: strerror(errno)))") }
    let written = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, written == bytes.count, rename(unfinished, path) == 0 else {
      let reason = String(cString: strerror(errno))
      unlink(unfinished)
      throw CommandError("could not write \(path): \(reason)")
    }
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func makeDirectory(_ path: String) throws(CommandError) {
    var partial = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      partial += "/" + part
      if mkdir(partial, 0o755) != 0, errno != EEXIST {
        throw CommandError("could not make the folder \(partial): \(String(cString: strerror(errno)))")
      }
    }
  }

  /// Makes a folder that nobody else can look into, or takes the one that is there if it is such a folder: below a place where everybody may
  /// write, somebody else may have been there first.
  static func makePrivateDirectory(_ path: String) throws(CommandError) {
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw CommandError("could not make the folder \(path): \(String(cString: strerror(errno)))")
    }
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid(), status.st_mode & 0o077 == 0 else {
      throw CommandError("\(path) is no folder of yours alone: remove it, or set TMPDIR to a folder of your own")
    }
  }

  /// Removes a folder and what is in it; links are removed, not followed. What cannot be removed stays.
  static func removeTree(_ path: String) {
    guard let files = opendir(path) else { return }
    while let entry = readdir(files) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      guard name != ".", name != ".." else { continue }
      var status = stat()
      let inner = path + "/" + name
      if lstat(inner, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { removeTree(inner) } else { unlink(inner) }
    }
    closedir(files)
    rmdir(path)
  }

  static var currentDirectory: String {
    guard let path = getcwd(nil, 0) else { return "." }
    defer { free(path) }
    return String(cString: path)
  }

  /// The path as an absolute one.
  static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : currentDirectory + "/" + (path.hasPrefix("./") ? String(path.dropFirst(2)) : path)
  }
}
