import Foundation
import JSON
import Sandbox
import TestSupport
import Testing

@testable import HostileCorpus

/// Every module of the folder `Hostile`, run by a process of its own as the worker would run it.
@Suite("Hostile modules", .timeLimit(.minutes(5)))
struct HostileModuleTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Hostile").path()
  static let corpus = Result { try HostileCase.all(in: folder) }
  static var names: [String] { ((try? corpus.get()) ?? []).map(\.name) }

  @Test("is contained, and in the way that it must be", arguments: names)
  func isContained(_ name: String) async throws {
    let report = try await CorpusReport.shared.value
    let line = try #require(
      report.lines[name], "the process that ran the corpus said nothing of this module; it ended with \(report.status)")
    #expect(line.breaches == [])
  }

  @Test("has at least 80 files, each of which can be read")
  func hasEnoughCases() throws {
    let cases = try Self.corpus.get()
    #expect(cases.count >= 80)
    #expect(Set(cases.map { $0.module.source }).count == cases.count, "no module is there twice")
    #expect(Set(cases.map(\.attempt)).count == cases.count, "each says what it alone attempts")
  }

  @Test("meets every failure that a module can cause")
  func meetsEveryFailure() throws {
    let met = Set(
      try Self.corpus.get().compactMap { hostile -> SandboxFailure.Code? in
        if case .failure(let code) = hostile.containment.outcome { code } else { nil }
      })
    let causedByModules: Set<SandboxFailure.Code> = [
      .compileError, .threw, .invalidResult, .cpuLimit, .memoryLimit, .recursionLimit, .outputLimit, .hostCallLimit, .hostCallTooLarge,
      .deadlineExceeded, .neverSettles,
    ]
    #expect(met == causedByModules)
  }

  @Test("leaves the parent alive, without children, and with the descriptors, threads and memory that it had")
  func leavesNothing() async throws {
    let report = try await CorpusReport.shared.value
    #expect(report.status == 0)
    let before = try #require(report.before)
    let after = try #require(report.after)
    #expect(!after.hasChildren)
    #expect(after.descriptors == before.descriptors)
    #expect(after.threads <= before.threads)
    // The children say and are told a hundred megabytes: a parent that kept it would be larger by all of it.
    #expect(after.residentBytes - before.residentBytes < 6 << 20, "it grew from \(before.residentBytes) to \(after.residentBytes) bytes")
  }
}

/// What the process said that ran the corpus. It runs once, for all tests.
struct CorpusReport: Sendable {
  struct Line: Sendable {
    let code: String
    let breaches: [String]
  }

  struct State: Sendable {
    let residentBytes: Int
    let descriptors: Int
    let threads: Int
    let hasChildren: Bool

    init?(_ json: JSONValue?) {
      guard let residentBytes = json?["residentBytes"]?.intValue, let descriptors = json?["descriptors"]?.intValue,
        let threads = json?["threads"]?.intValue, let hasChildren = json?["hasChildren"]?.boolValue
      else { return nil }
      self.residentBytes = residentBytes
      self.descriptors = descriptors
      self.threads = threads
      self.hasChildren = hasChildren
    }
  }

  let lines: [String: Line]
  let before: State?
  let after: State?
  let status: Int32

  static let shared = Task { try await run(HostileModuleTests.folder) }

  /// Runs the modules of a folder.
  static func run(_ folder: String) async throws -> CorpusReport {
    try await withCheckedThrowingContinuation { continuation in
      // It waits for a process, and no task should.
      Thread.detachNewThread { continuation.resume(with: Result { try wait(for: folder) }) }
    }
  }

  private static func wait(for folder: String) throws -> CorpusReport {
    let process = Process()
    process.executableURL = URL(filePath: try BuiltPrograms.path("HostileCorpus"))
    process.arguments = [folder]
    // Nothing tells the C library how to keep memory: that is the sandbox's to do.
    process.environment = [:]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    var lines: [String: Line] = [:]
    var before: State?
    var after: State?
    for line in text.split(separator: "\n") {
      let json = try JSONValue(parsing: String(line))
      if let name = json["name"]?.stringValue {
        lines[name] = Line(
          code: json["code"]?.stringValue ?? "", breaches: (json["breaches"]?.arrayValue ?? []).compactMap(\.stringValue))
      } else {
        before = State(json["before"])
        after = State(json["after"])
      }
    }
    return CorpusReport(lines: lines, before: before, after: after, status: process.terminationStatus)
  }
}
