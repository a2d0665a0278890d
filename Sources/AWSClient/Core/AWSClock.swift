import Glibc

/// The client's sense of time and chance; a test brings its own.
public protocol AWSClock: Sendable {
  /// Milliseconds since the Unix epoch.
  var nowMilliseconds: Int64 { get }
  /// Returns after the given milliseconds, or throws `CancellationError` when the task is cancelled.
  func sleep(milliseconds: Int64) async throws
  /// A random number, evenly spread over 0 up to but not including 1.
  func randomFraction() -> Double
  /// Random bits, for identifiers.
  func randomBits() -> UInt64
}

extension AWSClock {
  public func randomBits() -> UInt64 {
    var generator = SystemRandomNumberGenerator()
    return generator.next()
  }
}

/// The machine's clock and random numbers.
public struct SystemClock: AWSClock {
  public init() {}

  public var nowMilliseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }

  public func sleep(milliseconds: Int64) async throws { try await Task.sleep(for: .milliseconds(milliseconds)) }
  public func randomFraction() -> Double { Double.random(in: 0..<1) }
}
