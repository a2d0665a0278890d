import JSON
import Sandbox
import Synchronization

/// What became of one run of a tool that is a module.
struct NestedRun: Sendable {
  let tool: String
  let version: String
  let sha256: String
  /// The tools from the agent's down to this one.
  let chain: [String]
  /// "success", or the failure's code.
  var outcome: String
  let milliseconds: Int64
  var usage = SandboxUsage()

  init(_ tool: FabricatedTool, chain: [String], outcome: String, milliseconds: Int64) {
    self.tool = tool.toolID
    version = tool.version
    sha256 = tool.sha256
    self.chain = chain
    self.outcome = outcome
    self.milliseconds = milliseconds
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("tool", tool)
    writer.member("version", version)
    writer.member("sha256", sha256)
    writer.key("chain")
    writer.beginArray()
    for name in chain { writer.string(name) }
    writer.endArray()
    writer.member("outcome", outcome)
    writer.member("milliseconds", milliseconds)
    writer.member("cpuMilliseconds", usage.cpuMilliseconds)
    writer.member("peakMemoryBytes", usage.peakMemoryBytes)
    writer.member("hostCalls", usage.hostCalls)
    writer.endObject()
  }
}

/// The runs of tools that are modules within one run of an agent, in the order in which they ended.
final class NestedRuns: Sendable {
  /// More are counted and not kept.
  private static let maximumKept = 1_000

  let slots = RunSlots()
  private let state = Mutex<(runs: [NestedRun], count: Int)>(([], 0))

  func add(_ run: NestedRun) {
    state.withLock { state in
      state.count += 1
      if state.runs.count < Self.maximumKept { state.runs.append(run) }
    }
  }

  /// The runs that were kept, and how many there were.
  var all: (runs: [NestedRun], count: Int) { state.withLock { $0 } }
}
