import Glibc
import Testing

/// A user's folder of its own, with what AWS's tools keep in it; removed in the end. The developer's own is never looked at.
final class TemporaryHome: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/arbiter-home-XXXXXX".utf8CString)
    path = String(cString: try #require(mkdtemp(&template)))
    for folder in ["/.aws", "/.aws/sso", "/.aws/sso/cache", "/.aws/login", "/.aws/login/cache"] { mkdir(path + folder, 0o700) }
  }

  deinit {
    func remove(_ path: String) {
      if let folder = opendir(path) {
        while let entry = readdir(folder) {
          let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
          }
          if name != ".", name != ".." { remove("\(path)/\(name)") }
        }
        closedir(folder)
        rmdir(path)
      } else {
        unlink(path)
      }
    }
    remove(path)
  }

  /// Writes a file of the folder; the path it has.
  @discardableResult func write(_ text: String, to name: String, mode: mode_t = 0o600) throws -> String {
    let file = "\(path)/\(name)"
    let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, mode)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    try #require(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
    return file
  }

  func config(_ text: String) throws { try write(text, to: ".aws/config") }
  func credentials(_ text: String) throws { try write(text, to: ".aws/credentials") }

  func read(_ name: String) throws -> String {
    let file = try #require(fopen("\(path)/\(name)", "r"))
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = fgetc(file), byte >= 0 { bytes.append(UInt8(byte)) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The variables of a process of this user.
  func environment(_ more: [String: String] = [:]) -> [String: String] {
    ["HOME": path, "PATH": "/usr/bin:/bin", "AWS_REGION": "eu-central-1"].merging(more) { $1 }
  }
}
