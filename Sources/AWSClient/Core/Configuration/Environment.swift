import Glibc

/// The variables of the process's environment, read without Foundation.
public enum Environment {
  /// A copy of the variables as they are now; of a name that occurs twice, the first one, as `getenv` does.
  public static var current: [String: String] {
    var variables: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let pair = String(cString: text)
      if let equals = pair.utf8.firstIndex(of: UInt8(ascii: "=")) {
        let name = String(pair[..<equals])
        if variables[name] == nil { variables[name] = String(pair[pair.utf8.index(after: equals)...]) }
      }
      entry += 1
    }
    return variables
  }
}
