public import JSON

/// An ES module: `export default async function handler(input, host)`.
public struct SandboxModule: Sendable, Equatable {
  /// What stack traces call it, such as `csv-outliers.js`.
  public var name: String
  /// UTF-8.
  public var source: [UInt8]

  public init(name: String, source: [UInt8]) {
    self.name = name
    self.source = source
  }
}

/// What became of one run, and what it took.
public struct SandboxRun: Sendable {
  public var outcome: Result<JSONValue, SandboxFailure>
  /// From which the run can be repeated.
  public var record: RunRecord

  public init(outcome: Result<JSONValue, SandboxFailure>, record: RunRecord) {
    self.outcome = outcome
    self.record = record
  }

  public var usage: SandboxUsage { record.usage }
}

/// What a run took.
public struct SandboxUsage: Sendable, Equatable {
  /// Processor time of the child.
  public var cpuMilliseconds = 0
  /// From the call to the result, waiting for the host included.
  public var wallMilliseconds = 0
  /// The most memory that the child held, in bytes.
  public var peakMemoryBytes = 0
  /// Log lines included.
  public var hostCalls = 0
  /// Of the result and the log lines.
  public var outputBytes = 0

  public init() {}
}

/// A means by which the child is locked in.
public enum SandboxLock: String, Sendable, CaseIterable {
  /// No environment variables.
  case environment
  /// No file descriptors but its two pipes.
  case descriptors
  /// rlimits: memory, processor time, file size, processes, core dumps.
  case resources
  /// No new privileges, ever.
  case privileges
  /// Nobody may read its memory, and it leaves no core dump.
  case dumpable
  /// A seccomp filter that ends the process at any system call but the few that it needs.
  case systemCalls = "system_calls"
}

/// What happens when a lock cannot be applied.
public enum LockPolicy: String, Sendable {
  /// The run is refused.
  case required
  /// The run goes on with the locks that hold; its record names them.
  case available
}
