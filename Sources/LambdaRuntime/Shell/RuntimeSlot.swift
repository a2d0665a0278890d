internal import Glibc

/// The shell around one `RuntimeProtocol`: connects, writes, reads and runs the handler as it says, on one thread and one connection.
final class RuntimeSlot {
  /// Where a slot's work pauses for somebody else's.
  private enum Pause {
    case invoke(Invocation)
    case handlerGoesOn(ResponseStreamError?)
    case stop(RuntimeProtocol.StopReason)
    /// The process is about to end, and this slot asks for no more events.
    case retire
  }

  private let configuration: RuntimeLoop
  private let number: Int
  private let crew: SlotCrew?
  private var machine: RuntimeProtocol
  private var socket: RuntimeSocket
  private var wasServing = false

  /// `crew` is what the slots of a process share; nil for one that is alone and has nothing to do before it ends.
  init(_ configuration: RuntimeLoop, number: Int = 0, crew: SlotCrew? = nil) {
    self.configuration = configuration
    self.number = number
    self.crew = crew
    machine = configuration.makeProtocol()
    socket = RuntimeSocket(configuration.address)
  }

  /// Serves events until the Runtime API cannot be spoken to any more; nil when the process is about to end for another reason.
  func serve(_ handler: ServedHandler, setsTraceVariable: Bool) -> RuntimeProtocol.StopReason? {
    var traceVariable = TraceVariable()
    var runner: InvocationRunner?
    var action = machine.start()
    while true {
      switch drive(action) {
      case .invoke(let invocation):
        if setsTraceVariable { traceVariable.set(invocation.traceHeader) }
        // Made at the first event, so that the first GET next is not kept waiting for it.
        let running =
          runner ?? InvocationRunner(function: LambdaFunction(configuration.environment), log: configuration.log, slot: number)
        runner = running
        var stopReason: RuntimeProtocol.StopReason?
        let outcome = running.run(invocation, handler) { piece in
          switch drive(machine.streamProduced(piece.bytes, contentType: piece.contentType)) {
          case .handlerGoesOn(let error): return error
          case .stop(let reason):
            stopReason = reason
            return ResponseStreamError(.connectionLost, reason.message)
          case .invoke, .retire: return ResponseStreamError(.connectionLost, "the connection is in use")
          }
        }
        if let stopReason { return stopReason }
        switch outcome {
        case .response(let body): action = machine.handlerSucceeded(body)
        case .streamed(let rest, let contentType): action = machine.handlerStreamed(rest, contentType: contentType)
        case .failed(let failure): action = machine.handlerFailed(failure)
        }
        // What has been lost so far, before the next event is waited for.
        writeNotices()
      case .stop(let reason): return reason
      case .retire: return nil
      case .handlerGoesOn: return RuntimeProtocol.StopReason(exitStatus: 1, message: "a handler was resumed that did not wait")
      }
    }
  }

  /// Tells the Runtime API that the function cannot start.
  func reportInitializationFailure(_ failure: InvocationFailure) -> RuntimeProtocol.StopReason {
    switch drive(machine.initializationFailed(failure)) {
    case .stop(let reason): reason
    case .invoke, .handlerGoesOn, .retire: RuntimeProtocol.StopReason(exitStatus: 1, message: "the function could not start")
    }
  }

  /// Does what the machine says until something else is to be done.
  private func drive(_ first: RuntimeProtocol.Action) -> Pause {
    var action = first
    while true {
      if let crew, machine.isServing != wasServing {
        wasServing.toggle()
        guard crew.slot(isServing: wasServing, deadlineMilliseconds: machine.servedDeadlineMilliseconds) else { return .retire }
      }
      switch action {
      case .connect:
        let failure = socket.open()
        action = failure.map { machine.connectionFailed("\($0)") } ?? machine.connectionOpened()
      case .wait(let milliseconds):
        configuration.wait(milliseconds)
        action = machine.waited()
      case .send(let request):
        // A response that comes while one is streamed ends it: nobody reads the rest.
        switch machine.isStreaming && socket.hasInput ? .cut : socket.send(request) {
        case .sent: action = machine.requestSent()
        case .cut: action = machine.requestCut()
        case .failed(let error): action = machine.requestCut("\(error)")
        }
      case .receive:
        let received = socket.receive()
        // When the first event is there, so that the first GET next is not kept waiting for it, and before there is a buffer for it.
        Heap.keepFreedMemory()
        switch received {
        case .success(let bytes): action = bytes.isEmpty ? machine.connectionClosed() : machine.bytesReceived(bytes)
        case .failure(let failure): action = machine.connectionClosed("\(failure)")
        }
      case .invoke(let invocation):
        writeNotices()
        return .invoke(invocation)
      case .resumeHandler(let error): return .handlerGoesOn(error)
      case .stop(let reason):
        writeNotices()
        if wasServing { _ = crew?.slot(isServing: false) }
        return .stop(reason)
      }
      writeNotices()
    }
  }

  private func writeNotices() {
    for notice in machine.takeNotices() {
      configuration.log.log(notice.isError ? .error : .warn, notice.message, requestID: notice.requestID)
    }
  }
}
