import JSON
import Sandbox
import Synchronization
import TestSupport

/// The programs that stand beside the tests' own.
enum Programs {
  /// A child as it should be.
  static let runner = SandboxProgram(path: BuiltPrograms.location(of: "SandboxRunner"))

  /// A child that does as told.
  static func hostile(_ what: String) -> SandboxProgram {
    SandboxProgram(path: BuiltPrograms.location(of: "HostileChild"), arguments: [what])
  }
}

/// A host whose answers are closures', and whose clock stands still but for a millisecond a look.
final class TestHost: SandboxHost {
  typealias Answer = @Sendable (String, JSONValue) async throws(HostCallError) -> JSONValue

  static let begin: Int64 = 1_764_230_400_000
  private struct State {
    var lines: [String] = []
    var calls: [String] = []
    var looks: Int64 = 0
  }
  private let state = Mutex(State())
  private let answer: Answer
  private let seed: [UInt8]

  init(seed: UInt8 = 7, _ answer: @escaping Answer = { (_, input) throws(HostCallError) in input }) {
    self.seed = Array((0..<32).map { seed &+ $0 })
    self.answer = answer
  }

  var lines: [String] { state.withLock { $0.lines } }
  var calls: [String] { state.withLock { $0.calls } }

  func callTool(_ name: String, _ input: JSONValue) async throws(HostCallError) -> JSONValue {
    state.withLock { $0.calls.append(name) }
    return try await answer(name, input)
  }
  func converse(_ request: JSONValue) async throws(HostCallError) -> JSONValue {
    state.withLock { $0.calls.append("converse") }
    return try await answer("converse", request)
  }
  func log(_ level: String, _ message: String) { state.withLock { $0.lines.append("\(level): \(message)") } }
  func nowMilliseconds() -> Int64 {
    state.withLock { state in
      defer { state.looks += 1 }
      return TestHost.begin + state.looks
    }
  }
  func randomSeed() -> [UInt8] { seed }
}

extension Sandbox {
  /// A run of a module with everything granted, and time enough.
  func run(
    _ source: String, input: JSONValue = .null,
    capabilities: Capabilities = Capabilities(tools: ["echo", "double", "fail"], functions: Capabilities.Function.allCases),
    limits: SandboxLimits = SandboxLimits(), milliseconds: Int64 = 600_000, host: TestHost = TestHost()
  ) async -> SandboxRun {
    await run(
      SandboxModule(name: "test.js", source: Array(source.utf8)), input: input, capabilities: capabilities, limits: limits,
      deadlineMilliseconds: TestHost.begin + milliseconds, host: host)
  }
}

extension SandboxRun {
  var value: JSONValue? { try? outcome.get() }
  var failure: SandboxFailure? { if case .failure(let failure) = outcome { failure } else { nil } }
}
