internal import Glibc

/// SIGTERM and SIGINT as something to wait for. A second signal ends the process at once.
///
/// A process that a container begins with, number 1, is not ended by a signal that it has no handler for; so there is one. The handler only counts
/// and posts a semaphore, both of which are async-signal-safe.
enum ShutdownSignals {
  private struct Notice: @unchecked Sendable {  // Sendable because a semaphore is, and `signal` is written before it is posted.
    let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    let signal = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
  }

  nonisolated(unsafe) private static var notice: Notice?  // Written once, before the handlers are installed.

  static func install() {
    guard notice == nil else { return }
    let made = Notice()
    sem_init(made.semaphore, 0, 0)
    made.signal.pointee = 0
    notice = made
    var both = sigset_t()
    sigemptyset(&both)
    sigaddset(&both, SIGTERM)
    sigaddset(&both, SIGINT)
    for signal in [SIGTERM, SIGINT] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { signal in
        guard let notice = ShutdownSignals.notice else { return }
        if notice.signal.pointee != 0 { _exit(128 + signal) }
        notice.signal.pointee = signal
        sem_post(notice.semaphore)
      }
      action.sa_flags = SA_RESTART
      // The two must not interrupt each other.
      action.sa_mask = both
      sigaction(signal, &action, nil)
    }
    // Whoever started the process may have blocked them.
    sigprocmask(SIG_UNBLOCK, &both, nil)
    // A client that has gone is an error of the write, not the end of the process.
    Glibc.signal(SIGPIPE, SIG_IGN)
  }

  /// The first signal after `install`; blocks the calling thread until there is one.
  static func wait() -> Int32 {
    guard let notice else { return 0 }
    while sem_wait(notice.semaphore) == -1, errno == EINTR {}
    return notice.signal.pointee
  }
}
