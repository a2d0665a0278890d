/// Why the bytes of a module cannot be had.
public struct ModuleFailure: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// There is no object of the name that the row gives.
    case notFound = "code_not_found"
    /// The bucket did not answer, or refused.
    case unavailable = "code_unavailable"
    case tooLarge = "code_too_large"
    /// The object is not what the row says it is.
    case hashMismatch = "code_hash_mismatch"
  }

  public let code: Code
  /// What was wrong, where, and what to do.
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { "\(code.rawValue): \(message)" }
}
