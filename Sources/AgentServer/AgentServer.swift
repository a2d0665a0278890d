internal import CMicroHTTPD
internal import Glibc
internal import JSON
internal import Synchronization
public import Telemetry

/// An agent's side of AgentCore's HTTP contract: POST /invocations and GET /ping.
///
/// HTTP is libmicrohttpd's, on one thread that also answers /ping; each invocation is a task. So /ping is answered whatever the tasks do.
/// ```swift
/// AgentServer.run(Logger(environment: environment), try AgentServerSettings(environment: environment), Greeter())
/// ```
public final class AgentServer: Sendable {
  /// The port that is listened at.
  public let port: UInt16
  public let background: BackgroundWork
  let service: HTTPService
  private let settings: AgentServerSettings
  private let logger: Logger
  private let daemon: Mutex<Daemon?>

  /// Milliseconds in which the last answers are sent, behind the drain.
  private static let sendingMilliseconds: Int64 = 500

  private struct Daemon: @unchecked Sendable {  // Sendable because any thread may call what takes it.
    let pointer: OpaquePointer
  }

  /// Listens and serves, from before this returns until `stop`.
  /// - Parameter nowSeconds: seconds since the Unix epoch, for `time_of_last_update`.
  /// - Throws: `AgentServerError`, such as `.addressInUse`.
  public init(
    _ settings: AgentServerSettings, handler: some AgentHandler, logger: Logger,
    nowSeconds: @escaping @Sendable () -> Int64 = { Logger.systemTime() / 1000 }
  ) throws(AgentServerError) {
    self.settings = settings
    self.logger = logger
    background = BackgroundWork(limit: settings.maximumBackgroundWork, nowSeconds: nowSeconds)
    service = HTTPService(settings, handler: handler, logger: logger, background: background)
    let socket = try ListeningSocket(host: settings.host, port: settings.port)
    port = socket.port
    let connections = service.connections
    guard let pointer = service.start(socket) else {
      close(socket.descriptor)
      throw AgentServerError(
        .cannotServe, "libmicrohttpd does not start (error \(errno) of the system): there may be no memory for it, or no thread")
    }
    daemon = Mutex(Daemon(pointer: pointer))
    if !startThread({ connections.watch() }) { logger.warning("there can be no thread that ends slow connections") }
  }

  /// Takes no more work, cancels what runs, waits for it within `AgentServerSettings.drainMilliseconds`, and ends the server. Blocks the calling
  /// thread; a second call does nothing.
  ///
  /// Work in the background is cancelled at once, for it can take long and has to leave its end behind; invocations get
  /// `AgentServerSettings.graceMilliseconds` first. /ping is answered until the end.
  /// - Returns: whether all work has ended.
  @discardableResult public func stop() -> Bool {
    guard
      let ending = daemon.withLock({ daemon in
        defer { daemon = nil }
        return daemon
      })
    else { return true }
    let start = monotonicMilliseconds()
    let end = start + settings.drainMilliseconds
    background.registry.close()
    service.invocations.close()
    background.registry.cancelAll()
    if !service.invocations.waitUntilIdle(untilMilliseconds: min(end, start + settings.graceMilliseconds)) {
      service.invocations.cancelAll()
    }
    let isDone = background.registry.waitUntilIdle(untilMilliseconds: end) && service.invocations.waitUntilIdle(untilMilliseconds: end)
    if !isDone {
      logger.error(
        "work is still under way, and the process ends",
        [
          "drainMilliseconds": .number(settings.drainMilliseconds), "backgroundWork": .number(background.registry.count),
          "invocations": .number(service.invocations.count),
        ])
    }
    service.abortAll(untilMilliseconds: monotonicMilliseconds() + Self.sendingMilliseconds)
    // Joins the library's thread, after which nothing calls back.
    MHD_stop_daemon(ending.pointer)
    service.connections.close()
    return isDone
  }

  deinit { stop() }
}
