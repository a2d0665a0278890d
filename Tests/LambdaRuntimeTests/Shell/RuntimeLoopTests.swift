import Glibc
import JSON
import Synchronization
import Testing

@testable import LambdaRuntime

/// The loop with real sockets, against a server that follows a script and then refuses connections, which ends the loop.
@Suite struct RuntimeLoopTests {
  static let accepted = ScriptedServer.Step.answer(RuntimeProtocolTests.accepted)

  static func event(_ id: String, fields: String = "", body: String = "{}") -> ScriptedServer.Step {
    .answer(RuntimeProtocolTests.event(id: id, fields: fields, body: body))
  }

  struct Run {
    let requests: [String]
    let stopReason: RuntimeProtocol.StopReason
    let log: [String]
  }

  func run(
    _ steps: [ScriptedServer.Step], environment: [String: String] = [:], _ handler: some LambdaHandler & Sendable
  ) async throws -> Run {
    let server = try ScriptedServer(steps)
    let variables = LambdaEnvironment(
      environment.merging(["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(server.port)"]) { $1 })
    let lines = LogLines()
    let log = RuntimeLog(isJSON: true, threshold: .info) { lines.append($0) }
    let loop = RuntimeLoop(address: try RuntimeAddress(variables), environment: variables, log: log, wait: { _ in })
    let served = ServedHandler(handler, isSendable: true)
    let reason = try await onOwnThread { loop.serve(served) }
    return Run(requests: try await onOwnThread { server.requests() }, stopReason: reason, log: lines.all)
  }

  func body(_ request: String) -> Substring? {
    request.utf8.split(separator: 0x0A).last.map { Substring($0) }
  }

  @Test func eventsAreServedOneAfterAnother() async throws {
    let large = "\"" + String(repeating: "x", count: 300_000) + "\""
    let run = try await run(
      [Self.event("a", body: "[1]"), Self.accepted, Self.event("b", body: large), Self.accepted, .hangUp],
      RawHandler { event, context in
        #expect(context.requestID == LambdaContext.current?.requestID)
        return event
      })
    #expect(run.requests.count == 5)
    #expect(run.requests[1].hasPrefix("POST /2018-06-01/runtime/invocation/a/response "))
    #expect(body(run.requests[1]) == "[1]")
    #expect(run.requests[3].hasPrefix("POST /2018-06-01/runtime/invocation/b/response "))
    #expect(body(run.requests[3]) == Substring(large))
    #expect(run.stopReason.exitStatus == 1)
  }

  @Test func aThrownErrorFailsItsInvocationAndNoOther() async throws {
    struct Broken: Error, CustomStringConvertible { let description = "the stock is negative" }
    let run = try await run(
      [Self.event("a"), Self.accepted, Self.event("b"), Self.accepted, .hangUp],
      RawHandler { _, context in
        if context.requestID == "a" { throw Broken() }
        return Array("2".utf8)
      })
    #expect(run.requests[1].hasPrefix("POST /2018-06-01/runtime/invocation/a/error "))
    #expect(
      body(run.requests[1])
        == "{\"errorMessage\":\"the stock is negative\",\"errorType\":\"Function.Broken\",\"requestId\":\"a\",\"stackTrace\":[]}")
    #expect(run.requests[3].hasPrefix("POST /2018-06-01/runtime/invocation/b/response "))
    let line = try JSONValue(parsing: try #require(run.log.first))
    #expect(line["level"] == "ERROR")
    #expect(line["requestId"] == "a")
    #expect(line["errorType"] == "Function.Broken")
    #expect(line["message"] == "the handler failed: the stock is negative")
  }

  @Test func aTypedHandlerNamesWhatIsWrongWithAnEvent() async throws {
    let run = try await run(
      [Self.event("a", body: "{\"task\": 12"), Self.accepted, .hangUp],
      TypedHandler { (value: JSONValue, _) in value })
    #expect(run.requests[1].contains("Lambda-Runtime-Function-Error-Type: Function.InvalidEvent"))
    #expect(run.requests[1].contains("at byte 11"))
  }

  @Test func handlersMaySuspendAndRunTasksOnOtherThreads() async throws {
    let run = try await run(
      [Self.event("a"), Self.accepted, .hangUp],
      RawHandler { _, _ in
        async let near = 1
        let far = await Task.detached {
          await withTaskGroup { group in
            for number in 1...10 { group.addTask { number } }
            return await group.reduce(0, +)
          }
        }.value
        return Array("\(await near + far)".utf8)
      })
    #expect(body(run.requests[1]) == "56")
  }

  /// In a process of its own: the allocator is the whole process's.
  @Test func whatAnEventTookIsNotFaultedInAgainForTheNext() async throws {
    await #expect(processExitsWith: .success) {
      let server = try ScriptedServer(
        [[ScriptedServer.Step]](repeating: [Self.event("a"), Self.accepted], count: 6).flatMap { $0 } + [.hangUp])
      let environment = LambdaEnvironment(["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(server.port)"])
      let loop = RuntimeLoop(address: try RuntimeAddress(environment), environment: environment, log: .standard, wait: { _ in })
      let faults = Mutex<[Int]>([])
      let handler = RawHandler { _, _ in
        var usage = rusage()
        getrusage(1, &usage)  // RUSAGE_THREAD, of another type in Swift
        faults.withLock { $0.append(usage.ru_minflt) }
        // As reading and writing a large event does: 4 MB in pieces, 49 pages each.
        let buffers = (0..<20).map { _ in [UInt8](repeating: 1, count: 200_000) }
        return [buffers[19][0]]
      }
      _ = loop.serve(ServedHandler(handler, isSendable: true))
      let counts = faults.withLock { $0 }
      #expect(counts.count == 6)
      #expect(counts[5] - counts[2] < 49)
    }
  }

  @Test func aLateAnswerIsLoggedAndTheNextEventServed() async throws {
    let run = try await run(
      [
        Self.event("a"), .answer("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"), Self.event("b"), Self.accepted, .hangUp,
      ], RawHandler { event, _ in event })
    #expect(run.requests[3].hasPrefix("POST /2018-06-01/runtime/invocation/b/response "))
    let line = try JSONValue(parsing: try #require(run.log.first))
    #expect(line["level"] == "WARN")
    #expect(line["requestId"] == "a")
  }

  @Test func aServerThatHangsUpIsConnectedToAgain() async throws {
    let run = try await run([.hangUp, Self.event("a"), .hangUp, Self.accepted, .hangUp], RawHandler { event, _ in event })
    #expect(run.requests.map { $0.prefix(4) } == ["GET ", "GET ", "POST", "POST", "GET "])
    #expect(run.stopReason.exitStatus == 1)
  }

  @Test func theContextTellsTheFunctionAndTheTimeLeft() async throws {
    let deadline = nowMilliseconds() + 30_000
    let run = try await run(
      [Self.event("a", fields: "Lambda-Runtime-Deadline-Ms: \(deadline)\r\n"), Self.accepted, .hangUp],
      environment: ["AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_LAMBDA_FUNCTION_VERSION": "7", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512"],
      RawHandler { _, context in
        #expect(context.deadlineMilliseconds == deadline)
        #expect(context.remainingMilliseconds <= 30_000)
        return Array("\(context.function.name) \(context.function.version) \(context.function.memoryMegabytes ?? 0)".utf8)
      })
    #expect(body(run.requests[1]) == "f 7 512")
  }

  @Test func whatLambdaSaysOfAnInvocationReachesTheHandler() async throws {
    let fields = [
      "Lambda-Runtime-Invoked-Function-Arn: arn:f", "Lambda-Runtime-Trace-Id: Root=1-a", "Lambda-Runtime-Client-Context: client",
      "Lambda-Runtime-Cognito-Identity: identity", "Lambda-Runtime-Aws-Tenant-Id: tenant",
    ].map { $0 + "\r\n" }.joined()
    let run = try await run(
      [Self.event("a", fields: fields), Self.accepted, Self.event("b"), Self.accepted, .hangUp],
      RawHandler { _, context in
        let values: [String?] = [
          context.functionARN, context.traceHeader, context.clientContext, context.cognitoIdentity, context.tenantID,
        ]
        return Array(values.map { $0 ?? "nil" }.joined(separator: " ").utf8)
      })
    #expect(body(run.requests[1]) == "arn:f Root=1-a client identity tenant")
    #expect(body(run.requests[3]) == " nil nil nil nil")
  }

  /// In a process of its own: the variable belongs to the whole process.
  @Test func theTraceIsInTheEnvironmentWhileItsInvocationRuns() async throws {
    await #expect(processExitsWith: .success) {
      let server = try ScriptedServer([
        Self.event("a", fields: "Lambda-Runtime-Trace-Id: Root=1-a\r\n"), Self.accepted, Self.event("b"), Self.accepted, .hangUp,
      ])
      let environment = LambdaEnvironment(["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(server.port)"])
      let loop = RuntimeLoop(address: try RuntimeAddress(environment), environment: environment, log: .standard, wait: { _ in })
      let handler = RawHandler { _, _ in Array((getenv("_X_AMZN_TRACE_ID").map { String(cString: $0) } ?? "none").utf8) }
      _ = loop.serve(ServedHandler(handler, isSendable: true))
      let bodies = server.requests().filter { $0.hasPrefix("POST") }.map { $0.split(separator: "\r\n\r\n", maxSplits: 1).last }
      #expect(bodies == ["Root=1-a", "none"])
    }
  }

  @Test func aFailedStartIsReported() throws {
    let server = try ScriptedServer([Self.accepted])
    let environment = LambdaEnvironment(["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(server.port)"])
    let loop = RuntimeLoop(address: try RuntimeAddress(environment), environment: environment, log: .standard)
    let error = ConfigurationError(variable: "LIMIT", value: "many", expected: "a whole number")
    #expect(loop.reportInitializationFailure(InvocationFailure(error)).exitStatus == 1)
    let request = try #require(server.requests().first)
    #expect(request.hasPrefix("POST /2018-06-01/runtime/init/error "))
    #expect(request.contains("environment variable LIMIT is 'many'; expected a whole number"))
  }

  @Test(arguments: [nil, "", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:99999", "runtime.example:9001", "::1:9001"])
  func anAddressThatCannotBeUsedIsNamed(value: String?) {
    let environment = LambdaEnvironment(value.map { ["AWS_LAMBDA_RUNTIME_API": $0] } ?? [:])
    let error = #expect(throws: ConfigurationError.self) { try RuntimeAddress(environment) }
    #expect(error?.variable == "AWS_LAMBDA_RUNTIME_API")
    #expect(error?.value == (value == "" ? nil : value))
  }
}

/// Collects log lines from any thread.
final class LogLines: Sendable {
  private let lines = Mutex<[String]>([])
  func append(_ line: [UInt8]) { lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
  var all: [String] { lines.withLock { $0 } }
}
