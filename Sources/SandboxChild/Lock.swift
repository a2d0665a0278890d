internal import CSandboxLock
internal import Glibc
internal import Sandbox

/// The locks of CSandboxLock by their names.
enum Lock {
  private static let kinds: [(SandboxLock, sandbox_lock_kind)] = [
    (.environment, SANDBOX_LOCK_ENVIRONMENT), (.descriptors, SANDBOX_LOCK_DESCRIPTORS), (.resources, SANDBOX_LOCK_RESOURCES),
    (.privileges, SANDBOX_LOCK_PRIVILEGES), (.dumpable, SANDBOX_LOCK_DUMPABLE), (.systemCalls, SANDBOX_LOCK_SYSTEM_CALLS),
  ]

  static func apply(_ limits: EngineLimits) -> LockedFrame {
    var request = sandbox_lock_request(
      cpu_milliseconds: UInt64(limits.cpuMilliseconds + SandboxLimits.cpuGraceMilliseconds), memory_bytes: UInt64(limits.addressSpaceBytes))
    let states = UnsafeMutablePointer<sandbox_lock_state>.allocate(capacity: kinds.count)
    defer { states.deallocate() }
    states.initialize(repeating: sandbox_lock_state(), count: kinds.count)
    sandbox_lock_apply(&request, states)
    var frame = LockedFrame()
    for (lock, kind) in kinds {
      let state = states[Int(kind.rawValue)]
      if let failed = state.failed {
        frame.missing.append(LockedFrame.Missing(lock, reason(failed, state.error)))
      } else {
        frame.held.append(lock)
      }
    }
    return frame
  }

  private static func reason(_ failed: UnsafePointer<CChar>, _ error: Int32) -> String {
    let what = String(cString: failed)
    guard error != 0, let text = sandbox_lock_error_text(error) else { return what }
    return "\(what): \(String(cString: text))"
  }
}

/// The limits of a run, each within a range that the process can bear, whatever was asked for.
struct EngineLimits {
  let cpuMilliseconds: Int
  let memoryBytes: Int
  let outputBytes: Int
  let hostCalls: Int
  let hostCallBytes: Int
  let stackBytes: Int

  init(_ limits: SandboxLimits) {
    func clamp(_ value: Int, _ range: ClosedRange<Int>) -> Int { min(max(value, range.lowerBound), range.upperBound) }
    cpuMilliseconds = clamp(limits.cpuMilliseconds, 1...600_000)
    memoryBytes = clamp(limits.memoryBytes, 1 << 20...1 << 30)
    outputBytes = clamp(limits.outputBytes, 1...256 << 20)
    hostCalls = clamp(limits.hostCalls, 0...1_000_000)
    hostCallBytes = clamp(limits.hostCallBytes, 1...256 << 20)
    // Whatever calls the engine, and what the engine calls without asking, has room of its own.
    let reserve = 1 << 20
    let wanted = clamp(limits.stackBytes, 64 << 10...64 << 20)
    let granted = clamp(Int(clamping: sandbox_lock_raise_stack(UInt64(wanted + reserve))), 0...1 << 40)
    stackBytes = max(min(wanted, granted - reserve), 64 << 10)
  }

  /// The outer wall around the memory: what values may take, as much again for what the C library keeps of freed pieces, texts on their way
  /// in and out, and the stack.
  var addressSpaceBytes: Int { 2 * memoryBytes + 4 * hostCallBytes + 2 * outputBytes + stackBytes + 64 << 20 }

  /// An answer of the host, or an error in its place.
  var largestFrame: Int { max(hostCallBytes, 64 << 10) }
}
