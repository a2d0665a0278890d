import Glibc

/// The variables of an environment, read without Foundation.
public struct Environment: Sendable, ExpressibleByDictionaryLiteral {
  /// nil stands for the process's own variables, which are asked for one by one: a start needs a few of them and no copy of all.
  private let copy: [String: String]?

  public init(_ variables: [String: String]) { copy = variables }
  public init(dictionaryLiteral elements: (String, String)...) { copy = Dictionary(elements, uniquingKeysWith: { $1 }) }
  private init() { copy = nil }

  /// The variables of this process.
  public static let current = Environment()

  public subscript(name: String) -> String? {
    if let copy { return copy[name] }
    // Not `getenv(name)`: that makes an array of the name's characters first.
    return name.withCString { getenv($0) }.map { String(cString: $0) }
  }

  /// A variable's value; nil for one that is empty, which stands for one that is not set.
  func value(_ name: String) -> String? { self[name].flatMap { $0.isEmpty ? nil : $0 } }

  /// The variables whose names begin with `prefix`, without it. Names are compared before anything is copied.
  func variables(withPrefix prefix: String) -> [String: String] {
    var found: [String: String] = [:]
    if let copy {
      for (name, value) in copy where name.hasPrefix(prefix) { found[String(name.dropFirst(prefix.count))] = value }
      return found
    }
    let length = prefix.utf8.count
    prefix.withCString { prefix in
      var entry = environ
      while let text = entry.pointee {
        entry += 1
        guard strncmp(text, prefix, length) == 0 else { continue }
        let pair = String(cString: text + length)
        guard let equals = pair.utf8.firstIndex(of: UInt8(ascii: "=")) else { continue }
        let name = String(pair[..<equals])
        if found[name] == nil { found[name] = String(pair[pair.utf8.index(after: equals)...]) }
      }
    }
    return found
  }

  /// A copy of the variables as they are now; of a name that occurs twice, the first one, as `getenv` does.
  public var variables: [String: String] {
    if let copy { return copy }
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
