import Foundation
import JSON
import Testing

@testable import RuntimeAPI

/// With real programs, sockets and signals.
@Suite(.timeLimit(.minutes(2))) struct ExecutionEnvironmentTests {
  private let folder: ScriptFolder

  init() throws { folder = try ScriptFolder() }

  @Test func aProgramServesOneEventAfterAnother() throws {
    let program = try folder.script("while next; do respond \"$AWS_LAMBDA_FUNCTION_NAME $body\"; done")
    let recorder = try ExecutionEnvironment.run(program, ["one", "two"])
    #expect(recorder.bodies == ["f one", "f two"])
    #expect(recorder.starts == 1)
    #expect(
      recorder.lines.map { $0.prefix { $0 != "\t" } } == [
        "INIT_START Runtime Version: provided:al2023", "START RequestId: r-1 Version: $LATEST", "END RequestId: r-1",
        "REPORT RequestId: r-1",
        "START RequestId: r-2 Version: $LATEST", "END RequestId: r-2", "REPORT RequestId: r-2",
      ])
    #expect(recorder.lines[3].contains("\tInit Duration: ") && !recorder.lines[6].contains("Init Duration"))
    #expect(recorder.peakMemoryKilobytes > 500)
    #expect(recorder.reports.map(\.status) == [.success, .success])
  }

  @Test func linesAreJSONWhereTheFunctionsAre() throws {
    let program = try folder.script("while next; do respond 1; done")
    let recorder = try ExecutionEnvironment.run(program, ["{}"]) { $0.logFormat = .json }
    let lines = try recorder.lines.map { try JSONValue(parsing: $0) }
    #expect(lines.map { $0["type"] } == ["platform.initStart", "platform.start", "platform.report"])
    #expect(lines.last?["record"]?["status"] == "success")
    #expect(lines.last?["record"]?["metrics"]?["maxMemoryUsedMB"]?.intValue ?? 0 > 0)
  }

  @Test func aProgramThatIsLateIsKilledWithAllThatItStartedAndTheNextEventStartsAnother() throws {
    let program = try folder.script(
      "echo $$ >> started; while next; do if [ \"$body\" = slow ]; then sleep 987654 & echo $! > sleeper; wait; fi; respond \"$body\"; done"
    )
    let recorder = try ExecutionEnvironment.run(program, ["slow", "fast"]) { $0.timeoutMilliseconds = 2_000 }
    #expect(recorder.failures.map(\.type) == ["Sandbox.Timedout"])
    #expect(recorder.bodies == ["fast"])
    #expect(recorder.reports.map(\.status) == [.timeout, .success])
    #expect(folder.text("started").split(separator: "\n").count == 2)
    let sleeper = try #require(Int32(folder.text("sleeper").trimmingCharacters(in: .whitespacesAndNewlines)))
    let command = (try? String(contentsOfFile: "/proc/\(sleeper)/cmdline", encoding: .utf8)) ?? ""
    #expect(!command.contains("987654"))
    #expect(recorder.lines.contains { $0.hasSuffix(" r-1 Task timed out after 2.00 seconds") })
  }

  @Test func aProgramThatEndsBeforeItAsksIsTriedTwice() throws {
    let program = try folder.script("echo once >> started; exit 3")
    let recorder = try ExecutionEnvironment.run(program, ["{}"])
    let failure = try #require(recorder.failures.first)
    #expect(failure.type == "Runtime.ExitError")
    #expect(String(decoding: failure.body, as: UTF8.self).contains("exit status 3"))
    #expect(folder.text("started").split(separator: "\n").count == 2)
    #expect(recorder.lines.filter { $0.hasPrefix("INIT_REPORT") }.map { $0.contains("Phase: init") } == [true, false])
  }

  @Test func aCrashFailsItsEventAndTheNextStartsAnotherProgram() throws {
    let program = try folder.script("while next; do if [ \"$body\" = crash ]; then kill -SEGV $$; fi; respond \"$body\"; done")
    let recorder = try ExecutionEnvironment.run(program, ["one", "crash", "two"])
    #expect(recorder.bodies == ["one", "two"])
    #expect(String(decoding: try #require(recorder.failures.first).body, as: UTF8.self).contains("signal: segmentation fault"))
  }

  @Test func whatIsNoProgramIsAnInvalidEntrypoint() throws {
    let recorder = try ExecutionEnvironment.run(try folder.file("bootstrap", "nothing", mode: 0o644), ["{}"])
    #expect(recorder.failures.map(\.type) == ["Runtime.InvalidEntrypoint"])
    #expect(recorder.starts == 0)
  }

  @Test func aStartThatTakesTooLongIsGivenUp() throws {
    let program = try folder.script("echo once >> started; exec sleep 100")
    let recorder = try ExecutionEnvironment.run(program, ["{}"]) {
      $0.initializationTimeoutMilliseconds = 100
      $0.timeoutMilliseconds = 400
    }
    #expect(recorder.failures.map(\.type) == ["Sandbox.Timedout"])
    #expect(folder.text("started").split(separator: "\n").count == 2)
  }

  @Test func anErrorOfTheStartIsTheAnswer() throws {
    let program = try folder.script(
      "post /2018-06-01/runtime/init/error '{\"errorMessage\":\"LIMIT is many\"}' 'Lambda-Runtime-Function-Error-Type: Runtime.Settings'; exit 1"
    )
    let failure = try #require(try ExecutionEnvironment.run(program, ["{}"]).failures.first)
    #expect(failure.kind == .initialization && failure.type == "Runtime.Settings")
    #expect(failure.body == Array(#"{"errorMessage":"LIMIT is many"}"#.utf8))
  }

  @Test func aResponseBeyondTheLimitIsRefused() throws {
    let program = try folder.script(
      """
      next
      printf 'POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\\r\\nContent-Length: 6291557\\r\\n\\r\\n' "$id" >&3
      head -c 6291557 /dev/zero >&3
      receive
      echo "$status $body" > told
      next
      """)
    let recorder = try ExecutionEnvironment.run(program, ["{}"])
    #expect(recorder.failures.map(\.type) == ["Function.ResponseSizeTooLarge"])
    #expect(folder.text("told").hasPrefix("413 ") && folder.text("told").contains("RequestEntityTooLarge"))
  }

  @Test func theLargestEventGoesThere() throws {
    let program = try folder.script("next; respond \"${#body}\"; next")
    let recorder = try ExecutionEnvironment.run(program, [String(repeating: "x", count: PayloadLimits.maximumEventBytes)]) {
      $0.timeoutMilliseconds = 60_000
    }
    #expect(recorder.bodies == [String(PayloadLimits.maximumEventBytes)])
  }

  @Test func lateAndForeignAnswersAreToldApart() throws {
    let program = try folder.script(
      """
      next
      respond 1 'Lambda-Runtime-Invocation-Id: another'; echo $status >> told
      post /2018-06-01/runtime/invocation/nobody/response 1; echo $status >> told
      respond 1 "Lambda-Runtime-Invocation-Id: $invocation"; echo $status >> told
      respond 2; echo $status >> told
      next
      """)
    let recorder = try ExecutionEnvironment.run(program, ["{}"])
    #expect(recorder.bodies == ["1"])
    #expect(folder.text("told") == "410\n400\n202\n403\n")
  }

  @Test func aStreamComesInPiecesAndItsTrailersCanFailIt() throws {
    let program = try folder.script(
      #"""
      while next; do
        printf 'POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nContent-Type: text/plain\r\n' "$id" >&3
        printf 'Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n' >&3
        printf '6\r\n world\r\n0\r\n' >&3
        if [ "$body" = fail ]; then printf 'Lambda-Runtime-Function-Error-Type: Function.Half\r\nLambda-Runtime-Function-Error-Body: e30=\r\n' >&3; fi
        printf '\r\n' >&3
        receive
      done
      """#)
    let recorder = try ExecutionEnvironment.run(program, ["well", "fail"])
    #expect(recorder.outcomes.first == .response(FunctionResponse(byteCount: 11, contentType: "text/plain", isStreamed: true)))
    #expect(recorder.streamedContentType == "text/plain")
    #expect(String(decoding: recorder.streamed.joined(), as: UTF8.self) == "hello worldhello world")
    let failure = try #require(recorder.failures.first)
    #expect(failure.kind == .brokenStream && failure.type == "Function.Half" && failure.body == Array("{}".utf8))
  }

  @Test func whatIsNotHTTPIsRefusedAndItsConnectionClosed() throws {
    let program = try folder.script(
      """
      next
      printf 'nonsense\\r\\n\\r\\n' >&3; receive; echo $status > told
      connect; next; respond again; next
      """)
    let recorder = try ExecutionEnvironment.run(program, ["{}"])
    #expect(folder.text("told") == "400\n")
    #expect(recorder.bodies == ["again"])
  }

  @Test func aBodyMayWaitForTheWordToContinue() throws {
    let program = try folder.script(
      """
      next
      printf 'POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\\r\\nExpect: 100-continue\\r\\nContent-Length: 1\\r\\n\\r\\n' "$id" >&3
      receive; echo $status > told
      printf 1 >&3; receive; echo $status >> told
      next
      """)
    #expect(try ExecutionEnvironment.run(program, ["{}"]).bodies == ["1"])
    #expect(folder.text("told") == "100\n202\n")
  }

  @Test func slotsWorkAtOnce() throws {
    // Each of the two answers only when it has seen that the other has an event too.
    let program = try folder.script(
      """
      slot() {
        connect; next; touch "has-$id"
        while [ "$(ls has-* | wc -l)" -lt 2 ]; do sleep 0.01; done
        respond "$AWS_LAMBDA_MAX_CONCURRENCY $body"; next
      }
      slot & slot & wait
      """)
    let recorder = try ExecutionEnvironment.run(program, ["a", "b"]) {
      $0.maximumConcurrency = 2
      $0.timeoutMilliseconds = 20_000
    }
    #expect(recorder.bodies.sorted() == ["2 a", "2 b"])
  }

  // MARK: Ends

  @Test func aRuntimeWithAnInternalExtensionHearsOfItsEnd() throws {
    let program = try folder.script(
      """
      trap 'echo drained > told; exit 0' TERM
      post /2020-01-01/extension/register '{"events":[]}' 'Lambda-Extension-Name: internal'
      exec 4>&3
      printf 'GET /2020-01-01/extension/event/next HTTP/1.1\\r\\nLambda-Extension-Identifier: %s\\r\\n\\r\\n' "$extension" >&3
      connect
      next; respond 1
      # In the background, so that the signal is seen at once.
      next & wait
      """)
    #expect(try ExecutionEnvironment.run(program, ["{}"]).bodies == ["1"])
    #expect(folder.text("told") == "drained\n")
  }

  @Test func aRuntimeWithoutOneDoesNot() throws {
    let program = try folder.script("trap 'echo drained > told; exit 0' TERM; next; respond 1; next & wait")
    #expect(try ExecutionEnvironment.run(program, ["{}"]).bodies == ["1"])
    #expect(folder.text("told").isEmpty)
  }

  @Test func anExternalExtensionIsStartedAndHearsOfTheEnd() throws {
    let program = try folder.script("while next; do respond \"$body\"; done")
    let outside = try folder.script(
      """
      post /2020-01-01/extension/register '{"events":["INVOKE","SHUTDOWN"]}' 'Lambda-Extension-Name: outside'
      while true; do
        printf 'GET /2020-01-01/extension/event/next HTTP/1.1\\r\\nLambda-Extension-Identifier: %s\\r\\n\\r\\n' "$extension" >&3
        receive
        echo "$body" >> told
        case "$body" in *SHUTDOWN*) exit 0 ;; esac
      done
      """, name: "outside")
    let recorder = try ExecutionEnvironment.run(program, ["1"], extensions: [outside])
    #expect(recorder.bodies == ["1"])
    let events = try folder.text("told").split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    #expect(events.map { $0["eventType"] } == ["INVOKE", "SHUTDOWN"])
    #expect(events.last?["shutdownReason"] == "spindown")
  }

  @Test func anInterruptionEndsTheProgram() throws {
    let program = try folder.script("touch started; next; exec sleep 987655")
    let started = "\(folder.path)/started"
    let recorder = try ExecutionEnvironment.run(program, ["{}"], isInterrupted: { FileManager.default.fileExists(atPath: started) })
    #expect(recorder.outcomes.isEmpty)
  }

  // MARK: Measurement

  @Test func aMeasurementCountsWhatItWasAskedTo() throws {
    let program = try folder.script("while next; do respond \"$body\"; done")
    let plan = Measurement.Plan(Invocation(requestID: "", event: Array("{}".utf8)), count: 20, warmUp: 3)
    let result = try Measurement.run(plan, FunctionConfiguration(name: "f"), program: Program(path: program, environment: [:]))
    #expect(result.invocations == 20 && result.failures == 0 && result.roundTripNanoseconds.count == 20)
    #expect(result.firstResponse?.body == Array("{}".utf8))
    let median = try #require(result.percentile(0.5))
    #expect(median > 0 && median <= result.percentile(1) ?? 0)
    #expect(result.startNanoseconds ?? 0 > 0 && result.processorNanoseconds > 0 && result.peakKilobytes > 0)
    let start = try Measurement.run(
      Measurement.Plan(Invocation(requestID: "", event: []), count: 0, warmUp: 5), FunctionConfiguration(name: "f"),
      program: Program(path: program, environment: [:]))
    #expect(start.invocations == 0 && start.startNanoseconds ?? 0 > 0)
    let broken = try Measurement.run(
      Measurement.Plan(Invocation(requestID: "", event: []), count: 0, warmUp: 0), FunctionConfiguration(name: "f"),
      program: Program(path: try folder.script("exit 3"), environment: [:]))
    #expect(broken.startNanoseconds == nil && broken.firstFailure?.type == "Runtime.ExitError")
  }
}
