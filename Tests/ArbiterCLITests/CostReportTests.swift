import AgentKit
import CostOptimizer
import JSON
import Testing

@testable import ArbiterCLI

struct CostReportTests {
  private static let root = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")

  private static func stored(_ form: CostReportFiles.Form, of name: String = "shop") throws -> [UInt8] {
    try Files.read("\(root)/Tests/CostReports/\(name)/\(form.rawValue)")
  }

  @Test(arguments: CostReportFiles.Form.allCases) func everyFormIsWrittenFromTheJSON(_ form: CostReportFiles.Form) async throws {
    let files = try CostReportFiles(file: "\(Self.root)/Tests/CostReports/shop/report.json")
    #expect(try await files.bytes(form) == (try Self.stored(form)))
  }

  @Test func aStoredFormIsNotWrittenAnew() async throws {
    let json = try Self.stored(.json)
    let files = CostReportFiles(source: "s") { $0 == "cost_report.txt" ? Array("as stored".utf8) : $0 == "report.json" ? json : nil }
    #expect(String(decoding: try await files.bytes(.text), as: UTF8.self) == "as stored")
    #expect(try await files.bytes(.html) == (try Self.stored(.html)))
  }

  @Test func aTerminalThatIsNarrowerThanTheFileGetsLinesThatFit() async throws {
    let json = try Self.stored(.json)
    let files = CostReportFiles(source: "s") { $0 == "cost_report.txt" ? Array("as stored".utf8) : $0 == "report.json" ? json : nil }
    let narrow = String(decoding: try await files.bytes(.text, width: 80), as: UTF8.self)
    #expect(narrow.hasPrefix("Cost Optimization Report\n") && narrow.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(String(decoding: try await files.bytes(.text, width: 120), as: UTF8.self) == "as stored")
    #expect(String(decoding: try await files.bytes(.text, width: nil), as: UTF8.self) == "as stored")
    let partial = CostReportFiles(source: "s") { $0 == "cost_report.txt" ? Array("partial".utf8) : nil }
    #expect(String(decoding: try await partial.bytes(.text, width: 80), as: UTF8.self) == "partial")
  }

  @Test func aTextWithoutItsJSONIsShownToo() async throws {
    let files = CostReportFiles(source: "s") { $0 == "cost_report.txt" ? Array("partial".utf8) : nil }
    #expect(String(decoding: try await files.bytes(.text), as: UTF8.self) == "partial")
    let error = await #expect(throws: CommandError.self) { try await files.bytes(.html) }
    #expect(error?.exitCode == .notFound)
    #expect(error?.message.contains("there is no report of s: the session may still be at work") == true)
  }

  @Test func aDamagedReportNamesItsMember() throws {
    let damaged = String(decoding: try Self.stored(.json), as: UTF8.self).replacing(
      "\"risk\":\"medium\"", with: "\"risk\":\"some\"", maxReplacements: 1)
    let error = #expect(throws: CommandError.self) { try CostReportFiles.parse(Array(damaged.utf8), of: "x.json") }
    #expect(
      error?.message.hasPrefix("x.json is no report of the cost optimizer: JSON invalidValue in field 'recommendations[0].risk'") == true)
  }

  @Test func openersAreForDesktops() {
    #expect(Browser.opener(["PATH": "/usr/bin"]) == nil)
    #expect(Browser.opener(["PATH": "/usr/bin", "DISPLAY": ""]) == nil)
    #expect(Browser.opener(["PATH": "/nowhere", "DISPLAY": ":0"]) == nil)
  }

  // MARK: diff

  private static func difference() throws -> (earlier: CostReport, later: CostReport) {
    let earlier = try CostReport(json: try stored(.json))
    var later = earlier
    later.sessionID = "later"
    later.recommendations.removeFirst()
    later.recommendations[0].impact.monthlyAfter = ExactDecimal("10.8000864")
    later.gaps.removeFirst()
    later.resourceCounts[.lambda] = 25
    return (earlier, later)
  }

  @Test func aDifferenceIsATable() throws {
    let (earlier, later) = try Self.difference()
    let lines = CostDiffTable.lines(ReportDifference(from: earlier, to: later), Terminal.standard)
    let text = lines.joined(separator: "\n")
    #expect(lines[0].hasPrefix("from  8d1f0c55-3d5e-4b0e-9a55-0f6a2c1b7e42  2026-11-20 07:19:00 UTC  account 111122223333, eu-west-1"))
    #expect(text.contains("saved a month    304.91 USD  208.07 USD  -96.84 USD"))
    #expect(text.contains("  Lambda                 24          25          +1"))
    #expect(text.contains("gone     107.64 USD             Reduce the provisioned capacity of table sessions"))
    #expect(text.contains("changed   86.40 USD  97.20 USD  Reduce the provisioned concurrency of checkout:live"))
    #expect(text.contains("21.60 USD -> 10.80 USD"))
    #expect(text.contains("- gap  Lambda: AccessDeniedException"))
  }

  @Test func reportsThatSayTheSameAreToldOf() throws {
    let (report, _) = try Self.difference()
    #expect(CostDiffTable.lines(ReportDifference(from: report, to: report), Terminal.standard).last == "The reports say the same.")
  }

  @Test func endsAsDiffDoes() async throws {
    let tree = CommandTree(root: ArbiterCommand.specification)
    let folder = "\(Self.root)/Tests/CostReports"
    #expect(await tree.run(["cost", "diff", "\(folder)/shop/report.json", "\(folder)/shop/report.json"]) == .success)
    #expect(await tree.run(["cost", "diff", "\(folder)/shop/report.json", "\(folder)/nothing/report.json", "--json"]).rawValue == 1)
    #expect(await tree.run(["cost", "diff", "\(folder)/shop/report.json", "\(folder)/shop/cost_report.txt"]).rawValue == 2)
    #expect(await tree.run(["cost", "diff", "\(folder)/shop/report.json", "\(folder)/shop/not-there.json"]).rawValue == 2)
    #expect(await tree.run(["cost", "diff", "\(folder)/shop/report.json"]).rawValue == 2)
  }

  @Test func optionsThatExcludeEachOtherAreRefused() async {
    let tree = CommandTree(root: ArbiterCommand.specification)
    #expect(await tree.run(["cost", "report"]) == .usage)
    #expect(await tree.run(["cost", "report", "s", "--file", "f"]) == .usage)
    #expect(await tree.run(["cost", "report", "--file", "f", "--json", "--open"]) == .usage)
  }
}
