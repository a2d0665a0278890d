import AWSClient

/// What an error of a model's service means for the caller.
public struct ModelErrorKind: Sendable, Hashable {
  private enum Base { case contextWindowExceeded, transient, refused, unclear, timedOut, cancelled }
  private let base: Base
  private init(_ base: Base) { self.base = base }

  /// The request does not fit into the model's context window.
  public static let contextWindowExceeded = ModelErrorKind(.contextWindowExceeded)
  /// Nothing was done, and the same request may succeed later: throttling, overload, no connection.
  public static let transient = ModelErrorKind(.transient)
  /// Nothing was done, and the same request will fail again.
  public static let refused = ModelErrorKind(.refused)
  /// The model may have worked on the request before it failed: a connection lost, or no answer in time, after it was sent.
  public static let unclear = ModelErrorKind(.unclear)
  /// The time was over before the model answered.
  public static let timedOut = ModelErrorKind(.timedOut)
  public static let cancelled = ModelErrorKind(.cancelled)

  public init(_ error: any Error) {
    switch error {
    case is CancellationError: self = .cancelled
    case is TimeLimit.Exceeded: self = .timedOut
    case let error as AWSError: self.init(error)
    default: self = .unclear
    }
  }

  private init(_ error: AWSError) {
    switch error.code {
    case "ValidationException":
      let phrases = ["input is too long", "too many input tokens", "context window", "maximum context length", "prompt is too long"]
      self = phrases.contains(where: error.mentions) ? .contextWindowExceeded : .refused
    // Within an answer that had begun, it is as unclear as any other.
    case "ThrottlingException" where error.httpStatus != 200: self = .transient
    case "AccessDeniedException", "ResourceNotFoundException", "ServiceQuotaExceededException", AWSError.credentialsCode,
      AWSError.certificateCode, AWSError.invalidConfigurationCode, AWSError.invalidInputCode:
      self = .refused
    case AWSError.deadlineCode: self = .timedOut
    default: self = error.isSureToHaveDoneNothing ? .transient : .unclear
    }
  }

  /// True when the same request may succeed later.
  public var isTransient: Bool { self == .transient || self == .unclear }
  /// True unless the service certainly did nothing.
  public var mayHaveCost: Bool { self == .unclear || self == .timedOut || self == .cancelled }
}
