internal import JSON
public import LambdaRuntime

/// Why a piece of work was not done.
public enum IdempotencyError: LambdaError, Hashable, CustomStringConvertible {
  /// Somebody else is at it. From a queue, the message comes again, and finds it done.
  case alreadyInProgress(key: String, untilMilliseconds: Int64)
  /// The same key came with another payload: a caller uses a key twice, or somebody has changed the payload.
  case payloadMismatch(key: String)
  /// It was done before, and its response could not be kept.
  case responseNotKept(key: String, byteCount: Int)
  /// The event has no key at the place where it should be.
  case keyMissing(place: String)
  /// The deadline leaves no time to begin. Nothing was done.
  case noTimeLeft(key: String)
  /// The stored record says neither that the work is under way nor what it came to. It stays as it is for a person to look at.
  case recordUnreadable(key: String, problem: String)

  public var lambdaErrorType: String {
    switch self {
    case .alreadyInProgress: "Idempotency.AlreadyInProgress"
    case .payloadMismatch: "Idempotency.PayloadMismatch"
    case .responseNotKept: "Idempotency.ResponseNotKept"
    case .keyMissing: "Idempotency.KeyMissing"
    case .noTimeLeft: "Idempotency.NoTimeLeft"
    case .recordUnreadable: "Idempotency.RecordUnreadable"
    }
  }

  public var description: String {
    switch self {
    case .alreadyInProgress(let key, let until):
      "the same work is under way (\(key)), at the latest until \(ISO8601.text(milliseconds: until)); ask again later"
    case .payloadMismatch(let key):
      "the work was asked for before with the same key (\(key)) and another payload; send each payload with a key of its own"
    case .responseNotKept(let key, let byteCount):
      "the work was done before (\(key)); its response of \(byteCount) bytes was too large to be kept, and it is not done again"
    case .keyMissing(let place): "the event has nothing at \(place), by which it could be told from others"
    case .noTimeLeft(let key): "the deadline leaves no time to begin the work (\(key)); nothing was done"
    case .recordUnreadable(let key, let problem): "the record of the work (\(key)) cannot be read: \(problem)"
    }
  }
}
