internal import Glibc

/// The entry point of a function:
/// ```swift
/// Lambda.run { environment in
///   let table = try environment.required("ORCHESTRATION_TABLE", "the name of a DynamoDB table")
///   return TypedHandler { (order: Order, context) in try await receipt(for: order, in: table) }
/// }
/// ```
public enum Lambda {
  /// Makes the handler and serves events with it for as long as the process lives.
  ///
  /// Call it from a synchronous `main`, with nothing slow in `makeHandler`: the first event is asked for when it returns, and what it need
  /// not have at once is better made at the first event. An error that it throws is reported to Lambda as a failed start,
  /// logged, and ends the process with status 1.
  public static func run<Handler: LambdaHandler>(_ makeHandler: (LambdaEnvironment) throws -> Handler) -> Never {
    let environment = LambdaEnvironment.ofProcess
    let log = RuntimeLog(environment)
    CrashReporter.install(isJSON: log.isJSON)
    let address: RuntimeAddress
    do throws(ConfigurationError) {
      address = try RuntimeAddress(environment)
    } catch {
      log.log(.fatal, "\(error)", [("errorType", error.lambdaErrorType)])
      exit(1)
    }
    let loop = RuntimeLoop(address: address, environment: environment, log: log)
    let handler: Handler
    do {
      handler = try makeHandler(environment)
    } catch {
      let failure = InvocationFailure(error, category: "Runtime")
      log.log(.fatal, "the function cannot start: \(failure.message)", [("errorType", failure.type)])
      exit(loop.reportInitializationFailure(failure).exitStatus)
    }
    let reason = loop.serve(handler)
    log.log(.fatal, reason.message, [("errorType", "Runtime.Stopped")])
    exit(reason.exitStatus)
  }
}
