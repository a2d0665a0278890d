import AgentKit
import CodeAgents
import JSON
import Sandbox
import Synchronization
import Testing

/// What a trial shows of a module, in the real sandbox.
@Suite struct TrialBenchTests {
  private static let schema: JSONValue = ["type": "object"]

  /// A source of tools that has these.
  private struct Tools: TrialToolSource {
    var tools: [String: TrialTool] = [:]
    func tool(_ name: String) async throws -> TrialTool? { tools[name] }
  }

  private func test(
    _ handler: String, _ cases: [TrialCase], schema: JSONValue = schema, tools: [String] = [],
    functions: [Capabilities.Function] = [], source: Tools = Tools(), limits: SandboxLimits = SandboxLimits(), helpers: String = ""
  ) async -> (evidence: Evidence, problems: [String]) {
    let clock = TestClock()
    let bench = TrialBench(runner: Sandbox(program: .ofTests), tools: source, limits: limits, clock: clock)
    let code = "\(helpers)\nexport default async function handler(input, host) {\n\(handler)\n}\n"
    let subject = TrialSubject(
      id: "subject", module: SandboxModule(name: "subject.js", source: Array(code.utf8)), schema: schema, description: "A subject.",
      capabilities: Capabilities(tools: tools, functions: functions))
    let evidence = await bench.test(subject, cases: cases, deadlineMilliseconds: clock.nowMilliseconds + 60_000)
    return (evidence, evidence.problems(declaring: subject, sha256: evidence.sha256))
  }

  private static let refusal = TrialCase(name: "refused", input: ["bad": true], expectation: .refuses)
  private static let refusing = "if (input.bad) throw new Error(\"'bad' is true: leave it out\");"

  @Test func `results are compared by value, and the first difference is named`() async {
    let handler = "return {rows: [{n: 1, share: 0.5}], name: 'x'};"
    func problem(_ expected: JSONValue) async -> String? {
      await test(handler, [TrialCase(name: "a", input: [:], expectation: .equals(expected))]).evidence.cases.first?.problem
    }
    #expect(await problem(["name": "x", "rows": [["share": 0.50, "n": 1.0]]]) == nil)
    #expect(await problem(["name": "x", "rows": [["share": 0.6, "n": 1]]]) == "'/rows/0/share' is 0.5, expected 0.6")
    #expect(await problem(["name": "x", "rows": []]) == "'/rows' has 1 elements, expected 0")
    #expect(await problem(["name": "x"]) == "the result has a member 'rows' that was not expected")
    #expect(await problem(["name": "x", "rows": [["share": 0.5, "n": 1]], "more": 1]) == "the result has no member 'more', expected 1")
    #expect(await problem([]) == "the result is {\"rows\":[{\"n\":1,\"share\":0.5}],\"name\":\"x\"}, expected []")
  }

  @Test func `a result may be measured by a schema`() async {
    let schema: JSONValue = ["type": "object", "required": ["n"], "properties": ["n": ["minimum": 2]]]
    let cases = [TrialCase(name: "a", input: [:], expectation: .matches(schema))]
    #expect(await test("return {n: 2};", cases).evidence.passedCount == 1)
    #expect(await test("return {n: 1};", cases).evidence.cases[0].problem?.hasPrefix("the result does not match: '/n'") == true)
    let broken = [TrialCase(name: "a", input: [:], expectation: .matches(["type": "nonsense"]))]
    #expect(await test("return {n: 1};", broken).evidence.cases[0].problem?.hasPrefix("the schema in 'matches' cannot be used") == true)
  }

  @Test func `bad input is refused by the schema or by an error, and by nothing else`() async {
    let bySchema: JSONValue = ["type": "object", "properties": ["bad": ["type": "string"]]]
    #expect(await test("return 1;", [Self.refusal], schema: bySchema).evidence.passedCount == 1)
    #expect(await test(Self.refusing, [Self.refusal]).evidence.passedCount == 1)
    let answered = await test("return 1;", [Self.refusal]).evidence.cases[0].problem
    #expect(answered?.hasPrefix("the input must be refused, and was answered with 1") == true)
    let endless = await test("while (true) {}", [Self.refusal]).evidence.cases[0].problem
    #expect(endless?.contains("cpu_limit") == true)
  }

  @Test func `an error that the engine throws is no refusal`() async {
    for (body, name) in [
      ("return input.rows.length;", "TypeError"), ("return rows;", "ReferenceError"), ("return 'x'.repeat(-1);", "RangeError"),
      ("return JSON.parse('{');", "SyntaxError"),
    ] {
      let problem = await test(body, [Self.refusal]).evidence.cases[0].problem
      #expect(problem?.hasPrefix("the handler ran into a \(name) instead of refusing the input") == true, "\(problem ?? "none")")
    }
    let named = "throw Object.assign(new Error('no rows'), {name: 'InvalidInput'});"
    #expect(await test(named, [Self.refusal]).evidence.passedCount == 1)
  }

  @Test func `input that the schema refuses is no case with a result`() async {
    let schema: JSONValue = ["type": "object", "required": ["n"]]
    let problem = await test("return 1;", [TrialCase(name: "a", input: [:], expectation: .equals(1))], schema: schema).evidence.cases[0]
      .problem
    #expect(problem?.hasPrefix("the schema refuses the input: ") == true)
  }

  @Test func `tools work on the files of the case, and errors come with their codes`() async {
    let handler = """
      \(Self.refusing)
      const {text} = await host.callTool('read_object', {path: input.path});
      await host.callTool('write_object', {path: 'copy.txt', content: text.toUpperCase()});
      try { await host.callTool('read_object', {path: 'none.txt'}) } catch (error) { return [text, error.code, (await host.callTool('read_object', {path: 'copy.txt'})).text]; }
      """
    let trial = TrialCase(
      name: "a", input: ["path": "shared/a.txt"], expectation: .equals(["hello", "not_found", "HELLO"]), files: ["shared/a.txt": "hello"])
    let (evidence, problems) = await test(handler, [trial, Self.refusal], tools: ["read_object", "write_object"])
    #expect(problems.isEmpty, "\(problems)")
    #expect(evidence.toolsUsed == ["read_object", "write_object"])
    #expect(evidence.cases[0].calls.map(\.refusal) == [nil, nil, "not_found", nil])
  }

  @Test func `time, chance, models and the log come from the case, the same at every test`() async {
    let handler = """
      \(Self.refusing)
      const one = await host.converse({prompt: 'one?'});
      host.log('asked', one.text);
      return {text: one.text, now: host.now(), date: Date.now(), random: [host.random(), Math.random()]};
      """
    let trial = TrialCase(
      name: "a", input: [:], expectation: .matches(["required": ["random"]]), replies: ["first"], nowMilliseconds: 1_700_000_000_000)
    let functions: [Capabilities.Function] = [.converse, .log, .now, .random]
    let (first, problems) = await test(handler, [trial, Self.refusal], functions: functions)
    let (second, _) = await test(handler, [trial, Self.refusal], functions: functions)
    #expect(problems.isEmpty, "\(problems)")
    #expect(first == second)
    #expect(first.functionsUsed == functions)
    guard case .result(let result) = first.cases[0].outcome else {
      Issue.record("\(first.cases[0])")
      return
    }
    #expect(result["text"] == "first" && result["now"] == 1_700_000_000_000 && result["date"] == 1_700_000_000_000)
    #expect(first.cases[0].log.first?.contains("first") == true)
  }

  @Test func `a model that is asked more often than the case has replies says so`() async {
    let trial = TrialCase(name: "a", input: [:], expectation: .equals(1), replies: ["one"])
    let problem = await test(
      "await host.converse({prompt: 'a'}); await host.converse({prompt: 'b'}); return 1;", [trial], functions: [.converse]
    ).evidence.cases[0].problem
    #expect(problem?.contains("This is call 2 of converse, and the case has 1 replies") == true, "\(problem ?? "")")
  }

  @Test func `the web is what the case has of it`() async {
    let handler = """
      \(Self.refusing)
      const page = await host.callTool('http_get', {url: 'https://rates.example/today'});
      const none = await host.callTool('http_get', {url: 'https://rates.example/tomorrow'});
      let code = '';
      try { await host.callTool('http_get', {url: 'https://elsewhere.example/'}) } catch (error) { code = error.code }
      return {rate: JSON.parse(page.text).usd, status: none.status, code};
      """
    let trial = TrialCase(
      name: "a", input: [:], expectation: .equals(["rate": 1.1, "status": 404, "code": "host_not_allowed"]),
      web: ["https://rates.example/today": "{\"usd\": 1.1}"])
    let (_, problems) = await test(handler, [trial, Self.refusal], tools: ["http_get"])
    #expect(problems.isEmpty, "\(problems)")
    let unusable = TrialCase(name: "a", input: [:], expectation: .equals(1), web: ["no url": "x"])
    #expect(await test("return 1;", [unusable]).evidence.cases[0].problem?.hasPrefix("the case cannot be set up: ") == true)
  }

  @Test func `a model that is asked as a tool answers from the same replies`() async {
    let handler = "\(Self.refusing) return (await host.callTool('converse', {prompt: 'one?'})).text;"
    let trial = TrialCase(name: "a", input: [:], expectation: .equals("first"), replies: ["first"])
    let (_, problems) = await test(handler, [trial, Self.refusal], tools: ["converse"])
    #expect(problems.isEmpty, "\(problems)")
  }

  @Test func `random numbers that are declared and not used are found out`() async {
    let trial = TrialCase(name: "a", input: [:], expectation: .equals(1))
    let (evidence, problems) = await test("\(Self.refusing) return 1;", [trial, Self.refusal], functions: [.random])
    #expect(evidence.functionsUsed.isEmpty)
    #expect(problems == ["The capability 'random' is declared and no case used it: drop it, or add a case that needs it."])
  }

  @Test func `what is called and not granted is named`() async {
    let trial = TrialCase(name: "a", input: [:], expectation: .equals(1))
    let (_, problems) = await test(
      "\(Self.refusing) try { await host.callTool('read_object', {path: 'a'}) } catch {} return 1;", [trial, Self.refusal],
      tools: ["calculate"])
    #expect(problems.contains { $0.hasPrefix("The tool 'calculate' is declared and no case used it") }, "\(problems)")
    #expect(problems.contains { $0.hasPrefix("The module calls 'read_object', which is not granted") }, "\(problems)")
  }

  @Test func `tools that are modules run in the sandbox, with no more than they were granted`() async throws {
    func tool(_ code: String, tools: [String] = []) -> TrialTool {
      TrialTool(
        module: SandboxModule(name: "tool.js", source: Array("export default async function handler(input, host) { \(code) }".utf8)),
        sha256: "h", schema: ["type": "object", "properties": ["n": ["type": "number"]]], capabilities: Capabilities(tools: tools))
    }
    let source = Tools(tools: [
      "twice": tool("return (await host.callTool('calculate', {expression: `${input.n} * 2`})).result;", tools: ["calculate"]),
      "nosy": tool("return typeof host.converse + typeof host.callTool;"),
      "loop": tool("return await host.callTool('loop', {});", tools: ["loop"]),
    ])
    let handler = """
      \(Self.refusing)
      const results = [await host.callTool('twice', {n: 21}), await host.callTool('nosy', {})];
      for (const [name, input] of [['twice', {n: 'x'}], ['loop', {}]]) {
        try { await host.callTool(name, input) } catch (error) { results.push(error.code) }
      }
      return results;
      """
    let trial = TrialCase(name: "a", input: [:], expectation: .matches(["type": "array"]))
    let tools = ["twice", "nosy", "loop", "calculate"]
    let (evidence, problems) = await test(handler, [trial, Self.refusal], tools: tools, source: source)
    #expect(problems.isEmpty, "\(problems)")
    // What a tool needs its caller must be granted; otherwise the tool would be a way around that.
    let (_, missing) = await test(handler, [trial, Self.refusal], tools: ["twice", "nosy", "loop"], source: source)
    #expect(missing.contains { $0.contains("grants_exceeded") || $0.contains("needs calculate") }, "\(missing)")
    #expect(evidence.cases[0].outcome == .result([42, "undefinedundefined", "invalid_input", "threw"]), "\(evidence.cases[0])")
    #expect(evidence.toolHashes == ["twice": "h", "nosy": "h", "loop": "h"])
  }

  @Test func `a case cannot see outside of its files`() async {
    let trial = TrialCase(name: "a", input: [:], expectation: .equals(1), files: ["../escape": "x"])
    #expect(await test("return 1;", [trial]).evidence.cases[0].problem?.contains("../escape") == true)
  }

  @Test func `evidence is the same after it has been written and read`() async throws {
    let schema: JSONValue = ["type": "object", "properties": ["bad": ["type": "string"]]]
    let cases = [
      TrialCase(name: "passes", input: [:], expectation: .equals(1), files: ["a": "b"], web: ["https://a": "c"], replies: ["d"]),
      TrialCase(name: "throws", input: ["bad": "x"], expectation: .equals(1)), Self.refusal,
    ]
    let (evidence, _) = await test("host.log('x'); \(Self.refusing) return 1;", cases, schema: schema, tools: ["none"], functions: [.log])
    #expect(evidence.missingTools == ["none"])
    #expect(try Evidence(json: try JSONValue(parsing: evidence.json.text)) == evidence)
    #expect(throws: EvidenceError.self) { try Evidence(json: ["format": "arbiter.evidence/2"]) }
    var forged = try #require(evidence.json.objectValue)
    forged["cases"] = [["case": cases[1].json, "passed": true, "problem": "it failed", "result": 1]]
    #expect(throws: EvidenceError.self) { try Evidence(json: .object(forged)) }
  }
}
