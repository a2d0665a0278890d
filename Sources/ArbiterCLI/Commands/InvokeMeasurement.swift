import JSON
import RuntimeAPI

/// Many invocations or starts, and what they took.
enum InvokeMeasurement {
  static func run(
    _ request: InvokeCommand.Request, count: Int, warmUp: Int, isInterrupted: () -> Bool
  ) throws(CommandError) -> ExitCode {
    try requireNoExtension(request)
    let plan = Measurement.Plan(request.invocation, count: count, warmUp: warmUp)
    let result = try InvokeRun.attempt { () throws(RuntimeAPIError) in
      try Measurement.run(plan, request.configuration, program: request.program, isInterrupted: isInterrupted)
    }
    let problem = problem(of: result, request)
    if request.json { showJSON(result, plan, problem) } else { show(result, plan) }
    return conclude(result, problem, request)
  }

  /// Many starts without an invocation. The first one finds the processor's caches as this command's own start has left them, and the
  /// program's file perhaps on the disk; it stands apart.
  static func starts(_ request: InvokeCommand.Request, count: Int, isInterrupted: () -> Bool) throws(CommandError) -> ExitCode {
    try requireNoExtension(request)
    let results = try InvokeRun.attempt { () throws(RuntimeAPIError) in
      try Measurement.starts(count, request.configuration, program: request.program, isInterrupted: isInterrupted)
    }
    guard let first = results.first, let last = results.last else { return .functionDidNotStart }
    let problem = problem(of: last, request)
    let measured = results.filter { $0.startNanoseconds != nil }
    let later = Starts(measured.count > 1 ? Array(measured.dropFirst()) : measured)
    if request.json {
      let object: JSONObject = [
        "starts": .number(measured.count), "firstMicroseconds": thousandths(first.startNanoseconds),
        "startMicroseconds": [
          "p50": thousandths(later.time(0.5)), "p99": thousandths(later.time(0.99)), "min": thousandths(later.time(0)),
          "max": thousandths(later.time(1)),
        ],
        "startCPUMicroseconds": thousandths(later.medianProcessorTime), "startPeakKilobytes": later.medianPeak.map { .number($0) } ?? .null,
        "problem": problem.map(JSONValue.string) ?? .null,
      ]
      Terminal.standard.print(JSONValue.object(object).text)
    } else if let firstTime = first.startNanoseconds, let median = later.time(0.5), let late = later.time(0.99), let longest = later.time(1)
    {
      let output = Terminal.standard
      output.print("\(Phrases.count(measured.count, "start")) to the first GET next, the first in \(milliseconds(firstTime)) ms")
      var table = TextTable(["", "p50", "p99", "max"], rightAligned: [1, 2, 3])
      table.add("later starts, ms", milliseconds(median), milliseconds(late), milliseconds(longest))
      for line in table.lines(output) { output.print(line) }
      if let time = later.medianProcessorTime, let peak = later.medianPeak {
        output.print("a start takes \(milliseconds(time)) ms of CPU and \(megabytes(peak)) MB")
      }
    }
    return conclude(last, problem, request)
  }

  /// What several starts took, each list in ascending order.
  private struct Starts {
    private let times: [Int64]
    private let processorTimes: [Int64]
    private let peaks: [Int]

    init(_ results: [Measurement.Result]) {
      times = results.compactMap(\.startNanoseconds).sorted()
      processorTimes = results.compactMap(\.startUsage?.processorNanoseconds).sorted()
      peaks = results.compactMap(\.startUsage?.peakKilobytes).sorted()
    }

    /// The time that this share of the starts did not exceed; nil when there were none.
    func time(_ share: Double) -> Int64? { times.isEmpty ? nil : times[Int(share * Double(times.count - 1) + 0.5)] }
    var medianProcessorTime: Int64? { processorTimes.isEmpty ? nil : processorTimes[processorTimes.count / 2] }
    var medianPeak: Int? { peaks.isEmpty ? nil : peaks[peaks.count / 2] }
  }

  private static func requireNoExtension(_ request: InvokeCommand.Request) throws(CommandError) {
    guard request.extensions.isEmpty else { throw .usage("a measurement is of the function alone: leave --extension out") }
  }

  private static func problem(of result: Measurement.Result, _ request: InvokeCommand.Request) -> String? {
    if let failure = result.firstFailure { return failure.problem(timeoutSeconds: request.configuration.timeoutMilliseconds / 1000) }
    return result.startNanoseconds == nil ? "the program did not ask for an event" : nil
  }

  private static func conclude(_ result: Measurement.Result, _ problem: String?, _ request: InvokeCommand.Request) -> ExitCode {
    guard let problem else { return .success }
    Terminal.error.print("arbiter: \(problem)")
    if let failure = result.firstFailure, !request.json { Terminal.error.print(String(decoding: failure.body, as: UTF8.self)) }
    return result.firstFailure?.exitCode ?? .functionDidNotStart
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

  private static func thousandths(_ value: Int64?) -> JSONValue {
    value.flatMap { JSONNumber(Double($0) / 1000) }.map(JSONValue.number) ?? .null
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
