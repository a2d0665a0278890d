internal import JSON
public import LambdaRuntime

/// A handler of which each event is worked on once, and answered each time with the same response.
public struct IdempotentHandler: LambdaHandler, Sendable {
  private let body: @Sendable ([UInt8], LambdaContext) async throws -> [UInt8]
  private let idempotency: Idempotency
  public let shutdownHook: ShutdownHook?

  public init<Handler: LambdaHandler & Sendable>(_ handler: Handler, _ idempotency: Idempotency) {
    body = { event, context in try await handler.handle(event, context) }
    shutdownHook = handler.shutdownHook
    self.idempotency = idempotency
  }

  /// - Throws: `InvalidEventError` for an event that is not JSON; `IdempotencyError`; what the store throws when it cannot be asked; what the
  ///   handler throws.
  public func handle(_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8] {
    let payload: JSONValue
    do throws(JSONError) { payload = try JSONValue(parsing: event) } catch { throw InvalidEventError("the event is not JSON: \(error)") }
    return try await idempotency.perform(payload, deadlineMilliseconds: context.deadlineMilliseconds) { try await body(event, context) }
  }
}
