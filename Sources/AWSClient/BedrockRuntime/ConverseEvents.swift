/// The events of one streamed model call, read from the connection as they are asked for; for one reader.
///
/// The sequence ends after the model's last event and not otherwise: an answer that breaks off, also between two events, throws an `AWSError`,
/// and a task that is cancelled gets a `CancellationError`. Ending the iteration early ends the call's connection.
public struct ConverseEvents: AsyncSequence, Sendable {
  public typealias Element = ConverseStreamEvent
  private let body: AsyncThrowingStream<[UInt8], any Error>

  init(body: AsyncThrowingStream<[UInt8], any Error>) { self.body = body }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: body.makeAsyncIterator()) }

  public struct AsyncIterator: AsyncIteratorProtocol {
    /// Nil once the sequence has ended, well or badly.
    private var body: AsyncThrowingStream<[UInt8], any Error>.Iterator?
    private var decoder = EventStreamDecoder()
    private var due: ArraySlice<EventStreamDecoder.Message> = []
    private var hasStopped = false

    fileprivate init(body: AsyncThrowingStream<[UInt8], any Error>.Iterator) { self.body = body }

    public mutating func next() async throws -> ConverseStreamEvent? {
      do {
        return try await read()
      } catch {
        body = nil
        due = []
        switch error {
        case let failure as EventStreamDecoder.Failure: throw ConverseStreamEvent.invalid("\(failure)")
        case let error as AWSError: throw error.during("ConverseStream", of: .bedrockRuntime)
        default: throw error
        }
      }
    }

    private mutating func read() async throws -> ConverseStreamEvent? {
      while true {
        if let message = due.popFirst() {
          let event = try ConverseStreamEvent(message)
          if case .messageStop = event { hasStopped = true }
          return event
        }
        guard body != nil else { return nil }
        guard let chunk = try await body?.next(isolation: #isolation) else {
          // The stream of bytes ends without an error when the reading task is cancelled.
          try Task.checkCancellation()
          try decoder.finish()
          guard hasStopped else { throw ConverseStreamEvent.invalid("the stream ended before messageStop") }
          body = nil
          return nil
        }
        due = try decoder.receive(chunk)[...]
      }
    }
  }
}
