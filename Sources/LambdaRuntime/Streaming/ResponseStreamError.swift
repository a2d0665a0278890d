/// Why a piece of a streamed response could not be sent. The handler should stop producing and may let the error pass.
public struct ResponseStreamError: LambdaError, Equatable, CustomStringConvertible {
  public enum Reason: Sendable, Equatable {
    /// The connection to Lambda broke.
    case connectionLost
    /// Lambda had given the invocation up, for instance at its deadline.
    case invocationGivenUp
    /// Lambda answered the response with an error before it was complete.
    case refused
    /// The handler had returned already.
    case responseEnded
    /// A head was set after the first byte had been sent, or cannot be sent as it is.
    case invalidHead
  }

  public let lambdaErrorType = "Runtime.StreamError"
  public let reason: Reason
  public let description: String

  init(_ reason: Reason, _ description: String) {
    self.reason = reason
    self.description = description
  }

  public var isInvocationGivenUp: Bool { reason == .invocationGivenUp }
}
