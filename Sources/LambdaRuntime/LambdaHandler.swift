public import JSON

/// Runs once before the process ends: flushes what is buffered, closes what is open. It has about 400 ms.
public typealias ShutdownHook = @Sendable () async -> Void

/// Serves invocations: bytes in, bytes out.
///
/// An instance lives as long as the process and serves one event at a time. One that is Sendable also serves several at a time where Lambda is
/// set up for it (Lambda Managed Instances). It must not use the main actor, whose thread runs the loop.
public protocol LambdaHandler {
  /// Answers one event.
  /// - Parameter event: the event as it came, nearly always JSON.
  /// - Returns: the response, at most 6 MB; a larger one fails the invocation with Function.ResponseSizeTooLarge.
  /// - Throws: any error; it fails this invocation and no other. A `LambdaError` names its own type.
  func handle(_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8]

  /// What to do before the process ends; nil, the default, for nothing, which spares the start a call to Lambda. Asked for once, before the first
  /// event.
  var shutdownHook: ShutdownHook? { get }
}

extension LambdaHandler {
  public var shutdownHook: ShutdownHook? { nil }

  /// The same handler with something to do before the process ends.
  ///
  /// Lambda then gives notice by SIGTERM (which it does for functions with an extension only; the runtime registers one), at most 500 ms before it
  /// ends the process. A process on a developer's machine has the same notice from SIGTERM and SIGINT.
  public func onShutdown(_ hook: @escaping ShutdownHook) -> ShutdownAwareHandler<Self> {
    ShutdownAwareHandler(handler: self, shutdownHook: hook)
  }
}

/// What `LambdaHandler.onShutdown` makes.
public struct ShutdownAwareHandler<Handler: LambdaHandler>: LambdaHandler {
  let handler: Handler
  public let shutdownHook: ShutdownHook?

  public func handle(_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8] { try await handler.handle(event, context) }
}

extension ShutdownAwareHandler: Sendable where Handler: Sendable {}

/// A handler made of a function on bytes.
public struct RawHandler: LambdaHandler, Sendable {
  private let body: @Sendable ([UInt8], LambdaContext) async throws -> [UInt8]
  public let shutdownHook: ShutdownHook?

  public init(_ body: @escaping @Sendable ([UInt8], LambdaContext) async throws -> [UInt8]) { self.init(shutdownHook: nil, body) }

  init(shutdownHook: ShutdownHook?, _ body: @escaping @Sendable ([UInt8], LambdaContext) async throws -> [UInt8]) {
    self.shutdownHook = shutdownHook
    self.body = body
  }

  public func handle(_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8] { try await body(event, context) }
}

extension LambdaHandler where Self: Sendable {
  /// The same handler with something around each event: `next` runs the handler, and need not be called.
  /// ```swift
  /// handler.around { event, context, next in
  ///   let start = ContinuousClock.now
  ///   defer { metrics.record(ContinuousClock.now - start) }
  ///   return try await next(event, context)
  /// }
  /// ```
  public func around(
    _ layer:
      @escaping @Sendable (
        _ event: [UInt8], _ context: LambdaContext, _ next: @Sendable ([UInt8], LambdaContext) async throws -> [UInt8]
      ) async throws -> [UInt8]
  ) -> RawHandler {
    RawHandler(shutdownHook: shutdownHook) { event, context in
      try await layer(event, context) { try await handle($0, $1) }
    }
  }
}

/// A handler made of a function on wire types: `TypedHandler { (order: Order, context) in Receipt(order) }`.
///
/// The type itself is not generic: making the metadata of a generic type searches every conformance of the program, and would be a good part of
/// the start-up.
public struct TypedHandler: LambdaHandler, Sendable {
  private let body: @Sendable ([UInt8], LambdaContext) async throws -> [UInt8]

  public init<Event: JSONDecodable & SendableMetatype, Output: JSONEncodable & SendableMetatype>(
    _ body: @escaping @Sendable (Event, LambdaContext) async throws -> Output
  ) {
    self.body = { event, context in
      let output = try await body(try InvalidEventError.decoding(event), context)
      var writer = JSONWriter(capacity: event.count)
      output.write(to: &writer)
      return writer.bytes
    }
  }

  /// - Throws: `InvalidEventError` for an event that does not fit, naming the field and the byte; else what the function throws.
  public func handle(_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8] { try await body(event, context) }
}

extension InvalidEventError {
  /// The event as a value of a wire type.
  static func decoding<Event: JSONDecodable>(_ event: [UInt8]) throws(InvalidEventError) -> Event {
    do throws(JSONError) { return try Event(json: event) } catch { throw InvalidEventError("the event is no \(Event.self): \(error)") }
  }
}
