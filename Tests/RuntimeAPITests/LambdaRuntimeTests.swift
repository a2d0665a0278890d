import Foundation
import JSON
import RuntimeAPI
import Testing

@testable import LambdaRuntime

/// Our runtime's loop in this process, served by our own Runtime API.
@Suite(.timeLimit(.minutes(2))) struct LambdaRuntimeTests {
  /// Serves the events to the handler until the last is answered; the environment then hangs up, which ends the loop.
  private func serve(
    _ events: [String], _ handler: some LambdaHandler & Sendable, adorn: (inout RuntimeAPI.Invocation) -> Void = { _ in },
    _ change: (inout FunctionConfiguration) -> Void = { _ in }
  ) throws -> Recorder {
    var configuration = FunctionConfiguration(name: "f")
    change(&configuration)
    nonisolated(unsafe) let recorder = Recorder()  // Used by one thread after the other.
    nonisolated(unsafe) let server = try ExecutionEnvironment(configuration, program: nil, observer: recorder)
    var invocations: [RuntimeAPI.Invocation] = []
    for (number, event) in events.enumerated() {
      var invocation = RuntimeAPI.Invocation(requestID: "r-\(number + 1)", event: Array(event.utf8))
      adorn(&invocation)
      invocations.append(invocation)
    }
    let list = invocations
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      var rest = list[...]
      server.run { rest.popFirst() }
      done.signal()
    }
    thread.start()
    var variables = configuration.variables(taskRoot: "/")
    variables["AWS_LAMBDA_RUNTIME_API"] = server.address
    let environment = LambdaEnvironment(variables)
    let loop = RuntimeLoop(
      address: try RuntimeAddress(environment), environment: environment, log: RuntimeLog(isJSON: true, threshold: .fatal) { _ in })
    _ = loop.serve(ServedHandler(handler, isSendable: true))
    done.wait()
    return recorder
  }

  @Test func eventsOfAllSizesAreServed() throws {
    let large = "\"" + String(repeating: "ü", count: 1_000_000) + "\""
    let recorder = try serve(["[1]", large, "{}"], RawHandler { event, _ in event })
    #expect(recorder.bodies == ["[1]", large, "{}"])
    #expect(recorder.reports.map(\.status) == [.success, .success, .success])
  }

  @Test func whatLambdaSaysOfAnInvocationReachesTheHandler() throws {
    let handler = RawHandler { _, context in
      let values = [
        context.requestID, context.functionARN, context.traceHeader, context.clientContext, context.cognitoIdentity, context.tenantID,
        context.remainingMilliseconds > 50_000 && context.remainingMilliseconds <= 60_000 ? "in time" : "\(context.remainingMilliseconds)",
      ]
      return Array(values.map { $0 ?? "nil" }.joined(separator: " ").utf8)
    }
    let adorn = { (invocation: inout RuntimeAPI.Invocation) in
      invocation.traceHeader = "Root=1-a"
      invocation.clientContext = #"{"client":1}"#
      invocation.cognitoIdentity = #"{"identity":1}"#
      invocation.tenantID = "tenant"
    }
    let recorder = try serve(["{}"], handler, adorn: adorn) { $0.timeoutMilliseconds = 60_000 }
    #expect(
      recorder.bodies == [#"r-1 arn:aws:lambda:us-east-1:123456789012:function:f Root=1-a {"client":1} {"identity":1} tenant in time"#])
  }

  @Test func errorsReachTheCallerAsLambdaTellsThem() throws {
    struct Broken: Error, CustomStringConvertible { let description = "the stock is negative" }
    let recorder = try serve(
      ["1", "2"],
      RawHandler { event, _ in
        if event == Array("1".utf8) { throw Broken() }
        return event
      })
    let failure = try #require(recorder.failures.first)
    #expect(failure.kind == .function && failure.type == "Function.Broken")
    #expect(try JSONValue(parsing: failure.body)["errorMessage"] == "the stock is negative")
    #expect(recorder.bodies == ["2"])
  }

  @Test func aResponseThatIsTooLargeFailsItsInvocationAndNoOther() throws {
    let recorder = try serve(
      ["large", "small"],
      RawHandler { event, _ in
        event == Array("small".utf8) ? event : [UInt8](repeating: 0x20, count: PayloadLimits.maximumResponseBytes + 1)
      })
    #expect(recorder.failures.map(\.type) == ["Function.ResponseSizeTooLarge"])
    #expect(recorder.bodies == ["small"])
  }

  @Test func aFailedStartIsToldToTheCaller() throws {
    let recorder = Recorder()
    let server = try ExecutionEnvironment(FunctionConfiguration(name: "f"), program: nil, observer: recorder)
    let address = server.address
    let thread = Thread {
      for _ in 1...2 {
        let environment = LambdaEnvironment(["AWS_LAMBDA_RUNTIME_API": address])
        guard let target = try? RuntimeAddress(environment) else { return }
        let loop = RuntimeLoop(address: target, environment: environment, log: RuntimeLog(isJSON: true, threshold: .fatal) { _ in })
        _ = loop.reportInitializationFailure(
          InvocationFailure(ConfigurationError(variable: "LIMIT", value: "many", expected: "a whole number")))
      }
    }
    thread.start()
    var next: RuntimeAPI.Invocation? = RuntimeAPI.Invocation(requestID: "r-1", event: [])
    server.run {
      defer { next = nil }
      return next
    }
    let failure = try #require(recorder.failures.first)
    #expect(failure.kind == .initialization)
    #expect(String(decoding: failure.body, as: UTF8.self).contains("environment variable LIMIT is 'many'; expected a whole number"))
  }
}
