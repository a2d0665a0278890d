internal import Glibc

/// The sample events of the repository's `events` folder.
public enum SampleEvents {
  public struct Unreadable: Error { public let path: String }

  public static func bytes(_ name: String) throws -> [UInt8] {
    let root = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    let path = "\(root)/events/\(name).json"
    guard let stream = fopen(path, "r") else { throw Unreadable(path: path) }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&buffer, 1, buffer.count, stream)
      if count == 0 { return bytes }
      bytes.append(contentsOf: buffer[..<count])
    }
  }
}
