internal import CMicroHTTPD
internal import JSON
internal import Synchronization
internal import Telemetry

/// What the library calls back, on its one thread: reads requests, answers what can be answered at once, and hands invocations to tasks.
final class HTTPService: Sendable {
  let settings: AgentServerSettings
  let background: BackgroundWork
  let invocations: TaskRegistry
  let connections: ConnectionTable
  let budget: BufferBudget
  private let handler: any AgentHandler
  private let logger: Logger
  /// Exchanges that are not over, for the end of the process.
  private let exchanges = Mutex<[ObjectIdentifier: Exchange]>([:])
  private let exchangeEnded = ThreadCondition()

  init(_ settings: AgentServerSettings, handler: any AgentHandler, logger: Logger, background: BackgroundWork) {
    self.settings = settings
    self.handler = handler
    self.logger = logger
    self.background = background
    // Each connection has one at a time.
    invocations = TaskRegistry(limit: settings.maximumConnections, nowSeconds: { 0 })
    connections = ConnectionTable(allowance: Int64(settings.idleSeconds) * 1000 + settings.requestMilliseconds)
    budget = BufferBudget(limit: settings.maximumBufferedBytes)
  }

  /// - Returns: false ends the connection.
  fileprivate func serve(_ request: IncomingRequest) -> Bool {
    if let kept = request.exchange { return go(on: kept, request) }
    if !request.isBegun, let problem = request.framingProblem() { return respond(request.connection, .ambiguous(problem)) }
    switch Route(method: request.method, path: request.path) {
    case .ping:
      // Answered at the second call: an answer to a mere head would end the connection.
      guard request.isBegun else { return request.begin() }
      // A body means nothing here, and has to be read all the same.
      if request.takeBody({ $0 != nil }) { return true }
      return respond(request.connection, HTTPAnswer(status: 200, body: background.health.json))
    case .notFound: return respond(request.connection, .notFound)
    case .methodNotAllowed(let allowed): return respond(request.connection, .methodNotAllowed(allowed))
    case .invocations: return accept(request)
    }
  }

  private func accept(_ request: IncomingRequest) -> Bool {
    let headers = request.headers()
    if invocations.isClosed { return respond(request.connection, .shuttingDown) }
    if let length = headers["content-length"].flatMap({ UInt64($0) }), length > UInt64(settings.maximumBodyBytes) {
      return respond(request.connection, .tooLarge(settings.maximumBodyBytes))
    }
    let body = RequestBody(limit: settings.maximumBodyBytes, budget: budget)
    let exchange = Exchange(request.connection, context: InvocationContext(headers: headers), body: body, budget: budget)
    exchanges.withLock { $0[ObjectIdentifier(exchange)] = exchange }
    return request.begin(exchange)
  }

  private func go(on exchange: Exchange, _ request: IncomingRequest) -> Bool {
    switch request.takeBody(exchange.receive) {
    case .wait: return true
    case .close: return false
    case .answer(let answer): return respond(request.connection, answer)
    case .stream: return respondWithStream(request.connection, exchange)
    case .handle(let bytes):
      connections.suspendDeadline(request.connection.key)
      if invocations.start({ await self.handle(bytes, exchange) }) != nil {
        exchange.releaseBody()
        exchange.answer(.shuttingDown)
      }
      return true
    }
  }

  fileprivate func complete(_ exchange: Exchange, _ connection: Connection) {
    exchange.complete()
    _ = exchanges.withLock { $0.removeValue(forKey: ObjectIdentifier(exchange)) }
    exchangeEnded.broadcast()
    connections.restartDeadline(connection.key)
  }

  fileprivate func note(_ message: String) { logger.debug("the HTTP library has a note", ["note": .string(message)]) }

  /// Answers what is not answered yet, so that the library can end, and waits until the answers are sent. Blocks the calling thread.
  func abortAll(untilMilliseconds time: Int64) {
    for exchange in exchanges.withLock({ Array($0.values) }) { exchange.abort() }
    _ = exchangeEnded.wait(untilMilliseconds: time) { exchanges.withLock { $0.values.allSatisfy { !$0.isUnderWay } } }
  }

  // MARK: Invocations

  private func handle(_ body: [UInt8], _ exchange: Exchange) async {
    let start = monotonicMilliseconds()
    let status = await TraceHeader.with(exchange.context.traceHeader) { await answer(body, exchange) }
    exchange.releaseBody()
    logger.info(
      "answered an invocation",
      [
        "status": .number(status), "durationMilliseconds": .number(monotonicMilliseconds() - start),
        "sessionId": exchange.context.sessionID.map(JSONValue.string) ?? .null,
        "requestId": exchange.context.requestID.map(JSONValue.string) ?? .null,
      ])
  }

  private func answer(_ body: [UInt8], _ exchange: Exchange) async -> Int {
    do {
      let payload: JSONValue
      do throws(JSONError) { payload = try JSONValue(parsing: body) } catch {
        throw AgentRequestError("Invalid JSON", details: body.isEmpty ? "the body is empty" : "\(error)")
      }
      let request = AgentRequest(payload: payload, body: body, context: exchange.context, background: background)
      switch try await handler.handle(request).content {
      case .json(let bytes, let status):
        exchange.answer(HTTPAnswer(status: (200...599).contains(status) ? status : 500, body: bytes))
        return status
      case .events(let produce):
        guard exchange.beginStream() else { return 499 }
        await stream(produce, exchange)
        return 200
      }
    } catch {
      if !(error is AgentRequestError), !(error is CancellationError) { logger.error("an invocation failed", error: error) }
      let answer = HTTPAnswer.failure(error)
      exchange.answer(answer)
      return answer.status
    }
  }

  private func stream(_ produce: @Sendable (EventStream) async throws -> Void, _ exchange: Exchange) async {
    do { try await produce(EventStream(exchange: exchange)) } catch is EventStream.Closed {
      logger.info("the client of a stream has gone")
    } catch {
      logger.error("a stream of events failed", error: error)
      _ = exchange.write(EventStream.event(HTTPAnswer.failure(error).body))
    }
    exchange.endStream()
  }

  // MARK: Answers

  private func respond(_ connection: Connection, _ answer: HTTPAnswer) -> Bool {
    // Sending has its time, as receiving does.
    connections.restartDeadline(connection.key)
    var body = answer.body
    let response = body.withUnsafeMutableBytes { MHD_create_response_from_buffer($0.count, $0.baseAddress, .RESPMEM_MUST_COPY) }
    var headers = answer.headers
    headers.append(("Content-Type", "application/json"))
    if answer.closes { headers.append(("Connection", "close")) }
    return queue(connection, answer.status, response, headers)
  }

  private func respondWithStream(_ connection: Connection, _ exchange: Exchange) -> Bool {
    let response = MHD_create_response_from_callback(
      UInt64.max, 16 << 10,
      { context, _, buffer, size in
        guard let context, let buffer else { return -2 }
        let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
        return buffer.withMemoryRebound(to: UInt8.self, capacity: size) { bytes in
          switch exchange.read(into: UnsafeMutableBufferPointer(start: bytes, count: size)) {
          case .bytes(let count): count
          case .later: 0
          case .end: -1  // MHD_CONTENT_READER_END_OF_STREAM
          }
        }
      },
      Unmanaged.passRetained(exchange).toOpaque(),
      { context in if let context { Unmanaged<Exchange>.fromOpaque(context).release() } })
    guard response != nil else {
      Unmanaged.passUnretained(exchange).release()
      return false
    }
    return queue(connection, 200, response, [("Content-Type", "text/event-stream"), ("Cache-Control", "no-cache")])
  }

  private func queue(_ connection: Connection, _ status: Int, _ response: OpaquePointer?, _ headers: [(name: String, value: String)])
    -> Bool
  {
    guard let response else { return false }
    defer { MHD_destroy_response(response) }
    for header in headers { MHD_add_response_header(response, header.name, header.value) }
    return MHD_queue_response(connection.pointer, UInt32(status), response) == .YES
  }
}

// MARK: - The library's calls

extension HTTPService {
  /// Starts the library with callbacks that lead here; nil when it cannot start. The service must live until the library has ended.
  func start(_ socket: ListeningSocket) -> OpaquePointer? {
    var options = agent_http_settings()
    options.listening_socket = socket.descriptor
    options.connection_limit = UInt32(clamping: settings.maximumConnections)
    options.idle_seconds = UInt32(clamping: settings.idleSeconds)
    options.connection_memory = settings.headBytes
    options.context = Unmanaged.passUnretained(self).toOpaque()
    options.serve = { context, connection, path, method, _, data, size, kept in
      guard let service = HTTPService.from(context), let connection, let path, let method, let size, let kept else { return .NO }
      let request = IncomingRequest(
        connection: Connection(pointer: connection), method: String(cString: method), path: String(cString: path), data: data, size: size,
        kept: kept)
      return service.serve(request) ? .YES : .NO
    }
    options.completed = { context, connection, kept, _ in
      guard let service = HTTPService.from(context), let connection, let kept, let exchange = IncomingRequest.takeExchange(kept) else {
        return
      }
      service.complete(exchange, Connection(pointer: connection))
    }
    options.connection_changed = { context, connection, _, change in
      guard let service = HTTPService.from(context), let connection else { return }
      let key = Connection(pointer: connection).key
      if change == .CONNECTION_NOTIFY_STARTED {
        let socket = agent_http_socket(connection)
        if socket >= 0 { service.connections.add(key, socket: socket) }
      } else {
        service.connections.remove(key)
      }
    }
    options.log = { context, message in
      guard let service = HTTPService.from(context), let message else { return }
      service.note(String(cString: message))
    }
    return agent_http_start(&options)
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> HTTPService? {
    context.map { Unmanaged<HTTPService>.fromOpaque($0).takeUnretainedValue() }
  }
}
