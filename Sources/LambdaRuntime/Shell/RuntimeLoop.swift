/// The shell around `RuntimeProtocol`: connects, writes, reads and runs handlers as it says, until it says stop.
struct RuntimeLoop {
  let address: RuntimeAddress
  let environment: LambdaEnvironment
  let log: RuntimeLog

  /// Serves events until the Runtime API cannot be spoken to any more.
  func serve(_ handler: some LambdaHandler) -> RuntimeProtocol.StopReason {
    var machine = RuntimeProtocol(authority: address.authority)
    let first = machine.start()
    return perform(first, &machine, handler)
  }

  /// Tells the Runtime API that the function cannot start.
  func reportInitializationFailure(_ failure: InvocationFailure) -> RuntimeProtocol.StopReason {
    var machine = RuntimeProtocol(authority: address.authority)
    let first = machine.initializationFailed(failure)
    return perform(first, &machine, RawHandler { event, _ in event })
  }

  private func perform(
    _ first: RuntimeProtocol.Action, _ machine: inout RuntimeProtocol, _ handler: some LambdaHandler
  ) -> RuntimeProtocol.StopReason {
    var socket = RuntimeSocket(address)
    var traceVariable = TraceVariable()
    var runner: InvocationRunner?
    var action = first
    while true {
      switch action {
      case .connect:
        let failure = socket.open()
        action = failure.map { machine.connectionFailed("\($0)") } ?? machine.connectionOpened()
      case .send(let request):
        let failure = socket.send(request)
        action = failure.map { machine.connectionClosed("\($0)") } ?? machine.requestSent()
      case .receive:
        switch socket.receive() {
        case .success(let bytes): action = bytes.isEmpty ? machine.connectionClosed() : machine.bytesReceived(bytes)
        case .failure(let failure): action = machine.connectionClosed("\(failure)")
        }
      case .invoke(let invocation):
        traceVariable.set(invocation.traceHeader)
        // Made at the first event, so that the first GET next is not kept waiting for it.
        let running = runner ?? InvocationRunner(function: LambdaFunction(environment), log: log)
        runner = running
        switch running.run(invocation, handler) {
        case .success(let body): action = machine.handlerSucceeded(body)
        case .failure(let error): action = machine.handlerFailed(error.failure)
        }
      case .stop(let reason):
        writeNotices(&machine)
        return reason
      }
      writeNotices(&machine)
    }
  }

  private func writeNotices(_ machine: inout RuntimeProtocol) {
    for notice in machine.takeNotices() {
      log.log(notice.isError ? .error : .warn, notice.message, requestID: notice.requestID)
    }
  }
}

/// Runs a handler on one invocation.
struct InvocationRunner {
  /// A failed invocation, as the Runtime API is told of it.
  struct Failed: Error { let failure: InvocationFailure }

  let function: LambdaFunction
  let log: RuntimeLog
  private let executor = InvocationExecutor()

  init(function: LambdaFunction, log: RuntimeLog) {
    self.function = function
    self.log = log
  }

  func run(_ invocation: Invocation, _ handler: some LambdaHandler) -> Result<[UInt8], Failed> {
    let context = LambdaContext(
      requestID: invocation.requestID, deadlineMilliseconds: invocation.deadlineMilliseconds, functionARN: invocation.functionARN,
      traceHeader: invocation.traceHeader, clientContext: invocation.clientContext, cognitoIdentity: invocation.cognitoIdentity,
      tenantID: invocation.tenantID, function: function, log: log)
    CrashReporter.noteRequest(invocation.requestID)
    defer { CrashReporter.noteRequest(nil) }
    let event = invocation.event
    return executor.run {
      await LambdaContext.$current.withValue(context) {
        do {
          return .success(try await handler.handle(event, context))
        } catch {
          let failure = InvocationFailure(error)
          log.log(
            .error, "the handler failed: \(failure.message)", requestID: invocation.requestID, [("errorType", failure.type)])
          return .failure(Failed(failure: failure))
        }
      }
    }
  }
}
