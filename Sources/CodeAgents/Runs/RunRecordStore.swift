public import AgentKit
import JSON
public import Orchestration
import Sandbox

/// Keeps the records of runs in the code bucket, one object a run, from which `arbiter replay-agent` runs it again.
public struct RunRecordStore: Sendable {
  /// The longest that a completion waits for its record to be kept, in milliseconds.
  private static let patienceMilliseconds: Int64 = 5_000

  let blobs: any BlobStore
  let observer: any OrchestrationObserver
  let clock: any Clock
  let pause: @Sendable (Int64) async throws -> Void

  public init(
    blobs: any BlobStore, observer: any OrchestrationObserver, clock: any Clock, pause: @escaping @Sendable (Int64) async throws -> Void
  ) {
    self.blobs = blobs
    self.observer = observer
    self.clock = clock
    self.pause = pause
  }

  /// Where the record of an attempt at a task is.
  public static func key(of claim: TaskClaim) -> String {
    // The owner keeps the records of several attempts apart, and those of rounds in which a model uses a toolUseId again.
    "runs/\(claim.key.orchestrationID)/\(claim.key.toolUseID)-\(claim.owner).json"
  }

  /// Keeps a record. A failure is logged and counted: the task has its answer all the same.
  /// - Parameter deadlineMilliseconds: when to give up, in milliseconds since the Unix epoch.
  func keep(_ record: RunRecord, nested: NestedRuns, key: String, deadlineMilliseconds: Int64, fields: JSONObject) async {
    let bytes = Self.bytes(record, nested)
    let milliseconds = min(Self.patienceMilliseconds, deadlineMilliseconds - clock.nowMilliseconds)
    let blobs = blobs
    do {
      try await TimeLimit.run(milliseconds: milliseconds, pause: pause) {
        try await blobs.put(key: key, bytes: bytes, contentType: "application/json")
      }
    } catch {
      var more = fields
      more["key"] = .string(key)
      let reason = error is TimeLimit.Exceeded ? "it took longer than \(max(0, milliseconds)) ms" : "\(error)"
      observer.note(.error, "the record of the run could not be kept: \(reason)", more)
      observer.count("RunRecordNotKept")
    }
  }

  /// The record with a summary of the runs within it, which its replay does not need: what they answered stands in the record.
  static func bytes(_ record: RunRecord, _ nested: NestedRuns) -> [UInt8] {
    let (runs, count) = nested.all
    var writer = JSONWriter()
    record.write(to: &writer) { writer in
      guard count > 0 else { return }
      writer.member("toolRunCount", count)
      writer.key("toolRuns")
      writer.beginArray()
      for run in runs { run.write(to: &writer) }
      writer.endArray()
    }
    return writer.bytes
  }
}
