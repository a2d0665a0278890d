internal import Glibc
internal import JSON

/// Leaves the reason of a crash in the log: which signal, where, for which request, and the return addresses on the stack.
///
/// One crash leaves no line: a stack overflow on a thread of the concurrency runtime's pool, where detached tasks run and the tasks they
/// start. The kernel needs another stack to report it on, and only the slots' threads, on which handlers run, have one.
///
/// Everything that runs after the signal is async-signal-safe: no allocation, no lock, one write(2).
enum CrashReporter {
  /// One thread on which handlers run, and the request it serves.
  private struct Slot {
    static let longestRequest = 128
    static let stackSize = 32 << 10

    var thread = pthread_t()
    /// An address near the thread's first frame, up to which the stack may be read as it is.
    var stackTop: UInt = 0
    var requestLength = 0
    var request: UnsafeMutablePointer<UInt8>?
  }

  /// Memory for a line, taken and laid out beforehand.
  private struct Storage: @unchecked Sendable {  // Sendable because a slot's entry is written by its own thread only.
    let line = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 2048)
    let slots: UnsafeMutableBufferPointer<Slot>
    let isJSON: Bool
  }

  nonisolated(unsafe) private static var storage: Storage?  // Written once, before the handlers are installed.

  /// - Parameter slots: how many threads will serve events. The calling one is the first of them.
  static func install(isJSON: Bool, slots count: Int = 1) {
    guard storage == nil else { return }
    let slots = UnsafeMutableBufferPointer<Slot>.allocate(capacity: max(1, count))
    slots.initialize(repeating: Slot())
    storage = Storage(slots: slots, isJSON: isJSON)
    enter(slot: 0)
    for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] {
      var action = sigaction()
      action.__sigaction_handler.sa_sigaction = { signal, information, context in CrashReporter.report(signal, information, context) }
      // Once: raising the signal again, from the handler or by returning into the same fault, ends the process as it would have.
      action.sa_flags = SA_SIGINFO | SA_ONSTACK | Int32(bitPattern: UInt32(SA_RESETHAND))
      sigaction(signal, &action, nil)
    }
  }

  /// Makes the calling thread that of a slot: its crashes are told with their request, and a stack of its own lets it tell of an overflow.
  static func enter(slot number: Int) {
    guard let storage, storage.slots.indices.contains(number) else { return }
    let request = UnsafeMutablePointer<UInt8>.allocate(capacity: Slot.longestRequest)
    storage.slots[number].request = request
    storage.slots[number].thread = pthread_self()
    var here = 0
    storage.slots[number].stackTop = withUnsafeMutablePointer(to: &here) { UInt(bitPattern: $0) }
    var alternative = stack_t()
    alternative.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: Slot.stackSize, alignment: 16)
    alternative.ss_size = Slot.stackSize
    sigaltstack(&alternative, nil)
  }

  /// Remembers which request a crash of the slot would belong to.
  static func noteRequest(_ requestID: String?, slot number: Int = 0) {
    guard let storage, storage.slots.indices.contains(number), let request = storage.slots[number].request else { return }
    // Nothing while the bytes change: a crash of another thread may look.
    storage.slots[number].requestLength = 0
    var length = 0
    if let requestID {
      for byte in requestID.utf8 where length < Slot.longestRequest {
        // The line is JSON, perhaps, and is put together where nothing can be escaped any more.
        request[length] = byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") ? UInt8(ascii: "?") : byte
        length += 1
      }
    }
    storage.slots[number].requestLength = length
  }

  private static func report(_ signal: Int32, _ information: UnsafeMutablePointer<siginfo_t>?, _ context: UnsafeMutableRawPointer?) {
    if let storage {
      let slot = currentSlot(storage)
      var line = LineBuffer(storage.line)
      let request = UnsafeBufferPointer(start: slot?.request, count: slot?.requestLength ?? 0)
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
      // The address of the faulting instruction or memory.
      if signal != SIGABRT, let address = information?.pointee._sifields._sigfault.si_addr {
        line.append(", at 0x")
        line.appendHexadecimal(UInt(bitPattern: address))
      }
      line.append(storage.isJSON ? "\",\"stackTrace\":[" : "; stack:")
      appendStack(&line, context, stackTop: slot?.stackTop, isJSON: storage.isJSON)
      line.append(storage.isJSON ? "]}\n" : "\n")
      line.write()
    }
    raise(signal)
  }

  /// The slot whose thread this is. A crash elsewhere, in a task that a handler detached, is told with a request when there is but one slot.
  private static func currentSlot(_ storage: Storage) -> Slot? {
    let thread = pthread_self()
    for slot in storage.slots where slot.request != nil && pthread_equal(slot.thread, thread) != 0 { return slot }
    guard storage.slots.count == 1 else { return nil }
    var slot = storage.slots[0]
    // The other thread's stack ends elsewhere.
    slot.stackTop = 0
    return slot
  }

  private static func appendStack(_ line: inout LineBuffer, _ context: UnsafeMutableRawPointer?, stackTop: UInt?, isJSON: Bool) {
    guard let context else { return }
    let image = ProgramImage.ofProcess
    var isFirst = true
    StackWalk(signalContext: context, stackTop: stackTop ?? 0).forEachAddress { address in
      if isJSON { line.append(isFirst ? "\"0x" : ",\"0x") } else { line.append(" 0x") }
      isFirst = false
      if let offset = image.fileAddress(of: address) {
        line.appendHexadecimal(offset)
      } else {
        line.appendHexadecimal(address)
        // In a library, or nowhere.
        line.append("?")
      }
      if isJSON { line.append("\"") }
    }
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
