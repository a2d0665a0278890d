import JSON
import Sandbox
import Testing

/// `host`, and what goes over the pipes because of it.
@Suite struct HostTests {
  @Test func callsAreFramesAndAnswersTheirResults() throws {
    let run = try ChildRun()
    run.start(
      ChildRun.begin(),
      ChildRun.header + "const [a, b] = await Promise.all([host.callTool('table', {q: 1}), host.converse({m: input.m})]); return {a, b} }",
      input: #"{"m": "ü"}"#)
    let outcome = try run.finish { run, call in
      guard call.id == 2 else { return }
      // The answers may come in any order.
      run.send(.answer, id: 2, #"{"text": "second"}"#)
      run.send(.answer, id: 1, "[1, 2]")
    }
    #expect(run.frames.map(\.kind) == [.locked, .call, .call, .result])
    #expect(try CallFrame(json: run.frames[1].payload) == CallFrame(.callTool, name: "table", input: ["q": 1]))
    #expect(try CallFrame(json: run.frames[2].payload) == CallFrame(.converse, input: ["m": "ü"]))
    #expect(outcome == .result(#"{"a":[1,2],"b":{"text":"second"}}"#))
  }

  @Test func refusalIsAnErrorWithItsCode() throws {
    let caught = "try { await host.callTool('t') } catch (e) { return [e instanceof Error, e.name, e.code, e.message] }"
    let refuse: (ChildRun, ChildRun.Received) -> Void = {
      $0.send(.refusal, id: $1.id, HostCallError("access_denied", "no tool “t”").json)
    }
    #expect(try ChildRun.run(caught, answer: refuse) == .result(#"[true,"Error","access_denied","no tool “t”"]"#))
    guard case .failure(let failure) = try ChildRun.run("await host.callTool('t')", answer: refuse) else {
      Issue.record("no failure")
      return
    }
    #expect(failure.code == .threw)
    #expect(failure.message == "Error: no tool “t” (access_denied)")
  }

  @Test func onlyWhatIsGrantedIsThere() throws {
    let keys = "return [Object.keys(host), 'constructor' in host, Object.isFrozen(host), Object.getPrototypeOf(host)]"
    #expect(try ChildRun.run(keys, ChildRun.begin(tools: false, functions: [])) == .result("[[],false,true,null]"))
    #expect(try ChildRun.run(keys, ChildRun.begin(tools: false, functions: [.log, .now])) == .result(#"[["log","now"],false,true,null]"#))
    #expect(
      try ChildRun.run(keys, ChildRun.begin()) == .result(#"[["callTool","converse","log","now","random"],false,true,null]"#))
    #expect(try ChildRun.run("host.random()", ChildRun.begin(functions: [.log])).code == .threw)
  }

  @Test(arguments: [
    "host.extra = 1", "host.log = null", "delete host.log", "host.log.extra = 1", "host.callTool.constructor = 1",
    "Object.setPrototypeOf(host, {})", "Object.defineProperty(host, 'log', {value: 1})",
  ]) func hostCannotBeChanged(_ change: String) throws {
    #expect(try ChildRun.run("try { \(change) } catch (e) { return e.name }") == .result("\"TypeError\""))
  }

  @Test(arguments: [
    ("host.callTool(5)", "the tool's name first"), ("host.callTool()", "the tool's name first"), ("host.callTool('t', 1n)", "BigInt"),
    ("host.callTool('t', () => 1)", "a function or a symbol"), ("host.converse(Symbol())", "a function or a symbol"),
    ("host.callTool('t', {get a() { throw new Error('mine') }})", "mine"),
    ("host.callTool('t', [1].map(function f() { let a = 1; for (let k = 0; k < 600; k++) a = [a]; return a }))", "levels deep"),
  ]) func badInputIsARejection(_ call: String, _ message: String) throws {
    // Not thrown at once: the promise is there.
    let outcome = try ChildRun.run("const p = \(call); try { await p } catch (e) { return e.message }")
    guard case .result(let text) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(text.contains(message))
  }

  @Test func logLineIsOneFrame() throws {
    let run = try ChildRun()
    run.start(
      ChildRun.begin(),
      ChildRun.header
        + "host.log('rows', 3, {a: [1]}, null, undefined, true, new TypeError('x'), Symbol('s'), 1n); host.log(); return host.log('\\ud800é') }"
    )
    #expect(try run.finish() == .result("null"))
    let lines = try run.frames.filter { $0.kind == .log }.map { try LogFrame(json: $0.payload) }
    #expect(
      lines.map(\.message) == ["rows 3 {\"a\":[1]} null undefined true TypeError: x Symbol() 1", "", "\u{FFFD}é"])
    #expect(lines.allSatisfy { $0.level == "info" })
  }

  @Test func longLogLineIsCut() throws {
    let run = try ChildRun()
    run.start(ChildRun.begin(), ChildRun.header + "host.log('é'.repeat(100000)) }")
    #expect(try run.finish() == .result("null"))
    let line = try #require(run.frames.first { $0.kind == .log })
    let message = try LogFrame(json: line.payload).message
    #expect(message.utf8.count < 66_000)
    #expect(message.hasSuffix("é…"))
  }

  /// `now` waits for its own answer, and what came before it is delivered afterwards, in its order.
  @Test func nowKeepsOtherAnswersForLater() throws {
    let source = """
      const order = []
      const calls = ['a', 'b'].map(name => host.callTool(name).then(() => order.push(name)))
      order.push(host.now())
      await Promise.all(calls)
      return order
      """
    let outcome = try ChildRun.run(source) { run, call in
      guard call.id == 3 else { return }
      run.send(.answer, id: 2, "null")
      run.send(.answer, id: 1, "null")
      run.send(.answer, id: 3, "1700000005000")
    }
    #expect(outcome == .result(#"[1700000005000,"b","a"]"#))
  }

  @Test func timeStandsStill() throws {
    let source =
      "const first = Date.now(); for (let k = 0; k < 1e6; k++); return [first, Date.now(), new Date().toISOString(), new Date(0).getTimezoneOffset()]"
    #expect(try ChildRun.run(source) == .result(#"[1700000000123,1700000000123,"2023-11-14T22:13:20.123Z",0]"#))
  }

  @Test func randomNumbersFollowFromTheSeed() throws {
    let source = "return [Math.random(), host.random(), Math.random()]"
    let first = try ChildRun.run(source)
    #expect(try ChildRun.run(source) == first)
    #expect(try ChildRun.run(source, ChildRun.begin(seed: 2)) != first)
    guard case .result(let text) = first else {
      Issue.record("\(first)")
      return
    }
    let numbers = try JSONValue(parsing: text).arrayValue?.compactMap(\.doubleValue) ?? []
    #expect(Set(numbers).count == 3 && numbers.allSatisfy { (0..<1).contains($0) })
  }

  /// What a module does to the language's own objects is its own affair: frames are written without them.
  @Test func pollutedPrototypesDoNotReachTheProtocol() throws {
    let source = """
      JSON.stringify = JSON.parse = () => 'evil'
      Promise.prototype.then = function () { throw new Error('then') }
      Object.defineProperty(Object.prototype, 'code', {get() { throw new Error('code') }})
      Array.prototype[Symbol.iterator] = () => { throw new Error('iterator') }
      String.prototype.toString = () => 'evil'
      export default async function handler(input, host) { host.log('plain'); return {answer: await host.callTool('t', {a: input})} }
      """
    let run = try ChildRun()
    run.start(ChildRun.begin(), source, input: "[1]")
    #expect(try run.finish { $0.send(.answer, id: $1.id, #"{"b":2}"#) } == .result(#"{"answer":{"b":2}}"#))
    #expect(
      try run.frames.filter { $0.kind == .call }.map { try CallFrame(json: $0.payload) } == [
        CallFrame(.callTool, name: "t", input: ["a": [1]])
      ])
  }

  @Test func halvesOfSurrogatePairsBecomeReplacementCharacters() throws {
    let run = try ChildRun()
    run.start(
      ChildRun.begin(),
      ChildRun.header + #"await host.callTool('\udc00', {'\ud800': '\udbff\\ud800'}); return ['\ud83d', '😀', '\ud83d\ude00', '\\ud83d'] }"#)
    #expect(try run.finish() == .result(#"["\#u{FFFD}","😀","😀","\\ud83d"]"#))
    let call = try #require(run.frames.first { $0.kind == .call })
    #expect(try CallFrame(json: call.payload) == CallFrame(.callTool, name: "\u{FFFD}", input: ["\u{FFFD}": "\u{FFFD}\\ud800"]))
  }

  /// The names that the language's own list has, and none that reach out of the engine.
  @Test func globalsAreTheLanguage() throws {
    let missing = [
      "eval", "SharedArrayBuffer", "Atomics", "WebAssembly", "WeakRef", "FinalizationRegistry", "performance", "console", "setTimeout",
      "print",
      "std", "os", "scriptArgs", "process", "require", "fetch", "navigator", "gc",
    ]
    let source = "return [\(missing.map { "'\($0)'" }.joined(separator: ","))].filter(name => name in globalThis)"
    #expect(try ChildRun.run(source) == .result("[]"))
    let present =
      "return [Map, Set, WeakMap, Proxy, Reflect, Promise, Intl_ => 1, Uint8Array, DataView, BigInt, RegExp, Date, JSON, structured => 1].length"
    #expect(try ChildRun.run(present) == .result("14"))
  }

  @Test(arguments: [
    ("return", "null"), ("return {a: undefined, b: NaN, c: () => 1, d: new Date(0)}", #"{"b":null,"d":"1970-01-01T00:00:00.000Z"}"#),
    ("return {then(resolve) { resolve(5) }}", "5"), ("return [...'añ😀'].length", "3"),
    ("return 2n ** 64n + ''", "\"18446744073709551616\""),
    ("return '2024-05'.match(/(?<y>\\d+)-(?<m>\\d+)/).groups.m", "\"05\""), ("return input.a.b", "[1,2]"),
    ("return this === undefined", "true"),
    ("Promise.resolve().then(() => host.log('late')); return 1", "1"), ("Promise.reject(new Error('unheard')); return 2", "2"),
    ("return await Promise.race([host.callTool('never'), 3])", "3"), ("return [3, 1, 2].toSorted().join('')", "\"123\""),
  ]) func results(_ body: String, _ result: String) throws {
    #expect(try ChildRun.run(body, input: #"{"a": {"b": [1, 2]}}"#) == .result(result))
  }

  @Test(arguments: [
    "export default input => input", "export default function (input) { return input }", "const f = x => x; export {f as default}",
  ])
  func handlerMayBeAnyFunction(_ source: String) throws {
    #expect(try ChildRun.run(source, input: "7") == .result("7"))
  }
}
