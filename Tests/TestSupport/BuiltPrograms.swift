internal import Glibc

/// The executables that were built beside the test that runs.
public enum BuiltPrograms {
  public struct Missing: Error, CustomStringConvertible {
    public let path: String
    public var description: String { "\(path) is not there: build it with `swift build --build-tests`" }
  }

  /// The folder of the program that runs the tests.
  private static let folder: String = {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let program = String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return program.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  }()

  /// Where the executable of that name is when it has been built.
  public static func location(of name: String) -> String { "\(folder)/\(name)" }

  /// The path of the executable of that name.
  /// - Throws: `Missing` when it has not been built.
  public static func path(_ name: String) throws -> String {
    let path = location(of: name)
    guard access(path, X_OK) == 0 else { throw Missing(path: path) }
    return path
  }
}
