internal import CMicroHTTPD
internal import Synchronization

/// A connection as the library names it.
struct Connection: @unchecked Sendable {  // Sendable because what is called from other threads, MHD_resume_connection, is made for it.
  let pointer: OpaquePointer
}

/// One request to /invocations, from its head to the last byte of its answer.
///
/// The library's thread reads the body, then lays the connection aside; a task makes the answer and takes the connection up again. Both meet
/// here, under one lock. A connection is taken up again under that lock as well, so that the library never ends one which a task is about to
/// take up; the library holds no lock of its own when it calls back.
final class Exchange: Sendable {
  private enum Phase {
    case receiving(RequestBody)
    /// The connection is laid aside, a task runs.
    case handling
    case answered(HTTPAnswer)
    case streaming(EventBuffer)
    /// The answer is the library's, or nobody waits for it any more.
    case finished
  }

  let context: InvocationContext
  private let connection: Connection
  private let phase: Mutex<Phase>
  /// Bytes of the body that a task has; given back at the end.
  private let budget: BufferBudget
  private let held = Mutex(0)

  init(_ connection: Connection, context: InvocationContext, body: RequestBody, budget: BufferBudget) {
    self.connection = connection
    self.context = context
    self.budget = budget
    phase = Mutex(.receiving(body))
  }

  // MARK: On the library's thread

  enum Next {
    /// Nothing more for now.
    case wait
    /// The body is whole; the connection is laid aside.
    case handle([UInt8])
    case answer(HTTPAnswer)
    case stream
    /// The connection is of no use any more.
    case close
  }

  /// Takes a part of the body; nil is its end, and what the library says when a connection was taken up again.
  func receive(_ part: UnsafeBufferPointer<UInt8>?) -> Next {
    phase.withLock { phase in
      switch phase {
      case .receiving(var body):
        if let part {
          // Not two owners of the bytes while they grow.
          phase = .finished
          let step = body.append(part)
          phase = .receiving(body)
          return step == .abandon ? .close : .wait
        }
        if let rejection = body.rejection {
          phase = .finished
          return .answer(rejection)
        }
        let bytes = body.bytes
        held.withLock { $0 = bytes.count }
        phase = .handling
        // Under the lock: whoever answers from now on takes the connection up again.
        MHD_suspend_connection(connection.pointer)
        return .handle(bytes)
      case .answered(let answer):
        phase = .finished
        return .answer(answer)
      case .streaming: return .stream
      case .handling, .finished: return .wait
      }
    }
  }

  enum Piece {
    case bytes(Int)
    case end
    /// Nothing is there; the connection is laid aside.
    case later
  }

  /// Copies what there is of a stream.
  func read(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Piece {
    let (piece, waiting) = phase.withLock { phase -> (Piece, [CheckedContinuation<Void, Never>]) in
      guard case .streaming(var events) = phase else { return (.end, []) }
      phase = .finished
      defer { phase = .streaming(events) }
      let count = events.read(into: buffer)
      if count > 0 { return (.bytes(count), events.takeWaiting()) }
      if events.isEnded { return (.end, []) }
      events.isLaidAside = true
      MHD_suspend_connection(connection.pointer)
      return (.later, events.takeWaiting())
    }
    for sender in waiting { sender.resume() }
    return piece
  }

  /// The library has done with the request, or its connection has ended.
  func complete() {
    let waiting = phase.withLock { phase -> [CheckedContinuation<Void, Never>] in
      defer { phase = .finished }
      switch phase {
      case .receiving(var body):
        body.giveBack()
        return []
      case .streaming(var events): return events.takeWaiting(whateverIsThere: true)
      case .handling, .answered, .finished: return []
      }
    }
    for sender in waiting { sender.resume() }
  }

  // MARK: In a task, or where the process ends

  /// Whether the request has come whole.
  var isUnderWay: Bool {
    phase.withLock { phase in
      if case .receiving = phase { false } else { true }
    }
  }

  /// Answers, unless it has been answered already.
  func answer(_ answer: HTTPAnswer) {
    phase.withLock { phase in
      guard case .handling = phase else { return }
      phase = .answered(answer)
      MHD_resume_connection(connection.pointer)
    }
  }

  /// Begins a stream of events; false when nobody waits for it any more.
  func beginStream() -> Bool {
    phase.withLock { phase in
      guard case .handling = phase else { return false }
      phase = .streaming(EventBuffer())
      MHD_resume_connection(connection.pointer)
      return true
    }
  }

  /// Puts bytes into the stream; false when nobody reads them any more.
  func write(_ bytes: [UInt8]) -> Bool { changeStream { $0.append(bytes) } }

  /// Ends the stream, behind what is in it.
  func endStream() { _ = changeStream { $0.isEnded = true } }

  /// Waits while the client is behind by more than the stream keeps; ends at once when the task is cancelled.
  func waitForRoom() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let goesOn = phase.withLock { phase -> Bool in
          guard case .streaming(var events) = phase, events.isFull, !Task.isCancelled else { return true }
          phase = .finished
          events.waiting.append(continuation)
          phase = .streaming(events)
          return false
        }
        if goesOn { continuation.resume() }
      }
    } onCancel: {
      let waiting = phase.withLock { phase -> [CheckedContinuation<Void, Never>] in
        guard case .streaming(var events) = phase else { return [] }
        phase = .finished
        defer { phase = .streaming(events) }
        return events.takeWaiting(whateverIsThere: true)
      }
      for sender in waiting { sender.resume() }
    }
  }

  /// The task is done with the body.
  func releaseBody() {
    let count = held.withLock { held in
      defer { held = 0 }
      return held
    }
    budget.giveBack(count)
  }

  /// Ends whatever goes on: the process does. After this no connection is laid aside for this exchange.
  func abort() {
    answer(.shuttingDown)
    endStream()
  }

  private func changeStream(_ change: (inout EventBuffer) -> Void) -> Bool {
    phase.withLock { phase in
      guard case .streaming(var events) = phase, !events.isEnded else { return false }
      phase = .finished
      change(&events)
      let wasLaidAside = events.isLaidAside
      events.isLaidAside = false
      phase = .streaming(events)
      if wasLaidAside { MHD_resume_connection(connection.pointer) }
      return true
    }
  }
}
