/// What a store knows of one piece of work: that somebody is at it, or what it came to.
public struct IdempotencyRecord: Sendable, Hashable {
  public enum Status: String, Sendable {
    case inProgress = "INPROGRESS"
    case completed = "COMPLETED"
  }

  /// What tells this work from other work: the name of the function, and a hash.
  public var key: String
  public var status: Status
  /// Who is at it, or did it: another value for each attempt.
  public var owner: String
  /// When the record may be forgotten, in milliseconds since the Unix epoch. The work counts as new then.
  public var expiryMilliseconds: Int64
  /// When whoever is at it must have ended, in milliseconds since the Unix epoch; somebody else may take the work over then.
  public var inProgressExpiryMilliseconds: Int64
  /// The hash of what must be the same in each request of this key; nil when nothing is checked.
  public var payloadHash: String?
  /// What the work came to; nil while it is under way, and when it was too large to be kept.
  public var response: [UInt8]?
  /// Bytes of a response that was too large to be kept; nil for one that was not.
  public var droppedResponseBytes: Int?

  public init(
    key: String, status: Status, owner: String, expiryMilliseconds: Int64, inProgressExpiryMilliseconds: Int64, payloadHash: String? = nil,
    response: [UInt8]? = nil, droppedResponseBytes: Int? = nil
  ) {
    self.key = key
    self.status = status
    self.owner = owner
    self.expiryMilliseconds = expiryMilliseconds
    self.inProgressExpiryMilliseconds = inProgressExpiryMilliseconds
    self.payloadHash = payloadHash
    self.response = response
    self.droppedResponseBytes = droppedResponseBytes
  }

  /// Whether another attempt may take the record's place.
  public func isReplaceable(atMilliseconds now: Int64) -> Bool {
    expiryMilliseconds <= now || status == .inProgress && inProgressExpiryMilliseconds <= now
  }
}
