internal import JSON

/// What Lambda itself writes into a function's log.
enum PlatformEvent: Equatable {
  case initializationStart(functionName: String, version: String)
  case initializationReport(nanoseconds: Int64, phase: String, status: String, errorType: String?)
  case start(requestID: String, version: String)
  /// "3.00".
  case timedOut(requestID: String, seconds: String)
}

/// Words the platform's lines: text, or one JSON object a line.
/// Sources: Lambda Developer Guide, "Sending Lambda function logs to CloudWatch Logs"; Lambda Telemetry API, schema 2022-12-13.
struct PlatformLog {
  let configuration: FunctionConfiguration

  private var isJSON: Bool { configuration.logFormat == .json }

  func lines(_ event: PlatformEvent, epochMilliseconds now: Int64) -> [String] {
    switch event {
    case .initializationStart:
      let runtime = "provided:al2023"
      return isJSON
        ? [
          record(
            "platform.initStart", now,
            [
              "initializationType": "on-demand", "phase": "init", "runtimeVersion": .string(runtime),
              "functionName": .string(configuration.name), "functionVersion": .string(configuration.version),
            ])
        ] : ["INIT_START Runtime Version: \(runtime)"]
    case .initializationReport(let nanoseconds, let phase, let status, let errorType):
      if isJSON {
        var object: JSONObject = [
          "initializationType": "on-demand", "phase": .string(phase), "status": .string(status),
          "metrics": ["durationMs": Self.number(nanoseconds)],
        ]
        if let errorType { object["errorType"] = .string(errorType) }
        return [record("platform.initReport", now, object)]
      }
      let line = "INIT_REPORT Init Duration: \(Self.text(nanoseconds)) ms\tPhase: \(phase)\tStatus: \(status)"
      return [line + (errorType.map { "\tError Type: \($0)" } ?? "")]
    case .start(let requestID, let version):
      return isJSON
        ? [record("platform.start", now, ["requestId": .string(requestID), "version": .string(version)])]
        : ["START RequestId: \(requestID) Version: \(version)"]
    case .timedOut(let requestID, let seconds):
      // In JSON, the status of the report says it.
      return isJSON ? [] : ["\(ISO8601.text(milliseconds: now)) \(requestID) Task timed out after \(seconds) seconds"]
    }
  }

  /// - Parameter maximumMemoryMegabytes: the largest resident set of the process.
  func lines(_ report: InvocationReport, maximumMemoryMegabytes: Int, epochMilliseconds now: Int64) -> [String] {
    let id = report.requestID
    if isJSON {
      var metrics: JSONObject = [
        "durationMs": Self.number(report.durationNanoseconds), "billedDurationMs": .number(report.billedMilliseconds),
        "memorySizeMB": .number(configuration.memoryMegabytes), "maxMemoryUsedMB": .number(maximumMemoryMegabytes),
      ]
      if let initialization = report.initializationNanoseconds { metrics["initDurationMs"] = Self.number(initialization) }
      var object: JSONObject = ["requestId": .string(id), "metrics": .object(metrics), "status": .string(report.status.rawValue)]
      if let errorType = report.errorType { object["errorType"] = .string(errorType) }
      if let trace = report.traceHeader { object["tracing"] = ["type": "X-Amzn-Trace-Id", "value": .string(trace)] }
      return [record("platform.report", now, object)]
    }
    var line =
      "REPORT RequestId: \(id)\tDuration: \(Self.text(report.durationNanoseconds)) ms\tBilled Duration: \(report.billedMilliseconds) ms"
    line += "\tMemory Size: \(configuration.memoryMegabytes) MB\tMax Memory Used: \(maximumMemoryMegabytes) MB"
    if let initialization = report.initializationNanoseconds { line += "\tInit Duration: \(Self.text(initialization)) ms" }
    switch report.status {
    case .success: break
    case .timeout: line += "\tStatus: timeout"
    case .error: if let errorType = report.errorType { line += "\tStatus: error\tError Type: \(errorType)" }
    }
    var lines = ["END RequestId: \(id)", line]
    if let trace = report.traceHeader, let root = Self.field("Root", of: trace), Self.field("Sampled", of: trace) == "1" {
      lines.append("XRAY TraceId: \(root)\tSegmentId: \(Self.field("Parent", of: trace) ?? "")\tSampled: true")
    }
    return lines
  }

  private func record(_ type: String, _ now: Int64, _ record: JSONObject) -> String {
    let object: JSONObject = ["time": .string(ISO8601.text(milliseconds: now)), "type": .string(type), "record": .object(record)]
    return JSONValue.object(object).text
  }

  private static func field(_ name: String, of traceHeader: String) -> Substring? {
    traceHeader.split(separator: ";").first { $0.hasPrefix(name + "=") }?.dropFirst(name.count + 1)
  }

  /// Milliseconds with two decimals: "12.30".
  static func text(_ nanoseconds: Int64) -> String {
    let hundredths = (nanoseconds + 5_000) / 10_000
    let fraction = String(hundredths % 100)
    return "\(hundredths / 100).\(fraction.count == 1 ? "0" : "")\(fraction)"
  }

  private static func number(_ nanoseconds: Int64) -> JSONValue {
    JSONNumber(Double((nanoseconds + 5_000) / 10_000) / 100).map(JSONValue.number) ?? .null
  }
}
