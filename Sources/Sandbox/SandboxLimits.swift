/// What one run of a module may use.
public struct SandboxLimits: Sendable, Equatable {
  /// Processor time of the run in milliseconds, 1 to 600,000; waiting for the host does not count.
  public var cpuMilliseconds = 1_000
  /// What the module's values may take, in bytes, 1 MiB to 1 GiB.
  public var memoryBytes = 64 << 20
  /// The largest result, in bytes of JSON, 4 to 64 MiB; log lines together may have as many again.
  public var outputBytes = 1_000_000
  /// How often the host may be called, log lines included, 0 to 100,000.
  public var hostCalls = 200
  /// The largest request of one host call, and the largest answer, in bytes of JSON, 4 to 64 MiB.
  public var hostCallBytes = 1_000_000
  /// All requests and answers of a run together, in bytes of JSON, 4 to 256 MiB; the record of the run keeps them.
  public var hostTotalBytes = 16_000_000
  /// The engine's stack in bytes, which bounds recursion, 16 KiB to 8 MiB.
  public var stackBytes = 512 << 10

  /// How long a run may go on beyond its processor time, in milliseconds, before it is ended from outside: until then it can say where it was.
  public static let cpuGraceMilliseconds = 250

  public init() {}

  /// What is wrong with the first limit that is out of its range; nil when each is within.
  public var problem: String? {
    for (name, value, range) in [
      ("cpuMilliseconds", cpuMilliseconds, 1...600_000), ("memoryBytes", memoryBytes, 1 << 20...1 << 30),
      ("outputBytes", outputBytes, 4...64 << 20), ("hostCalls", hostCalls, 0...100_000), ("hostCallBytes", hostCallBytes, 4...64 << 20),
      ("hostTotalBytes", hostTotalBytes, 4...256 << 20), ("stackBytes", stackBytes, 16 << 10...8 << 20),
    ] where !range.contains(value) {
      return "the limit \(name) is \(value); it must be \(range.lowerBound) to \(range.upperBound)"
    }
    return nil
  }
}
