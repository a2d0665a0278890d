import AWSClient
import JSON
import LambdaRuntime
import Telemetry
import Testing

@testable import Instrumentation

@Suite struct InstrumentedHandlerTests {
  struct Failed: Error {}

  static let trace = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1"

  let lines = Lines()
  let metricLines = Lines()
  let alarm = ManualAlarm()

  func instrumentation(bufferBytes: Int = 0, correlation: CorrelationPath? = nil) -> Instrumentation {
    Instrumentation(
      logger: Logger(LoggerSettings(bufferBytes: bufferBytes, service: "checkout"), nowMilliseconds: { 0 }, output: lines.take),
      metrics: Metrics(namespace: "Shop", nowMilliseconds: { 0 }, output: metricLines.take), correlation: correlation)
  }

  func context(_ requestID: String = "r-1", remaining: Int64? = 60_000) -> LambdaContext {
    LambdaContext(
      requestID: requestID, deadlineMilliseconds: remaining.map { Logger.systemTime() + $0 }, functionARN: "arn:f", traceHeader: Self.trace,
      tenantID: "blue",
      function: LambdaFunction(
        LambdaEnvironment([
          "AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_LAMBDA_FUNCTION_VERSION": "7", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        ])))
  }

  func handler(
    _ instrumentation: Instrumentation, _ body: @escaping @Sendable ([UInt8], LambdaContext) async throws -> [UInt8]
  ) -> InstrumentedHandler {
    InstrumentedHandler(RawHandler(body), InvocationObserver(instrumentation, alarm: alarm.set))
  }

  // MARK: Fields

  @Test func linesCarryTheInvocationsFields() async throws {
    var instrumentation = instrumentation(correlation: .eventBridge)
    instrumentation.fields = .all
    let logger = instrumentation.logger
    let handler = handler(instrumentation) { event, _ in
      logger.info("working")
      return event
    }
    let event = Array(#"{"detail":{},"id":"e-1"}"#.utf8)
    #expect(try await handler.handle(event, context()) == event)
    let line = try #require(try lines.objects().first)
    #expect(
      line.objectValue == [
        "timestamp": "1970-01-01T00:00:00.000Z", "level": "INFO", "message": "working", "requestId": "r-1", "cold_start": true,
        "correlation_id": "e-1", "xray_trace_id": "1-5bef4de7-ad49b0e87f6ef6c87fc2e700", "tenant_id": "blue", "function_name": "f",
        "function_version": "7", "function_memory_size": 256, "function_arn": "arn:f", "service": "checkout",
      ])
  }

  @Test func onlyTheFirstEventIsAColdStart() async throws {
    var instrumentation = instrumentation()
    instrumentation.countsColdStarts = true
    let logger = instrumentation.logger
    let handler = handler(instrumentation) { event, _ in
      logger.info("")
      return event
    }
    for _ in 0..<3 { _ = try await handler.handle([], context()) }
    #expect(try lines.objects().map { $0["cold_start"] } == [true, false, false])
    let metrics = try metricLines.objects()
    #expect(metrics.count == 1)
    #expect(metrics[0]["ColdStart"] == 1)
    #expect(metrics[0]["function_name"] == "f")
    #expect(metrics[0]["requestId"] == "r-1")
  }

  @Test func theHandlersTaskHasDeadlineAndTrace() async throws {
    let context = context()
    let handler = handler(instrumentation()) { event, context in
      #expect(RequestContext.deadlineMilliseconds == context.deadlineMilliseconds)
      #expect(RequestContext.traceID == Self.trace)
      #expect(TraceHeader.current?.description == Self.trace)
      await withTaskGroup { group in
        group.addTask { #expect(TraceHeader.current?.description == Self.trace) }
      }
      return event
    }
    _ = try await handler.handle([], context)
    #expect(RequestContext.traceID == nil)
  }

  @Test func invocationsAtTheSameTimeKeepWhatIsTheirs() async throws {
    let instrumentation = instrumentation()
    let logger = instrumentation.logger
    let handler = handler(instrumentation) { event, context in
      MetricsBuffer.current?.add(.count("Orders"))
      await Task.yield()
      logger.info("", ["expected": .string(context.requestID)])
      return event
    }
    await withTaskGroup { group in
      for number in 0..<30 { group.addTask { _ = try? await handler.handle([], context("r-\(number)")) } }
    }
    for line in try lines.objects() { #expect(line["requestId"] == line["expected"]) }
    let metrics = try metricLines.objects()
    #expect(metrics.count == 30)
    #expect(Set(metrics.compactMap { $0["requestId"]?.stringValue }).count == 30)
  }

  @Test func eventsAreLoggedWhenAskedFor() async throws {
    var instrumentation = instrumentation()
    instrumentation.logsEvents = true
    let handler = handler(instrumentation) { event, _ in event }
    _ = try await handler.handle(Array(#"{"password":"x","a":1}"#.utf8), context())
    _ = try await handler.handle(Array("no JSON".utf8), context())
    #expect(try lines.objects().map { $0["event"] } == [["password": "(redacted)", "a": 1], "no JSON"])
  }

  @Test func whatIsToBeDoneAtTheEndOfTheProcessStaysSo() async {
    let (called, continuation) = AsyncStream<Void>.makeStream()
    let handler = InstrumentedHandler(RawHandler { event, _ in event }.onShutdown { continuation.yield() }, instrumentation())
    await handler.shutdownHook?()
    for await _ in called { break }
    #expect(InstrumentedHandler(RawHandler { event, _ in event }, instrumentation()).shutdownHook == nil)
  }

  // MARK: Every path

  @Test func metricsAreEmittedWhenTheHandlerSucceedsFailsOrIsCancelled() async throws {
    let handler = handler(instrumentation()) { event, _ in
      MetricsBuffer.current?.add(.count("Orders"))
      switch event.first {
      case 1: throw Failed()
      case 2:
        withUnsafeCurrentTask { $0?.cancel() }
        try Task.checkCancellation()
        return event
      default: return event
      }
    }
    _ = try await handler.handle([0], context())
    await #expect(throws: Failed.self) { _ = try await handler.handle([1], context()) }
    let cancelled = context()
    await #expect(throws: CancellationError.self) { _ = try await Task { try await handler.handle([2], cancelled) }.value }
    #expect(try metricLines.objects().map { $0["Orders"] } == [1, 1, 1])
  }

  @Test func keptLinesAreWrittenWhenTheHandlerFails() async throws {
    let instrumentation = instrumentation(bufferBytes: 1_000)
    let logger = instrumentation.logger
    let handler = handler(instrumentation) { event, _ in
      logger.debug("detail")
      if event.isEmpty { throw Failed() }
      return event
    }
    _ = try await handler.handle([0], context())
    #expect(try lines.objects().isEmpty)
    await #expect(throws: Failed.self) { _ = try await handler.handle([], context()) }
    #expect(try lines.objects().map { $0["message"] } == ["detail"])
  }

  // MARK: Deadline

  @Test func shortlyBeforeTheDeadlineEverythingIsWritten() async throws {
    let instrumentation = instrumentation(bufferBytes: 1_000)
    let logger = instrumentation.logger
    let context = context()
    let handler = handler(instrumentation) { [alarm, lines, metricLines] event, context in
      logger.debug("detail")
      MetricsBuffer.current?.add(.count("Orders"))
      #expect(alarm.times == [(context.deadlineMilliseconds ?? 0) - 500])
      alarm.goOff()
      let written = try lines.objects()
      let metrics = try metricLines.objects()
      #expect(written.map { $0["level"] } == ["WARN", "DEBUG"])
      #expect(written.map { $0["requestId"] } == ["r-1", "r-1"])
      #expect(written[0]["remaining_milliseconds"] == 500)
      #expect(metrics.map { $0["Orders"] } == [1])
      return event
    }
    _ = try await handler.handle([], context)
    #expect(alarm.times.isEmpty)
    #expect(try metricLines.objects().count == 1)
  }

  @Test func ofAShortInvocationTheLastTenthIsWarnedOf() async throws {
    var instrumentation = instrumentation()
    instrumentation.warningMilliseconds = 60_000
    let handler = handler(instrumentation) { [alarm] event, context in
      let notice = (context.deadlineMilliseconds ?? 0) - (alarm.times.first ?? 0)
      #expect(notice > 0 && notice <= 10_000)
      return event
    }
    _ = try await handler.handle([], context(remaining: 100_000))
  }

  @Test func withoutADeadlineThereIsNoAlarm() async throws {
    let handler = handler(instrumentation()) { [alarm] event, _ in
      #expect(alarm.times.isEmpty)
      return event
    }
    _ = try await handler.handle([], context(remaining: nil))
  }

  @Test func theRealWatchWarnsOfAHandlerThatKeepsItsThreadBusy() async throws {
    let (warned, continuation) = AsyncStream<Void>.makeStream()
    let logger = Logger(output: { _ in continuation.yield() })
    let handler = InstrumentedHandler(
      RawHandler { event, _ in
        for await _ in warned { break }
        return event
      }, Instrumentation(logger: logger))
    // The deadline is over, so the warning is due at once.
    _ = try await handler.handle([], context(remaining: -1))
  }
}
