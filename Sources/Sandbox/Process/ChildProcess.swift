import CSandboxProcess
internal import Glibc

/// A child of this process: started, heard and spoken to through its pipes, and reaped exactly once.
///
/// Belongs to one thread.
final class ChildProcess {
  enum Received {
    case bytes
    /// Nothing is there now.
    case nothing
    /// Nobody has the pipe's other end any more.
    case closed
  }

  private let process: sandbox_process
  /// The most that this process had held when it started the child, in bytes.
  private let parentPeakBytes: Int
  private var isReaped = false
  private var outgoing: [UInt8] = []
  private var sent = 0
  private var isDeaf = false
  private(set) var cpuMicroseconds = 0
  /// The most that the child held as far as is known, in bytes.
  private(set) var peakBytes = 0

  /// - Throws: `not_started`, with what the system lacks.
  init(_ program: SandboxProgram) throws(SandboxFailure) {
    var words: [UnsafeMutablePointer<CChar>?] = ([program.path ?? "arbiter-sandbox"] + program.arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process = sandbox_process()
    let error = sandbox_process_start(program.path, &words, &process)
    guard error == 0 else { throw ChildProcess.notStarted(program.path ?? "this executable", error) }
    self.process = process
    parentPeakBytes = Int(sandbox_own_peak_bytes())
  }

  static func notStarted(_ what: String, _ error: Int32) -> SandboxFailure {
    let advice =
      switch error {
      case EMFILE, ENFILE: "; close files, or run less at the same time"
      case EAGAIN: "; the limit of processes or threads is reached: run less at the same time"
      case ENOMEM: "; there is not enough memory for another process"
      default: ""
      }
    return SandboxFailure(.notStarted, "no child could be started from \(what): \(String(cString: strerror(error)))\(advice)")
  }

  // MARK: Pipes

  /// Readable when the child has said something.
  var fromChild: Int32 { process.from_child }
  /// Writable when the child can take more.
  var toChild: Int32 { process.to_child }
  /// Readable when the child has ended; -1 where the system has no such descriptors.
  var endDescriptor: Int32 { process.end }
  var hasOutgoing: Bool { sent < outgoing.count }

  /// Reads what is there, at most as much as `buffer` holds, and hands it over.
  func receive(into buffer: UnsafeMutableRawBufferPointer, _ take: (UnsafeRawBufferPointer) -> Void) -> Received {
    let count = sandbox_read(process.from_child, buffer.baseAddress, UInt(buffer.count))
    guard count > 0 else { return count < 0 && errno == EAGAIN ? .nothing : .closed }
    take(UnsafeRawBufferPointer(rebasing: buffer[..<Int(count)]))
    return .bytes
  }

  /// Sends as much as the child takes now; the rest stays for `sendMore`.
  func send(_ bytes: [UInt8]) {
    guard !isDeaf else { return }
    if hasOutgoing { outgoing += bytes } else { (outgoing, sent) = (bytes, 0) }
    sendMore()
  }

  func sendMore() {
    while hasOutgoing {
      let count = outgoing.withUnsafeBytes { sandbox_write(process.to_child, $0.baseAddress?.advanced(by: sent), UInt($0.count - sent)) }
      if count < 0 {
        // A child that does not listen any more may still speak.
        if errno != EAGAIN { isDeaf = true }
        break
      }
      sent += count
    }
    if isDeaf || !hasOutgoing { (outgoing, sent) = ([], 0) }
  }

  /// Whether the child has read all that it was sent, has said nothing that was not received, and waits. In this order: what it reads in
  /// between makes it run, and what it has said before it waits is there.
  var waitsToBeTold: Bool {
    !hasOutgoing && sandbox_pipe_bytes(process.to_child) == 0 && look()?.isSleeping == true && sandbox_pipe_bytes(process.from_child) == 0
  }

  // MARK: The end

  /// Processor time until now, in milliseconds; nil when it cannot be told.
  var cpuMilliseconds: Int? {
    let nanoseconds = isReaped ? -1 : sandbox_process_cpu_nanoseconds(process)
    return nanoseconds < 0 ? nil : Int(nanoseconds / 1_000_000)
  }

  /// What is to be seen of the child from outside; nil where nothing is.
  func look() -> ProcessStatus? {
    var status = sandbox_status()
    guard !isReaped, sandbox_process_status(process, &status) else { return nil }
    peakBytes = max(peakBytes, Int(status.peak_bytes))
    return ProcessStatus(
      isSleeping: status.is_sleeping < 0 ? nil : status.is_sleeping == 1,
      seccompMode: status.seccomp_mode < 0 ? nil : Int(status.seccomp_mode),
      hasNoNewPrivileges: status.has_no_new_privileges < 0 ? nil : status.has_no_new_privileges == 1)
  }

  /// How the child ended; nil when it has not.
  func reapIfEnded() -> ChildEnd? { reap(isPatient: false) }

  /// Ends the child and its group, if they have not ended, and takes back what they held.
  func finish() {
    if !isReaped {
      sandbox_process_kill(process)
      _ = reap(isPatient: true)
    }
    for descriptor in [process.to_child, process.from_child, process.end] where descriptor >= 0 { sandbox_close(descriptor) }
  }

  private func reap(isPatient: Bool) -> ChildEnd? {
    guard !isReaped else { return nil }
    var end = sandbox_end()
    let result = sandbox_process_reap(process, isPatient, &end)
    guard result != 0 else { return nil }
    isReaped = true
    guard result > 0 else { return .unknown }
    cpuMicroseconds = Int(end.cpu_microseconds)
    // A process that another is started from lends it its peak (getrusage(2) counts what was there before the exec).
    if end.peak_bytes > parentPeakBytes { peakBytes = max(peakBytes, Int(end.peak_bytes)) }
    return ChildEnd(status: end.status)
  }
}
