/// What went wrong in a local endpoint, and what to do about it.
public struct LocalCloudError: Error, Sendable, CustomStringConvertible {
  /// The kind of the error; open to additions.
  public struct Code: Sendable, Equatable, CustomStringConvertible {
    private enum Base: String { case network, portTaken, protocolViolation, invalidFile, process }
    private let base: Base
    private init(_ base: Base) { self.base = base }
    /// A socket call failed, or the peer went away.
    public static let network = Code(.network)
    /// Something else listens on the port asked for.
    public static let portTaken = Code(.portTaken)
    /// Bytes that HTTP/1.1 does not allow, or that we do not serve.
    public static let protocolViolation = Code(.protocolViolation)
    /// A scenario, recording or event file that cannot be used.
    public static let invalidFile = Code(.invalidFile)
    /// A child process that could not be started.
    public static let process = Code(.process)
    public var description: String { base.rawValue }
  }

  public let code: Code
  /// What was wrong, where, and what to do.
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
