import JSON
import LocalCloud
import RuntimeAPI

/// One invocation, shown as it goes.
final class InvokeRun: ExecutionObserver {
  private let request: InvokeCommand.Request
  private var outcome: Outcome?
  private var report: InvocationReport?
  private var peakMemoryKilobytes = 0
  private var startNanoseconds: Int64?
  private var prelude: HTTPIntegrationPrelude?
  private var hasStreamed = false
  /// Of a streamed response that is printed as JSON at the end.
  private var streamed: [UInt8] = []

  private init(_ request: InvokeCommand.Request) { self.request = request }

  static func run(_ request: InvokeCommand.Request, isInterrupted: () -> Bool) throws(CommandError) -> ExitCode {
    let run = InvokeRun(request)
    let environment = try attempt { () throws(RuntimeAPIError) in
      try ExecutionEnvironment(request.configuration, program: request.program, extensions: request.extensions, observer: run)
    }
    var next: Invocation? = request.invocation
    environment.run(
      {
        defer { next = nil }
        return next
      }, isInterrupted: isInterrupted)
    return run.show()
  }

  static func attempt<Value>(_ work: () throws(RuntimeAPIError) -> Value) throws(CommandError) -> Value {
    do throws(RuntimeAPIError) { return try work() } catch { throw CommandError("the Runtime API could not be served: \(error)") }
  }

  // MARK: What happens

  func logged(_ line: String) { Terminal.error.print(line) }

  func started(nanoseconds: Int64, _ usage: ResourceUsage?) { if startNanoseconds == nil { startNanoseconds = nanoseconds } }

  func streamed(_ bytes: [UInt8], contentType: String?, requestID: String) {
    if contentType == HTTPIntegrationPrelude.contentType { prelude = HTTPIntegrationPrelude() }
    let hadPrelude = prelude?.text != nil
    let body = prelude?.body(of: bytes) ?? bytes
    if !hadPrelude, let text = prelude?.text, !request.json { Terminal.error.print("HTTP \(text)") }
    guard !body.isEmpty else { return }
    hasStreamed = true
    if request.json { streamed += body } else { Terminal.standard.print(bytes: body) }
  }

  func answered(_ requestID: String, _ outcome: Outcome, roundTripNanoseconds: Int64) {
    self.outcome = outcome
    if case .response(let response) = outcome, response.isStreamed { prelude?.end() }
  }

  func completed(_ report: InvocationReport, peakMemoryKilobytes: Int) {
    self.report = report
    self.peakMemoryKilobytes = peakMemoryKilobytes
  }

  // MARK: What is shown

  private func show() -> ExitCode {
    guard let outcome else { return .failure }
    let cloudFormation = request.receiver.map { receiver in
      receiver.answers.last.map { (try? JSONValue(parsing: $0)) ?? .string(String(decoding: $0, as: UTF8.self)) } ?? JSONValue.null
    }
    var problem: String?
    var code = ExitCode.success
    var value: JSONValue?
    var isStreamed = false
    switch outcome {
    case .response(let response):
      isStreamed = response.isStreamed
      value = isStreamed ? .string(String(decoding: streamed, as: UTF8.self)) : Self.value(response.body)
      problem = prelude?.problem
      if problem != nil { code = .failure }
      if let cloudFormation, cloudFormation["Status"] != "SUCCESS" { code = .failure }
    case .failure(let failure):
      value = Self.value(failure.body)
      problem = failure.problem(timeoutSeconds: request.configuration.timeoutMilliseconds / 1000)
      code = failure.exitCode
    }
    if request.json {
      let isFailure = if case .failure = outcome { true } else { false }
      showJSON(value ?? .null, isFailure: isFailure, isStreamed: isStreamed, problem, cloudFormation)
    } else {
      // Parts of a stream are on standard output already.
      if let value, !isStreamed { (hasStreamed ? Terminal.error : Terminal.standard).print(value.text) }
      if let cloudFormation {
        Terminal.standard.print(
          cloudFormation.isNull ? "CloudFormation would get no answer" : "CloudFormation would get: \(cloudFormation.text)")
      }
    }
    if let problem { Terminal.error.print("arbiter: \(problem)") }
    return code
  }

  static func value(_ bytes: [UInt8]) -> JSONValue {
    (try? JSONValue(parsing: bytes)) ?? .string(String(decoding: bytes, as: UTF8.self))
  }

  private func showJSON(_ value: JSONValue, isFailure: Bool, isStreamed: Bool, _ problem: String?, _ cloudFormation: JSONValue?) {
    var object: JSONObject = [
      "requestId": .string(request.invocation.requestID), isFailure ? "error" : "response": value,
      "problem": problem.map(JSONValue.string) ?? .null,
      "status": .string((report?.status ?? .error).rawValue),
      "durationMicroseconds": .number((report?.durationNanoseconds ?? 0) / 1000),
      "billedMilliseconds": .number(report?.billedMilliseconds ?? 0),
      "initializationMicroseconds": startNanoseconds.map { .number($0 / 1000) } ?? .null,
      "peakMemoryKilobytes": .number(peakMemoryKilobytes),
    ]
    if isStreamed { object["streamed"] = true }
    if let text = prelude?.text { object["http"] = (try? JSONValue(parsing: text)) ?? .string(text) }
    if let cloudFormation { object["cloudFormation"] = cloudFormation }
    Terminal.standard.print(JSONValue.object(object).text)
  }
}
