import JSON
import Testing

@testable import LambdaRuntime

@Suite struct InvocationFailureTests {
  struct OutOfStock: TracedError, LambdaError, CustomStringConvertible {
    let lambdaErrorType = "Stock.Empty"
    let description = "no bolts left"
    let stackFrames = [
      StackFrame(function: "take(_:)", file: "Shop/Stock.swift", line: 12),
      StackFrame(function: "handle", file: "Shop/main.swift", line: 3),
      StackFrame(function: "retry", file: "Shop/Stock.swift", line: 80),
    ]
  }

  @Test func framesOfATracedErrorReachLambdaAndXRay() throws {
    let failure = InvocationFailure(OutOfStock())
    let body = try JSONValue(parsing: failure.json(requestID: "request-1"))
    #expect(body["stackTrace"] == ["take(_:) (Shop/Stock.swift:12)", "handle (Shop/main.swift:3)", "retry (Shop/Stock.swift:80)"])
    #expect(body["requestId"] == "request-1")
    let cause = try JSONValue(parsing: failure.xrayCause(workingDirectory: "/var/task"))
    #expect(
      cause == [
        "working_directory": "/var/task",
        "exceptions": [
          [
            "type": "Stock.Empty", "message": "no bolts left",
            "stack": [
              ["label": "take(_:)", "path": "Shop/Stock.swift", "line": 12], ["label": "handle", "path": "Shop/main.swift", "line": 3],
              ["label": "retry", "path": "Shop/Stock.swift", "line": 80],
            ],
          ]
        ],
        "paths": ["Shop/Stock.swift", "Shop/main.swift"],
      ])
  }

  @Test func aFrameNamesItsPlace() {
    let (frame, line) = (StackFrame.here(), #line)
    #expect(frame.function == "aFrameNamesItsPlace()")
    #expect(frame.file == "LambdaRuntimeTests/InvocationFailureTests.swift")
    #expect(frame.line == line)
  }

  @Test(arguments: ["x", "ü", "🦊", "\u{0}", "\"\\\r\n"])
  func theCauseForXRayFitsAHeaderFieldWhateverTheMessage(unit: String) throws {
    let long = String(repeating: unit, count: 100_000)
    let frames = [StackFrame](repeating: StackFrame(function: long, file: long, line: .max), count: 300)
    let failure = InvocationFailure(type: long, message: long, stack: frames)
    let cause = failure.xrayCause(workingDirectory: "/var/task")
    #expect(cause.utf8.count < 1 << 20)
    #expect(cause.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    let exception = try #require(try JSONValue(parsing: cause)["exceptions"]?[0])
    #expect(exception["message"]?.stringValue?.hasPrefix(unit) == true)
    #expect(exception["stack"]?.arrayValue?.count == 50)
    #expect(failure.json(requestID: nil).count < LambdaLimits.response)
  }

  @Test func anErrorWithoutATypeOfItsOwnIsNamedByItsSwiftType() {
    struct Broken: Error {}
    #expect(InvocationFailure(Broken()).type == "Function.Broken")
    #expect(InvocationFailure(Broken(), category: "Runtime").type == "Runtime.Broken")
    #expect(InvocationFailure(type: "", message: "").type == "Function.Error")
  }

  @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar", "\u{0}\u{FF}ü"])
  func base64IsWhatADecoderReads(text: String) throws {
    let encoded = String(decoding: Base64Text.encode(Array(text.utf8)), as: UTF8.self)
    #expect(try decodeBase64(encoded) == Array(text.utf8))
    #expect(encoded.utf8.count % 4 == 0)
  }
}
