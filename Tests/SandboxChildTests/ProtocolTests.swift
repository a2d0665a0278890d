import Glibc
import JSON
import Sandbox
import Testing

/// Frames, and a parent that sends other ones than it should.
@Suite struct ProtocolTests {
  @Test func framesAreReadAsTheyAreWritten() throws {
    let frame = try #require(FrameKind.answer.frame(id: 0x0102_0304, [1, 2, 3]))
    #expect(frame == [3, 0, 0, 0, 0x41, 4, 3, 2, 1, 1, 2, 3])
    #expect(FrameHeader(frame) == FrameHeader(.answer, id: 0x0102_0304, length: 3))
    #expect(FrameHeader(Array(frame.prefix(8))) == nil)
    #expect(FrameHeader([0, 0, 0, 0, 0x7A, 0, 0, 0, 0])?.kind == nil)
  }

  @Test func messagesAreReadAsTheyAreWritten() throws {
    var limits = SandboxLimits()
    limits.memoryBytes = 5 << 20
    let begin = BeginFrame(
      task: .check, lockPolicy: .available, moduleName: "a \"b\".js", hasTools: true, functions: [.now, .log], limits: limits,
      nowMilliseconds: -5, randomSeed: (0..<32).map { $0 &* 9 })
    #expect(try BeginFrame(json: begin.json) == begin)
    let locked = LockedFrame(held: [.dumpable, .systemCalls], missing: [.init(.resources, "no \"limit\"")])
    #expect(try LockedFrame(json: locked.json) == locked)
    for call in [CallFrame(.now), CallFrame(.converse, input: [1, nil]), CallFrame(.callTool, name: "t", input: ["a": 1])] {
      #expect(try CallFrame(json: call.json) == call)
    }
    let log = LogFrame(level: "info", message: "a\nb")
    #expect(try LogFrame(json: log.json) == log)
    for failure in [SandboxFailure(.threw, "m", stack: "s"), SandboxFailure(.cpuLimit, "m")] {
      #expect(try SandboxFailure(json: failure.json) == failure)
    }
    let error = HostCallError("c", "m")
    #expect(try HostCallError(json: error.json) == error)
  }

  @Test(arguments: ["{}", "[]", #"{"randomSeed": "00"}"#, #"{"task": "dance"}"#, "\u{FF}"]) func badBeginningIsNamed(_ begin: String) throws
  {
    let run = try ChildRun()
    run.send(.begin, begin)
    #expect(try run.finish().code == .protocolViolation)
  }

  @Test func framesOutOfOrderAreNamed() throws {
    let run = try ChildRun()
    run.send(.begin, ChildRun.begin().json)
    run.send(.input, "1")
    #expect(try run.finish().code == .protocolViolation)
  }

  @Test func oversizedFrameIsNamed() throws {
    let run = try ChildRun()
    run.child.write([0xFF, 0xFF, 0xFF, 0xFF, 0x42, 0, 0, 0, 0])
    #expect(try run.finish().code == .protocolViolation)
  }

  @Test func inputThatIsNoJSONIsNamed() throws {
    #expect(try ChildRun.run("return 1", input: "{").code == .protocolViolation)
  }

  @Test func badAnswersAreNamed() throws {
    let source = "await host.callTool('t'); return 1"
    #expect(try ChildRun.run(source) { $0.send(.answer, id: $1.id + 1, "1") }.code == .protocolViolation)
    #expect(try ChildRun.run(source) { run, _ in run.send(.answer, id: 0, "1") }.code == .protocolViolation)
    #expect(try ChildRun.run(source) { $0.send(.answer, id: $1.id, "{") }.code == .protocolViolation)
    #expect(try ChildRun.run(source) { $0.send(.refusal, id: $1.id, "{}") }.code == .protocolViolation)
    #expect(try ChildRun.run(source) { $0.send(.begin, id: $1.id, "{}") }.code == .protocolViolation)
    #expect(try ChildRun.run("return host.now()") { $0.send(.answer, id: $1.id, "\"noon\"") }.code == .protocolViolation)
    let twice = "await host.callTool('t'); await host.callTool('t')"
    #expect(try ChildRun.run(twice) { run, call in for _ in 0..<2 { run.send(.answer, id: call.id, "1") } }.code == .protocolViolation)
  }

  @Test func parentThatIsGoneEndsTheChild() throws {
    for source in [nil, ChildRun.header + "await host.callTool('t') }"] {
      let run = try ChildRun()
      if let source {
        run.start(ChildRun.begin(), source)
        while let frame = run.next(), frame.kind != .call {}
      }
      run.child.closeInput()
      #expect(run.next() == nil)
      #expect(run.child.wait() == .exit(1))
    }
  }

  @Test func checkCompilesAndRunsNothing() throws {
    let run = try ChildRun()
    run.start(ChildRun.begin(.check), "globalThis.x = y; export default async function handler() { for (;;); }")
    #expect(try run.finish() == .result("null"))
    #expect(run.frames.map(\.kind) == [.locked, .result])
    #expect(try ChildRun.run("export default (", ChildRun.begin(.check)).code == .compileError)
    #expect(try ChildRun.run("export const a = 1", ChildRun.begin(.check)).code == .compileError)
    #expect(try ChildRun.run("import 'x'; export default () => 1", ChildRun.begin(.check)).code == .compileError)
  }

  /// Whatever the bytes, the child ends by itself: no check of Swift's fails on the way.
  @Test(arguments: 0..<40) func noiseNeverTraps(_ seed: UInt64) throws {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var bytes = (FrameKind.begin.frame(ChildRun.begin().json) ?? []) + (FrameKind.module.frame(Array("export default () => 1".utf8)) ?? [])
    bytes += FrameKind.input.frame(Array("[1]".utf8)) ?? []
    for _ in 0...random(6) { bytes[random(bytes.count)] = UInt8(random(256)) }
    let run = try ChildRun()
    run.child.write(bytes)
    run.child.closeInput()
    while run.next() != nil {}
    let ending = run.child.wait()
    #expect(ending == .exit(0) || ending == .exit(1), "\(bytes)")
  }
}
