import AgentKit

/// Everything that a report says; text, evidence, JSON and HTML are written from it, and `report.json` reads back into it.
public struct CostReport: Sendable, Hashable {
  public var sessionID: String
  public var accountID: String
  public var region: String
  /// Milliseconds since the Unix epoch.
  public var createdAtMilliseconds: Int64
  public var window: Usage.Window
  public var recentWindow: Usage.Window
  /// Resources found, by service: 0 where there are none, and no entry for a service that could not be read, of which a gap tells.
  public var resourceCounts: [ResourceReference.Service: Int]
  /// The largest savings first.
  public var recommendations: [Recommendation]
  /// Resources that were looked at and need no change, with the reason ("No actionable change").
  public var unchanged: [Unchanged]
  public var gaps: [Gap]
  /// What the model wrote; nil when it wrote nothing usable.
  public var words: Words?
  /// Figures behind the findings and of resources without one, for the evidence appendix.
  public var evidence: [EvidenceEntry]
  public var priceSource: String
  public var phases: [PhaseSummary]

  public struct Unchanged: Sendable, Hashable {
    public var resource: ResourceReference
    public var reason: String

    public init(resource: ResourceReference, reason: String) {
      self.resource = resource
      self.reason = reason
    }
  }

  /// Text by the model. It names no figure that is not in the report's facts.
  public struct Words: Sendable, Hashable {
    public var executiveSummary: String
    public var nextReview: String?
    public var modelID: String

    public init(executiveSummary: String, nextReview: String?, modelID: String) {
      self.executiveSummary = executiveSummary
      self.nextReview = nextReview
      self.modelID = modelID
    }
  }

  public struct EvidenceEntry: Sendable, Hashable {
    public var resource: ResourceReference
    public var figures: [Finding.Evidence]

    public init(resource: ResourceReference, figures: [Finding.Evidence]) {
      self.resource = resource
      self.figures = figures
    }
  }

  public struct PhaseSummary: Sendable, Hashable {
    public var phase: Phase
    public var status: TaskStatus
    public var durationMilliseconds: Int64?
    public var resourceCount: Int?
    public var recommendationCount: Int?
    public var error: String?

    public init(
      phase: Phase, status: TaskStatus, durationMilliseconds: Int64? = nil, resourceCount: Int? = nil, recommendationCount: Int? = nil,
      error: String? = nil
    ) {
      self.phase = phase
      self.status = status
      self.durationMilliseconds = durationMilliseconds
      self.resourceCount = resourceCount
      self.recommendationCount = recommendationCount
      self.error = error
    }
  }

  public init(
    sessionID: String, accountID: String, region: String, createdAtMilliseconds: Int64, window: Usage.Window, recentWindow: Usage.Window,
    resourceCounts: [ResourceReference.Service: Int] = [:], recommendations: [Recommendation] = [], unchanged: [Unchanged] = [],
    gaps: [Gap] = [], words: Words? = nil, evidence: [EvidenceEntry] = [], priceSource: String, phases: [PhaseSummary] = []
  ) {
    self.sessionID = sessionID
    self.accountID = accountID
    self.region = region
    self.createdAtMilliseconds = createdAtMilliseconds
    self.window = window
    self.recentWindow = recentWindow
    self.resourceCounts = resourceCounts
    self.recommendations = recommendations
    self.unchanged = unchanged
    self.gaps = gaps
    self.words = words
    self.evidence = evidence
    self.priceSource = priceSource
    self.phases = phases
  }

  /// Cents a month that all recommendations save together; those of unknown impact count nothing.
  public var savedCents: Int64 { recommendations.reduce(0) { $0.saturatingAdd($1.impact.savedCents ?? 0) } }
}
