import AgentKit
import JSON

/// What the decision rules say about an account.
public struct Decisions: Sendable, Hashable {
  /// In the order of the inventory.
  public var findings: [Finding]
  /// Resources without a finding, with the reason.
  public var unchanged: [CostReport.Unchanged]
  /// What could not be judged, and why; what differs only in its resource is one gap that names the resources.
  public var gaps: [Gap]

  public init(findings: [Finding] = [], unchanged: [CostReport.Unchanged] = [], gaps: [Gap] = []) {
    self.findings = findings
    self.unchanged = unchanged
    self.gaps = gaps
  }
}

/// Turns what was found and measured into findings: pure functions, one file a service.
///
/// A figure that is missing gives no advice; it gives a gap. Every resource has a finding or a line that says why it needs none.
public struct DecisionRules: Sendable {
  public var settings: RuleSettings

  public init(_ settings: RuleSettings = RuleSettings()) { self.settings = settings }

  public func decide(_ inventory: Inventory, _ usage: Usage) -> Decisions {
    var judgement = Judgement()
    let context = RuleContext(settings: settings, inventory, usage)
    for function in inventory.functions {
      context.judge(function, usage.functions[function.reference.arn] ?? LambdaUsage(), &judgement)
    }
    for api in inventory.apis { context.judge(api, usage.apis[api.reference.arn] ?? APIUsage(), &judgement) }
    for table in inventory.tables { context.judge(table, usage.tables[table.reference.arn] ?? TableUsage(), &judgement) }
    for bucket in inventory.buckets { context.judge(bucket, usage.buckets[bucket.reference.arn] ?? BucketUsage(), &judgement) }
    for machine in inventory.stateMachines {
      context.judge(machine, usage.stateMachines[machine.reference.arn] ?? StateMachineUsage(), &judgement)
    }
    context.judgeEvents(inventory, usage.rules, &judgement)
    return Decisions(findings: judgement.findings, unchanged: judgement.unchanged, gaps: judgement.gaps)
  }
}

/// What all rules of one run share.
struct RuleContext {
  let settings: RuleSettings
  /// Days of the long window and of the recent one.
  let days: Int
  let recentDays: Int
  let windowStart: Int64
  /// When the session began: what dates are compared with.
  let now: Int64
  let accountConcurrencyLimit: Int?

  /// Names of enabled schedules by the ARN of the function that they start.
  let schedules: [String: String]

  init(settings: RuleSettings, _ inventory: Inventory, _ usage: Usage) {
    self.settings = settings
    days = usage.window.days
    recentDays = usage.recentWindow.days
    windowStart = usage.window.fromMilliseconds
    now = usage.window.toMilliseconds
    accountConcurrencyLimit = inventory.accountConcurrencyLimit
    var schedules: [String: String] = [:]
    for rule in inventory.rules where rule.isEnabled && rule.scheduleExpression != nil {
      for target in rule.targets ?? [] { schedules[Self.function(of: target)] = rule.reference.name }
    }
    for schedule in inventory.schedules where schedule.isEnabled {
      if let target = schedule.target { schedules[Self.function(of: target)] = schedule.reference.name }
    }
    self.schedules = schedules
  }

  /// The ARN of a target without the version or alias that a function's may end with.
  private static func function(of target: String) -> String {
    let parts = target.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 8, parts[2] == "lambda" else { return target }
    return parts.prefix(7).joined(separator: ":")
  }

  /// Whether something was there for the whole window: what it was not used for before it was made says nothing.
  func isOlderThanWindow(_ created: Int64?) -> Bool { created.map { $0 <= windowStart } ?? false }

  /// Why something of that age cannot be judged by its use.
  var tooYoung: String { "Made within the last \(days) days, or at an unknown time" }

  static let outOfRange = "A figure is beyond what can be computed with"

  /// The day of a time, such as "2026-11-27".
  static func day(_ milliseconds: Int64) -> String { String(ISO8601.text(milliseconds: milliseconds).prefix(10)) }

  func metric(_ label: String, _ value: String, _ source: String) -> Finding.Evidence {
    Finding.Evidence(label: label, value: value, source: "CloudWatch \(source)", windowDays: days)
  }

  func configuration(_ label: String, _ value: String) -> Finding.Evidence {
    Finding.Evidence(label: label, value: value, source: "configuration")
  }
}

extension Finding {
  init(
    _ rule: RuleID, _ resources: [ResourceReference], title: String, evidence: [Evidence], action: String, change: Change = .advice,
    risk: Risk, _ riskNote: String, steps: [String], validation: String
  ) {
    self.init(
      rule: rule.rawValue, resources: resources, title: title, evidence: evidence, action: action, change: change, risk: risk,
      riskNote: riskNote, steps: steps, validation: validation)
  }
}
