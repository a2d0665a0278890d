/// When a failed attempt is followed by another: the SDKs' standard mode of 2026, as a state machine without clock or chance.
struct RetryPolicy: Sendable {
  /// What an attempt came to, as far as retries are concerned.
  struct Failure: Sendable, Hashable {
    var isRetryable: Bool
    var isThrottling: Bool
    /// The `x-amz-retry-after` header in milliseconds.
    var retryAfterMilliseconds: Int64?
  }

  enum Decision: Sendable, Hashable {
    case retry(afterMilliseconds: Int64)
    /// Give the error to the caller; a long poll waits first, so that its caller's loop does not spin.
    case fail(afterMilliseconds: Int64)
  }

  let maximumAttempts: Int
  let baseMilliseconds: Int64
  /// An operation that its callers repeat for ever.
  let isLongPoll: Bool
  /// Attempts made, the current one included.
  private(set) var attempt = 1
  /// What the last retry took from the quota; success gives it back.
  private var lastCost = 0

  private static let throttlingBaseMilliseconds: Int64 = 1_000
  private static let maximumDelayMilliseconds: Int64 = 20_000
  /// How much later than its own delay the client waits because a service says so.
  private static let maximumRetryAfterMilliseconds: Int64 = 5_000

  init(service: AWSService, operation: String, maximumAttempts: Int? = nil) {
    let isDynamoDB = service == .dynamoDB
    self.maximumAttempts = maximumAttempts ?? (isDynamoDB ? 4 : 3)
    baseMilliseconds = isDynamoDB ? 25 : 50
    isLongPoll = service == .sqs && operation == "ReceiveMessage"
  }

  /// Decides about a failed attempt.
  /// - Parameter fraction: a random number of 0 up to 1: the delay is spread over the whole range ("full jitter").
  mutating func failed(_ failure: Failure, quota: inout RetryQuota, fraction: Double) -> Decision {
    guard failure.isRetryable || failure.isThrottling, attempt < maximumAttempts else { return .fail(afterMilliseconds: 0) }
    let delay = delayMilliseconds(failure, fraction: fraction)
    let cost = failure.isThrottling ? RetryQuota.throttlingCost : RetryQuota.cost
    guard quota.take(cost) else { return .fail(afterMilliseconds: isLongPoll ? delay : 0) }
    lastCost = cost
    attempt += 1
    return .retry(afterMilliseconds: delay)
  }

  /// Gives back what the last retry took, or a little when none was needed.
  mutating func succeeded(quota: inout RetryQuota) {
    quota.giveBack(lastCost > 0 ? lastCost : 1)
    lastCost = 0
  }

  /// The delay after a partial answer, without a retry of this policy's; at most 50 ms for attempt 0, after which something had been done.
  static func throttlingDelayMilliseconds(attempt: Int, fraction: Double) -> Int64 {
    guard attempt > 0 else { return Int64(fraction * 50) }
    return Int64(fraction * Double(min(throttlingBaseMilliseconds << Int64(min(attempt - 1, 10)), maximumDelayMilliseconds)))
  }

  private func delayMilliseconds(_ failure: Failure, fraction: Double) -> Int64 {
    let base = failure.isThrottling ? RetryPolicy.throttlingBaseMilliseconds : baseMilliseconds
    let ceiling = min(base << Int64(min(attempt - 1, 20)), RetryPolicy.maximumDelayMilliseconds)
    let delay = Int64(fraction * Double(ceiling))
    guard let wanted = failure.retryAfterMilliseconds, wanted >= 0 else { return delay }
    return max(delay, min(wanted, delay + RetryPolicy.maximumRetryAfterMilliseconds))
  }
}

/// How much retrying a process may do before its first attempts succeed again.
struct RetryQuota: Sendable {
  static let capacity = 500
  static let cost = 14
  static let throttlingCost = 5

  private(set) var available = RetryQuota.capacity

  mutating func take(_ cost: Int) -> Bool {
    guard cost <= available else { return false }
    available -= cost
    return true
  }

  mutating func giveBack(_ amount: Int) { available = min(RetryQuota.capacity, available + amount) }
}
