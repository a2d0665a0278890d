import CostOptimizer
import Glibc
import JSON
import Testing

/// The four forms of a report, byte for byte, against the files of Tests/CostReports.
///
/// A change that is meant: `ARBITER_RENEW_GOLDENS=1 swift test --filter ReportGoldenTests` writes the files anew; look at their difference before
/// they are committed.
struct ReportGoldenTests {
  @Test(arguments: Golden.all) func everyFormIsAsItWas(_ golden: Golden) throws {
    let rendered = golden.rendered
    if getenv("ARBITER_RENEW_GOLDENS") != nil { try golden.write(rendered) }
    #expect(
      rendered == (try golden.read()),
      "\(golden) has changed: see the difference with ARBITER_RENEW_GOLDENS=1 swift test --filter ReportGoldenTests, then git diff")
  }
}

struct Golden: CustomTestStringConvertible, Sendable {
  static let all = SampleReport.allCases.flatMap { sample in
    ["cost_report.txt", "evidence.txt", "report.json", "report.html"].map { Golden(name: sample.rawValue, form: $0, report: sample.report) }
  }

  let name: String
  let form: String
  let report: CostReport

  var testDescription: String { "\(name)/\(form)" }

  private var path: String {
    let folder = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    return "\(folder)/CostReports/\(name)/\(form)"
  }

  var rendered: [UInt8] {
    switch form {
    case "cost_report.txt": Array(TextReport.render(report).utf8)
    case "evidence.txt": Array(EvidenceReport.render(report).utf8)
    case "report.html": Array(HTMLReport.render(report).utf8)
    default: report.json
    }
  }

  struct Unreadable: Error { let path: String }

  func read() throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw Unreadable(path: path) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
    return bytes
  }

  func write(_ bytes: [UInt8]) throws {
    guard let file = fopen(path, "wb") else { throw Unreadable(path: path) }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }
}
