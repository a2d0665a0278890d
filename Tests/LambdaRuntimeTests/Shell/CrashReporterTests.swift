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

  /// What addr2line needs: addresses as the program's file has them, of the calls that led to the fault.
  @Test func theStackIsToldInAddressesOfTheFile() async throws {
    let result = try await #require(processExitsWith: .signal(SIGSEGV), observing: [\.standardErrorContent]) {
      CrashReporter.install(isJSON: true)
      Self.fault(depth: 10)
    }
    let stack = try #require(try crashLine(result.standardErrorContent)["stackTrace"]?.arrayValue).compactMap(\.stringValue)
    #expect(stack.count >= 10)
    #expect(stack.count <= 48)
    // The calls of one function to itself come from one place.
    #expect(stack.filter { $0 == stack[2] }.count >= 8)
    #expect(stack[2].hasPrefix("0x") && !stack[2].hasSuffix("?"))
  }

  /// The stack of a thread that is not a slot's: read through the kernel, which knows where it ends.
  @Test func theStackOfAnotherThreadIsToldToo() async throws {
    let result = try await #require(processExitsWith: .signal(SIGSEGV), observing: [\.standardErrorContent]) {
      CrashReporter.install(isJSON: false)
      CrashReporter.noteRequest("request-1")
      _ = startThread { Self.fault(depth: 10) }
      while true { pause() }
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(text.contains("FATAL request-1 the function crashed"))
    let stack = try #require(text.split(separator: "; stack: ").last).split(separator: "\n")[0].split(separator: " ")
    #expect(stack.filter { $0 == stack[2] }.count >= 8)
  }

  @Test func whatFatalErrorWasGivenIsInTheLog() async throws {
    let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      CrashReporter.install(isJSON: true)
      fatalError("the stock is negative")
    }
    #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains("Fatal error: the stock is negative"))
    #expect(try crashLine(result.standardErrorContent)["errorType"] == "Runtime.Crash")
  }

  @inline(never) private static func fault(depth: Int) {
    if depth == 0 { UnsafeMutablePointer<Int>(bitPattern: 0x1000)?.pointee = 1 } else { fault(depth: depth - 1) }
    // Not a tail call, so that each step has a frame.
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 1) { $0.initialize(repeating: depth) }
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

  @Test func aRequestIDCannotBreakTheLine() async throws {
    let result = try await #require(processExitsWith: .signal(SIGABRT), observing: [\.standardErrorContent]) {
      CrashReporter.install(isJSON: true)
      CrashReporter.noteRequest("a\",\"b\\")
      abort()
    }
    #expect(try crashLine(result.standardErrorContent)["requestId"] == "a?,?b?")
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
