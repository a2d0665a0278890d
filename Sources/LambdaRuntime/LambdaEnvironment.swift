internal import Glibc

/// The environment variables a function was started with.
public struct LambdaEnvironment: Sendable {
  /// nil stands for the process's own environment, which is asked name by name: nobody needs a copy of it to start.
  private let copy: [String: String]?

  public init(_ variables: [String: String]) { copy = variables }

  private init() { copy = nil }

  /// The environment of this process.
  public static let ofProcess = LambdaEnvironment()

  /// The value of a variable; nil when it is not set or empty.
  public subscript(_ name: String) -> String? {
    let value = if let copy { copy[name] } else { name.withCString { getenv($0) }.map { String(cString: $0) } }
    return value?.isEmpty == false ? value : nil
  }

  /// The value of a variable that must be set.
  /// - Throws: `ConfigurationError`.
  public func required(_ name: String, _ expected: String = "a value") throws(ConfigurationError) -> String {
    guard let value = self[name] else { throw ConfigurationError(variable: name, value: nil, expected: expected) }
    return value
  }

  /// A whole number; `standard` when the variable is not set.
  /// - Throws: `ConfigurationError` when the value is no number or out of range.
  public func integer(_ name: String, standard: Int, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int {
    guard let text = self[name] else { return standard }
    guard let value = Int(text), range.contains(value) else {
      throw ConfigurationError(
        variable: name, value: text, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// "true" or "false"; `standard` when the variable is not set.
  /// - Throws: `ConfigurationError` for any other value.
  public func boolean(_ name: String, standard: Bool) throws(ConfigurationError) -> Bool {
    switch self[name] {
    case nil: return standard
    case "true": return true
    case "false": return false
    case let other: throw ConfigurationError(variable: name, value: other, expected: "true or false")
    }
  }
}
