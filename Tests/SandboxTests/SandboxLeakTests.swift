import Foundation
import JSON
import TestSupport
import Testing

/// In a process of its own, since this one's other tests hold things too.
@Suite struct SandboxLeakTests {
  /// A thousand runs, which come to all the ends that a module can bring about quickly.
  @Test func aThousandRunsLeakNothing() async throws {
    let report = try await report("exec \(Self.program) leaks 1000")
    let before = try #require(report["before"])
    let after = try #require(report["after"])
    #expect(report["runs"] == 1_000 && report["failed"] == 0, "\(report["unexpected"] ?? nil)")
    for name in ["descriptors", "threads", "children"] { #expect(after[name] == before[name], "\(name)") }
    let growth = (after["residentBytes"]?.intValue ?? .max) - (before["residentBytes"]?.intValue ?? 0)
    #expect(growth < 2 << 20, "the parent grew by \(growth) bytes")
  }

  /// With as many descriptors as it takes to find out that there are not enough.
  @Test func aProcessWithoutDescriptorsSaysSoAndLosesNone() async throws {
    for count in 8...10 {
      let report = try await report("ulimit -n \(count); exec \(Self.program) leaks 20")
      #expect(report["after"]?["descriptors"] == report["before"]?["descriptors"])
      #expect(report["failed"] == 19)
      let message = report["unexpected"]?.stringValue ?? ""
      #expect(
        message.hasPrefix("not_started: no child could be started from") && message.contains("Too many open files; close files"),
        "\(message)")
    }
  }

  private static var program: String { "'\(BuiltPrograms.location(of: "SandboxBenchmark"))'" }

  private func report(_ command: String) async throws -> JSONValue {
    try await withCheckedThrowingContinuation { continuation in
      // It waits for a process, and no task should.
      Thread.detachNewThread {
        continuation.resume(
          with: Result {
            let process = Process()
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", command]
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            let bytes = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return try JSONValue(parsing: Array(bytes))
          })
      }
    }
  }
}
