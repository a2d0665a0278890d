internal import Glibc
internal import JSON

/// A log line put together in memory that is there already; async-signal-safe.
struct LineBuffer {
  private let buffer: UnsafeMutableBufferPointer<UInt8>
  private var count = 0

  init(_ buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

  mutating func append(_ byte: UInt8) {
    guard count < buffer.count else { return }
    buffer[count] = byte
    count += 1
  }

  mutating func append(_ text: StaticString) {
    for index in 0..<text.utf8CodeUnitCount { append(text.utf8Start[index]) }
  }

  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    for byte in bytes { append(byte) }
  }

  mutating func appendHexadecimal(_ value: UInt) {
    let digits: StaticString = "0123456789abcdef"
    var shift = UInt.bitWidth - 4
    while shift > 0, value >> UInt(shift) == 0 { shift -= 4 }
    while shift >= 0 {
      append(digits.utf8Start[Int(value >> UInt(shift) & 15)])
      shift -= 4
    }
  }

  mutating func appendTimestamp(asField: Bool) {
    if asField { append("{\"timestamp\":\"") }
    if count + ISO8601.length <= buffer.count {
      ISO8601.write(milliseconds: nowMilliseconds(), to: UnsafeMutableBufferPointer(rebasing: buffer[count..<(count + ISO8601.length)]))
      count += ISO8601.length
    }
    if asField { append("\"") }
  }

  func write() { _ = Glibc.write(2, buffer.baseAddress, count) }
}
