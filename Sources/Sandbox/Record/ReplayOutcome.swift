/// Whether a run from a record was the same again.
public enum ReplayOutcome: Sendable, Equatable {
  /// The same calls, and the same result byte for byte, or the same failure.
  case same(RunRecord.Outcome)
  /// The same calls up to where the recorded run was ended by the clock, by the machine or by whoever ran it, which no record can repeat.
  case sameUntilEnded(SandboxFailure)
  /// The run did something else.
  case departed(Departure)
  /// The record could not be run again here, for a reason of this machine: not started, not locked.
  case notRun(SandboxFailure)

  /// Where a run from a record did something else.
  public struct Departure: Sendable, Equatable, CustomStringConvertible {
    /// The index of the recorded entry from which on it differs; nil when only the outcome does, or when the run went on after the last entry.
    public let entry: Int?
    public let recorded: String
    public let replayed: String

    public init(entry: Int?, recorded: String, replayed: String) {
      self.entry = entry
      self.recorded = recorded
      self.replayed = replayed
    }

    public var description: String {
      "the run departed from its record \(entry.map { "at entry \($0)" } ?? "at its end"): recorded was \(recorded), now it was \(replayed)"
    }
  }
}
