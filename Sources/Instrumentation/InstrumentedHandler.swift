public import LambdaRuntime

/// A handler of which each invocation is observed: its log lines carry its ids, its requests to AWS carry its trace and end with its
/// deadline, its metrics are emitted however it ends, and one that will not be done in time says so.
/// ```swift
/// Lambda.run { environment in
///   let logger = Logger(environment: { environment[$0] })
///   return InstrumentedHandler(
///     TypedHandler { (order: Order, context) in
///       MetricsBuffer.current?.add(.count("Orders"))
///       return try await receipt(for: order)
///     }, Instrumentation(logger: logger, metrics: Metrics(namespace: "Shop"), correlation: .apiGateway))
/// }
/// ```
/// Inside of the handler these hold for its task and those it starts: `RequestContext` (deadline and trace of AWSClient's requests),
/// `TraceHeader.current`, `MetricsBuffer.current`, and the logger's fields. They belong to the invocation also where one process serves several
/// at a time.
public struct InstrumentedHandler: LambdaHandler, Sendable {
  private let body: @Sendable ([UInt8], LambdaContext) async throws -> [UInt8]
  private let observer: InvocationObserver
  public let shutdownHook: ShutdownHook?

  public init<Handler: LambdaHandler & Sendable>(_ handler: Handler, _ instrumentation: Instrumentation) {
    self.init(handler, InvocationObserver(instrumentation))
  }

  init<Handler: LambdaHandler & Sendable>(_ handler: Handler, _ observer: InvocationObserver) {
    body = { event, context in try await handler.handle(event, context) }
    shutdownHook = handler.shutdownHook
    self.observer = observer
  }

  public func handle(_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8] {
    try await observer.observe(event, context) { try await body(event, context) }
  }
}

/// As `InstrumentedHandler`, for responses that are streamed.
public struct InstrumentedStreamingHandler: StreamingLambdaHandler, Sendable {
  private let body: @Sendable ([UInt8], ResponseWriter, LambdaContext) async throws -> Void
  private let observer: InvocationObserver
  public let shutdownHook: ShutdownHook?

  public init<Handler: StreamingLambdaHandler & Sendable>(_ handler: Handler, _ instrumentation: Instrumentation) {
    body = { event, writer, context in try await handler.handle(event, writer, context) }
    shutdownHook = handler.shutdownHook
    observer = InvocationObserver(instrumentation)
  }

  public func handle(_ event: [UInt8], _ writer: ResponseWriter, _ context: LambdaContext) async throws {
    try await observer.observe(event, context) { try await body(event, writer, context) }
  }
}
