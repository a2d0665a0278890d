public import AWSClient

/// Repeats a write that met a transaction on the same row, or a table that is scaling: DynamoDB refuses it then, which says nothing about
/// the write's own condition.
///
/// Single writes are refused like transactions; conflicts are not among the errors that an AWS client repeats by itself, and throttling it
/// repeats a few times only.
/// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
public struct ConflictRetry: Sendable {
  /// How long a write without a time limit of its own is repeated, in milliseconds.
  private static let patienceMilliseconds: Int64 = 20_000
  /// Time that is left over at the invocation's deadline, in milliseconds.
  private static let marginMilliseconds: Int64 = 1_000
  private static let longestPauseMilliseconds: Int64 = 500

  /// The client's time and chance.
  private let clock: any AWSClock

  public init(clock: any AWSClock) { self.clock = clock }

  /// - Parameter until: when to give up, in milliseconds since the Unix epoch; nil for 20 seconds from now, or shortly before the deadline of
  ///   the request in hand when that comes first. The write is always tried once.
  /// - Throws: what the write throws, the conflict included when it lasts.
  public func callAsFunction<Value>(until: Int64? = nil, _ write: () async throws -> Value) async throws -> Value {
    let limit = until ?? patience
    var attempt: Int64 = 0
    while true {
      do {
        return try await write()
      } catch let error as AWSError where error.isTransactionConflict || error.isThrottling {
        attempt += 1
        // Pauses grow, and differ, so that writers who met once do not meet again.
        let longest = min(10 << min(attempt, 10), Self.longestPauseMilliseconds)
        let milliseconds = 1 + Int64(clock.randomFraction() * Double(longest))
        guard clock.nowMilliseconds + milliseconds < limit else { throw error }
        try await clock.sleep(milliseconds: milliseconds)
      }
    }
  }

  private var patience: Int64 {
    let patience = clock.nowMilliseconds + Self.patienceMilliseconds
    guard let deadline = RequestContext.deadlineMilliseconds else { return patience }
    return min(patience, deadline - Self.marginMilliseconds)
  }
}

extension AWSError {
  /// True when another transaction was at work on a row of the write.
  var isTransactionConflict: Bool {
    code == "TransactionConflictException" || code == "TransactionInProgressException"
      || (code == "TransactionCanceledException" && cancellationReasons.contains { $0.code == "TransactionConflict" })
  }
}
