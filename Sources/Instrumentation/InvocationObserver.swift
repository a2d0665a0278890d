internal import AWSClient
internal import JSON
internal import LambdaRuntime
internal import Synchronization
internal import Telemetry

/// What is done around the work of each event, whichever way the response goes.
struct InvocationObserver: Sendable {
  /// Runs an action at a time, in milliseconds since the Unix epoch, unless what it returns is called before.
  typealias Alarm = @Sendable (_ atMilliseconds: Int64, _ action: @escaping @Sendable () -> Void) -> @Sendable () -> Void

  private let instrumentation: Instrumentation
  private let alarm: Alarm
  private let hasServed = HasServed()

  private final class HasServed: Sendable {
    private let value = Atomic(false)
    /// True once, for the first event.
    func isFirst() -> Bool { !value.exchange(true, ordering: .relaxed) }
  }

  init(
    _ instrumentation: Instrumentation,
    alarm: @escaping Alarm = { time, action in DeadlineWatch.shared.alarm(atMilliseconds: time, action) }
  ) {
    self.instrumentation = instrumentation
    self.alarm = alarm
  }

  /// Runs an operation as the work of an event.
  func observe<Result>(_ event: [UInt8], _ context: LambdaContext, _ operation: () async throws -> Result) async throws -> Result {
    let isColdStart = hasServed.isFirst()
    let trace = context.traceHeader.flatMap { TraceHeader(parsing: $0) }
    let fields = fields(event, context, trace, isColdStart: isColdStart)
    return try await RequestContext.$deadlineMilliseconds.withValue(context.deadlineMilliseconds) {
      try await RequestContext.$traceID.withValue(context.traceHeader) {
        try await TraceHeader.with(trace) {
          try await instrumentation.logger.withInvocation(fields) {
            try await serve(event, context, isColdStart: isColdStart, operation)
          }
        }
      }
    }
  }

  private func serve<Result>(
    _ event: [UInt8], _ context: LambdaContext, isColdStart: Bool, _ operation: () async throws -> Result
  ) async throws -> Result {
    let logger = instrumentation.logger
    if instrumentation.logsEvents {
      let value = (try? JSONValue(parsing: event)) ?? .string(String(decoding: event.prefix(16 << 10), as: UTF8.self))
      logger.info("the event", ["event": value])
    }
    guard let metrics = instrumentation.metrics else {
      return try await watched(context, nil, operation)
    }
    let requestID: JSONObject = ["requestId": .string(context.requestID)]
    if isColdStart, instrumentation.countsColdStarts {
      metrics.with(["function_name": context.function.name]).emit(.count("ColdStart"), properties: requestID)
    }
    return try await MetricsBuffer.collecting(into: metrics) { buffer in
      buffer.addProperties(requestID)
      return try await watched(context, buffer, operation)
    }
  }

  /// Runs the handler with an eye on the clock.
  private func watched<Result>(
    _ context: LambdaContext, _ buffer: MetricsBuffer?, _ operation: () async throws -> Result
  ) async throws -> Result {
    guard instrumentation.warningMilliseconds > 0, let deadline = context.deadlineMilliseconds else { return try await operation() }
    let notice = min(instrumentation.warningMilliseconds, max(0, context.remainingMilliseconds) / 10)
    let logger = instrumentation.logger
    let scope = LogScope.current
    let cancel = alarm(deadline - notice) {
      func warn() {
        logger.warning("the invocation is not done, and Lambda is about to end it", ["remaining_milliseconds": .number(notice)])
        logger.flush()
      }
      if let scope { scope.run(warn) } else { warn() }
      buffer?.flush()
    }
    defer { cancel() }
    return try await operation()
  }

  private func fields(_ event: [UInt8], _ context: LambdaContext, _ trace: TraceHeader?, isColdStart: Bool) -> JSONObject {
    let wanted = instrumentation.fields
    var fields: [(String, JSONValue)] = []
    func add(_ name: String, _ value: String?) { if let value, !value.isEmpty { fields.append((name, .string(value))) } }
    if wanted.contains(.requestID) { add("requestId", context.requestID) }
    if wanted.contains(.coldStart) { fields.append(("cold_start", .bool(isColdStart))) }
    if wanted.contains(.correlationID) { add("correlation_id", instrumentation.correlation?.id(in: event)) }
    if wanted.contains(.traceID) { add("xray_trace_id", trace?.root) }
    if wanted.contains(.tenantID) { add("tenant_id", context.tenantID) }
    if wanted.contains(.function) {
      add("function_name", context.function.name)
      add("function_version", context.function.version)
      if let memory = context.function.memoryMegabytes { fields.append(("function_memory_size", .number(memory))) }
      add("function_arn", context.functionARN)
    }
    return JSONObject(fields)
  }
}
