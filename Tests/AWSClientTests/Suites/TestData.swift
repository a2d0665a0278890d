import Foundation
import JSON
import Testing

/// The public test suites that Scripts/fetch-test-data.sh has fetched.
enum TestData {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: ".build/test-data")

  /// The bytes of a file of a suite.
  static func bytes(_ path: String) throws -> [UInt8] {
    let data = try? Data(contentsOf: root.appending(path: path))
    return [UInt8](try #require(data, "\(path) is not there: run Scripts/fetch-test-data.sh"))
  }

  static func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

  static func json(_ path: String) throws -> JSONValue { try JSONValue(parsing: try bytes(path)) }

  /// The files below a folder of a suite whose names end in `suffix`, as paths in the folder, sorted.
  static func files(below folder: String, suffix: String) throws -> [String] {
    let paths = FileManager.default.subpaths(atPath: root.appending(path: folder).path) ?? []
    let found = paths.filter { $0.hasSuffix(suffix) }.sorted()
    try #require(!found.isEmpty, "\(folder) is not there: run Scripts/fetch-test-data.sh")
    return found
  }
}

extension [UInt8] {
  /// The bytes of hexadecimal text; what is no digit counts as 0.
  init(hexadecimal text: String) {
    let digits = text.utf8.map { UInt8(Character(Unicode.Scalar($0)).hexDigitValue ?? 0) }
    self = stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
