/// An error that names itself to Lambda.
///
/// Any thrown error fails the invocation; one of these also decides the `errorType` that callers, logs and X-Ray see.
public protocol LambdaError: Error {
  /// "Category.Reason", such as "Function.InvalidEvent": letters, digits, dots and underscores.
  var lambdaErrorType: String { get }
}

/// An event that a handler cannot read: what was wrong and where.
public struct InvalidEventError: LambdaError, Equatable, CustomStringConvertible {
  public let lambdaErrorType = "Function.InvalidEvent"
  public let description: String

  public init(_ description: String) { self.description = description }
}

/// A configuration that a function cannot start with: which variable, its value, and what it should be.
public struct ConfigurationError: LambdaError, Equatable, CustomStringConvertible {
  public let lambdaErrorType = "Runtime.InvalidConfiguration"
  public let variable: String
  /// The value found; nil when the variable is not set or empty.
  public let value: String?
  public let expected: String

  public init(variable: String, value: String?, expected: String) {
    self.variable = variable
    self.value = value
    self.expected = expected
  }

  public var description: String {
    "environment variable \(variable) \(value.map { "is '\($0)'" } ?? "is not set"); expected \(expected)"
  }
}
