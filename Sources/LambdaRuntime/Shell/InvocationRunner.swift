/// Runs a handler on one invocation after another, on the thread of its slot.
struct InvocationRunner {
  enum Outcome: Sendable {
    case response([UInt8])
    /// The handler streamed its response, but for these last bytes.
    case streamed(rest: [UInt8], contentType: String)
    case failed(InvocationFailure)
  }

  let function: LambdaFunction
  let log: RuntimeLog
  let slot: Int
  private let executor = InvocationExecutor()

  init(function: LambdaFunction, log: RuntimeLog, slot: Int) {
    self.function = function
    self.log = log
    self.slot = slot
  }

  /// `send` writes a piece of a streamed response.
  func run(_ invocation: Invocation, _ handler: ServedHandler, send: (ResponsePiece) -> ResponseStreamError?) -> Outcome {
    let context = LambdaContext(
      requestID: invocation.requestID, deadlineMilliseconds: invocation.deadlineMilliseconds, functionARN: invocation.functionARN,
      traceHeader: invocation.traceHeader, clientContext: invocation.clientContext, cognitoIdentity: invocation.cognitoIdentity,
      tenantID: invocation.tenantID, function: function, log: log)
    CrashReporter.noteRequest(invocation.requestID, slot: slot)
    defer { CrashReporter.noteRequest(nil, slot: slot) }
    let event = invocation.event
    guard case .streaming = handler.body else {
      return executor.run { await Self.outcome(of: handler, event, context, channel: nil) }
    }
    let channel = ResponseChannel(executor)
    return executor.run(send: send) { await Self.outcome(of: handler, event, context, channel: channel) }
  }

  private static func outcome(
    of handler: ServedHandler, _ event: [UInt8], _ context: LambdaContext, channel: ResponseChannel?
  ) async -> Outcome {
    await LambdaContext.$current.withValue(context) {
      // However the handler ends, its writers end with it.
      defer { _ = channel?.end() }
      do {
        switch (handler.body, channel) {
        case (.buffered(let body), _): return .response(try await body(event, context))
        case (.streaming(let body), let channel?):
          try await body(event, ResponseWriter(channel), context)
          let (rest, contentType) = channel.end()
          return .streamed(rest: rest, contentType: contentType)
        case (.streaming, nil): return .failed(InvocationFailure(type: "Runtime.NoStream", message: "there is no stream to write to"))
        }
      } catch {
        let failure = InvocationFailure(error)
        context.log.log(
          .error, "the handler failed: \(failure.message)", requestID: context.requestID, [("errorType", failure.type)])
        return .failed(failure)
      }
    }
  }
}
