import JSON
import RuntimeAPI

/// Many invocations, and what they took.
enum InvokeMeasurement {
  static func run(
    _ request: InvokeCommand.Request, count: Int, warmUp: Int, isInterrupted: () -> Bool
  ) throws(CommandError) -> ExitCode {
    guard request.extensions.isEmpty else { throw .usage("--repeat measures the function alone: leave --extension out") }
    let plan = Measurement.Plan(request.invocation, count: count, warmUp: warmUp)
    let result = try InvokeRun.attempt { () throws(RuntimeAPIError) in
      try Measurement.run(plan, request.configuration, program: request.program, isInterrupted: isInterrupted)
    }
    let timeout = request.configuration.timeoutMilliseconds / 1000
    let problem =
      result.firstFailure?.problem(timeoutSeconds: timeout)
      ?? (result.startNanoseconds == nil ? "the program did not ask for an event" : nil)
    if request.json { showJSON(result, plan, problem) } else { show(result, plan) }
    if let problem {
      Terminal.error.print("arbiter: \(problem)")
      if let failure = result.firstFailure, !request.json { Terminal.error.print(String(decoding: failure.body, as: UTF8.self)) }
    }
    return result.firstFailure?.exitCode ?? (problem == nil ? .success : .functionDidNotStart)
  }

  private static func show(_ result: Measurement.Result, _ plan: Measurement.Plan) {
    let output = Terminal.standard
    var table = TextTable(["", "p50", "p99", "max"], rightAligned: [1, 2, 3])
    if let median = result.percentile(0.5), let late = result.percentile(0.99), let longest = result.percentile(1) {
      let times = plan.warmUp > 0 ? ", after \(Phrases.count(plan.warmUp)) to warm up" : ""
      output.print("\(Phrases.count(result.invocations, "invocation")) with an event of \(Phrases.count(plan.event.count, "byte"))\(times)")
      table.add("round trip, µs", microseconds(median), microseconds(late), microseconds(longest))
      for line in table.lines(output) { output.print(line) }
      output.print("an invocation takes \(microseconds(result.processorNanoseconds / Int64(max(1, result.invocations)))) µs of CPU")
      output.print("invocations a second: \(Phrases.count(Int(result.invocationsPerSecond)))")
      output.print("peak memory: \(megabytes(result.peakKilobytes)) MB")
      output.print("failures: \(Phrases.count(result.failures))")
    }
    if let start = result.startNanoseconds {
      var line = "start to first GET next: \(milliseconds(start)) ms"
      if let usage = result.startUsage {
        line += ", \(milliseconds(usage.processorNanoseconds)) ms of CPU, \(megabytes(usage.peakKilobytes)) MB"
      }
      output.print(line)
    }
  }

  private static func showJSON(_ result: Measurement.Result, _ plan: Measurement.Plan, _ problem: String?) {
    func thousandths(_ value: Int64?) -> JSONValue { value.flatMap { JSONNumber(Double($0) / 1000) }.map(JSONValue.number) ?? .null }
    var object: JSONObject = [
      "startMicroseconds": thousandths(result.startNanoseconds),
      "startCPUMicroseconds": thousandths(result.startUsage?.processorNanoseconds),
      "startPeakKilobytes": result.startUsage.map { .number($0.peakKilobytes) } ?? .null,
      "invocations": .number(result.invocations), "warmUp": .number(plan.warmUp), "failures": .number(result.failures),
      "problem": problem.map(JSONValue.string) ?? .null,
    ]
    if result.invocations > 0 {
      object["eventBytes"] = .number(plan.event.count)
      object["roundTripMicroseconds"] = [
        "p50": thousandths(result.percentile(0.5)), "p99": thousandths(result.percentile(0.99)), "max": thousandths(result.percentile(1)),
        "min": thousandths(result.percentile(0)),
      ]
      object["cpuMicroseconds"] = thousandths(result.processorNanoseconds / Int64(result.invocations))
      object["invocationsPerSecond"] = JSONNumber(result.invocationsPerSecond).map(JSONValue.number) ?? .null
      object["peakKilobytes"] = .number(result.peakKilobytes)
    }
    if let response = result.firstResponse { object["response"] = InvokeRun.value(response.body) }
    if let failure = result.firstFailure { object["error"] = InvokeRun.value(failure.body) }
    Terminal.standard.print(JSONValue.object(object).text)
  }

  /// With one decimal.
  private static func microseconds(_ nanoseconds: Int64) -> String { "\((nanoseconds + 50) / 1000).\((nanoseconds + 50) % 1000 / 100)" }

  /// With two decimals.
  private static func milliseconds(_ nanoseconds: Int64) -> String {
    let hundredths = (nanoseconds + 5_000) / 10_000
    let fraction = String(hundredths % 100)
    return "\(hundredths / 100).\(fraction.count == 1 ? "0" : "")\(fraction)"
  }

  private static func megabytes(_ kilobytes: Int) -> String {
    let tenths = (kilobytes * 10 + 512) / 1024
    return "\(tenths / 10).\(tenths % 10)"
  }
}
