internal import Glibc
internal import JSON

/// Leaves the reason of a crash in the log: which signal, where, and for which request.
///
/// One crash leaves no line: a stack overflow on a thread of the concurrency runtime's pool, where detached tasks run and the tasks they
/// start. The kernel needs another stack to report it on, and only the loop's thread, on which handlers run, has one.
///
/// Everything that runs after the signal is async-signal-safe: no allocation, no lock, one write(2).
enum CrashReporter {
  /// Memory for a line, taken and laid out beforehand.
  private struct Storage: @unchecked Sendable {  // Sendable because after `install` only the loop's thread and the signal handler touch it.
    let line = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1024)
    let request = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 128)
    let requestLength = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    let isJSON: Bool
    /// A stack of its own, since the one in use may be what overflowed.
    let stack = UnsafeMutableRawPointer.allocate(byteCount: 32 << 10, alignment: 16)
  }

  nonisolated(unsafe) private static var storage: Storage?  // Written once, before the handlers are installed.

  static func install(isJSON: Bool) {
    guard storage == nil else { return }
    let made = Storage(isJSON: isJSON)
    made.requestLength.pointee = 0
    storage = made
    var alternative = stack_t()
    alternative.ss_sp = made.stack
    alternative.ss_size = 32 << 10
    sigaltstack(&alternative, nil)
    for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] {
      var action = sigaction()
      action.__sigaction_handler.sa_sigaction = { signal, information, _ in CrashReporter.report(signal, information) }
      // Once: raising the signal again, from the handler or by returning into the same fault, ends the process as it would have.
      action.sa_flags = SA_SIGINFO | SA_ONSTACK | Int32(bitPattern: UInt32(SA_RESETHAND))
      sigaction(signal, &action, nil)
    }
  }

  /// Remembers which request a crash would belong to.
  static func noteRequest(_ requestID: String?) {
    guard let storage else { return }
    var length = 0
    if let requestID {
      for byte in requestID.utf8 where length < storage.request.count {
        storage.request[length] = byte
        length += 1
      }
    }
    storage.requestLength.pointee = length
  }

  private static func report(_ signal: Int32, _ information: UnsafeMutablePointer<siginfo_t>?) {
    if let storage {
      var line = LineBuffer(storage.line)
      let request = UnsafeBufferPointer(start: storage.request.baseAddress, count: storage.requestLength.pointee)
      line.appendTimestamp(asField: storage.isJSON)
      if storage.isJSON {
        line.append(",\"level\":\"FATAL\"")
        if !request.isEmpty {
          line.append(",\"requestId\":\"")
          line.append(request)
          line.append("\"")
        }
        line.append(",\"errorType\":\"Runtime.Crash\",\"message\":\"")
      } else {
        line.append(" FATAL ")
        if request.isEmpty { line.append("-") } else { line.append(request) }
        line.append(" ")
      }
      line.append("the function crashed: ")
      line.append(describe(signal))
      // The address of the faulting instruction or memory; addr2line turns the former into a line of code.
      if signal != SIGABRT, let address = information?.pointee._sifields._sigfault.si_addr {
        line.append(", at 0x")
        line.appendHexadecimal(UInt(bitPattern: address))
      }
      line.append(storage.isJSON ? "\"}\n" : "\n")
      line.write()
    }
    raise(signal)
  }

  private static func describe(_ signal: Int32) -> StaticString {
    switch signal {
    case SIGILL, SIGTRAP: "a check of the Swift runtime failed (index, unwrapping, overflow or an explicit trap)"
    case SIGSEGV: "access to invalid memory, or stack overflow (SIGSEGV)"
    case SIGBUS: "access to memory that is not there (SIGBUS)"
    case SIGFPE: "invalid arithmetic (SIGFPE)"
    default: "it gave itself up (SIGABRT); the line before says why"
    }
  }
}

/// A line put together in memory that is there already.
private struct LineBuffer {
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
