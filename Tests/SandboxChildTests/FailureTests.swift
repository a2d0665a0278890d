import Glibc
import JSON
import Sandbox
import Testing

/// Each way in which a module has no result, by its name.
@Suite struct FailureTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let code: SandboxFailure.Code
    let source: String
    var message = ""
    var testDescription: String { "\(code): \(source.prefix(60))" }
  }

  static func limits(_ change: (inout SandboxLimits) -> Void = { _ in }) -> SandboxLimits {
    var limits = SandboxLimits()
    limits.cpuMilliseconds = 200
    limits.memoryBytes = 16 << 20
    change(&limits)
    return limits
  }

  static let cases: [Case] = [
    Case(code: .compileError, source: "export default async function (", message: "SyntaxError"),
    Case(code: .compileError, source: "export const a = 1", message: "no default export"),
    Case(code: .compileError, source: "export default 3", message: "no function"),
    Case(code: .compileError, source: "import fs from 'fs'; export default () => 1", message: "cannot import 'fs'"),
    Case(code: .compileError, source: "import * as std from 'std'; export default () => 1", message: "cannot import 'std'"),
    Case(code: .compileError, source: "import me from 'agent.js'; export default () => 1", message: "cannot import 'agent.js'"),
    Case(code: .compileError, source: "export default () => 1\0", message: "zero byte"),
    Case(code: .recursionLimit, source: "export default () => " + String(repeating: "(", count: 50_000) + "1"),
    Case(code: .threw, source: "return await import('os')", message: "cannot import 'os'"),
    Case(code: .threw, source: "throw new TypeError('no rows')", message: "TypeError: no rows"),
    Case(code: .threw, source: "await null; throw {reason: 1}", message: "{\"reason\":1}"),
    Case(code: .threw, source: "throw null", message: "null"),
    Case(code: .threw, source: "throw Symbol('s')", message: "a symbol"),
    Case(code: .threw, source: "return {get then() { throw new Error('getter') }}", message: "Error: getter"),
    Case(code: .threw, source: "queueMicrotask(() => { throw new Error('later') })", message: "Error: later"),
    Case(code: .threw, source: "throw new Error('first'); export default () => 1", message: "Error: first"),
    Case(code: .threw, source: "return eval('1')", message: "eval is not defined"),
    Case(code: .threw, source: "return new Function('return 1')()", message: "eval is not supported"),
    Case(code: .threw, source: "return (async () => {}).constructor('return 1')()", message: "eval is not supported"),
    Case(code: .threw, source: "return (function* () {}).constructor('return 1')()", message: "eval is not supported"),
    Case(code: .threw, source: "return (async function* () {}).constructor('return 1')()", message: "eval is not supported"),
    Case(code: .threw, source: "const e = new Error('x'); e.name = {}; Object.defineProperty(e, 'message', {get() { throw 1 }}); throw e"),
    Case(code: .invalidResult, source: "return () => 1", message: "a function or a symbol"),
    Case(code: .invalidResult, source: "return Symbol('s')", message: "a function or a symbol"),
    Case(code: .invalidResult, source: "const a = {}; a.a = a; return a", message: "circular"),
    Case(code: .invalidResult, source: "return 1n", message: "BigInt"),
    Case(code: .invalidResult, source: "return {toJSON() { throw new Error('no') }}", message: "Error: no"),
    Case(code: .invalidResult, source: "return {get a() { throw new Error('no') }}", message: "Error: no"),
    Case(code: .invalidResult, source: "return new Proxy({}, {ownKeys() { throw new Error('no') }})", message: "Error: no"),
    Case(code: .invalidResult, source: "let a = 1; for (let k = 0; k < 501; k++) a = [a]; return a", message: "501 levels"),
    Case(code: .cpuLimit, source: "for (;;);", message: "200 ms"),
    Case(code: .cpuLimit, source: "for (;;) await 1"),
    Case(code: .cpuLimit, source: "for (;;) { try { for (;;); } catch {} finally { continue } }"),
    Case(code: .cpuLimit, source: "const f = () => queueMicrotask(f); f(); await new Promise(() => {})"),
    Case(code: .cpuLimit, source: "return /^(a+)+$/.test('a'.repeat(40) + 'b')"),
    Case(code: .cpuLimit, source: "return [2, 1].sort(() => { for (;;); })"),
    Case(code: .cpuLimit, source: "return {toJSON() { for (;;); }}"),
    Case(code: .cpuLimit, source: "return {then(r) { r(this) }}"),
    Case(code: .cpuLimit, source: "Error.prepareStackTrace = () => { for (;;); }; throw new Error('x')"),
    Case(code: .cpuLimit, source: "Error.stackTraceLimit = {valueOf() { for (;;); }}; throw new Error('x')"),
    Case(code: .cpuLimit, source: "const e = new Error('x'); Object.defineProperty(e, 'message', {get() { for (;;); }}); throw e"),
    Case(code: .cpuLimit, source: "for (;;); export default () => 1"),
    Case(code: .memoryLimit, source: "const a = []; for (;;) a.push(new Array(1000).fill(1))", message: "16777216"),
    Case(code: .memoryLimit, source: "const a = []; for (;;) a.push(new Uint8Array(1 << 20))"),
    Case(code: .memoryLimit, source: "let s = 'x'.repeat(1 << 20); const a = []; for (;;) a.push(s + a.length)"),
    Case(code: .memoryLimit, source: "return new Array(2 ** 32 - 1).fill(0)"),
    Case(code: .memoryLimit, source: "let o = {}; for (;;) o = {o}"),
    Case(code: .recursionLimit, source: "function f() { return f() + 1 } return f()", message: "524288"),
    Case(code: .recursionLimit, source: "const f = async () => { await f() }; await f()"),
    Case(code: .recursionLimit, source: "return JSON.parse('['.repeat(1e5))"),
    Case(code: .recursionLimit, source: "let a = []; for (let k = 0; k < 1e5; k++) a = [a]; return a"),
    Case(code: .neverSettles, source: "await new Promise(() => {})", message: "no call to the host"),
    Case(code: .neverSettles, source: "return {then() {}}"),
    Case(code: .neverSettles, source: "await new Promise(() => {}); export default () => 1"),
    Case(code: .outputLimit, source: "return 'x'.repeat(1000001)", message: "1000003 bytes"),
    Case(code: .outputLimit, source: "for (;;) host.log('x'.repeat(60000))", message: "1000000 bytes"),
    Case(code: .hostCallLimit, source: "for (;;) await host.callTool('t')", message: "200 times"),
    Case(code: .hostCallLimit, source: "for (;;) host.log('x')"),
    Case(code: .hostCallLimit, source: "for (;;) host.now()"),
    Case(code: .hostCallTooLarge, source: "await host.callTool('t', 'x'.repeat(1000000))", message: "1000002 bytes"),
    Case(code: .hostCallTooLarge, source: "await host.converse(new Array(500001).fill(1))"),
  ]

  @Test(arguments: cases) func hasItsName(_ failing: Case) throws {
    let outcome = try ChildRun.run(failing.source, ChildRun.begin(limits: FailureTests.limits())) { run, call in
      run.send(.answer, id: call.id, call.text.contains("now") ? "1700000000999" : "null")
    }
    guard case .failure(let failure) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(failure.code == failing.code, "\(outcome)")
    #expect(failing.message.isEmpty || failure.message.contains(failing.message), "\(outcome)")
  }

  /// What asks for no time is ended by the kernel.
  @Test func nativeLoopIsEndedByTheKernel() throws {
    let outcome = try ChildRun.run("return new Array(1e9).join('x')", ChildRun.begin(limits: FailureTests.limits()))
    #expect(outcome == .died(.signal(SIGPROF)))
  }

  @Test func stackNamesTheModuleAndItsLines() throws {
    let outcome = try ChildRun.run("function inner() {\n  throw new RangeError('far')\n}\nreturn inner()")
    guard case .failure(let failure) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(failure.stack == "    at inner (agent.js:3:13)\n    at handler (agent.js:5:8)", "\(outcome)")
  }

  @Test func limitTellsWhereItWasMet() throws {
    let outcome = try ChildRun.run("host.callTool('t', 'x'.repeat(1000000))")
    guard case .failure(let failure) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(failure.stack?.contains("at handler (agent.js:2:") == true, "\(outcome)")
  }

  @Test func longMessageIsCut() throws {
    let outcome = try ChildRun.run("throw new Error('é'.repeat(100000))")
    guard case .failure(let failure) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(failure.message.utf8.count < 5_000)
    #expect(failure.message.hasSuffix("é…"))
  }

  /// A module that goes on after it met the limit has a result all the same, and one that throws something else has thrown that.
  @Test func memoryThatWasShortIsNoExcuse() throws {
    let fill = "const a = []; try { for (;;) a.push(new Array(1000).fill(1)) } catch (e) { a.length = 0;"
    let begin = ChildRun.begin(limits: FailureTests.limits())
    #expect(try ChildRun.run("\(fill) return e.message }", begin) == .result("\"out of memory\""))
    #expect(try ChildRun.run("\(fill) throw new Error('mine') }", begin).code == .threw)
    #expect(try ChildRun.run("throw new InternalError('out of memory')", begin).code == .threw)
  }

  /// Cycles that nothing refers to any more make room, also where the rest fills most of the memory.
  @Test func garbageIsNoMemoryInUse() throws {
    let source = """
      const live = []
      for (let k = 0; k < 75; k++) live.push(new Array(10000).fill(k))
      for (let k = 0; k < 300000; k++) { const a = {}; a.b = {a} }
      return live.length
      """
    let begin = ChildRun.begin(limits: FailureTests.limits { $0.cpuMilliseconds = 10_000 })
    #expect(try ChildRun.run(source, begin) == .result("75"))
  }

  /// Limits beyond what a process can bear are taken as the nearest that it can.
  @Test(arguments: [Int.min, -1, 0, Int.max]) func senselessLimitsAreHarmless(_ value: Int) throws {
    var limits = SandboxLimits()
    limits.cpuMilliseconds = value
    limits.memoryBytes = value
    limits.outputBytes = value
    limits.hostCalls = value
    limits.hostCallBytes = value
    limits.stackBytes = value
    let outcome = try ChildRun.run("return 1", ChildRun.begin(limits: limits))
    #expect(outcome == .result("1") || outcome.code == .memoryLimit || outcome.code == .cpuLimit, "\(outcome)")
  }

  /// A hang of the host takes no processor time of the module's.
  @Test func waitingForTheHostIsFree() throws {
    let outcome = try ChildRun.run(
      "for (let k = 0; k < 3; k++) await host.callTool('t'); return 'done'",
      ChildRun.begin(limits: FailureTests.limits { $0.cpuMilliseconds = 100 })
    ) { run, call in
      // The child's processor time stands still; this process's goes on.
      let until = clock() + 150 * CLOCKS_PER_SEC / 1000
      while clock() < until {}
      run.send(.answer, id: call.id, "null")
    }
    #expect(outcome == .result("\"done\""))
  }
}
