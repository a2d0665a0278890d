public import AgentKit
public import Telemetry

/// What a session reaches the world through. A test brings its own.
public struct CostAgentParts: Sendable {
  public var store: @Sendable (CostAgentRequest) -> any JournalStore
  public var analysis: @Sendable (CostAgentRequest) -> AnalysisParts
  /// The model; nil for an analysis without one.
  public var model: (any Model)?
  /// Tools beside those of the analysis, such as `use_aws`.
  public var tools: @Sendable (CostAgentRequest) -> [any Tool]
  /// The region that is looked at when the request names none.
  public var region: String
  public var clock: any Clock
  public var ids: any IDSource
  /// Waits so many milliseconds, or throws when the task is cancelled.
  public var pause: @Sendable (Int64) async throws -> Void
  public var logger: Logger
  /// Where the two lines with the report's addresses go.
  public var printLine: @Sendable (String) -> Void

  public init(
    store: @escaping @Sendable (CostAgentRequest) -> any JournalStore, analysis: @escaping @Sendable (CostAgentRequest) -> AnalysisParts,
    model: (any Model)?, tools: @escaping @Sendable (CostAgentRequest) -> [any Tool] = { _ in [] }, region: String,
    clock: any Clock = AgentKit.SystemClock(), ids: any IDSource = RandomIDSource(),
    pause: @escaping @Sendable (Int64) async throws -> Void = { try await Task.sleep(for: .milliseconds($0)) }, logger: Logger,
    printLine: @escaping @Sendable (String) -> Void
  ) {
    self.store = store
    self.analysis = analysis
    self.model = model
    self.tools = tools
    self.region = region
    self.clock = clock
    self.ids = ids
    self.pause = pause
    self.logger = logger
    self.printLine = printLine
  }
}
