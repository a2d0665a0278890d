import Glibc
import JSON
import Testing

@testable import LambdaRuntime

/// Starts that fail: Lambda is told, the log says why, and the status is not 0.
@Suite struct FunctionProcessTests {
  static let handler = RawHandler { event, _ in event }

  /// A server that answers init/error, after it has copied the request to the log.
  static func server(status: String = "202 Accepted") throws -> LoopbackServer {
    try LoopbackServer { request in
      let request = TestRequest(request)
      let line = request.text.split(separator: "\r\n")[0]
      ShutdownTests.say("\(line) \(String(decoding: request.content.body, as: UTF8.self))")
      return "HTTP/1.1 \(status)\r\nContent-Length: 6\r\n\r\nreason"
    }
  }

  func lines(_ content: [UInt8]) -> [String] { String(decoding: content, as: UTF8.self).split(separator: "\n").map { String($0) } }

  @Test func whatMakeHandlerThrowsIsPostedAndLogged() async throws {
    let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      FunctionProcess.run(SlotTests.variables(try Self.server(), ["LIMIT": "many"])) { environment in
        _ = try environment.integer("LIMIT", standard: 1, in: 1...9)
        return ServedHandler(Self.handler, isSendable: true)
      }
    }
    let problem = "environment variable LIMIT is 'many'; expected a whole number from 1 to 9"
    let lines = lines(result.standardErrorContent)
    let post = try #require(lines.first { $0.hasPrefix("POST /2018-06-01/runtime/init/error ") })
    #expect(post.contains("\"errorMessage\":\"\(problem)\",\"errorType\":\"Runtime.InvalidConfiguration\""))
    #expect(lines.filter { $0.contains("FATAL") && $0.contains("the function cannot start: \(problem)") }.count == 1)
    #expect(!lines.contains { $0.contains("GET") })
  }

  @Test(arguments: ["0", "-1", "many", "1.5", "10001"])
  func aConcurrencyThatIsNoneIsPosted(value: String) async throws {
    let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) { [value] in
      FunctionProcess.run(SlotTests.variables(try Self.server(), ["AWS_LAMBDA_MAX_CONCURRENCY": value])) { _ in
        ServedHandler(Self.handler, isSendable: true)
      }
    }
    let post = try #require(lines(result.standardErrorContent).first { $0.hasPrefix("POST /2018-06-01/runtime/init/error ") })
    #expect(post.contains("environment variable AWS_LAMBDA_MAX_CONCURRENCY is '\(value)'; expected a whole number from 1 to 10000"))
  }

  @Test(arguments: ["403 Forbidden", "500 No"])
  func aRefusalOfInitErrorIsLoggedToo(status: String) async throws {
    let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) { [status] in
      FunctionProcess.run(SlotTests.variables(try Self.server(status: status))) { environment in
        _ = try environment.required("TABLE")
        return ServedHandler(Self.handler, isSendable: true)
      }
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(text.contains("environment variable TABLE is not set"))
    #expect(text.contains("POST init/error was answered with HTTP \(status.prefix(3)): reason"))
  }

  @Test func aForbiddenGETNextEndsTheProcess() async throws {
    let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      FunctionProcess.run(SlotTests.variables(try Self.server(status: "403 Forbidden"))) { _ in
        ServedHandler(Self.handler, isSendable: true)
      }
    }
    #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains("GET next was answered with HTTP 403: reason"))
  }

  @Test func withoutAnAddressTheLogSaysWhatThisProgramIs() async throws {
    let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      FunctionProcess.run(LambdaEnvironment([:])) { _ in ServedHandler(Self.handler, isSendable: true) }
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(text.contains("environment variable AWS_LAMBDA_RUNTIME_API is not set"))
    #expect(text.contains("this program is a Lambda function"))
  }

  @Test func aRuntimeAPIThatIsNotThereIsTriedForAMomentThenNamed() async throws {
    let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      // Port 1 of loopback: nobody listens there.
      FunctionProcess.run(LambdaEnvironment(["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1"])) { _ in ServedHandler(Self.handler, isSendable: true)
      }
    }
    #expect(
      String(decoding: result.standardErrorContent, as: UTF8.self).contains("the Runtime API cannot be reached: connect to 127.0.0.1:1"))
  }
}
