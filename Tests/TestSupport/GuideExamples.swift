internal import Glibc

/// The examples of the repository's guides, which must be in a test that runs them.
public enum GuideExamples {
  public struct Unreadable: Error { public let path: String }

  /// The lines of a guide's Swift examples that a source does not have, one example's lines one after the other.
  /// - Parameters:
  ///   - guide: the name of a page in `docs`, without its ending.
  ///   - source: the path of the test that has the examples (`#filePath`).
  public static func missing(of guide: String, in source: String) throws -> [String] {
    let root = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    let page = try lines(of: "\(root)/docs/\(guide).md")
    let code = try lines(of: source)
    var missing: [String] = []
    var isExample = false
    var position = 0
    for line in page {
      if line == "```swift" {
        isExample = true
        position = 0
      } else if line == "```" {
        isExample = false
      } else if isExample, !line.isEmpty {
        if let found = code[position...].firstIndex(of: line) { position = found + 1 } else { missing.append(line) }
      }
    }
    return missing
  }

  /// The text of a guide.
  /// - Parameter guide: the name of a page in `docs`, without its ending.
  public static func text(of guide: String) throws -> String {
    let root = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    return try lines(of: "\(root)/docs/\(guide).md").joined(separator: "\n")
  }

  /// The lines of a file without the white space around them.
  private static func lines(of path: String) throws -> [String] {
    guard let stream = fopen(path, "r") else { throw Unreadable(path: path) }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { bytes.append(contentsOf: buffer[..<count]) }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var line = line
      while line.first == " " { line.removeFirst() }
      while line.last == " " { line.removeLast() }
      return String(line)
    }
  }
}
