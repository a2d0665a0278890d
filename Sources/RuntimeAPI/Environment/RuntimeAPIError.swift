internal import Glibc

/// The system refused what the Runtime API needs of it.
public struct RuntimeAPIError: Error, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }

  /// Takes the reason from `errno`.
  init(call: String) { description = "\(call): \(String(cString: strerror(errno)))" }
}

/// Nanoseconds of a clock that never goes back.
@inline(__always) func monotonicNanoseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Milliseconds since the Unix epoch at a time of the monotonic clock: the offset of this moment.
func epochMillisecondsOfMonotonicClock() -> @Sendable (Int64) -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  let offset = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec) - monotonicNanoseconds()
  return { ($0 + offset) / 1_000_000 }
}
