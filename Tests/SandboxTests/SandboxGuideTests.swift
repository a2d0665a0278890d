import Foundation
import JSON
import Sandbox
import Testing

@testable import HostileCorpus

/// `docs/sandbox.md` against the code.
@Suite("The sandbox's guide")
struct SandboxGuideTests {
  private static func guide() throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: "docs/sandbox.md"), encoding: .utf8)
  }

  @Test("lists the globals that exist, and no others")
  func listsGlobals() throws {
    let guide = try Self.guide()
    let begin = try #require(guide.range(of: "```globals\n"))
    let end = try #require(guide.range(of: "\n```", range: begin.upperBound..<guide.endIndex))
    let listed = guide[begin.upperBound..<end.lowerBound].split(whereSeparator: \.isWhitespace).map(String.init)
    let hostile = try #require(try HostileModuleTests.corpus.get().first { $0.name == "global-names" })
    guard case .result(let value) = hostile.containment.outcome else {
      Issue.record("the case expects a list")
      return
    }
    let names = (value.arrayValue ?? []).compactMap(\.stringValue).filter { !$0.hasPrefix("Symbol(") }
    #expect(Set(listed) == Set(names))
  }

  @Test("names every failure and every limit")
  func namesFailuresAndLimits() throws {
    let guide = try Self.guide()
    let codes: [SandboxFailure.Code] = [
      .compileError, .threw, .invalidResult, .cpuLimit, .memoryLimit, .recursionLimit, .outputLimit, .hostCallLimit, .hostCallTooLarge,
      .deadlineExceeded, .cancelled, .neverSettles, .protocolViolation, .crashed, .notLocked, .notStarted,
    ]
    for code in codes { #expect(guide.contains("`\(code)`")) }
    for lock in SandboxLock.allCases { #expect(guide.contains("`\(lock.rawValue)`")) }
    for child in Mirror(reflecting: SandboxLimits()).children { #expect(guide.contains("`\(child.label ?? "")`")) }
  }
}
