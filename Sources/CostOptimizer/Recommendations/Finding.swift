public import AgentKit

/// What a decision rule says about resources, before it has a price: pure facts and an exact action.
public struct Finding: Sendable, Hashable {
  /// A configuration change whose effect on the bill can be computed.
  public enum Change: Sendable, Hashable {
    case removeFunction
    case memory(fromMegabytes: Int, toMegabytes: Int)
    case architecture(from: LambdaFunction.Architecture, to: LambdaFunction.Architecture)
    case ephemeralStorage(fromMegabytes: Int, toMegabytes: Int)
    case provisionedConcurrency(qualifier: String, from: Int, to: Int)
    case tableCapacity(readFrom: Int, readTo: Int, writeFrom: Int, writeTo: Int)
    case tableBillingMode(to: TableFacts.BillingMode, readUnits: Int, writeUnits: Int)
    case removeCache(stage: String, gigabytes: String)
    case storageClass(bytes: ExactDecimal, from: String, to: String)
    /// Advice without an effect on the bill that facts tell: a timeout, a runtime, throttles, a rule that is not used.
    case advice
  }

  public enum Risk: String, Sendable, Hashable, CaseIterable { case low, medium, high }

  /// A figure that the finding rests on.
  public struct Evidence: Sendable, Hashable {
    /// Such as "p95 of the memory used".
    public var label: String
    /// The figure with its unit, such as "212 MB".
    public var value: String
    /// Where it is from: a metric, a query, a configuration.
    public var source: String
    /// Days of the window; nil for a configuration.
    public var windowDays: Int?

    public init(label: String, value: String, source: String, windowDays: Int? = nil) {
      self.label = label
      self.value = value
      self.source = source
      self.windowDays = windowDays
    }
  }

  /// The rule's stable id, such as "lambda-memory-reduce"; docs/cost-rules.md lists them.
  public var rule: String
  public var resources: [ResourceReference]
  public var title: String
  public var evidence: [Evidence]
  /// What exactly to change, from what to what.
  public var action: String
  public var change: Change
  public var risk: Risk
  public var riskNote: String
  public var steps: [String]
  /// How to see that it worked.
  public var validation: String

  public init(
    rule: String, resources: [ResourceReference], title: String, evidence: [Evidence], action: String, change: Change, risk: Risk,
    riskNote: String, steps: [String], validation: String
  ) {
    self.rule = rule
    self.resources = resources
    self.title = title
    self.evidence = evidence
    self.action = action
    self.change = change
    self.risk = risk
    self.riskNote = riskNote
    self.steps = steps
    self.validation = validation
  }

  /// The same for the same rule and resource in every run: what `arbiter cost diff` compares by.
  public var id: String { "\(rule):\(resources.first?.arn ?? "")" }
}
