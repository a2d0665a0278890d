import JSON
import Testing

@testable import RuntimeAPI

@Suite struct ExtensionsTests {
  private func starting(external: Set<String> = []) -> MachineDriver {
    var driver = MachineDriver { $0.externalExtensions = external }
    driver.start()
    _ = driver.effects()
    return driver
  }

  @Test func registrationNamesTheFunctionAndTheExtension() throws {
    var driver = starting()
    driver.send(.registerExtension, #"{"events":["INVOKE"]}"#) {
      $0.extensionName = "watch"
      $0.extensionFeatures = "accountId"
    }
    let reply = try driver.reply()
    #expect(reply.status == 200 && reply.fields == ["Lambda-Extension-Identifier: id-1"])
    #expect(
      try JSONValue(parsing: reply.body) == [
        "functionName": "f", "functionVersion": "$LATEST", "handler": "bootstrap", "accountId": "123456789012",
      ])
  }

  @Test(arguments: [
    ("", "{}", "Extension.InvalidExtensionName"), ("a", "[]", "InvalidRequestFormat"), ("a", #"{"events":[1]}"#, "InvalidRequestFormat"),
    ("a", #"{"events":["SLEEP"]}"#, "Extension.InvalidEventType"), ("a", #"{"events":["SHUTDOWN"]}"#, "Extension.InvalidEventType"),
  ])
  func whatCannotBeRegisteredIsRefused(name: String, body: String, type: String) throws {
    var driver = starting()
    driver.send(.registerExtension, body) { $0.extensionName = name }
    let reply = try driver.reply()
    #expect(reply.status == 403 && reply.errorType == type)
  }

  @Test func registrationIsClosedOnceTheRuntimeAsksForEvents() throws {
    var driver = MachineDriver.ready()
    driver.send(.registerExtension, on: 2, "{}") { $0.extensionName = "late" }
    #expect(try driver.reply().errorType == "Extension.RegistrationClosed")
  }

  @Test func onlyTenMayRegisterAndEachNameOnce() throws {
    var driver = starting()
    for number in 1...10 { driver.send(.registerExtension, "{}") { $0.extensionName = "e\(number)" } }
    driver.send(.registerExtension, "{}") { $0.extensionName = "e1" }
    #expect(try driver.reply().errorType == "Extension.InvalidExtensionState")
    driver.send(.registerExtension, "{}") { $0.extensionName = "e11" }
    #expect(try driver.reply().errorType == "Extension.TooManyExtensions")
  }

  @Test func nobodyWaitsForEventsWithoutHavingRegistered() throws {
    var driver = starting()
    driver.send(.nextExtensionEvent)
    #expect(try driver.reply().errorType == "Extension.MissingExtensionIdentifier")
    driver.send(.nextExtensionEvent) { $0.extensionIdentifier = "nobody" }
    #expect(try driver.reply().errorType == "Extension.UnknownExtensionIdentifier")
  }

  @Test func theStartIsOverWhenTheExtensionsAreReadyToo() {
    var driver = starting()
    driver.send(.registerExtension, on: 2, "{}") { $0.extensionName = "internal" }
    driver.send(.next)
    driver.submit("r-1")
    #expect(driver.effects().deliveries.isEmpty)
    driver.send(.nextExtensionEvent, on: 2) { $0.extensionIdentifier = "id-1" }
    #expect(driver.effects().deliveries.count == 1)
  }

  @Test func anInvocationIsOverWhenThoseWhoWereToldOfItAreDone() throws {
    var driver = starting()
    driver.send(.registerExtension, on: 2, #"{"events":["INVOKE"]}"#) { $0.extensionName = "internal" }
    driver.send(.nextExtensionEvent, on: 2) { $0.extensionIdentifier = "id-1" }
    driver.send(.next)
    _ = driver.effects()
    driver.machine.submit(
      {
        var invocation = Invocation(requestID: "r-1", event: [])
        invocation.traceHeader = "Root=1-a"
        return invocation
      }(), at: driver.now)
    let reply = try #require(driver.effects().replies.first)
    #expect(
      try JSONValue(parsing: reply.body) == [
        "eventType": "INVOKE", "deadlineMs": 3000, "requestId": "r-1",
        "invokedFunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:f",
        "tracing": ["type": "X-Amzn-Trace-Id", "value": "Root=1-a"],
      ])
    driver.send(.response("r-1"), "1")
    driver.send(.next)
    #expect(driver.effects().reports.isEmpty)
    driver.pass(milliseconds: 7)
    driver.send(.nextExtensionEvent, on: 2) { $0.extensionIdentifier = "id-1" }
    #expect(driver.effects().reports.map(\.durationNanoseconds) == [7_000_000])
  }

  @Test func anInternalExtensionGivesTheRuntimeHalfASecond() {
    var driver = starting()
    driver.send(.registerExtension, on: 2, "{}") { $0.extensionName = "internal" }
    driver.send(.nextExtensionEvent, on: 2) { $0.extensionIdentifier = "id-1" }
    driver.send(.next)
    _ = driver.effects()
    driver.machine.shutDown(at: driver.now)
    #expect(driver.effects().signals == [Signal.terminate])
    #expect(driver.machine.nextDue == driver.now + 500_000_000)
    driver.machine.programEnded(.exited(0), at: driver.now)
    #expect(driver.effects() == [.stopped])
  }

  @Test func theProgramIsStartedWhenTheExternalExtensionsHaveRegistered() {
    var driver = MachineDriver { $0.externalExtensions = ["a", "b"] }
    driver.start()
    #expect(driver.effects().starts == 0)
    driver.send(.registerExtension, on: 2, "{}") { $0.extensionName = "a" }
    #expect(driver.effects().starts == 0)
    driver.send(.registerExtension, on: 3, "{}") { $0.extensionName = "b" }
    #expect(driver.effects().starts == 1)
  }

  @Test func anExtensionThatNeverRegistersFailsTheInvocation() {
    var driver = MachineDriver { $0.externalExtensions = ["a"] }
    driver.start()
    driver.submit("r-1")
    driver.machine.extensionEnded("a", at: driver.now)
    #expect(driver.effects().failures.isEmpty)
    driver.machine.extensionEnded("a", at: driver.now)
    let effects = driver.effects()
    #expect(effects.failures.map(\.type) == ["Extension.Crash"] && effects.reports.count == 1 && effects.starts == 0)
  }

  @Test func anExternalExtensionHearsOfTheShutdownAfterTheRuntime() throws {
    var driver = MachineDriver { $0.externalExtensions = ["outside"] }
    driver.start()
    #expect(driver.effects().contains(.startExtension("outside")))
    driver.send(.registerExtension, on: 2, #"{"events":["SHUTDOWN"]}"#) { $0.extensionName = "outside" }
    driver.send(.nextExtensionEvent, on: 2) { $0.extensionIdentifier = "id-1" }
    driver.send(.next)
    _ = driver.effects()
    driver.machine.shutDown(at: driver.now)
    #expect(driver.effects().signals == [Signal.terminate])
    driver.pass(milliseconds: 600)
    #expect(driver.effects().signals == [Signal.kill])
    driver.machine.programEnded(.signalled(9), at: driver.now)
    let event = try #require(driver.effects().replies.first)
    #expect(try JSONValue(parsing: event.body) == ["eventType": "SHUTDOWN", "deadlineMs": 2000, "shutdownReason": "spindown"])
    driver.pass(milliseconds: 1_400)
    #expect(driver.effects() == [.signalExtension("outside", Signal.kill)])
    driver.machine.extensionEnded("outside", at: driver.now)
    #expect(driver.effects() == [.stopped])
  }

  @Test func anExtensionThatEndsTakesTheEnvironmentWithIt() {
    var driver = MachineDriver { $0.externalExtensions = ["outside"] }
    driver.start()
    driver.send(.registerExtension, on: 2, "{}") { $0.extensionName = "outside" }
    driver.send(.nextExtensionEvent, on: 2) { $0.extensionIdentifier = "id-1" }
    driver.send(.next)
    driver.submit("r-1")
    _ = driver.effects()
    driver.machine.extensionEnded("outside", at: driver.now)
    let effects = driver.effects()
    #expect(effects.failures.map(\.type) == ["Extension.Crash"])
    #expect(effects.signals == [Signal.kill])
  }

  @Test func anExtensionThatSaysItHasFailedFailsTheInvocation() throws {
    var driver = starting()
    driver.send(.registerExtension, on: 2, "{}") { $0.extensionName = "internal" }
    driver.send(.nextExtensionEvent, on: 2) { $0.extensionIdentifier = "id-1" }
    driver.send(.next)
    driver.submit("r-1")
    _ = driver.effects()
    driver.send(.extensionExitError, on: 3, "{}") { $0.extensionIdentifier = "id-1" }
    #expect(try driver.reply().errorType == "Extension.MissingHeader")
    driver.send(.extensionExitError, on: 3, "{}") {
      $0.extensionIdentifier = "id-1"
      $0.errorType = "Extension.Broken"
    }
    let effects = driver.effects()
    #expect(effects.replies == [.accepted] && effects.failures.map(\.type) == ["Extension.ExitError"])
  }
}
