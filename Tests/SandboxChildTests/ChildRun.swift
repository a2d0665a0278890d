import Glibc
import JSON
import Sandbox
import TestSupport

/// A sandbox's child that is driven frame by frame.
final class ChildRun {
  struct Received: Equatable, CustomStringConvertible {
    let kind: FrameKind
    let id: UInt32
    let payload: [UInt8]
    var text: String { String(decoding: payload, as: UTF8.self) }
    var description: String { "\(kind) \(id) \(text.prefix(300))" }
  }

  /// How a run ended.
  enum Outcome: Equatable, CustomStringConvertible {
    case result(String)
    case failure(SandboxFailure)
    case died(Spawned.Ending)

    var description: String {
      switch self {
      case .result(let text): "result \(text)"
      case .failure(let failure): "\(failure) at \(failure.stack ?? "nowhere")"
      case .died(let ending): "\(ending)"
      }
    }

    var code: SandboxFailure.Code? { if case .failure(let failure) = self { failure.code } else { nil } }
  }

  static let header = "export default async function handler(input, host) {"
  let child: Spawned
  private(set) var frames: [Received] = []

  init(environment: [String] = [], inputFile: String? = nil) throws {
    child = try Spawned(
      try BuiltPrograms.path("SandboxRunner"), [SandboxProgram.argument], environment: environment, inputFile: inputFile)
  }

  static func begin(
    _ task: BeginFrame.Task = .run, policy: LockPolicy = .required, tools: Bool = true,
    functions: [Capabilities.Function] = Capabilities.Function.allCases, limits: SandboxLimits = SandboxLimits(), seed: UInt8 = 1
  ) -> BeginFrame {
    BeginFrame(
      task: task, lockPolicy: policy, moduleName: "agent.js", hasTools: tools, functions: functions, limits: limits,
      nowMilliseconds: 1_700_000_000_123, randomSeed: (0..<32).map { seed &* 31 &+ $0 &* 7 })
  }

  func send(_ kind: FrameKind, id: UInt32 = 0, _ payload: [UInt8]) { child.write(kind.frame(id: id, payload) ?? []) }
  func send(_ kind: FrameKind, id: UInt32 = 0, _ payload: String) { send(kind, id: id, Array(payload.utf8)) }

  func start(_ begin: BeginFrame, _ source: String, input: String = "null") {
    send(.begin, begin.json)
    send(.module, source)
    send(.input, input)
  }

  /// The next frame; nil when the child is gone.
  func next() -> Received? {
    guard let bytes = child.read(FrameHeader.size), let header = FrameHeader(bytes), let kind = header.kind,
      let payload = header.length == 0 ? [] : child.read(Int(header.length))
    else { return nil }
    let frame = Received(kind: kind, id: header.id, payload: payload)
    frames.append(frame)
    return frame
  }

  /// Answers calls until the run has ended.
  func finish(answer: (ChildRun, Received) -> Void = { $0.send(.answer, id: $1.id, "null") }) throws -> Outcome {
    while let frame = next() {
      switch frame.kind {
      case .call: answer(self, frame)
      case .result: return .result(frame.text)
      case .failure: return .failure(try SandboxFailure(json: frame.payload))
      default: break
      }
    }
    return .died(child.wait())
  }

  /// A whole run of a module, or of the body of a handler.
  static func run(
    _ source: String, input: String = "null", _ begin: BeginFrame = begin(),
    answer: (ChildRun, Received) -> Void = { $0.send(.answer, id: $1.id, "null") }
  ) throws -> Outcome {
    let run = try ChildRun()
    run.start(begin, source.contains("export ") ? source : "\(header)\n\(source)\n}", input: input)
    return try run.finish(answer: answer)
  }
}
