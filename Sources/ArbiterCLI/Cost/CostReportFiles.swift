import AWSClient
import CostOptimizer
import JSON

/// The files of one report: those of a session in the deployment's bucket, or written from a `report.json` at hand.
struct CostReportFiles: Sendable {
  /// One of the four forms of a report; the names are those of the objects.
  enum Form: String, CaseIterable {
    case text = "cost_report.txt"
    case evidence = "evidence.txt"
    case json = "report.json"
    case html = "report.html"
  }

  /// Where the report is from, for messages.
  let source: String
  private let fetch: @Sendable (String) async throws -> [UInt8]?

  /// - Parameter fetch: the bytes of the object of that name; nil when there is none.
  init(source: String, fetch: @escaping @Sendable (String) async throws -> [UInt8]?) {
    self.source = source
    self.fetch = fetch
  }

  /// Of a session, from the bucket of the deployment.
  init(session: String, deployment: Deployment) throws(CommandError) {
    guard !session.isEmpty, !session.contains("/"), session != ".", session != ".." else {
      throw .usage("'\(session)' is no session's id: 'arbiter cost list' shows them")
    }
    let bucket = try deployment.costBucket
    let client = S3Client(deployment.client)
    self.init(source: "session \(session) (s3://\(bucket)/\(session)/)") { name in
      do {
        return try await client.getObject(GetObjectInput(bucket: bucket, key: "\(session)/\(name)")).body
      } catch let error as AWSError where error.httpStatus == 404 && error.code != "NoSuchBucket" {
        return nil
      }
    }
  }

  /// Of a `report.json`.
  init(file: String) throws(CommandError) {
    let bytes = try Files.read(file)
    // The other forms are written from what is read, so a damaged file shows here.
    _ = try Self.parse(bytes, of: file)
    self.init(source: file) { name in name == Form.json.rawValue ? bytes : nil }
  }

  /// The bytes of a form: as they are stored, else written from the report's JSON.
  /// - Throws: `CommandError` that says what is missing.
  func bytes(_ form: Form) async throws -> [UInt8] {
    if let stored = try await fetch(form.rawValue) { return stored }
    guard form != .json else { throw missing }
    let report = try await report()
    switch form {
    case .text: return Array(TextReport.render(report).utf8)
    case .evidence: return Array(EvidenceReport.render(report).utf8)
    case .html: return Array(HTMLReport.render(report).utf8)
    case .json: return report.json
    }
  }

  /// The bytes of a text form for a terminal; where that is narrower than the file, written anew for it.
  /// - Parameter width: the terminal's columns; nil where there is none.
  func bytes(_ form: Form, width: Int?) async throws -> [UInt8] {
    guard let width, width < Self.fileWidth, let report = try? await report() else { return try await bytes(form) }
    return Array((form == .evidence ? EvidenceReport.render(report, width: width) : TextReport.render(report, width: width)).utf8)
  }

  /// Columns of the text files at most.
  private static let fileWidth = 100

  func report() async throws -> CostReport {
    guard let bytes = try await fetch(Form.json.rawValue) else { throw missing }
    return try Self.parse(bytes, of: source)
  }

  private var missing: CommandError {
    CommandError(
      "there is no report of \(source): the session may still be at work, or have failed before it wrote one; 'arbiter cost list' shows the sessions",
      exitCode: .notFound)
  }

  /// - Throws: `CommandError` that names the file and the member that is wrong.
  static func parse(_ bytes: [UInt8], of name: String) throws(CommandError) -> CostReport {
    do throws(JSONError) { return try CostReport(json: bytes) } catch {
      throw CommandError("\(name) is no report of the cost optimizer: \(error)")
    }
  }
}
