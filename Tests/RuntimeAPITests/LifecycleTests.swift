import Testing

@testable import RuntimeAPI

@Suite struct LifecycleTests {
  // MARK: Timeouts

  @Test func anInvocationThatIsLateEndsItsProgramAndTheNextStartsAnother() throws {
    var driver = MachineDriver.running()
    driver.submit("r-2")
    driver.pass(milliseconds: 2_999)
    #expect(driver.effects().isEmpty)
    driver.pass(milliseconds: 1)
    var effects = driver.effects()
    let failure = try #require(effects.failures.first)
    #expect(failure.type == "Sandbox.Timedout" && failure.message == "RequestId: r-1 Error: Task timed out after 3.00 seconds")
    #expect(effects.logs == [.timedOut(requestID: "r-1", seconds: "3.00")])
    #expect(effects.signals == [Signal.kill])
    driver.machine.programEnded(.signalled(9), at: driver.now)
    effects = driver.effects()
    let report = try #require(effects.reports.first)
    #expect(report.status == .timeout && report.durationNanoseconds == 3_000_000_000 && report.initializationNanoseconds == 100_000_000)
    #expect(effects.starts == 1)
    #expect(effects.logs == [.start(requestID: "r-2", version: "$LATEST")])
    driver.machine.programStarted(at: driver.now)
    driver.pass(milliseconds: 50)
    driver.send(.next, on: 2)
    #expect(driver.effects().deliveries.map(\.requestID) == ["r-2"])
    driver.send(.response("r-2"), on: 2, "1")
    driver.send(.next, on: 2)
    // Its start was on its own time.
    let second = try #require(driver.effects().reports.first)
    #expect(second.status == .success && second.initializationNanoseconds == nil && second.durationNanoseconds == 50_000_000)
  }

  @Test func anAnswerInTheTimeOfTheEndIsGone() throws {
    var driver = MachineDriver()
    driver.start()
    driver.send(.registerExtension, on: 2, "{}") { $0.extensionName = "internal" }
    driver.send(.nextExtensionEvent, on: 2) { $0.extensionIdentifier = "id-1" }
    driver.send(.next)
    driver.submit("r-1")
    _ = driver.effects()
    driver.pass(milliseconds: 3_000)
    #expect(driver.effects().signals == [Signal.terminate])
    driver.send(.response("r-1"), "late")
    #expect(try driver.reply() == .invocationGone)
    driver.pass(milliseconds: 499)
    #expect(driver.effects().signals.isEmpty)
    driver.pass(milliseconds: 1)
    #expect(driver.effects().signals == [Signal.kill])
  }

  @Test func anAnswerThatIsHalfThereAtTheDeadlineIsGone() throws {
    var driver = MachineDriver.running()
    driver.begin(.response("r-1"))
    driver.write("half")
    driver.pass(milliseconds: 3_000)
    #expect(driver.effects().failures.map(\.type) == ["Sandbox.Timedout"])
    driver.machine.requestEnded(1, StreamTrailers(), at: driver.now)
    #expect(try driver.reply() == .invocationGone)
  }

  @Test func aResponseStaysWhenTheRuntimeIsNotDoneByTheDeadline() throws {
    var driver = MachineDriver.running()
    driver.send(.response("r-1"), "1")
    #expect(driver.effects().outcomes.count == 1)
    driver.pass(milliseconds: 3_000)
    let effects = driver.effects()
    #expect(effects.outcomes.isEmpty && effects.signals == [Signal.kill])
    driver.machine.programEnded(.signalled(9), at: driver.now)
    #expect(driver.effects().reports.map(\.status) == [.timeout])
  }

  // MARK: Ends

  @Test(arguments: [
    (ProcessEnd.exited(3), "Runtime exited with error: exit status 3"),
    (.signalled(11), "Runtime exited with error: signal: segmentation fault"),
    (.exited(0), "Runtime exited without providing a reason"),
  ])
  func aProgramThatEndsFailsItsInvocation(end: ProcessEnd, reason: String) throws {
    var driver = MachineDriver.running()
    driver.machine.programEnded(end, at: driver.now)
    let effects = driver.effects()
    let failure = try #require(effects.failures.first)
    #expect(failure.type == "Runtime.ExitError" && failure.message == "RequestId: r-1 Error: \(reason)")
    #expect(effects.reports.map(\.errorType) == ["Runtime.ExitError"])
    #expect(effects.starts == 0)
    driver.submit("r-2")
    #expect(driver.effects().starts == 1)
  }

  @Test func theAnswerStaysWhenTheProgramEndsAfterIt() {
    var driver = MachineDriver.running()
    driver.send(.response("r-1"), "1")
    driver.machine.programEnded(.exited(1), at: driver.now)
    let effects = driver.effects()
    #expect(effects.outcomes.count == 1 && effects.failures.isEmpty)
    #expect(effects.reports.map(\.status) == [.error])
  }

  @Test func anAnswerThatOutlivesItsProgramIsNoQuestionForTheNextEvent() throws {
    var driver = MachineDriver.running()
    driver.begin(.response("r-1"))
    driver.machine.programEnded(.exited(1), at: driver.now)
    driver.submit("r-2")
    driver.machine.programStarted(at: driver.now)
    _ = driver.effects()
    driver.machine.requestEnded(1, StreamTrailers(), at: driver.now)
    let effects = driver.effects()
    #expect(effects.replies == [.invocationGone] && effects.deliveries.isEmpty)
  }

  // MARK: Initialization

  @Test func aStartThatFailsIsTriedAgainOnTheTimeOfTheInvocation() throws {
    var driver = MachineDriver()
    driver.start()
    driver.submit("r-1")
    driver.pass(milliseconds: 20)
    _ = driver.effects()
    driver.machine.programEnded(.exited(1), at: driver.now)
    var effects = driver.effects()
    #expect(
      effects.logs == [
        .initializationReport(nanoseconds: 20_000_000, phase: "init", status: "error", errorType: "Runtime.ExitError"),
        .start(requestID: "r-1", version: "$LATEST"),
      ])
    #expect(effects.starts == 1 && effects.failures.isEmpty)
    driver.machine.programStarted(at: driver.now)
    driver.pass(milliseconds: 30)
    driver.machine.programEnded(.exited(2), at: driver.now)
    effects = driver.effects()
    #expect(effects.failures.first?.message == "RequestId: r-1 Error: Runtime exited with error: exit status 2")
    #expect(
      effects.logs == [.initializationReport(nanoseconds: 30_000_000, phase: "invoke", status: "error", errorType: "Runtime.ExitError")])
    #expect(effects.reports.map(\.durationNanoseconds) == [30_000_000])
    #expect(effects.starts == 0)
  }

  @Test func whatTheRuntimeSaysOfItsStartIsTheAnswer() throws {
    var driver = MachineDriver()
    driver.start()
    driver.submit("r-1")
    for attempt in 1...2 {
      driver.send(.initializationError, #"{"errorMessage":"LIMIT is wrong"}"#) { $0.errorType = "Runtime.Settings" }
      #expect(try driver.reply() == .accepted)
      driver.send(.initializationError, on: 2, "{}")
      #expect(try driver.reply().errorMessage?.contains("from InitError to InitError") == true)
      driver.machine.programEnded(.exited(1), at: driver.now)
      if attempt == 1 { #expect(driver.effects().starts == 1) }
    }
    let failure = try #require(driver.effects().failures.first)
    #expect(failure.kind == .initialization && failure.type == "Runtime.Settings" && failure.message == "LIMIT is wrong")
  }

  @Test func aStartThatTakesTooLongIsTriedAgain() throws {
    var driver = MachineDriver()
    driver.start()
    driver.submit("r-1")
    _ = driver.effects()
    driver.pass(milliseconds: 9_999)
    #expect(driver.effects().isEmpty)
    driver.pass(milliseconds: 1)
    var effects = driver.effects()
    #expect(effects.logs == [.initializationReport(nanoseconds: 10_000_000_000, phase: "init", status: "timeout", errorType: nil)])
    #expect(effects.signals == [Signal.kill])
    driver.machine.programEnded(.signalled(9), at: driver.now)
    effects = driver.effects()
    #expect(effects.starts == 1 && effects.failures.isEmpty)
    driver.machine.programStarted(at: driver.now)
    // From here it is the invocation's three seconds.
    driver.pass(milliseconds: 3_000)
    #expect(driver.effects().failures.map(\.type) == ["Sandbox.Timedout"])
  }

  @Test func aProgramThatCannotBeRunIsAnInvalidEntrypoint() throws {
    var driver = MachineDriver()
    driver.start()
    driver.submit("r-1")
    driver.machine.programFailedToStart("fork/exec /x: Exec format error", at: driver.now)
    #expect(driver.effects().starts == 2)
    driver.machine.programFailedToStart("fork/exec /x: Exec format error", at: driver.now)
    let failure = try #require(driver.effects().failures.first)
    #expect(failure.kind == .entrypoint && failure.type == "Runtime.InvalidEntrypoint")
    #expect(failure.message == "RequestId: r-1 Error: fork/exec /x: Exec format error")
  }

  @Test func anInitializationErrorAfterTheStartIsAnInvalidTransition() throws {
    var driver = MachineDriver.running()
    driver.send(.initializationError, on: 2, "{}")
    #expect(try driver.reply().errorMessage?.contains("from Running to InitError") == true)
  }

  // MARK: Shutdown

  @Test func withoutExtensionsTheEndComesAtOnce() {
    var driver = MachineDriver.ready()
    driver.machine.shutDown(at: driver.now)
    #expect(driver.effects().signals == [Signal.kill])
    driver.machine.programEnded(.signalled(9), at: driver.now)
    #expect(driver.effects() == [.stopped])
  }

  @Test func anEnvironmentThatHasNoProgramStopsAtOnce() {
    var driver = MachineDriver()
    driver.start()
    driver.machine.programEnded(.exited(1), at: driver.now)
    _ = driver.effects()
    driver.machine.shutDown(at: driver.now)
    #expect(driver.effects() == [.stopped])
  }

  // MARK: Concurrency

  @Test func eventsAreWorkedOnAtOnceWhereTheRuntimeCan() throws {
    var driver = MachineDriver.ready { $0.maximumConcurrency = 2 }
    driver.send(.next, on: 2)
    driver.send(.next, on: 3)
    driver.submit("r-1")
    driver.submit("r-2")
    driver.submit("r-3")
    #expect(driver.effects().deliveries.map(\.requestID) == ["r-1", "r-2"])
    driver.send(.response("r-2"), on: 2, "2")
    let effects = driver.effects()
    #expect(effects.reports.map(\.requestID) == ["r-2"])
    #expect(effects.deliveries.isEmpty)
    driver.send(.next, on: 2)
    #expect(driver.effects().deliveries.map(\.requestID) == ["r-3"])
  }

  @Test func oneThatIsLateDoesNotEndTheOthers() throws {
    var driver = MachineDriver.ready { $0.maximumConcurrency = 2 }
    driver.send(.next, on: 2)
    driver.submit("r-1")
    driver.pass(milliseconds: 1_000)
    driver.submit("r-2")
    _ = driver.effects()
    driver.pass(milliseconds: 2_000)
    let effects = driver.effects()
    #expect(effects.failures.map(\.type) == ["Sandbox.Timedout"] && effects.signals.isEmpty)
    driver.send(.response("r-1"), on: 1, "late")
    #expect(try driver.reply() == .invocationGone)
    driver.send(.response("r-2"), on: 2, "2")
    #expect(driver.effects().outcomes.count == 1)
  }
}
