import CostOptimizer
import JSON

/// `arbiter cost diff`: what has changed from one report to another.
enum CostDiffCommand {
  static let specification = CommandSpecification(
    name: "diff", summary: "Compares the reports of two sessions.",
    discussion: """
      Recommendations are the same when their rule and their resource are. A report of which a file has that name is read from the file.
      Ends as diff does: with 0 when both say the same, with 1 when they differ, with 2 or more when they could not be compared.
      """,
    positionals: [
      .init(name: "A", help: "the earlier session, or the path of its report.json"),
      .init(name: "B", help: "the later session, or the path of its report.json"),
    ], options: [.json] + Deployment.options
  ) { arguments in
    do { return try await run(arguments) } catch let error as CommandError where error.exitCode == .failure {
      throw CommandError(error.message, exitCode: .usage)
    } catch let error where !(error is CommandError) {
      throw CommandError("\(error)", exitCode: .usage)
    }
  }

  private static func run(_ arguments: ParsedArguments) async throws -> ExitCode {
    let earlier = try await report(arguments.required("A"), arguments)
    let later = try await report(arguments.required("B"), arguments)
    let difference = ReportDifference(from: earlier, to: later)
    if arguments.has("json") {
      Terminal.standard.print(bytes: difference.json)
    } else {
      for line in CostDiffTable.lines(difference, Terminal.standard) { Terminal.standard.print(line) }
    }
    return difference.isEmpty ? .success : .failure
  }

  private static func report(_ name: String, _ arguments: ParsedArguments) async throws -> CostReport {
    let isFile = name.hasSuffix(".json") || name.contains("/") || Files.exists(name)
    let files = isFile ? try CostReportFiles(file: name) : try CostReportFiles(session: name, deployment: try Deployment(arguments))
    return try await files.report()
  }
}
