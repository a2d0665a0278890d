internal import Glibc

/// Takes the requests of one connection apart, as their bytes come: heads, bodies in pieces, trailers.
///
/// It holds no bytes: what it does not consume is given to it again, with more behind it.
struct RequestParser {
  enum Event: Equatable {
    /// Nothing more can be told from these bytes.
    case needsMore
    case head(RuntimeAPIRequest)
    /// A piece of the body: the bytes from `offset` on, `count` of them.
    case body(offset: Int, count: Int)
    /// The request is whole; what its trailers say.
    case end(StreamTrailers)
  }

  /// A head may carry the cause of an error for X-Ray, 1 MB of it, beside its other fields.
  static let maximumHeadBytes = 1_300_000
  private static let maximumChunkLineBytes = 1024

  private enum State {
    case head
    case length(remaining: Int)
    case chunkSize
    case chunk(remaining: Int)
    case chunkEnd
    case trailers
  }

  private var state = State.head

  /// True between two requests.
  var isIdle: Bool { if case .head = state { true } else { false } }

  /// The next thing that the bytes tell, and how many of them it took.
  mutating func step(_ bytes: UnsafeRawBufferPointer) throws(RequestParseError) -> (event: Event, consumed: Int) {
    switch state {
    case .head:
      guard let count = blockLength(bytes) else {
        guard bytes.count <= Self.maximumHeadBytes else {
          throw RequestParseError(status: 431, message: "the head of the request is too large")
        }
        return (.needsMore, 0)
      }
      let request = try RuntimeAPIRequest(parsing: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
      switch request.framing {
      case .length(let length): state = .length(remaining: length)
      case .chunked: state = .chunkSize
      }
      return (.head(request), count)
    case .length(let remaining):
      if remaining == 0 {
        state = .head
        return (.end(StreamTrailers()), 0)
      }
      guard !bytes.isEmpty else { return (.needsMore, 0) }
      let count = min(remaining, bytes.count)
      state = .length(remaining: remaining - count)
      return (.body(offset: 0, count: count), count)
    case .chunkSize:
      guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else {
        guard bytes.count <= Self.maximumChunkLineBytes else { throw RequestParseError(status: 400, message: "a chunk's size has no end") }
        return (.needsMore, 0)
      }
      // What follows a semicolon is an extension of the chunk, which nobody has asked for.
      let size = trimmed(bytes[..<(bytes[..<end].firstIndex(of: UInt8(ascii: ";")) ?? end)])
      guard let length = number(size, base: 16) else {
        throw RequestParseError(status: 400, message: "'\(text(UnsafeRawBufferPointer(rebasing: size.prefix(20))))' is no size of a chunk")
      }
      state = length == 0 ? .trailers : .chunk(remaining: length)
      return length == 0 ? try afterSize(bytes, end + 1) : (.body(offset: end + 1, count: 0), end + 1)
    case .chunk(let remaining):
      guard !bytes.isEmpty else { return (.needsMore, 0) }
      let count = min(remaining, bytes.count)
      state = count == remaining ? .chunkEnd : .chunk(remaining: remaining - count)
      return (.body(offset: 0, count: count), count)
    case .chunkEnd:
      guard bytes.count >= 2 else { return (.needsMore, 0) }
      guard bytes[0] == 0x0D, bytes[1] == 0x0A else { throw RequestParseError(status: 400, message: "a chunk is longer than its size") }
      state = .chunkSize
      return (.body(offset: 2, count: 0), 2)
    case .trailers:
      return try trailers(bytes)
    }
  }

  private mutating func afterSize(
    _ bytes: UnsafeRawBufferPointer, _ offset: Int
  ) throws(RequestParseError) -> (event: Event, consumed: Int) {
    let (event, consumed) = try trailers(UnsafeRawBufferPointer(rebasing: bytes[offset...]))
    if case .needsMore = event { return (.body(offset: offset, count: 0), offset) }
    return (event, offset + consumed)
  }

  private mutating func trailers(_ bytes: UnsafeRawBufferPointer) throws(RequestParseError) -> (event: Event, consumed: Int) {
    if bytes.count >= 2, bytes[0] == 0x0D, bytes[1] == 0x0A {
      state = .head
      return (.end(StreamTrailers()), 2)
    }
    guard let count = blockLength(bytes) else {
      guard bytes.count <= Self.maximumHeadBytes else {
        throw RequestParseError(status: 431, message: "the trailers of the request are too large")
      }
      return (.needsMore, 0)
    }
    state = .head
    return (.end(StreamTrailers(parsing: UnsafeRawBufferPointer(rebasing: bytes[..<count]))), count)
  }

  /// Bytes up to and with the first empty line; nil while there is none.
  private func blockLength(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard let base = bytes.baseAddress else { return nil }
    var from = 0
    while let found = memchr(base + from, 0x0A, bytes.count - from) {
      let place = UnsafeRawPointer(found) - base
      guard place + 2 < bytes.count else { return nil }
      if bytes[place + 1] == 0x0D, bytes[place + 2] == 0x0A { return place + 3 }
      from = place + 1
    }
    return nil
  }
}

/// What a streamed response says at its end: how it failed, after parts of it were on their way.
struct StreamTrailers: Sendable, Equatable {
  var errorType: String?
  /// Base64 of the error's body.
  var errorBody: String?

  init(errorType: String? = nil, errorBody: String? = nil) {
    self.errorType = errorType
    self.errorBody = errorBody
  }

  init(parsing block: UnsafeRawBufferPointer) {
    for line in block.split(separator: UInt8(ascii: "\n")) {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
      let name = UnsafeRawBufferPointer(rebasing: line[..<colon])
      let value = text(trimmed(line[(colon + 1)...]))
      if equal(name, "Lambda-Runtime-Function-Error-Type") { errorType = value }
      if equal(name, "Lambda-Runtime-Function-Error-Body") { errorBody = value }
    }
  }
}
