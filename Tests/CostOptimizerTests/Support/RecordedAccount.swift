import AWSClient
import CostOptimizer
import Foundation
import JSON
import Synchronization

/// An account that plays recorded answers: no network, no clock, and a list of every call that was made.
///
/// A folder of recordings has a file `<service>.<Operation>.json` for each operation, an array of
/// `{"parameters": {...}, "answer": {...}}` or `{"parameters": {...}, "error": {"code": "...", "message": "...", "status": 403}}`. The parameters are
/// the part of a call's that must be the same (missing means any call); of several recordings that match, the one that asks for most counts, and of
/// two that ask for as much the first. What is not recorded fails with the code `NotRecorded`, and is in `unrecorded`.
///
/// Metrics are recorded apart from queries, whose ids and batches are nobody's business, in `cloudwatch.metrics.json`: an array of
/// `{"namespace", "metric", "dimensions": {...}, "statistic", "values": [...]}`, and where they matter `"days"` (of the window that is asked for),
/// `"period"` (seconds) and `"status"` (`Complete`). The values come back as data points one period apart, beginning with the window; a metric that is not
/// recorded has no data points.
final class RecordedAccount: AccountReader {
  struct Recording: Sendable {
    var parameters: JSONValue
    var outcome: Result<JSONValue, AWSError>

    static func answer(_ answer: JSONValue, to parameters: JSONValue = [:]) -> Recording {
      Recording(parameters: parameters, outcome: .success(answer))
    }

    static func error(_ code: String, _ message: String = "", status: Int = 400, to parameters: JSONValue = [:]) -> Recording {
      Recording(parameters: parameters, outcome: .failure(AWSError(code: code, message: message, httpStatus: status)))
    }

    static func denied(_ message: String = "User: arn:aws:iam::123456789012:role/agent is not authorized", to parameters: JSONValue = [:])
      -> Recording
    {
      error("AccessDeniedException", message, status: 403, to: parameters)
    }
  }

  struct Metric: Sendable {
    var namespace: String
    var name: String
    var dimensions: [String: String]
    var statistic: String
    var values: [JSONValue]
    var days: Int?
    var period: Int?
    var status = "Complete"

    init(
      _ namespace: String, _ name: String, _ dimensions: [String: String], _ statistic: String, _ values: [JSONValue], days: Int? = nil,
      period: Int? = nil, status: String = "Complete"
    ) {
      self.namespace = namespace
      self.name = name
      self.dimensions = dimensions
      self.statistic = statistic
      self.values = values
      self.days = days
      self.period = period
      self.status = status
    }
  }

  struct Call: Sendable, Hashable {
    var service: String
    var operation: String
    var parameters: JSONValue
    var name: String { "\(service).\(operation)" }
  }

  let region: String
  private let recordings: [String: [Recording]]
  private let metrics: [String: [Metric]]
  /// Metrics in one page of GetMetricData.
  private let metricPage: Int
  /// Answers made by code, before any recording is looked at; nil passes the call on.
  private let respond: @Sendable (Call) async throws -> JSONValue?
  private let made = Mutex<[Call]>([])
  private let missing = Mutex<Set<String>>([])

  /// - Parameter recordings: by "service.Operation".
  init(
    region: String = "us-east-1", _ recordings: [String: [Recording]] = [:], metrics: [Metric]? = nil, metricPage: Int = 500,
    respond: @escaping @Sendable (Call) async throws -> JSONValue? = { _ in nil }
  ) {
    self.region = region
    self.recordings = recordings
    self.metrics = Dictionary(grouping: metrics ?? [], by: { $0.namespace + " " + $0.name })
    self.metricPage = metricPage
    self.respond = respond
  }

  /// Reads a folder of recordings.
  convenience init(region: String = "us-east-1", folder: URL) throws {
    var recordings: [String: [Recording]] = [:]
    var metrics: [Metric] = []
    for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) where file.pathExtension == "json"
    {
      let entries = try JSONValue(parsing: [UInt8](Data(contentsOf: file))).arrayValue ?? []
      let name = file.deletingPathExtension().lastPathComponent
      if name == "cloudwatch.metrics" {
        metrics += try entries.map(Self.metric)
      } else {
        recordings[name] = try entries.map { try Self.recording($0, in: name) }
      }
    }
    self.init(region: region, recordings, metrics: metrics)
  }

  /// Every call in its order.
  var calls: [Call] { made.withLock { $0 } }
  /// Names of calls for which there was no recording.
  var unrecorded: Set<String> { missing.withLock { $0 } }
  /// How often each "service.Operation" was called.
  var counts: [String: Int] { calls.reduce(into: [:]) { $0[$1.name, default: 0] += 1 } }

  func read(_ service: String, _ operation: String, _ parameters: JSONValue) async throws -> JSONValue {
    let call = Call(service: service, operation: operation, parameters: parameters)
    made.withLock { $0.append(call) }
    if let answer = try await respond(call) { return answer }
    let matching = (recordings[call.name] ?? []).filter { Self.matches($0.parameters, parameters) }
    let size = matching.map { Self.size($0.parameters) }.max()
    if let recording = matching.first(where: { Self.size($0.parameters) == size }) { return try recording.outcome.get() }
    if call.name == "cloudwatch.GetMetricData" { return try metricData(parameters) }
    missing.withLock { _ = $0.insert(call.name) }
    throw AWSError(code: "NotRecorded", message: "no recording of \(call.name) with \(parameters)", service: service, operation: operation)
  }

  // MARK: Reading recordings

  struct Malformed: Error, CustomStringConvertible { var description: String }

  private static func recording(_ entry: JSONValue, in name: String) throws -> Recording {
    let parameters = entry["parameters"] ?? [:]
    if let error = entry["error"] {
      return .error(
        error["code"]?.stringValue ?? "", error["message"]?.stringValue ?? "", status: error["status"]?.intValue ?? 400, to: parameters)
    }
    guard let answer = entry["answer"] else { throw Malformed(description: "\(name): a recording without an answer or an error: \(entry)") }
    return .answer(answer, to: parameters)
  }

  private static func metric(_ entry: JSONValue) throws -> Metric {
    guard let namespace = entry["namespace"]?.stringValue, let name = entry["metric"]?.stringValue,
      let dimensions = entry["dimensions"]?.objectValue, let statistic = entry["statistic"]?.stringValue,
      let values = entry["values"]?.arrayValue
    else { throw Malformed(description: "cloudwatch.metrics: a metric that lacks a member: \(entry)") }
    return Metric(
      namespace, name, dimensions.dictionary.compactMapValues(\.stringValue), statistic, values, days: entry["days"]?.intValue,
      period: entry["period"]?.intValue, status: entry["status"]?.stringValue ?? "Complete")
  }

  /// True when a call has at least the recorded parameters; objects are compared member by member, all else as a whole.
  private static func matches(_ recorded: JSONValue, _ parameters: JSONValue) -> Bool {
    guard case .object(let members) = recorded, case .object(let given) = parameters else { return recorded == parameters }
    return members.allSatisfy { member in given[member.key].map { matches(member.value, $0) } ?? false }
  }

  private static func size(_ recorded: JSONValue) -> Int {
    guard case .object(let members) = recorded else { return 1 }
    return members.reduce(0) { $0 + size($1.value) }
  }

  // MARK: GetMetricData

  /// The answer to a batch of queries, held to the limits of the service.
  private func metricData(_ parameters: JSONValue) throws -> JSONValue {
    let queries = parameters["MetricDataQueries"]?.arrayValue ?? []
    guard !queries.isEmpty, queries.count <= 500 else {
      throw AWSError(code: "ValidationError", message: "\(queries.count) queries: 1 to 500 are allowed", httpStatus: 400)
    }
    guard let from = parameters["StartTime"]?.int64Value, let to = parameters["EndTime"]?.int64Value, from < to else {
      throw AWSError(code: "ValidationError", message: "StartTime and EndTime are no epoch seconds in their order", httpStatus: 400)
    }
    let begin = parameters["NextToken"]?.stringValue.flatMap { Int($0) } ?? 0
    let end = min(queries.count, begin + metricPage)
    let results = queries[begin..<end].map { query -> JSONValue in
      let statistic = query["MetricStat"]
      let metric = statistic?["Metric"]
      let period = statistic?["Period"]?.int64Value ?? 0
      var dimensions: [String: String] = [:]
      for dimension in metric?["Dimensions"]?.arrayValue ?? [] {
        if let name = dimension["Name"]?.stringValue { dimensions[name] = dimension["Value"]?.stringValue }
      }
      let name = "\(metric?["Namespace"]?.stringValue ?? "") \(metric?["MetricName"]?.stringValue ?? "")"
      let found = (metrics[name] ?? []).first {
        $0.dimensions == dimensions && $0.statistic == statistic?["Stat"]?.stringValue
          && ($0.days.map { Int64($0) * 86_400 == to - from } ?? true) && ($0.period.map { Int64($0) == period } ?? true)
      }
      let values = found?.values ?? []
      return [
        "Id": query["Id"] ?? "", "Label": .string(name), "StatusCode": .string(found?.status ?? "Complete"),
        "Timestamps": .array(values.indices.map { .number(from + Int64($0) * period) }), "Values": .array(values),
      ]
    }
    var answer: JSONObject = ["MetricDataResults": .array(results)]
    if end < queries.count { answer["NextToken"] = .string(String(end)) }
    return .object(answer)
  }
}
