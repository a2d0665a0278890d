internal import AgentKit
internal import JSON

/// Which log groups are asked for the memory of functions, over how many days, and in which queries. Pure.
struct MemoryPlan: Sendable {
  /// How a function's REPORT lines are found in its log group.
  struct Layout: Sendable, Hashable {
    /// Lambda writes JSON objects instead of text.
    var isJSON: Bool
    /// The group can hold lines of several functions: only the streams' names tell them apart.
    var isShared: Bool
  }

  /// A function whose memory is to be looked up.
  struct Candidate: Sendable {
    var function: LambdaFunction
    var layout: Layout
    /// Gigabyte-milliseconds or so of the window: what puts large spenders first.
    var spend: ExactDecimal
  }

  /// One query of Logs Insights over several log groups.
  struct Query: Sendable, Hashable {
    var groups: [String]
    var days: Int
    var layout: Layout
  }

  /// What DescribeLogGroups tells of a group.
  struct Group: Sendable, Hashable {
    /// nil for a group that is kept for ever.
    var retentionDays: Int?
  }

  struct Limits: Sendable, Hashable {
    /// Functions whose memory is looked up at most.
    var functions = 1000
    /// Log groups of one query; StartQuery takes 50.
    var groupsOfQuery = 50
    /// Bytes that one log group's scan may take, and all together: Logs Insights bills each gigabyte.
    var groupBytes: Int64 = 20_000_000_000
    var totalBytes: Int64 = 100_000_000_000
  }

  /// Windows that are tried, the longest that the logs reach back to first.
  static let fallbackDays = [15, 7, 3, 1]

  let limits: Limits
  let windowDays: Int

  init(windowDays: Int, limits: Limits = Limits()) {
    self.windowDays = max(1, windowDays)
    self.limits = limits
  }

  /// The windows in days, the longest first.
  var days: [Int] { [windowDays] + Self.fallbackDays.filter { $0 < windowDays } }

  /// The functions that were invoked, the largest spenders first, and how many are beyond the limit.
  func candidates(_ inventory: Inventory, _ usage: Usage) -> (chosen: [Candidate], beyond: Int) {
    let users = Dictionary(grouping: inventory.functions, by: \.logGroup).mapValues(\.count)
    var all: [Candidate] = []
    for function in inventory.functions {
      guard let use = usage.functions[function.reference.arn], let invocations = use.invocations, !invocations.isZero else { continue }
      let duration = use.averageDuration ?? ExactDecimal(1)
      let spend = (try? invocations.multiplied(by: duration).multiplied(by: ExactDecimal(Int64(function.memoryMegabytes)))) ?? .zero
      let isOwn = function.logGroup == "/aws/lambda/\(function.reference.name)" && users[function.logGroup] == 1
      all.append(Candidate(function: function, layout: Layout(isJSON: function.logsJSON, isShared: !isOwn), spend: spend))
    }
    all.sort { $0.spend != $1.spend ? $0.spend > $1.spend : $0.function.reference.arn < $1.function.reference.arn }
    return (Array(all.prefix(limits.functions)), max(0, all.count - limits.functions))
  }

  /// What is asked of the groups of candidates, and the functions whose groups are left out.
  struct Choice: Sendable {
    var queries: [Query] = []
    /// Names of functions whose group does not exist.
    var withoutGroup: [String] = []
    /// Names of functions whose group would take too many bytes to scan.
    var tooLarge: [String] = []
  }

  /// - Parameters:
  ///   - groups: the log groups of the account by name; nil when they are not known, so that queries have to find out.
  ///   - bytes: what groups took in over the window, by name; a group without a figure counts nothing.
  func choose(_ candidates: [Candidate], groups: [String: Group]?, bytes: [String: ExactDecimal]) -> Choice {
    var choice = Choice()
    var chosen: [Query: [String]] = [:]
    var daysOfGroup: [String: Int?] = [:]
    var left = ExactDecimal(limits.totalBytes)
    for candidate in candidates {
      let group = candidate.function.logGroup
      if let groups, groups[group] == nil {
        choice.withoutGroup.append(candidate.function.reference.name)
        continue
      }
      if daysOfGroup[group] == nil {
        let days = affordable(groups?[group], bytes[group] ?? .zero, left: &left)
        daysOfGroup[group] = .some(days)
      }
      guard let days = daysOfGroup[group] ?? nil else {
        choice.tooLarge.append(candidate.function.reference.name)
        continue
      }
      let key = Query(groups: [], days: days, layout: candidate.layout)
      if chosen[key]?.contains(group) != true { chosen[key, default: []].append(group) }
    }
    for (key, names) in chosen {
      // By name, so that the queries do not depend on what was spent.
      let sorted = names.sorted()
      for begin in stride(from: 0, to: sorted.count, by: limits.groupsOfQuery) {
        let slice = sorted[begin..<min(begin + limits.groupsOfQuery, sorted.count)]
        choice.queries.append(Query(groups: Array(slice), days: key.days, layout: key.layout))
      }
    }
    choice.queries.sort { ($0.groups.first ?? "", $0.days) < ($1.groups.first ?? "", $1.days) }
    return choice
  }

  /// The longest window that a group is kept for and whose bytes there is room for; nil without one.
  private func affordable(_ group: Group?, _ bytes: ExactDecimal, left: inout ExactDecimal) -> Int? {
    let room = min(left, ExactDecimal(limits.groupBytes))
    for days in days {
      if let retention = group?.retentionDays, retention < days, days != 1 { continue }
      guard let share = try? bytes.multiplied(by: ExactDecimal(Int64(days))).divided(by: ExactDecimal(Int64(windowDays))).value
      else { return nil }
      guard share <= room else { continue }
      left = (try? left.subtracting(share)) ?? .zero
      return days
    }
    return nil
  }
}

extension MemoryPlan.Query {
  /// The text of the query, in the language of Logs Insights. It is grouped by the memory size of the time, so that a function whose memory was
  /// changed within the window is judged by the lines since.
  var text: String {
    let used = layout.isJSON ? "record.metrics.maxMemoryUsedMB" : "@maxMemoryUsed"
    let size = layout.isJSON ? "record.metrics.memorySizeMB" : "@memorySize"
    let filter = layout.isJSON ? "filter type = \"platform.report\"" : "filter @type = \"REPORT\""
    // Streams of groups that functions share are named YYYY/MM/DD/function[version][environment].
    let parse = layout.isShared ? " | parse @logStream \"*/*/*/*[*\" as year, month, day, functionName, environment" : ""
    let owner = layout.isShared ? ", functionName" : ""
    return "\(filter)\(parse) | stats pct(\(used), 90) as p90, pct(\(used), 95) as p95, avg(\(used)) as average, max(\(used)) as most, "
      + "count(*) as reports, max(\(size)) as memorySize by @log\(owner), \(size)"
  }

  /// The parameters of StartQuery.
  func parameters(endMilliseconds: Int64) -> JSONObject {
    let end = endMilliseconds / 1000
    return [
      "logGroupNames": .array(groups.map { .string($0) }), "startTime": .number(end - Int64(days) * 86_400), "endTime": .number(end),
      "queryString": .string(text), "limit": 10_000,
    ]
  }

  /// The query in two halves; nil for one of a single group.
  var halves: [MemoryPlan.Query]? {
    guard groups.count > 1 else { return nil }
    let middle = groups.count / 2
    return [Array(groups[..<middle]), Array(groups[middle...])].map {
      MemoryPlan.Query(groups: $0, days: days, layout: layout)
    }
  }
}
