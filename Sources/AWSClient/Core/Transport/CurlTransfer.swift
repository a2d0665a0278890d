import CCurlCrypto

/// One exchange, from its submission to its end.
///
/// `@unchecked Sendable`: the submitting task sets `sink` before it hands the transfer over through the loop's lock, and from then on
/// only the loop's thread touches it. A cancellation may come before that; it sets `isCancelled`, which is the loop's thread's alone.
final class CurlTransfer: @unchecked Sendable {
  /// Who waits for what.
  enum Sink {
    case whole(CheckedContinuation<HTTPResponse, any Error>)
    case streaming(head: CheckedContinuation<HTTPResponse, any Error>, body: AsyncThrowingStream<[UInt8], any Error>.Continuation)
    /// The head is delivered; only the body is open.
    case body(AsyncThrowingStream<[UInt8], any Error>.Continuation)
  }

  let request: HTTPRequest
  var sink: Sink?
  var easy: UnsafeMutableRawPointer?
  var headerList: UnsafeMutableRawPointer?
  var isCancelled = false
  /// When the limit on idle time was last reset, on the loop's clock, and how many bytes had gone by then.
  var lastActivityMilliseconds: Int64 = 0
  var lastProgress: Int64 = 0
  /// Set while the handle has it.
  var addressGuard: UnsafeMutablePointer<carb_address_guard>?
  /// The address that was refused last; nil when none was.
  private(set) var refusedAddress: IPAddress?
  /// Bytes of the body so far, and whether there were more than may be.
  private var bodyBytes = 0
  private(set) var isTooLarge = false
  private var response = HTTPResponse(status: 0)
  private var isHeadComplete = false

  init(_ request: HTTPRequest) { self.request = request }

  /// Takes one line of the answer's head.
  func receive(headerLine line: UnsafeRawBufferPointer) {
    var end = line.count
    while end > 0, line[end - 1] == 0x0D || line[end - 1] == 0x0A { end -= 1 }
    if end == 0 {
      // The blank line ends a head; one of status 100 only announces another.
      if response.status >= 200 { deliverHead() }
      return
    }
    // First, since a reason phrase may have a colon in it; no field's name has a slash.
    if line.starts(with: "HTTP/".utf8) { return beginHead(statusLine: line[..<end]) }
    guard let colon = line[..<end].firstIndex(of: UInt8(ascii: ":")), line[0] != UInt8(ascii: " "), line[0] != UInt8(ascii: "\t") else {
      return
    }
    var begin = colon + 1
    while begin < end, line[begin] == 0x20 || line[begin] == 0x09 { begin += 1 }
    while end > begin, line[end - 1] == 0x20 || line[end - 1] == 0x09 { end -= 1 }
    let name = String(unsafeUninitializedCapacity: colon) { output in
      for index in 0..<colon { output[index] = line[index] &+ ((0x41...0x5A).contains(line[index]) ? 0x20 : 0) }
      return colon
    }
    response.headers.append(lowercased: name, String(decoding: line[begin..<end], as: UTF8.self))
  }

  private func beginHead(statusLine: Slice<UnsafeRawBufferPointer>) {
    response = HTTPResponse(status: 0)
    response.headers.reserveCapacity(12)
    let code = statusLine.drop { $0 != UInt8(ascii: " ") }.dropFirst().prefix { (0x30...0x39).contains($0) }
    response.status = code.prefix(4).reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private func deliverHead() {
    isHeadComplete = true
    guard case .streaming(let head, let body) = sink else {
      if let length = response.headers["content-length"].flatMap(Int.init), (0..<16_777_216).contains(length) {
        response.body.reserveCapacity(length)
      }
      return
    }
    sink = .body(body)
    head.resume(returning: response)
  }

  /// Decides on an address that libcurl is about to connect to.
  func admits(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let address = IPAddress(bytes: Array(bytes)) else { return false }
    if request.addresses.admits(address) { return true }
    refusedAddress = address
    return false
  }

  /// Takes a piece of the answer's body; false when there is more of it than may be.
  func receive(body bytes: UnsafeRawBufferPointer) -> Bool {
    if let limit = request.maximumBodyBytes {
      bodyBytes += bytes.count
      guard bodyBytes <= limit else {
        isTooLarge = true
        return false
      }
    }
    switch sink {
    case .whole: response.body.append(contentsOf: bytes)
    case .body(let body): body.yield(Array(bytes))
    case .streaming, nil: break
    }
    return true
  }

  /// Ends the transfer; a second end has no effect.
  func finish(throwing error: (any Error)? = nil) {
    let open = sink
    sink = nil
    // libcurl takes a connection that ends within the head for an answer without a body; it is one that broke off.
    let error =
      error
      ?? (isHeadComplete
        ? nil : AWSError(code: AWSError.lostCode, message: "the connection ended within the answer's head", isRetryable: true))
    switch open {
    case .whole(let continuation): if let error { continuation.resume(throwing: error) } else { continuation.resume(returning: response) }
    case .streaming(let head, let body):
      if let error { head.resume(throwing: error) } else { head.resume(returning: response) }
      body.finish()
    case .body(let body): body.finish(throwing: error)
    case nil: break
    }
  }
}
