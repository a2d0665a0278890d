/// Decides what happens with one piece of work; it knows neither the store nor the clock.
struct IdempotencyMachine {
  /// What is to be done next; the matching method is told how it went.
  enum Action: Equatable {
    /// `begun`
    case begin(IdempotencyRecord)
    /// `waited`
    case pause(milliseconds: Int64)
    /// `succeeded` or `failed`
    case work
    /// `completed`
    case complete(IdempotencyRecord)
    /// `removed`
    case remove(key: String, owner: String)
    case finish(Outcome)
  }

  enum Outcome: Equatable {
    /// The work was done now, by this attempt.
    case done([UInt8])
    /// As `done`, but another attempt took over meanwhile, so that it may have been done twice.
    case doneButTakenOver([UInt8])
    /// It was done before.
    case replayed([UInt8])
    /// The work threw; the error is the caller's to throw.
    case threw
    case refused(IdempotencyError)
  }

  struct Request: Equatable {
    var key: String
    var payloadHash: String?
    var owner: String
    /// When the invocation ends, in milliseconds since the Unix epoch; nil when nobody ends it.
    var deadlineMilliseconds: Int64?
    /// When this attempt must have ended, in milliseconds since the Unix epoch.
    var inProgressExpiryMilliseconds: Int64
    /// How long a result is remembered.
    var expiresAfterMilliseconds: Int64
    var largestResponse: Int
    /// Until when to wait for another attempt to end, in milliseconds since the Unix epoch; nil for not at all.
    var waitsUntilMilliseconds: Int64?
  }

  private let request: Request
  private var response: [UInt8] = []
  private var pauseMilliseconds: Int64 = 50

  /// Longest time between two looks at a record that is under way.
  private static let longestPauseMilliseconds: Int64 = 1_000

  init(_ request: Request) { self.request = request }

  /// The end of the year 9999: nothing lasts longer, whatever a caller asks for.
  private static let latestMilliseconds: Int64 = 253_402_300_799_000

  /// A time some milliseconds after another.
  static func time(_ milliseconds: Int64, after now: Int64) -> Int64 {
    let (time, overflows) = now.addingReportingOverflow(milliseconds)
    return overflows ? latestMilliseconds : min(time, latestMilliseconds)
  }

  func start(nowMilliseconds now: Int64) -> Action {
    // A record that expires at once would let everybody in; and of work that is begun at the deadline, nobody would hear the end.
    guard request.inProgressExpiryMilliseconds > now, request.deadlineMilliseconds ?? .max > now else {
      return .finish(.refused(.noTimeLeft(key: request.key)))
    }
    return .begin(
      IdempotencyRecord(
        key: request.key, status: .inProgress, owner: request.owner,
        expiryMilliseconds: Self.time(request.expiresAfterMilliseconds, after: now),
        inProgressExpiryMilliseconds: request.inProgressExpiryMilliseconds, payloadHash: request.payloadHash))
  }

  /// - Parameter existing: the record that stands in the way; nil when ours was written.
  mutating func begun(_ existing: IdempotencyRecord?, nowMilliseconds now: Int64) -> Action {
    guard let existing else { return .work }
    // Our own: it was written, and the answer lost on its way.
    if existing.owner == request.owner { return .work }
    // It was not replaceable by the store's reading, and is now.
    if existing.isReplaceable(atMilliseconds: now) { return start(nowMilliseconds: now) }
    if let expected = existing.payloadHash, let hash = request.payloadHash, expected != hash {
      return .finish(.refused(.payloadMismatch(key: request.key)))
    }
    switch existing.status {
    case .completed: return .finish(replayed(existing))
    case .inProgress:
      guard let end = request.waitsUntilMilliseconds, now + pauseMilliseconds <= end else {
        return .finish(.refused(.alreadyInProgress(key: request.key, untilMilliseconds: existing.inProgressExpiryMilliseconds)))
      }
      defer { pauseMilliseconds = min(Self.longestPauseMilliseconds, pauseMilliseconds * 2) }
      return .pause(milliseconds: pauseMilliseconds)
    }
  }

  func waited(nowMilliseconds now: Int64) -> Action { start(nowMilliseconds: now) }

  /// The outcome that a record of completed work means.
  func replayed(_ record: IdempotencyRecord) -> Outcome {
    if let expected = record.payloadHash, let hash = request.payloadHash, expected != hash {
      return .refused(.payloadMismatch(key: request.key))
    }
    if let bytes = record.droppedResponseBytes { return .refused(.responseNotKept(key: request.key, byteCount: bytes)) }
    return .replayed(record.response ?? [])
  }

  mutating func succeeded(_ response: [UInt8], nowMilliseconds now: Int64) -> Action {
    self.response = response
    let fits = response.count <= request.largestResponse
    return .complete(
      IdempotencyRecord(
        key: request.key, status: .completed, owner: request.owner,
        expiryMilliseconds: Self.time(request.expiresAfterMilliseconds, after: now),
        inProgressExpiryMilliseconds: request.inProgressExpiryMilliseconds, payloadHash: request.payloadHash,
        response: fits ? response : nil, droppedResponseBytes: fits ? nil : response.count))
  }

  func failed() -> Action { .remove(key: request.key, owner: request.owner) }
  func completed(_ isOurs: Bool) -> Action { .finish(isOurs ? .done(response) : .doneButTakenOver(response)) }
  func removed() -> Action { .finish(.threw) }
}
