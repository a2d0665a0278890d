public import JSON

/// Server-sent events on their way to a client, each a JSON value: `data: <json>`, and an empty line.
/// https://html.spec.whatwg.org/multipage/server-sent-events.html
public struct EventStream: Sendable {
  /// Nobody reads the events any more: the client has gone, or the process ends.
  public struct Closed: Error, Sendable {}

  let exchange: Exchange

  /// Sends one event; waits while the client is far behind.
  /// - Throws: `Closed` when nobody reads it; CancellationError when the task is cancelled.
  public func send(_ value: JSONValue) async throws { try await send(json: value.bytes) }

  /// Sends one event whose JSON is written already. It must be on one line, as all writers of the module JSON write it.
  public func send(json: [UInt8]) async throws {
    try Task.checkCancellation()
    guard exchange.write(Self.event(json)) else { throw Closed() }
    await exchange.waitForRoom()
  }

  static func event(_ json: [UInt8]) -> [UInt8] {
    // A line feed would end the event's line: between the tokens of JSON it means nothing, within them it cannot be.
    Array("data: ".utf8) + json.filter { $0 != 0x0A && $0 != 0x0D } + [0x0A, 0x0A]
  }
}

/// The events that a client has not read yet.
struct EventBuffer {
  /// Bytes above which a sender waits.
  static let fullBytes = 64 << 10

  private var bytes: [UInt8] = []
  private var first = 0
  var isEnded = false
  /// The connection waits for more.
  var isLaidAside = false
  /// The senders that wait for room.
  var waiting: [CheckedContinuation<Void, Never>] = []

  var count: Int { bytes.count - first }
  var isFull: Bool { count > Self.fullBytes }

  mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }

  mutating func read(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    let length = min(buffer.count, count)
    guard length > 0 else { return 0 }
    bytes.withUnsafeBufferPointer { source in
      _ = UnsafeMutableBufferPointer(rebasing: buffer[..<length]).update(fromContentsOf: source[first..<(first + length)])
    }
    first += length
    if first == bytes.count {
      bytes.removeAll(keepingCapacity: bytes.capacity <= 2 * Self.fullBytes)
      first = 0
    }
    return length
  }

  /// The senders that can go on: none while the client is behind.
  mutating func takeWaiting(whateverIsThere: Bool = false) -> [CheckedContinuation<Void, Never>] {
    guard whateverIsThere || !isFull else { return [] }
    defer { waiting = [] }
    return waiting
  }
}
