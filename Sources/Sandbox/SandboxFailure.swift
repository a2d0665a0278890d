/// Why a module has no result.
public struct SandboxFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// A stable name; open to additions.
  public struct Code: Sendable, Hashable, RawRepresentable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }

    /// The module is no JavaScript, or has no default export that is a function.
    public static let compileError = Code(rawValue: "compile_error")
    /// The handler threw, or its promise was rejected.
    public static let threw = Code(rawValue: "threw")
    /// The result is not JSON.
    public static let invalidResult = Code(rawValue: "invalid_result")
    public static let cpuLimit = Code(rawValue: "cpu_limit")
    public static let memoryLimit = Code(rawValue: "memory_limit")
    public static let recursionLimit = Code(rawValue: "recursion_limit")
    /// The result, or all log lines together, are larger than allowed.
    public static let outputLimit = Code(rawValue: "output_limit")
    /// More host calls than allowed, or more bytes in them together.
    public static let hostCallLimit = Code(rawValue: "host_call_limit")
    /// The request of one host call is larger than allowed.
    public static let hostCallTooLarge = Code(rawValue: "host_call_too_large")
    /// The deadline of the invocation passed.
    public static let deadlineExceeded = Code(rawValue: "deadline_exceeded")
    /// The task that ran the module was cancelled.
    public static let cancelled = Code(rawValue: "cancelled")
    /// The handler's promise can never settle: nothing is left to run, and no host call is under way.
    public static let neverSettles = Code(rawValue: "never_settles")
    /// The child said what the protocol does not allow, and was ended.
    public static let protocolViolation = Code(rawValue: "protocol_violation")
    /// The child died: the signal or the exit status is in the message.
    public static let crashed = Code(rawValue: "crashed")
    /// A lock could not be applied, and the configuration does not allow to go on without it.
    public static let notLocked = Code(rawValue: "not_locked")
    /// The child could not be started.
    public static let notStarted = Code(rawValue: "not_started")
  }

  public let code: Code
  /// What happened, with the figures, and what to do.
  public let message: String
  /// JavaScript's stack trace, without paths of the machine; nil where there is none.
  public let stack: String?

  public init(_ code: Code, _ message: String, stack: String? = nil) {
    self.code = code
    self.message = message
    self.stack = stack
  }

  public var description: String { "\(code): \(message)" }
}
