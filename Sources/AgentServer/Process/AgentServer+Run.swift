internal import CMicroHTTPD
internal import Glibc
internal import JSON
public import Telemetry

extension AgentServer {
  /// The life of an agent's process: makes its parts, serves until SIGTERM or SIGINT, drains, and ends with 0.
  ///
  /// Call it from a synchronous `main`. Exit codes: 0 after a drain; 1 when work was still under way at its end, or the server cannot run
  /// (its port is taken); 2 when a setting is missing or wrong, which is what an error of `makeParts` is taken for; 128 and the signal's number
  /// after a crash, or a second signal.
  /// - Parameters:
  ///   - isJSON: the form of the line that a crash leaves.
  ///   - makeParts: reads the environment; nothing slow, the server listens when it returns.
  public static func run(
    _ logger: Logger, isJSON: Bool = true, _ makeParts: () throws -> (settings: AgentServerSettings, handler: any AgentHandler)
  ) -> Never {
    // glibc gives each thread a heap, of which one cannot use what another has freed. Agents wait more than they allocate: the server's thread, that of
    // the transfers and the tasks do with two.
    agent_limit_heaps(2)
    CrashLine.install(isJSON: isJSON)
    ShutdownSignals.install()
    let parts: (settings: AgentServerSettings, handler: any AgentHandler)
    do { parts = try makeParts() } catch { end(2, logger, error) }
    let server: AgentServer
    do throws(AgentServerError) { server = try AgentServer(parts.settings, handler: parts.handler, logger: logger) } catch {
      end(error.code == .invalidSetting ? 2 : 1, logger, error)
    }
    logger.info("the agent serves", ["port": .number(Int64(server.port))])
    let signal = ShutdownSignals.wait()
    logger.info("the agent drains", ["signal": .string(signal == SIGINT ? "SIGINT" : "SIGTERM")])
    let isDone = server.stop()
    logger.info("the agent ends")
    // Not exit: other threads may be using what its handlers tear down. Log lines are written already.
    _exit(isDone ? 0 : 1)
  }

  private static func end(_ status: Int32, _ logger: Logger, _ error: any Error) -> Never {
    logger.log(.fatal, "the agent cannot start: \(error)", ["errorType": .string("\(type(of: error))")])
    _exit(status)
  }
}
