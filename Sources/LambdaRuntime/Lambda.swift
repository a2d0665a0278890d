/// The entry point of a function:
/// ```swift
/// Lambda.run { environment in
///   let table = try environment.required("ORCHESTRATION_TABLE", "the name of a DynamoDB table")
///   return TypedHandler { (order: Order, context) in try await receipt(for: order, in: table) }
/// }
/// ```
///
/// Call it from a synchronous `main`, with nothing slow in `makeHandler`: the first event is asked for when it returns, and what it need
/// not have at once is better made at the first event. An error that it throws is reported to Lambda as a failed start (init/error),
/// logged, and ends the process with status 1. So does a Runtime API that cannot be spoken to.
///
/// With AWS_LAMBDA_MAX_CONCURRENCY above 1 (Lambda Managed Instances) a Sendable handler serves so many events at a time, each on a thread
/// of its own; another serves one at a time, and the log says so.
// swift-format-ignore: AmbiguousTrailingClosureOverload
public enum Lambda {
  /// Makes the handler and serves events with it, several at a time where Lambda is set up for it, for as long as the process lives.
  public static func run<Handler: LambdaHandler & Sendable>(_ makeHandler: (LambdaEnvironment) throws -> Handler) -> Never {
    FunctionProcess.run(.ofProcess) { ServedHandler(try makeHandler($0), isSendable: true) }
  }

  /// Makes a handler that is not Sendable and serves events with it, one at a time, for as long as the process lives.
  public static func run<Handler: LambdaHandler>(_ makeHandler: (LambdaEnvironment) throws -> Handler) -> Never {
    FunctionProcess.run(.ofProcess) { ServedHandler(try makeHandler($0), isSendable: false) }
  }

  /// As `run` with a `LambdaHandler`, for responses that are streamed.
  public static func run<Handler: StreamingLambdaHandler & Sendable>(_ makeHandler: (LambdaEnvironment) throws -> Handler) -> Never {
    FunctionProcess.run(.ofProcess) { ServedHandler(try makeHandler($0), isSendable: true) }
  }

  /// As `run` with a `LambdaHandler` that is not Sendable, for responses that are streamed.
  public static func run<Handler: StreamingLambdaHandler>(_ makeHandler: (LambdaEnvironment) throws -> Handler) -> Never {
    FunctionProcess.run(.ofProcess) { ServedHandler(try makeHandler($0), isSendable: false) }
  }
}
