public import AgentKit
public import Orchestration

/// What all gates of a process work with.
public struct GateServices: Sendable {
  public var configuration: CodeAgentsConfiguration
  public var runner: any ModuleRunner
  public var modules: ModuleLoader
  public var tools: any ToolRowReader
  public var blobs: any BlobStore
  /// Whom `http_get` reads through.
  public var web: WebReader
  public var model: any Model
  public var prices: ModelPrices
  public var clock: any Clock
  public var ids: any IDSource
  public var observer: any OrchestrationObserver
  /// Waits for so many milliseconds.
  public var pause: @Sendable (Int64) async throws -> Void

  public init(
    configuration: CodeAgentsConfiguration, runner: any ModuleRunner, modules: ModuleLoader, tools: any ToolRowReader,
    blobs: any BlobStore, web: WebReader = WebReader(allowList: .empty), model: any Model, prices: ModelPrices, clock: any Clock,
    ids: any IDSource, observer: any OrchestrationObserver,
    pause: @escaping @Sendable (Int64) async throws -> Void = { try await Task.sleep(for: .milliseconds($0)) }
  ) {
    self.configuration = configuration
    self.runner = runner
    self.modules = modules
    self.tools = tools
    self.blobs = blobs
    self.web = web
    self.model = model
    self.prices = prices
    self.clock = clock
    self.ids = ids
    self.observer = observer
    self.pause = pause
  }
}
