public import AgentKit

/// What an analysis is made of. Each part is an effect or a computation of its own; a test brings its own.
public struct AnalysisParts: Sendable {
  public typealias DecisionsMade = (findings: [Finding], unchanged: [CostReport.Unchanged], gaps: [Gap])
  public typealias Estimates = (
    recommendations: [Recommendation], unchanged: [CostReport.Unchanged], gaps: [Gap], priceSource: String
  )

  /// Looks at the account; what cannot be read is a gap of the inventory.
  public var discover: @Sendable () async throws -> Inventory
  /// Reads metrics and logs, over the long window and the recent one.
  public var collectUsage: @Sendable (Inventory, Usage.Window, Usage.Window) async throws -> Usage
  public var decide: @Sendable (Inventory, Usage) throws -> DecisionsMade
  /// Reads prices and says what each finding is worth, the largest savings first.
  public var estimate: @Sendable ([Finding], Inventory, Usage) async throws -> Estimates
  /// Writes the report's files.
  public var render: @Sendable (CostReport) throws -> [ReportDocument]
  public var blobs: any BlobStore

  public init(
    discover: @escaping @Sendable () async throws -> Inventory,
    collectUsage: @escaping @Sendable (Inventory, Usage.Window, Usage.Window) async throws -> Usage,
    decide: @escaping @Sendable (Inventory, Usage) throws -> DecisionsMade,
    estimate: @escaping @Sendable ([Finding], Inventory, Usage) async throws -> Estimates,
    render: @escaping @Sendable (CostReport) throws -> [ReportDocument], blobs: any BlobStore
  ) {
    self.discover = discover
    self.collectUsage = collectUsage
    self.decide = decide
    self.estimate = estimate
    self.render = render
    self.blobs = blobs
  }
}

/// One file of a report. Its bytes are made each time they are asked for: the files of a large account would take more memory together than
/// everything else.
public struct ReportDocument: Sendable {
  public static let reportName = "cost_report.txt"
  public static let evidenceName = "evidence.txt"
  public static let jsonName = "report.json"
  public static let htmlName = "report.html"

  public var name: String
  public var contentType: String
  private let make: @Sendable () -> [UInt8]

  /// The same each time.
  public var bytes: [UInt8] { make() }

  public init(name: String, contentType: String, bytes: @escaping @autoclosure @Sendable () -> [UInt8]) {
    self.name = name
    self.contentType = contentType
    make = bytes
  }

  public init(name: String, contentType: String, text: @escaping @autoclosure @Sendable () -> String) {
    self.init(name: name, contentType: contentType, bytes: Array(text().utf8))
  }
}
