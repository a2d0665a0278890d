import Glibc

/// Reads small files without Foundation.
package enum FileReader {
  enum Contents {
    case bytes([UInt8])
    /// There is no such file, or what is there is none.
    case missing
    case unreadable(reason: String)
  }

  /// The file's bytes; nil when it cannot be read.
  static func read(_ path: String) -> [UInt8]? { if case .bytes(let bytes) = contents(path) { bytes } else { nil } }

  static func contents(_ path: String) -> Contents {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let number = errno
      // A file in a folder that this user may not enter is nobody's business.
      return access(path, F_OK) == 0 ? .unreadable(reason: String(cString: strerror(number))) : .missing
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EISDIR { return .missing }
      guard count >= 0 else { return .unreadable(reason: String(cString: strerror(errno))) }
      if count == 0 { return .bytes(bytes) }
      bytes.append(contentsOf: chunk[..<count])
    }
  }

  package static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }

  /// True where `contents` finds nothing, which this tells without a byte of memory.
  static func isMissing(_ path: String) -> Bool { access(path, F_OK) != 0 }
}
