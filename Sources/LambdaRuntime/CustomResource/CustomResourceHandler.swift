internal import JSON
internal import Synchronization

/// Sends the answer of a custom resource; the runtime has no HTTPS of its own, so the function brings one.
public protocol ResponseSender: Sendable {
  /// PUTs the body to a presigned URL, with an empty Content-Type, which the signature demands.
  /// - Parameter timeoutMilliseconds: time for the whole exchange; the task is cancelled when it is over.
  /// - Throws: any error, also for a status other than 2xx; the answer is then sent again.
  func put(_ body: [UInt8], to url: String, timeoutMilliseconds: Int64) async throws
}

/// Serves CloudFormation's custom resource requests, and answers each: when the work is done, when it fails, when the request cannot be read,
/// and when the deadline comes near. A request that is not answered would hold the stack for up to an hour.
public struct CustomResourceHandler: LambdaHandler, Sendable {
  private let sender: any ResponseSender
  private let marginMilliseconds: Int64
  private let body: @Sendable (CustomResourceRequest, LambdaContext) async throws -> CustomResourceResult
  private let sleep: @Sendable (Wait, Int64) async throws -> Void

  /// What the handler waits for.
  enum Wait: Sendable { case deadline, sendAgain, endOfAttempt }

  /// Attempts to send an answer; they share the time that is left.
  private static let attempts = 3
  private static let longestAttemptMilliseconds: Int64 = 5000
  /// Less time than this is not enough for a TLS connection and an answer.
  private static let shortestAttemptMilliseconds: Int64 = 300
  /// Left over at the deadline, for the invocation's own answer.
  private static let reserveMilliseconds: Int64 = 200

  /// - Parameters:
  ///   - marginMilliseconds: how long before the deadline the request is answered as failed; enough to send the answer three times.
  ///   - body: does what is asked. It may run twice for one request, and Delete may come for a resource that never was.
  public init(
    sender: any ResponseSender, marginMilliseconds: Int64 = 5000,
    _ body: @escaping @Sendable (CustomResourceRequest, LambdaContext) async throws -> CustomResourceResult
  ) {
    self.init(sender: sender, marginMilliseconds: marginMilliseconds, sleep: { try await Task.sleep(for: .milliseconds($1)) }, body)
  }

  init(
    sender: any ResponseSender, marginMilliseconds: Int64, sleep: @escaping @Sendable (Wait, Int64) async throws -> Void,
    _ body: @escaping @Sendable (CustomResourceRequest, LambdaContext) async throws -> CustomResourceResult
  ) {
    self.sender = sender
    self.marginMilliseconds = marginMilliseconds
    self.sleep = sleep
    self.body = body
  }

  /// - Returns: null; CloudFormation reads the answer at the URL only.
  /// - Throws: an error when nobody can be answered, or when sending failed. Lambda then runs the request again, a minute later at the
  ///   earliest: the resource's ServiceTimeout must be at least twice the function's timeout and three minutes for that to help.
  public func handle(_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8] {
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: event) } catch {
      throw InvalidEventError("the event is no request of CloudFormation: \(error)")
    }
    let envelope = try CustomResourceEnvelope(value)
    let response = CustomResourceResponse(envelope: envelope)
    let request: CustomResourceRequest
    do throws(InvalidEventError) { request = try CustomResourceRequest(value, envelope: envelope) } catch {
      logFailure(error, context)
      try await send(response.failure(error.description), envelope, context)
      return Array("null".utf8)
    }
    try await answer(request, envelope, response, context)
    return Array("null".utf8)
  }

  /// Lets the work and the clock race for the right to answer; whoever has it sends.
  private func answer(
    _ request: CustomResourceRequest, _ envelope: CustomResourceEnvelope, _ response: CustomResourceResponse, _ context: LambdaContext
  ) async throws {
    let turn = Turn()
    let (outcomes, sent) = AsyncStream<Result<Void, any Error>>.makeStream()

    let work = Task {
      let text: [UInt8]
      do { text = response.success(try await body(request, context)) } catch {
        if turn.isTaken { return }
        logFailure(error, context)
        text = response.failure("\(error)")
      }
      guard turn.take() else { return }
      sent.yield(await result { try await send(text, envelope, context) })
    }
    // Detached, so that a handler that keeps the invocation's thread busy cannot keep the clock from answering.
    let clock = Task.detached {
      let left = context.remainingMilliseconds
      guard left < .max else { return }
      do { try await sleep(.deadline, max(0, left - marginMilliseconds)) } catch { return }
      guard turn.take() else { return }
      work.cancel()
      let reason = "the handler was not done \(marginMilliseconds) ms before the function's deadline"
      context.log.log(.error, reason, requestID: context.requestID)
      sent.yield(await result { try await send(response.failure(reason), envelope, context) })
    }
    defer { clock.cancel() }
    for await outcome in outcomes { return try outcome.get() }
    throw CancellationError()
  }

  private func result(_ send: () async throws -> Void) async -> Result<Void, any Error> {
    do { return .success(try await send()) } catch { return .failure(error) }
  }

  /// Sends an answer; tries three times, since the answer is all that CloudFormation waits for. An attempt gets its share of the time that is
  /// left and no more, so that one that hangs does not take the others' time.
  private func send(_ text: [UInt8], _ envelope: CustomResourceEnvelope, _ context: LambdaContext) async throws {
    var attempt = 1
    while true {
      do {
        let share = timeLeft(context) / Int64(Self.attempts - attempt + 1)
        return try await put(
          text, to: envelope.responseURL, within: max(Self.shortestAttemptMilliseconds, min(Self.longestAttemptMilliseconds, share)))
      } catch {
        context.log.log(
          .warn, "CloudFormation could not be answered (attempt \(attempt) of \(Self.attempts)): \(error)", requestID: context.requestID)
        let pause = Int64(attempt) * 200
        attempt += 1
        guard attempt <= Self.attempts, timeLeft(context) >= Self.shortestAttemptMilliseconds else { throw error }
        let needed = Self.shortestAttemptMilliseconds * Int64(Self.attempts - attempt + 1)
        if timeLeft(context) - pause >= needed { try await sleep(.sendAgain, pause) }
      }
    }
  }

  private func timeLeft(_ context: LambdaContext) -> Int64 {
    let left = context.remainingMilliseconds
    return left == .max ? left : left - Self.reserveMilliseconds
  }

  /// One attempt, which is cancelled when its time is over.
  private func put(_ text: [UInt8], to url: String, within milliseconds: Int64) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await sender.put(text, to: url, timeoutMilliseconds: milliseconds) }
      group.addTask {
        try await sleep(.endOfAttempt, milliseconds)
        throw NotSentInTime(milliseconds: milliseconds)
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private struct NotSentInTime: Error, CustomStringConvertible {
    let milliseconds: Int64
    var description: String { "the answer could not be sent within \(milliseconds) ms" }
  }

  private func logFailure(_ error: any Error, _ context: LambdaContext) {
    let failure = InvocationFailure(error)
    context.log.log(
      .error, "the custom resource failed: \(failure.message)", requestID: context.requestID, [("errorType", failure.type)])
  }
}

/// The right to answer, which is given once.
private final class Turn: Sendable {
  private let taken = Atomic(false)
  var isTaken: Bool { taken.load(ordering: .acquiring) }
  func take() -> Bool { taken.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged }
}
