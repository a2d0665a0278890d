public import AWSClient
public import JSON
internal import LambdaRuntime
internal import Synchronization

/// Does a piece of work once, however often it is asked for, and answers each time with what it came to.
/// ```swift
/// let idempotency = Idempotency(
///   store: DynamoDBIdempotencyStore(client: DynamoDBClient(client), table: "idempotency"), function: "payments",
///   key: .members(JSONPointer("paymentId")).checking(JSONPointer("amount")))
/// return IdempotentHandler(TypedHandler { (payment: Payment, _) in try await charge(payment) }, idempotency)
/// ```
/// What is guaranteed: while one attempt is under way no other begins, until its time is over; after it succeeded, none begins until the record
/// expires. What is not: an attempt whose time is over may have done its work and died before it could say so, and the next one does it
/// again; `InProgressLimit.milliseconds` makes the next one wait longer. Work that throws counts as not done, and may be tried at once.
public final class Idempotency: Sendable {
  /// When an attempt counts as dead if it has not ended.
  public enum InProgressLimit: Sendable {
    /// At the invocation's deadline, when Lambda ends it. Where there is no deadline, after 15 minutes, the longest that Lambda lets anything run.
    case deadline
    /// So long after it began, whatever the deadline: for work that must not be tried again soon, such as a payment that somebody shall look at
    /// first.
    case milliseconds(Int64)
  }

  /// How long results are remembered, how long an attempt may take, and what is kept in memory.
  public struct Options: Sendable {
    /// How long a result is remembered, in milliseconds; one hour unless set. Nothing is remembered beyond the year 9999.
    public var expiresAfterMilliseconds: Int64 = 3_600_000
    public var inProgressLimit = InProgressLimit.deadline
    /// How long to wait for another attempt at the same work before giving up, in milliseconds; 0, the default, for not at all.
    public var waitsMilliseconds: Int64 = 0
    /// Bytes of a response that are kept; a larger one is answered once, and later requests are refused. DynamoDB takes items of 400 KB.
    public var largestResponse = 350 << 10
    /// Results that are kept in memory too, so that a repetition in the same process asks nobody; 0 for none.
    public var cachedResults = 256
    /// Bytes that these may have together.
    public var cachedBytes = 1 << 20

    public init() {}
  }

  /// What somebody who looks after the function should know.
  public enum Event: Sendable, Hashable {
    /// The work was done before; its result was given again.
    case replayed(key: String)
    /// The time of this attempt was over, and another had begun when it ended: the work may have been done twice.
    case takenOver(key: String)
    /// The response was too large to be kept; the next request is refused.
    case responseNotKept(key: String, byteCount: Int)
    /// The work was done, and that could not be written down: when its time is over, it may be done again.
    case completionNotStored(key: String, problem: String)
    /// The work failed, and that could not be written down: it cannot be tried again before its time is over.
    case failureNotStored(key: String, problem: String)
  }

  private let store: any IdempotencyStore
  private let function: String
  private let key: IdempotencyKey
  private let options: Options
  private let clock: any AWSClock
  private let makeOwner: @Sendable () -> String
  private let observe: @Sendable (Event) -> Void
  private let cache: Mutex<ResponseCache>

  /// - Parameters:
  ///   - function: the first part of each key, so that functions can share a table.
  ///   - clock: time; a test brings its own.
  ///   - makeOwner: a value that no other attempt has, anywhere.
  ///   - observe: hears what happens; it must not block.
  public init(
    store: any IdempotencyStore, function: String, key: IdempotencyKey = .wholePayload, options: Options = Options(),
    clock: any AWSClock = SystemClock(), makeOwner: @escaping @Sendable () -> String = Idempotency.randomOwner,
    observe: @escaping @Sendable (Event) -> Void = { _ in }
  ) {
    self.store = store
    self.function = function
    self.key = key
    self.options = options
    self.clock = clock
    self.makeOwner = makeOwner
    self.observe = observe
    cache = Mutex(ResponseCache(capacity: options.cachedResults, largestBytes: options.cachedBytes))
  }

  /// 128 bits of chance.
  @Sendable public static func randomOwner() -> String {
    var generator = SystemRandomNumberGenerator()
    return String(generator.next(), radix: 16) + "-" + String(generator.next(), radix: 16)
  }

  // MARK: Doing work

  /// Does the work of a payload, or answers with what it came to before.
  /// - Parameters:
  ///   - payload: what the key is taken from.
  ///   - deadlineMilliseconds: when the invocation ends; that of the current invocation unless given.
  ///   - work: what is done once; its bytes are kept as they are.
  /// - Throws: `IdempotencyError` when the work was not done, what the store throws when it cannot be asked, and what the work throws.
  public func perform(
    _ payload: JSONValue, deadlineMilliseconds: Int64? = nil, _ work: () async throws -> [UInt8]
  ) async throws -> [UInt8] {
    guard let hashes = try key.hashes(of: payload) else { return try await work() }
    let now = clock.nowMilliseconds
    let deadline = deadlineMilliseconds ?? LambdaContext.current?.deadlineMilliseconds ?? RequestContext.deadlineMilliseconds
    let end: Int64 =
      switch options.inProgressLimit {
      case .deadline: deadline ?? now + Self.longestInvocationMilliseconds
      case .milliseconds(let limit): IdempotencyMachine.time(max(1, limit), after: now)
      }
    let request = IdempotencyMachine.Request(
      key: "\(function)#\(hashes.key)", payloadHash: hashes.payload, owner: makeOwner(), deadlineMilliseconds: deadline,
      inProgressExpiryMilliseconds: end, expiresAfterMilliseconds: options.expiresAfterMilliseconds,
      largestResponse: options.largestResponse,
      waitsUntilMilliseconds: options.waitsMilliseconds > 0
        ? min(IdempotencyMachine.time(options.waitsMilliseconds, after: now), deadline ?? .max) : nil)
    var machine = IdempotencyMachine(request)
    if let known = cache.withLock({ $0.record(request.key, nowMilliseconds: now) }) {
      return try result(of: machine.replayed(known), request.key)
    }
    return try await run(&machine, request, work)
  }

  /// As above, for results of a wire type.
  public func perform<Output: JSONEncodable & JSONDecodable>(
    _ payload: JSONValue, deadlineMilliseconds: Int64? = nil, as type: Output.Type = Output.self, _ work: () async throws -> Output
  ) async throws -> Output {
    try Output(json: try await perform(payload, deadlineMilliseconds: deadlineMilliseconds) { try await work().json })
  }

  /// As above, for results of a `Codable` type.
  @_disfavoredOverload
  public func perform<Output: Codable>(
    _ payload: JSONValue, deadlineMilliseconds: Int64? = nil, as type: Output.Type = Output.self, _ work: () async throws -> Output
  ) async throws -> Output {
    let bytes = try await perform(payload, deadlineMilliseconds: deadlineMilliseconds) { try CodableWriter.encode(try await work()) }
    return try CodableReader.decode(Output.self, from: bytes)
  }

  /// The longest that Lambda lets an invocation run.
  private static let longestInvocationMilliseconds: Int64 = 900_000

  private func run(
    _ machine: inout IdempotencyMachine, _ request: IdempotencyMachine.Request, _ work: () async throws -> [UInt8]
  ) async throws -> [UInt8] {
    var failure: (any Error)?
    var action = machine.start(nowMilliseconds: clock.nowMilliseconds)
    while true {
      switch action {
      case .begin(let record):
        let existing = try await store.begin(record, nowMilliseconds: clock.nowMilliseconds)
        if let existing, existing.status == .completed { cache.withLock { $0.insert(existing) } }
        action = machine.begun(existing, nowMilliseconds: clock.nowMilliseconds)
      case .pause(let milliseconds):
        try await clock.sleep(milliseconds: milliseconds)
        action = machine.waited(nowMilliseconds: clock.nowMilliseconds)
      case .work:
        do { action = machine.succeeded(try await work(), nowMilliseconds: clock.nowMilliseconds) } catch {
          failure = error
          action = machine.failed()
        }
      case .complete(let record): action = machine.completed(await complete(record))
      case .remove(let key, let owner):
        await remove(key, owner)
        action = machine.removed()
      case .finish(let outcome):
        if case .threw = outcome, let failure { throw failure }
        return try result(of: outcome, request.key)
      }
    }
  }

  private func result(of outcome: IdempotencyMachine.Outcome, _ key: String) throws -> [UInt8] {
    switch outcome {
    case .done(let response): return response
    case .doneButTakenOver(let response):
      observe(.takenOver(key: key))
      return response
    case .replayed(let response):
      observe(.replayed(key: key))
      return response
    case .refused(let error): throw error
    case .threw: throw CancellationError()
    }
  }

  // MARK: Ends, which are written down even when the task is cancelled, before them or meanwhile

  /// - Returns: false when another attempt has taken over.
  private func complete(_ record: IdempotencyRecord) async -> Bool {
    do {
      let isOurs = try await uncancelled { [store] in try await store.complete(record) }
      if isOurs { cache.withLock { $0.insert(record) } }
      if let byteCount = record.droppedResponseBytes { observe(.responseNotKept(key: record.key, byteCount: byteCount)) }
      return isOurs
    } catch {
      // Whoever asked must not be told that the work was not done: they would ask again, and it would be done twice.
      observe(.completionNotStored(key: record.key, problem: "\(error)"))
      return true
    }
  }

  private func remove(_ key: String, _ owner: String) async {
    do { try await uncancelled { [store] in try await store.remove(key: key, owner: owner) } } catch {
      observe(.failureNotStored(key: key, problem: "\(error)"))
    }
  }

  private func uncancelled<Result: Sendable>(_ operation: @escaping @Sendable () async throws -> Result) async throws -> Result {
    try await Task { try await operation() }.value
  }
}
