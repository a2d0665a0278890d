internal import AgentKit
internal import JSON

/// A row of a query's answer: one function with one memory size.
struct MemoryRow: Sendable, Hashable {
  var group: String
  /// The function, for groups that several share; nil for the others.
  var functionName: String?
  /// As Logs Insights gives them: "bytes" of a thousand or of 1,024 a kilobyte, or megabytes of JSON lines.
  var memorySize: ExactDecimal
  var p90: ExactDecimal
  var p95: ExactDecimal
  var average: ExactDecimal
  /// nil when the row does not tell it.
  var most: ExactDecimal?
  var reports: Int64
  var days: Int

  /// A row of GetQueryResults, a list of fields and values; nil without all of its figures.
  init?(_ row: JSONValue, of query: MemoryPlan.Query) {
    var fields: [String: String] = [:]
    for field in row.arrayValue ?? [] {
      if let name = field["field"]?.stringValue { fields[name] = field["value"]?.stringValue }
    }
    func figure(_ name: String) -> ExactDecimal? { fields[name].flatMap { ExactDecimal($0) } }
    // "@log" is the account, a colon and the group.
    guard let log = fields["@log"], let p90 = figure("p90"), let p95 = figure("p95"), let average = figure("average"),
      let reports = figure("reports")?.rounded(toFractionDigits: 0).int64, reports > 0, let memorySize = figure("memorySize")
    else { return nil }
    group = log.split(separator: ":", maxSplits: 1).last.map(String.init) ?? log
    functionName = query.layout.isShared ? fields["functionName"] ?? "" : nil
    self.memorySize = memorySize
    self.p90 = p90
    self.p95 = p95
    self.average = average
    most = figure("most")
    self.reports = reports
    days = query.days
  }

  /// What a megabyte of the function's configuration is in the row's figures; nil when the row is of another memory size.
  ///
  /// Lambda's REPORT lines say megabytes; Logs Insights multiplies them, by a million for its own fields. Nothing documents it as fixed, and queries that AWS
  /// publishes divide by either, so the row's own memory size tells.
  func unit(configuredMegabytes: Int) -> ExactDecimal? {
    [1_000_000, 1_048_576, 1].map { ExactDecimal(Int64($0)) }.first {
      (try? $0.multiplied(by: ExactDecimal(Int64(configuredMegabytes)))) == memorySize
    }
  }

  /// The use in bytes, 1,048,576 of them to a megabyte of the configuration.
  func use(unit: ExactDecimal) -> LambdaUsage.MemoryUse? {
    func bytes(_ figure: ExactDecimal) -> ExactDecimal? {
      (try? figure.multiplied(by: ExactDecimal(1_048_576)).divided(by: unit).value)?.rounded(toFractionDigits: 0)
    }
    guard let p90 = bytes(p90), let p95 = bytes(p95), let average = bytes(average) else { return nil }
    return LambdaUsage.MemoryUse(
      p90MaximumUsed: p90, p95MaximumUsed: p95, averageMaximumUsed: average, maximumUsed: most.flatMap(bytes), reportCount: reports,
      days: days)
  }
}

/// What the rows say of one function.
enum MemoryReading: Sendable, Hashable {
  case use(LambdaUsage.MemoryUse)
  /// No REPORT line at all.
  case silent
  /// REPORT lines only of times when the function had another memory size.
  case changed

  init(_ function: LambdaFunction, rows: [MemoryRow]) {
    let own = rows.filter { row in
      guard let name = row.functionName else { return true }
      // In the group of a function's own name, its own streams carry no name.
      return name == function.reference.name || (name.isEmpty && function.logGroup == "/aws/lambda/\(function.reference.name)")
    }
    guard !own.isEmpty else {
      self = .silent
      return
    }
    let uses = own.compactMap { row in row.unit(configuredMegabytes: function.memoryMegabytes).flatMap(row.use) }
    guard let most = uses.max(by: { $0.reportCount < $1.reportCount }) else {
      self = .changed
      return
    }
    self = .use(most)
  }
}
