internal import AWSClient
internal import AgentKit
internal import JSON
internal import Synchronization

/// Asks Logs Insights for the memory that functions used.
struct MemoryCollector: Sendable {
  /// Queries that run at a time; the service allows few, and others share them.
  static let parallelism = 3
  static let firstPause: Int64 = 500
  static let longestPause: Int64 = 5000
  /// Time that a query may take, and that a query waits for others to end.
  static let longestWait: Int64 = 300_000
  /// Time after which no further query is begun: the analysis has to end within the workflow's.
  static let longestCollection: Int64 = 900_000

  private static let consequence = "No advice on the memory of these functions."

  let calls: AccountCalls
  let plan: MemoryPlan
  /// The end of the window, in milliseconds since the Unix epoch.
  let endMilliseconds: Int64
  let clock: any Clock
  let pause: @Sendable (Int64) async throws -> Void
  private let latestStart: Int64
  private let scannedBytes = Counter()
  private let startedQueries = Counter()
  /// Log groups that were refused for every window.
  private let refusedGroups = Counter()

  init(
    calls: AccountCalls, plan: MemoryPlan, endMilliseconds: Int64, clock: any Clock,
    pause: @escaping @Sendable (Int64) async throws -> Void
  ) {
    self.clock = clock
    latestStart = clock.nowMilliseconds + Self.longestCollection
    self.calls = calls
    self.plan = plan
    self.endMilliseconds = endMilliseconds
    self.pause = pause
  }

  private final class Counter: Sendable {
    private let value = Mutex<Int64>(0)
    var current: Int64 { value.withLock { $0 } }
    func add(_ count: Int64) { value.withLock { $0 = $0.addingReportingOverflow(max(0, count)).partialValue } }
  }

  /// What a query came to.
  private enum Result: Sendable {
    case rows([MemoryRow])
    /// A gap tells why there are none of these groups.
    case failed([String])
  }

  /// The memory of the candidates, by ARN; what is missing has a gap.
  func collect(_ candidates: [MemoryPlan.Candidate], bytes: [String: ExactDecimal]) async -> [String: LambdaUsage.MemoryUse] {
    guard !candidates.isEmpty else { return [:] }
    let groups = await logGroups(candidates)
    let choice = plan.choose(candidates, groups: groups, bytes: bytes)
    note(choice.withoutGroup, "has no log group")
    note(choice.tooLarge, "has logs so large that they were not scanned")

    let results = await choice.queries.mapBounded(limit: Self.parallelism) { await run($0) }.flatMap { $0 }
    var rows: [String: [MemoryRow]] = [:]
    var failed: Set<String> = []
    for result in results {
      switch result {
      case .rows(let found): for row in found { rows[row.group, default: []].append(row) }
      case .failed(let groups): failed.formUnion(groups)
      }
    }
    if Task.isCancelled { return [:] }

    let leftOut = Set(choice.withoutGroup + choice.tooLarge)
    var uses: [String: LambdaUsage.MemoryUse] = [:]
    var silent: [String] = []
    var changed: [String] = []
    for candidate in candidates where !leftOut.contains(candidate.function.reference.name) {
      let function = candidate.function
      guard !failed.contains(function.logGroup) else { continue }
      switch MemoryReading(function, rows: rows[function.logGroup] ?? []) {
      case .use(let use): uses[function.reference.arn] = use
      case .silent: silent.append(function.reference.name)
      case .changed: changed.append(function.reference.name)
      }
    }
    note(silent, "was invoked, but its log has no REPORT line")
    note(changed, "has REPORT lines of another memory size only, from before it was changed")
    return uses
  }

  private func note(_ functions: [String], _ what: String) {
    guard let first = functions.min() else { return }
    calls.note(
      Gap(
        .missingData, subject: "Lambda", message: "The function \(first) \(what).", consequence: Self.consequence, count: functions.count))
  }

  // MARK: Log groups

  /// The log groups of candidates that exist; nil when the account does not say.
  private func logGroups(_ candidates: [MemoryPlan.Candidate]) async -> [String: MemoryPlan.Group]? {
    let wanted = Set(candidates.map(\.function.logGroup))
    // One list has those that Lambda made; each of the others is looked up by its name.
    let common = "/aws/lambda/"
    var prefixes = wanted.contains { $0.hasPrefix(common) } ? [common] : []
    prefixes += wanted.filter { !$0.hasPrefix(common) }.sorted()
    var groups: [String: MemoryPlan.Group] = [:]
    for prefix in prefixes {
      let call = AccountCall(
        "logs", "DescribeLogGroups", ["logGroupNamePrefix": .string(prefix), "limit": 50], of: prefix, subject: "CloudWatch Logs",
        consequence: "How long logs are kept was found out by trying.")
      let isWhole = await calls.pages(call, PageToken("nextToken", "nextToken")) { page in
        for item in page["logGroups"]?.arrayValue ?? [] {
          guard let name = item["logGroupName"]?.stringValue, wanted.contains(name) else { continue }
          groups[name] = MemoryPlan.Group(retentionDays: item["retentionInDays"]?.intValue)
        }
      }
      if !isWhole { return nil }
    }
    return groups
  }

  // MARK: One query

  /// Runs a query, in halves or over fewer days where the service refuses it as it is.
  private func run(_ query: MemoryPlan.Query) async -> [Result] {
    guard scannedBytes.current < plan.limits.totalBytes else {
      note(query, .scope, "was not run, since the queries before it had scanned more than the \(plan.limits.totalBytes) bytes allowed")
      return [.failed(query.groups)]
    }
    guard clock.nowMilliseconds <= latestStart else {
      note(query, .scope, "was not run, since the queries before it had taken \(Self.longestCollection / 60_000) minutes")
      return [.failed(query.groups)]
    }
    guard startedQueries.current > 0 || refusedGroups.current < CallBreaker.initialFailures else {
      note(query, .serviceFailure, "was not run, since others were refused for every window")
      return [.failed(query.groups)]
    }
    switch await start(query) {
    case .started(let id):
      startedQueries.add(1)
      return [await finish(query, id)]
    case .failed: return [.failed(query.groups)]
    case .refused(let error):
      if let halves = query.halves { return await run(halves[0]) + run(halves[1]) }
      if error.code == "MalformedQueryException", let days = plan.days.first(where: { $0 < query.days }) {
        var shorter = query
        shorter.days = days
        return await run(shorter)
      }
      if error.code == "ResourceNotFoundException" {
        note(query, .missingData, "was refused, as it does not exist")
      } else {
        refusedGroups.add(1)
        note(query, .serviceFailure, "was refused for every window down to a day with \(error.code): \(error.message)")
      }
      return [.failed(query.groups)]
    }
  }

  private func note(_ query: MemoryPlan.Query, _ kind: Gap.Kind, _ what: String) {
    let more = query.groups.count > 1 ? " and \(query.groups.count - 1) more log groups" : ""
    calls.note(
      Gap(
        kind, subject: "CloudWatch Logs", message: "The query of \(query.groups.first ?? "")\(more) \(what).",
        consequence: Self.consequence, count: query.groups.count), foldingBy: what)
  }

  private enum Start: Sendable {
    case started(String)
    /// For one of its groups or for its window.
    case refused(AWSError)
    /// A gap tells why.
    case failed
  }

  private func start(_ query: MemoryPlan.Query) async -> Start {
    let call = AccountCall(
      "logs", "StartQuery", query.parameters(endMilliseconds: endMilliseconds), of: query.groups.first, subject: "CloudWatch Logs",
      consequence: Self.consequence)
    var waited: Int64 = 0
    var wait = Self.firstPause
    while true {
      switch await calls.attempt(call) {
      case .value(let answer):
        guard let id = answer["queryId"]?.stringValue else {
          note(query, .serviceFailure, "was begun without an id")
          return .failed
        }
        return .started(id)
      case .error(let error) where error.code == "MalformedQueryException" || error.code == "ResourceNotFoundException":
        return .refused(error)
      case .error(let error) where error.code == "LimitExceededException" && waited < Self.longestWait:
        // Others' queries run: wait for one to end.
        guard await paused(wait) else { return .failed }
        waited += wait
        wait = min(wait * 2, Self.longestPause)
      case .error(let error):
        calls.note(call, error)
        return .failed
      case .notAsked: return .failed
      }
    }
  }

  /// False when the task was cancelled.
  private func paused(_ milliseconds: Int64) async -> Bool {
    do {
      try await pause(milliseconds)
      return !Task.isCancelled
    } catch {
      return false
    }
  }

  private func finish(_ query: MemoryPlan.Query, _ id: String) async -> Result {
    let call = AccountCall(
      "logs", "GetQueryResults", ["queryId": .string(id)], of: query.groups.first, subject: "CloudWatch Logs",
      consequence: Self.consequence)
    var waited: Int64 = 0
    var wait = Self.firstPause
    while true {
      guard await paused(wait) else { return await stopped(query, id) }
      waited += wait
      wait = min(wait * 2, Self.longestPause)
      guard let answer = await calls.value(call) else { return await stopped(query, id) }
      switch answer["status"]?.stringValue {
      case "Complete":
        scannedBytes.add(Self.bytes(answer["statistics"]?["bytesScanned"]))
        let results = answer["results"]?.arrayValue ?? []
        let rows = results.compactMap { MemoryRow($0, of: query) }
        guard !rows.isEmpty || results.isEmpty else {
          note(query, .serviceFailure, "was answered without the figures that it asks for")
          return .failed(query.groups)
        }
        return .rows(rows)
      case "Scheduled", "Running", "Unknown":
        guard waited < Self.longestWait else {
          note(query, .serviceFailure, "did not end within \(Self.longestWait / 1000) seconds")
          return await stopped(query, id)
        }
      case let status:
        note(query, .serviceFailure, "ended with the status \(status ?? "(none)")")
        return .failed(query.groups)
      }
    }
  }

  /// A number of bytes, which the service writes with a fraction.
  private static func bytes(_ value: JSONValue?) -> Int64 {
    value?.numberValue.flatMap { ExactDecimal($0) }?.rounded(toFractionDigits: 0).int64 ?? 0
  }

  /// Stops a query whose answer nobody waits for, also when this task is cancelled: it would go on scanning, and billing.
  private func stopped(_ query: MemoryPlan.Query, _ id: String) async -> Result {
    let calls = calls
    let call = AccountCall(
      "logs", "StopQuery", ["queryId": .string(id)], of: query.groups.first, subject: "CloudWatch Logs",
      consequence: "A query of the logs may have gone on.")
    await Task.detached { _ = await calls.attempt(call) }.value
    return .failed(query.groups)
  }
}
