internal import Glibc

/// What every slot of a process needs to serve events, and how one of them does.
struct RuntimeLoop: Sendable {
  let address: RuntimeAddress
  let environment: LambdaEnvironment
  let log: RuntimeLog
  /// Waits for so many milliseconds.
  var wait: @Sendable (Int) -> Void = { milliseconds in
    let end = steadyMilliseconds() + Int64(milliseconds)
    // A signal ends a poll early.
    while case let left = end - steadyMilliseconds(), left > 0 { poll(nil, 0, Int32(clamping: left)) }
  }

  /// Serves events on this thread until the Runtime API cannot be spoken to any more.
  func serve(_ handler: ServedHandler) -> RuntimeProtocol.StopReason {
    RuntimeSlot(self).serve(handler, setsTraceVariable: true) ?? RuntimeProtocol.StopReason(exitStatus: 1, message: "the slot retired")
  }

  /// Tells the Runtime API that the function cannot start.
  func reportInitializationFailure(_ failure: InvocationFailure) -> RuntimeProtocol.StopReason {
    RuntimeSlot(self).reportInitializationFailure(failure)
  }

  func makeProtocol() -> RuntimeProtocol {
    RuntimeProtocol(authority: address.authority, workingDirectory: environment["LAMBDA_TASK_ROOT"] ?? "/var/task")
  }
}
