import Glibc
import JSON
import Testing

@testable import LambdaRuntime

@Suite struct CrashReporterTests {
  @Test func aTrapLeavesItsReasonAndItsRequestInTheLog() async throws {
    let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      CrashReporter.install(isJSON: true)
      CrashReporter.noteRequest("request-1")
      let numbers = [1, 2, 3]
      print(numbers[numbers.count + Int(getpid() % 1)])
    }
    let line = try crashLine(result.standardErrorContent)
    #expect(line["level"] == "FATAL")
    #expect(line["requestId"] == "request-1")
    #expect(line["errorType"] == "Runtime.Crash")
    #expect(line["message"]?.stringValue?.contains("a check of the Swift runtime failed") == true)
    #expect(ISO8601.milliseconds(try #require(line["timestamp"]?.stringValue)) != nil)
  }

  @Test func badMemoryIsNamedWithItsAddress() async throws {
    let result = try await #require(processExitsWith: .signal(SIGSEGV), observing: [\.standardErrorContent]) {
      CrashReporter.install(isJSON: true)
      UnsafeMutablePointer<Int>(bitPattern: 0x1000)?.pointee = 1
    }
    let line = try crashLine(result.standardErrorContent)
    #expect(line["message"]?.stringValue?.hasSuffix("(SIGSEGV), at 0x1000") == true)
    #expect(line["requestId"] == nil)
  }

  @Test func stackOverflowIsReportedToo() async throws {
    let result = try await #require(processExitsWith: .signal(SIGSEGV), observing: [\.standardErrorContent]) {
      CrashReporter.install(isJSON: true)
      print(Self.sum(.max))
    }
    #expect(try crashLine(result.standardErrorContent)["message"]?.stringValue?.contains("stack overflow") == true)
  }

  @Test func textIsOneReadableLine() async throws {
    let result = try await #require(processExitsWith: .signal(SIGABRT), observing: [\.standardErrorContent]) {
      CrashReporter.install(isJSON: false)
      CrashReporter.noteRequest("request-1")
      abort()
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(text.contains("Z FATAL request-1 the function crashed: it gave itself up (SIGABRT)"))
  }

  /// Not a tail call, so that each step takes some stack.
  @inline(never) private static func sum(_ count: Int) -> Int {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 16) { numbers in
      numbers.initialize(repeating: count)
      return count == 0 ? 0 : numbers[3] &+ sum(count - 1)
    }
  }

  /// The reporter's line among what else the process wrote.
  private func crashLine(_ content: [UInt8]) throws -> JSONValue {
    let lines = content.split(separator: 0x0A).filter { $0.first == UInt8(ascii: "{") }
    return try JSONValue(parsing: Array(try #require(lines.first { String(decoding: $0, as: UTF8.self).contains("crashed") })))
  }
}
