internal import Glibc
internal import JSON

/// Leaves a line in the log when the process crashes: which signal, and where. What the Swift runtime has to say stands before it.
///
/// Everything that runs after the signal is async-signal-safe: no allocation, no lock, one write(2). A stack overflow outside of the main thread
/// leaves no line, for the kernel needs another stack to report it on.
enum CrashLine {
  private struct Storage: @unchecked Sendable {  // Sendable because it is written by the one thread that crashes first.
    let line = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 512)
    let isJSON: Bool
  }

  nonisolated(unsafe) private static var storage: Storage?  // Written once, before the handlers are installed.

  static func install(isJSON: Bool) {
    guard storage == nil else { return }
    storage = Storage(isJSON: isJSON)
    var alternative = stack_t()
    alternative.ss_size = 32 << 10
    alternative.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: alternative.ss_size, alignment: 16)
    sigaltstack(&alternative, nil)
    for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] {
      var action = sigaction()
      action.__sigaction_handler.sa_sigaction = { signal, information, _ in CrashLine.report(signal, information) }
      action.sa_flags = SA_SIGINFO | SA_ONSTACK | Int32(bitPattern: UInt32(SA_RESETHAND))
      sigaction(signal, &action, nil)
    }
  }

  private static func report(_ signal: Int32, _ information: UnsafeMutablePointer<siginfo_t>?) {
    if let storage {
      var text = FixedText(storage.line)
      text.appendTimestamp(asField: storage.isJSON)
      text.append(storage.isJSON ? ",\"level\":\"FATAL\",\"errorType\":\"Agent.Crash\",\"message\":\"" : " FATAL ")
      text.append("the agent crashed: ")
      text.append(describe(signal))
      if signal != SIGABRT, let address = information?.pointee._sifields._sigfault.si_addr {
        text.append(", at 0x")
        text.appendHexadecimal(UInt(bitPattern: address))
      }
      text.append(storage.isJSON ? "\"}\n" : "\n")
      _ = write(2, storage.line.baseAddress, text.count)
    }
    // Not by raising it again: the first process of a container would survive that.
    _exit(128 + signal)
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

/// A text put together in memory that is there already; async-signal-safe.
private struct FixedText {
  private let buffer: UnsafeMutableBufferPointer<UInt8>
  private(set) var count = 0

  init(_ buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

  mutating func append(_ byte: UInt8) {
    guard count < buffer.count else { return }
    buffer[count] = byte
    count += 1
  }

  mutating func append(_ text: StaticString) {
    for index in 0..<text.utf8CodeUnitCount { append(text.utf8Start[index]) }
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
      var time = timespec()
      clock_gettime(CLOCK_REALTIME, &time)
      let milliseconds = Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
      ISO8601.write(milliseconds: milliseconds, to: UnsafeMutableBufferPointer(rebasing: buffer[count..<(count + ISO8601.length)]))
      count += ISO8601.length
    }
    if asField { append("\"") }
  }
}
