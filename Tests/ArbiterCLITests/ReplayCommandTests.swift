import JSON
import Sandbox
import Testing

@testable import ArbiterCLI

/// What `arbiter replay-agent` says of each outcome.
struct ReplayCommandTests {
  private static let record = RunRecord(
    agent: RunRecord.Agent(id: "csv", version: 3), module: SandboxModule(name: "csv.js", source: []), input: [:],
    capabilities: Capabilities(), limits: SandboxLimits(), nowMilliseconds: 0, randomSeed: [],
    entries: [.call(HostCall(id: 1, function: .now)), .log(level: "info", message: "x")], outcome: .result(Array("{\"a\":1}".utf8)))

  @Test func theSameResultIsPrintedByteForByte() {
    let report = ReplayCommand.report(.same(.result(Array("{\"a\":1.0}".utf8))), Self.record)
    #expect(report.exitCode == .success)
    #expect(report.result == Array("{\"a\":1.0}".utf8))
    #expect(report.lines == ["csv version 3: the same again, 1 host call, 9 bytes"])
    #expect(report.json["outcome"] == "same")
  }

  @Test func theSameFailureIsTheSame() {
    let report = ReplayCommand.report(.same(.failure(SandboxFailure(.threw, "Error: no", stack: "at x"))), Self.record)
    #expect(report.exitCode == .success)
    #expect(report.result == nil)
    #expect(report.lines == ["csv version 3: the same failure again, 1 host call: threw: Error: no", "    at x"])
    #expect(report.json["failure"]?["code"] == "threw")
  }

  @Test func aDifferenceHasACodeOfItsOwnAndAnAccount() {
    let departure = ReplayOutcome.Departure(entry: 1, recorded: "a log line 'x'", replayed: "a log line 'y'")
    let report = ReplayCommand.report(.departed(departure), Self.record)
    #expect(report.exitCode == .replayDiffers)
    #expect(report.lines[0].contains("at entry 2 of 2"))
    #expect(report.lines[1].hasSuffix("a log line 'x'"))
    #expect(report.lines[2].hasSuffix("a log line 'y'"))
    #expect(report.json["entry"] == 1)
  }

  @Test func whatTheMachineEndedIsNoDifference() {
    let report = ReplayCommand.report(.sameUntilEnded(SandboxFailure(.deadlineExceeded, "late")), Self.record)
    #expect(report.exitCode == .success)
    #expect(report.json["outcome"] == "same_until_ended")
    #expect(ReplayCommand.report(.notRun(SandboxFailure(.notLocked, "no seccomp")), Self.record).exitCode == .failure)
  }

  @Test func aRecordMayHaveAnInputThatIsAsDeepAsAnyJSON() throws {
    var record = Self.record
    record.randomSeed = [UInt8](repeating: 7, count: 32)
    record.input = try JSONValue(parsing: String(repeating: "[", count: 512) + String(repeating: "]", count: 512))
    #expect(try ReplayCommand.read(record.json, of: "r.json") == record)
  }

  @Test func whatIsNoRecordSaysSo() {
    #expect { try ReplayCommand.read(Array("{}".utf8), of: "r.json") } throws: { "\($0)".contains("r.json is no record of a run") }
  }
}
