internal import Synchronization

/// Sends a response while it is made. What is written goes to Lambda at once; a write returns when the connection has taken it, so that a
/// handler is never far ahead of its caller.
///
/// May be used by any task of the handler, by one at a time where the order matters. A write waits for the thread that the handler runs on, so a
/// handler must not block that thread while another task of it writes.
public struct ResponseWriter: Sendable {
  private let channel: ResponseChannel

  init(_ channel: ResponseChannel) { self.channel = channel }

  /// Sets the content type of a response without an HTTP head; "application/octet-stream" otherwise.
  /// - Throws: `ResponseStreamError` after the first byte, and for a text that cannot stand in a header field.
  public func setContentType(_ type: String) throws(ResponseStreamError) {
    guard !type.isEmpty, type.utf8.count <= 1024, type.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
      throw ResponseStreamError(.invalidHead, "'\(type)' cannot be a content type")
    }
    try channel.setHead(contentType: type, prelude: [])
  }

  /// Sets status, headers and cookies of an HTTP response. They travel with the first byte, so that until then the handler may change its
  /// mind or fail.
  /// - Throws: `ResponseStreamError` after the first byte, and for a status that is none.
  public func setHead(_ head: StreamedResponseHead) throws(ResponseStreamError) {
    guard (100...999).contains(head.statusCode) else {
      throw ResponseStreamError(.invalidHead, "\(head.statusCode) is no HTTP status; expected 100 to 999")
    }
    try channel.setHead(contentType: StreamedResponseHead.contentType, prelude: head.prelude)
  }

  /// Sends bytes; the first ones send the head, after which an error reaches the caller in the trailers of the response.
  /// - Throws: `ResponseStreamError` when they cannot be sent. The handler cannot answer any more then.
  public func write(_ bytes: [UInt8]) async throws(ResponseStreamError) {
    if bytes.isEmpty { return }
    if let error = await channel.send(bytes) { throw error }
  }

  /// Sends text as UTF-8.
  /// - Throws: as `write(_: [UInt8])`.
  public func write(_ text: String) async throws(ResponseStreamError) { try await write(Array(text.utf8)) }

  /// Sends the head now, before there is a first byte. After that an error reaches the caller in the trailers of the response.
  /// - Throws: as `write`.
  public func flush() async throws(ResponseStreamError) {
    if let error = await channel.send([]) { throw error }
  }
}

/// A piece of a response on its way to the thread that owns the connection.
struct ResponsePiece: Sendable {
  let bytes: [UInt8]
  let contentType: String
  let sent: CheckedContinuation<ResponseStreamError?, Never>
}

/// One invocation's way from its writers to the connection.
final class ResponseChannel: Sendable {
  private struct State {
    var contentType = "application/octet-stream"
    /// What stands in front of the first byte.
    var prelude: [UInt8] = []
    var isHeadSent = false
    var isEnded = false
  }

  private let state = Mutex(State())
  private let executor: InvocationExecutor

  init(_ executor: InvocationExecutor) { self.executor = executor }

  func setHead(contentType: String, prelude: [UInt8]) throws(ResponseStreamError) {
    let isTooLate = state.withLock { state in
      if state.isHeadSent || state.isEnded { return true }
      state.contentType = contentType
      state.prelude = prelude
      return false
    }
    if isTooLate { throw ResponseStreamError(.invalidHead, "the head of the response has been sent already") }
  }

  func send(_ bytes: [UInt8]) async -> ResponseStreamError? {
    await withCheckedContinuation { continuation in
      let isEnded = state.withLock { state in
        if state.isEnded { return true }
        let piece = state.isHeadSent ? bytes : state.prelude + bytes
        state.isHeadSent = true
        // Handed over under the lock, so that the piece with the head is the first one.
        executor.enqueue(ResponsePiece(bytes: piece, contentType: state.contentType, sent: continuation))
        return false
      }
      if isEnded { continuation.resume(returning: Self.ended) }
    }
  }

  /// Takes no more; returns what is left to be sent with the end of the response.
  func end() -> (rest: [UInt8], contentType: String) {
    state.withLock { state in
      state.isEnded = true
      return (state.isHeadSent ? [] : state.prelude, state.contentType)
    }
  }

  static let ended = ResponseStreamError(.responseEnded, "the response has ended: the handler had returned")
}
