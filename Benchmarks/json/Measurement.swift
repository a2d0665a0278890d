import Glibc
import JSON

/// One thing that is measured, and how fast it was.
final class Measurement {
  let name: String
  /// The measurement that this one is compared with.
  let baseline: String
  private let body: () throws -> Void
  private var nanoseconds: [Int64] = []

  init(_ name: String, against baseline: String, _ body: @escaping () throws -> Void) {
    self.name = name
    self.baseline = baseline
    self.body = body
  }

  /// Runs once and notes the processor time of this thread: other programs on the machine then count little.
  func run() throws {
    let begin = processorNanoseconds()
    try body()
    nanoseconds.append(processorNanoseconds() - begin)
  }

  /// Median of all runs, in nanoseconds.
  var median: Int64 { nanoseconds.sorted()[nanoseconds.count / 2] }

  /// Runs each of the measurements once a round, so that a change of the machine's speed hits all of them.
  static func run(_ measurements: [Measurement], rounds: Int) throws {
    for measurement in measurements { try measurement.body() }
    for _ in 0..<rounds {
      for measurement in measurements { try measurement.run() }
    }
  }
}

private func processorNanoseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// `value` with a number of decimals.
func decimals(_ value: Double, _ count: Int) -> String {
  var scale = 1.0
  for _ in 0..<count { scale *= 10 }
  let rounded = Int64((value * scale).rounded())
  guard count > 0 else { return String(rounded) }
  let fraction = String(rounded % Int64(scale))
  return "\(rounded / Int64(scale))." + String(repeating: "0", count: count - fraction.count) + fraction
}

func padded(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}
