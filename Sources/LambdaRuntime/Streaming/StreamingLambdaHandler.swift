public import JSON

/// Serves invocations with responses that are sent while they are made: to a function URL or an API in streaming mode, or a caller of
/// InvokeWithResponseStream.
///
/// An error that is thrown before the first byte is an ordinary error; after that it ends the response with error trailers.
/// Like a `LambdaHandler`, one that is Sendable may serve several events at a time, on Lambda Managed Instances.
public protocol StreamingLambdaHandler {
  /// Answers one event.
  /// - Parameters:
  ///   - event: the event as it came, nearly always JSON.
  ///   - writer: takes the response; of no use when the handler has returned.
  /// - Throws: any error; it fails this invocation and no other. A `LambdaError` names its own type.
  func handle(_ event: [UInt8], _ writer: ResponseWriter, _ context: LambdaContext) async throws

  /// As in `LambdaHandler`.
  var shutdownHook: ShutdownHook? { get }
}

extension StreamingLambdaHandler {
  public var shutdownHook: ShutdownHook? { nil }
}

/// A streaming handler made of a function: `StreamingHandler { (event, writer, context) in try await writer.write("...") }`.
public struct StreamingHandler: StreamingLambdaHandler, Sendable {
  private let body: @Sendable ([UInt8], ResponseWriter, LambdaContext) async throws -> Void
  public private(set) var shutdownHook: ShutdownHook?

  public init(_ body: @escaping @Sendable ([UInt8], ResponseWriter, LambdaContext) async throws -> Void) { self.body = body }

  /// A handler of events of a wire type.
  public init<Event: JSONDecodable & SendableMetatype>(
    decoding type: Event.Type, _ body: @escaping @Sendable (Event, ResponseWriter, LambdaContext) async throws -> Void
  ) {
    self.init { event, writer, context in try await body(try InvalidEventError.decoding(event), writer, context) }
  }

  /// - Throws: `InvalidEventError` for an event that does not fit; else what the function throws.
  public func handle(_ event: [UInt8], _ writer: ResponseWriter, _ context: LambdaContext) async throws {
    try await body(event, writer, context)
  }

  /// The same handler with something to do before the process ends; see `LambdaHandler.onShutdown`.
  public func onShutdown(_ hook: @escaping ShutdownHook) -> StreamingHandler {
    var handler = self
    handler.shutdownHook = hook
    return handler
  }
}
