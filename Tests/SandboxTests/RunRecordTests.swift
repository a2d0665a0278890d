import JSON
import Sandbox
import Testing

@Suite struct RunRecordTests {
  private static let record = RunRecord(
    agent: RunRecord.Agent(id: "csv-outliers", version: 3, sha256: "ab12"),
    module: SandboxModule(name: "csv.js", source: Array("export …".utf8)),
    input: ["a": [1.50, nil]], capabilities: Capabilities(tools: ["echo"], functions: [.converse, .now]), limits: SandboxLimits(),
    nowMilliseconds: 1_764_230_400_000, randomSeed: Array(0..<32), locks: [.environment, .dumpable],
    missingLocks: [.systemCalls: "seccomp: Function not implemented"], isParentUndumpable: true,
    entries: [
      .call(HostCall(id: 1, function: .callTool, name: "echo", input: Array(#"{"b":1.0,"a":"\u0001"}"#.utf8))),
      .log(level: "info", message: "hé"),
      .call(HostCall(id: 2, function: .now)), .unreadableCall(id: 3, payload: "[[["), .answer(id: 2, Array("1764230400001".utf8)),
      .refusal(id: 3, HostCallError("invalid_input", "too deep")), .answer(id: 1, Array("[1,2]".utf8)),
    ], outcome: .result(Array(#"{"x":1e2}"#.utf8)))

  @Test func aRecordIsTheSameAfterItWasWrittenAndRead() throws {
    #expect(try RunRecord(parsing: Self.record.json) == Self.record)
    var failed = Self.record
    failed.agent = nil
    failed.outcome = .failure(SandboxFailure(.threw, "Error: no", stack: "at handler (csv.js:1)"))
    failed.module.source = [0xFF, 0x00]
    failed.usage.cpuMilliseconds = 12
    #expect(try RunRecord(parsing: failed.json) == failed)
  }

  @Test func anInputMayBeAsDeepAsAnyJSON() throws {
    var record = Self.record
    record.input = try JSONValue(parsing: String(repeating: "[", count: 512) + String(repeating: "]", count: 512))
    #expect(try RunRecord(parsing: record.json) == record)
  }

  @Test(arguments: [
    (#""arbiter.run/1""#, #""arbiter.run/9""#, "in field 'format' at byte 10: expected \"arbiter.run/1\""),
    (#""randomSeed":"00"#, #""randomSeed":"0"#, "in field 'randomSeed'"),
    (#""held":["environment""#, #""held":["padlock""#, "in field 'locks'"),
    (#""functions":["converse""#, #""functions":["exec""#, "in field 'capabilities.functions'"),
    (#""hostCalls":200"#, #""hostCalls":-1"#, "the limit hostCalls is -1"),
    (#""call":2"#, #""call":5"#, "in field 'entries[2]'"),
    (#""answer":2"#, #""answer":4"#, "in field 'entries[4]'"),
    (#""refusal":3"#, #""refusal":2"#, "in field 'entries[5]'"),
    (#""refusal":3"#, #""refusal":3,"answer":3"#, "expected one of call, answer, refusal and log"),
    (#""function":"now""#, #""function":"then""#, "expected a call of callTool, converse or now"),
    (#""name":"echo","#, "", "expected the tool's name with callTool"),
    (#""value":[1,2]"#, #""worth":[1,2]"#, "expected an answer with its value"),
    (#""result":"#, #""results":"#, "in field 'outcome.result'"),
    (#""source":"#, #""sauce":"#, "in field 'module.source'"),
    (#""entries":"#, #""entires":"#, "in field 'entries'"),
    (#""outcome":"#, #""outcomes":"#, "in field 'outcome'"),
    (#""input":{"a":[1.5,null]},"#, "", "in field 'input'"),
  ])
  func damageIsNamedByItsField(_ text: String, _ damage: String, _ message: String) throws {
    let json = Self.record.text
    let range = try #require(json.firstRange(of: text))
    let error = #expect(throws: JSONError.self) { try RunRecord(parsing: Array(json.replacingCharacters(in: range, with: damage).utf8)) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test func everyBeginningOfARecordIsRefused() {
    let json = Self.record.json
    for count in 0..<json.count { #expect(throws: JSONError.self) { try RunRecord(parsing: Array(json[..<count])) } }
  }
}

extension RunRecord {
  fileprivate var text: String { String(decoding: json, as: UTF8.self) }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
    self[..<range.lowerBound] + text + self[range.upperBound...]
  }
}
