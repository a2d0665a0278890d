public import AWSClient
public import AgentKit
import JSON
public import Telemetry

extension CostAgentParts {
  /// A session's parts on AWS, or on what answers in its place.
  /// - Parameters:
  ///   - printLine: where the lines with the report's addresses go.
  public init(client: AWSClient, settings: CostAgentSettings, logger: Logger, printLine: @escaping @Sendable (String) -> Void) {
    let clock = AgentKit.SystemClock()
    let createsTable = settings.createsTable
    self.init(
      store: { request in
        DynamoDBJournalStore(
          client: DynamoDBClient(client), tableName: request.tableName,
          tableMaker: createsTable ? DynamoDBJournalTableMaker(client: client) : nil)
      },
      analysis: { request in
        AnalysisParts(
          reader: AWSAccountReader(client: client, region: request.region), clock: clock,
          blobs: S3BlobStore(client: S3Client(client), bucket: request.bucket))
      },
      model: settings.modelID == nil ? nil : BedrockModel(client: BedrockRuntimeClient(client)),
      tools: { request in [UseAWSTool(client: client, regions: [request.region ?? client.configuration.region])] },
      region: client.configuration.region, clock: clock, logger: logger, printLine: printLine)
  }
}

extension AnalysisParts {
  /// The parts of an analysis that reads an account, and keeps its report in a bucket.
  public init(
    reader: any AccountReader, clock: any Clock, blobs: any BlobStore,
    pause: @escaping @Sendable (Int64) async throws -> Void = { try await Task.sleep(for: .milliseconds($0)) }
  ) {
    self.init(
      discover: { await Discovery(reader: reader, clock: clock).run() },
      collectUsage: { inventory, window, recentWindow in
        await UsageCollector(reader: reader, clock: clock, pause: pause).collect(inventory, window: window, recentWindow: recentWindow)
      },
      decide: { inventory, usage in
        let decisions = DecisionRules().decide(inventory, usage)
        return (decisions.findings, decisions.unchanged, decisions.gaps)
      },
      estimate: { findings, inventory, usage in
        let (prices, gaps) = await PriceList.load(reader: reader, region: reader.region, clock: clock)
        let estimates = CostEstimator(prices: prices).recommendations(for: findings, inventory: inventory, usage: usage)
        return (estimates.recommendations, estimates.unchanged, gaps + estimates.gaps, prices.source)
      },
      render: { report in ReportDocument.all(of: report) }, blobs: blobs)
  }
}

extension ReportDocument {
  /// The four files of a report.
  public static func all(of report: CostReport) -> [ReportDocument] {
    [
      ReportDocument(name: reportName, contentType: "text/plain; charset=utf-8", text: TextReport.render(report)),
      ReportDocument(name: evidenceName, contentType: "text/plain; charset=utf-8", text: EvidenceReport.render(report)),
      ReportDocument(name: jsonName, contentType: "application/json", bytes: report.json),
      ReportDocument(name: htmlName, contentType: "text/html; charset=utf-8", text: HTMLReport.render(report)),
    ]
  }
}
