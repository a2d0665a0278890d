internal import Glibc
internal import JSON
internal import Sandbox

/// A frame that was read. Whoever has it last deallocates it.
struct Frame {
  /// The module, the input: larger ones are refused by Lambda long before.
  static let largestBeforeLock = 64 << 20

  let header: FrameHeader
  /// The payload, with a zero byte behind it, as the engine wants texts.
  fileprivate let start: UnsafeMutableRawPointer

  var payload: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: Int(header.length)) }
  var text: UnsafePointer<CChar> { UnsafePointer(start.assumingMemoryBound(to: CChar.self)) }

  func deallocate() { free(start) }
}

/// The child's ends of the two pipes: frames come in by descriptor 0 and go out by descriptor 1.
///
/// A parent that is gone ends the process.
enum Pipes {
  /// Reads one frame, of a payload of at most `largest` bytes.
  static func readFrame(largest: Int) -> Frame {
    let header = withUnsafeTemporaryAllocation(byteCount: FrameHeader.size, alignment: 1) { buffer in
      read(into: buffer)
      return FrameHeader(UnsafeRawBufferPointer(buffer))
    }
    guard let header, header.length <= largest else {
      finish(SandboxFailure(.protocolViolation, "the child was sent a frame of \(header?.length ?? 0) bytes, and takes \(largest) at most"))
    }
    guard let start = malloc(Int(header.length) + 1) else {
      finish(SandboxFailure(.memoryLimit, "there is no memory for \(header.length) bytes from the host"))
    }
    read(into: UnsafeMutableRawBufferPointer(start: start, count: Int(header.length)))
    start.storeBytes(of: 0, toByteOffset: Int(header.length), as: UInt8.self)
    return Frame(header: header, start: start)
  }

  private static func read(into buffer: UnsafeMutableRawBufferPointer) {
    guard let start = buffer.baseAddress else { return }
    var offset = 0
    while offset < buffer.count {
      let count = Glibc.read(0, start + offset, buffer.count - offset)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { _exit(1) }
      offset += count
    }
  }

  /// Writes one frame whose payload is the three parts one after the other.
  static func write(_ kind: FrameKind, id: UInt32 = 0, _ first: [UInt8], _ second: UnsafeRawBufferPointer? = nil, _ third: [UInt8] = []) {
    let length = first.count + (second?.count ?? 0) + third.count
    guard let length32 = UInt32(exactly: length) else { _exit(1) }
    var bytes: [UInt8] = []
    // What is short goes out at once; what is long is not copied.
    let isShort = length <= 32 << 10
    bytes.reserveCapacity(FrameHeader.size + first.count + (isShort ? length : 0))
    FrameHeader(kind, id: id, length: length32).append(to: &bytes)
    bytes.append(contentsOf: first)
    if isShort {
      if let second { bytes.append(contentsOf: second) }
      bytes.append(contentsOf: third)
      bytes.withUnsafeBytes { write($0) }
    } else {
      bytes.withUnsafeBytes { write($0) }
      if let second { write(second) }
      third.withUnsafeBytes { write($0) }
    }
  }

  private static func write(_ buffer: UnsafeRawBufferPointer) {
    guard let start = buffer.baseAddress else { return }
    var offset = 0
    while offset < buffer.count {
      let count = Glibc.write(1, start + offset, buffer.count - offset)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { _exit(1) }
      offset += count
    }
  }

  /// Stays until the parent has seen what this process took, and ends it; or has ended itself.
  private static func waitForEnd() -> Never {
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
      while true {
        let count = Glibc.read(0, buffer.baseAddress, buffer.count)
        if count == 0 || (count < 0 && errno != EINTR) { _exit(0) }
      }
    }
  }

  /// Says that there is no result, and ends the process.
  static func finish(_ failure: SandboxFailure) -> Never {
    write(.failure, failure.json)
    waitForEnd()
  }

  /// Says what the result is, which is JSON, and ends the process.
  static func finish(result: StaticString) -> Never {
    finish(result: UnsafeRawBufferPointer(start: result.utf8Start, count: result.utf8CodeUnitCount))
  }

  /// Says what the result is, which is JSON, and ends the process.
  static func finish(result: UnsafeRawBufferPointer) -> Never {
    write(.result, [], result)
    waitForEnd()
  }
}
