import AWSClient
import JSON
import Synchronization

@testable import CostOptimizer

/// Logs Insights as a part of a `RecordedAccount`: queries that run for a while, groups that do not exist or are not kept for long.
final class RecordedLogs: Sendable {
  struct Row: Sendable {
    var group: String
    var memorySize: String
    var p90 = "0"
    var p95: String
    var average = "0"
    var most: String?
    var reports = "100"
    var functionName: String?
  }

  struct Query: Sendable {
    var groups: [String]
    var days: Int64
    var text: String
    var looks = 0
    var isStopped = false
  }

  /// Days that a group is kept for; nil for ever. Groups that are not in it do not exist.
  let groups: [String: Int?]
  let rows: [Row]
  /// Looks at a query before it is complete.
  let looks: Int
  /// False when the account does not list its groups.
  let listsGroups: Bool
  let bytesScanned: Int64
  /// The status of a query that ended.
  let endStatus: String
  private let refusals: Mutex<Int>
  private let queries = Mutex<[String: Query]>([:])

  /// - Parameter refusals: starts that are refused first, since too many queries run.
  init(
    _ groups: [String: Int?], _ rows: [Row], looks: Int = 2, listsGroups: Bool = true, bytesScanned: Int64 = 1000, refusals: Int = 0,
    endStatus: String = "Complete"
  ) {
    self.groups = groups
    self.rows = rows
    self.looks = looks
    self.listsGroups = listsGroups
    self.bytesScanned = bytesScanned
    self.refusals = Mutex(refusals)
    self.endStatus = endStatus
  }

  /// The queries in the order of their starts.
  var started: [Query] { queries.withLock { all in all.keys.sorted().compactMap { all[$0] } } }

  func respond(_ call: RecordedAccount.Call) throws -> JSONValue? {
    switch call.name {
    case "logs.DescribeLogGroups":
      guard listsGroups else { throw AWSError(code: "AccessDeniedException", message: "no", httpStatus: 403) }
      let prefix = call.parameters["logGroupNamePrefix"]?.stringValue ?? ""
      let found = groups.keys.sorted().filter { $0.hasPrefix(prefix) }.map { name -> JSONValue in
        var group: JSONObject = ["logGroupName": .string(name)]
        if let days = groups[name] ?? nil { group["retentionInDays"] = .number(days) }
        return .object(group)
      }
      return ["logGroups": .array(found)]
    case "logs.StartQuery": return try start(call.parameters)
    case "logs.GetQueryResults": return try results(call.parameters["queryId"]?.stringValue ?? "")
    case "logs.StopQuery":
      let id = call.parameters["queryId"]?.stringValue ?? ""
      queries.withLock { $0[id]?.isStopped = true }
      return ["success": true]
    default: return nil
    }
  }

  private func start(_ parameters: JSONValue) throws -> JSONValue {
    let names = (parameters["logGroupNames"]?.arrayValue ?? []).compactMap(\.stringValue)
    guard let from = parameters["startTime"]?.int64Value, let to = parameters["endTime"]?.int64Value, !names.isEmpty, names.count <= 50
    else { throw AWSError(code: "InvalidParameterException", message: "\(parameters)", httpStatus: 400) }
    let isRefused = refusals.withLock { left in
      left -= 1
      return left >= 0
    }
    if isRefused { throw AWSError(code: "LimitExceededException", message: "too many queries", httpStatus: 400) }
    for name in names {
      guard let retention = groups[name] else {
        throw AWSError(code: "ResourceNotFoundException", message: "Log group '\(name)' does not exist", httpStatus: 400)
      }
      if let retention, (to - from) / 86_400 > Int64(retention) {
        throw AWSError(code: "MalformedQueryException", message: "the range exceeds the retention", httpStatus: 400)
      }
    }
    return queries.withLock { all in
      let id = "q\(1000 + all.count)"
      all[id] = Query(groups: names, days: (to - from) / 86_400, text: parameters["queryString"]?.stringValue ?? "")
      return ["queryId": .string(id)]
    }
  }

  private func results(_ id: String) throws -> JSONValue {
    let query = try queries.withLock { all in
      guard all[id] != nil else { throw AWSError(code: "ResourceNotFoundException", message: "no query \(id)", httpStatus: 400) }
      all[id]?.looks += 1
      return all[id]
    }
    guard let query, query.looks > looks else { return ["status": "Running", "results": []] }
    let found = rows.filter { query.groups.contains($0.group) }.map { row -> JSONValue in
      var fields: [(String, String)] = [
        ("@log", "123456789012:\(row.group)"), ("p90", row.p90), ("p95", row.p95), ("average", row.average), ("reports", row.reports),
        ("memorySize", row.memorySize),
      ]
      if let most = row.most { fields.append(("most", most)) }
      if let name = row.functionName { fields.append(("functionName", name)) }
      return .array(fields.map { ["field": .string($0.0), "value": .string($0.1)] })
    }
    return ["status": .string(endStatus), "results": .array(found), "statistics": ["bytesScanned": .number(bytesScanned)]]
  }
}
