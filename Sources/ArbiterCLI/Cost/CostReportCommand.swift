import CostOptimizer
import Glibc

/// `arbiter cost report`: what a session found.
enum CostReportCommand {
  static let specification = CommandSpecification(
    name: "report", summary: "Prints or opens the report of a session.",
    discussion: """
      Without an option, prints the text report. The forms of a report are cost_report.txt, evidence.txt, report.json and report.html; the HTML page is one
      file that needs no network. --html prints that page into a file or a pipe, and on a terminal opens it, as --open does.
      """,
    positionals: [.init(name: "SESSION", help: "the session's id, as 'arbiter cost list' shows it", isRequired: false)],
    options: [
      .value("file", "FILE", "a report.json instead of a session"),
      .flag("open", "open report.html in the browser; without a desktop, save it and say where"),
      .flag("html", "print report.html; on a terminal the same as --open"),
      .flag("evidence", "print the evidence instead of the report"),
      .value("output", "DIR", "save all four forms into this folder"),
      .json,
    ] + Deployment.options, action: run)

  private static func run(_ arguments: ParsedArguments) async throws -> ExitCode {
    let chosen = ["open", "html", "evidence", "json"].filter { arguments.has($0) }
    guard chosen.count < 2 else { throw CommandError.usage("--\(chosen[0]) and --\(chosen[1]) exclude each other") }
    let files = try files(arguments)
    if let folder = arguments.value("output") {
      try await save(files, to: folder)
      if arguments.has("open") { open(path: "\(folder)/\(CostReportFiles.Form.html.rawValue)") }
      return .success
    }
    if arguments.has("open") || (arguments.has("html") && Terminal.standard.isTerminal) {
      let path = try await saveForBrowser(files, named: arguments.argument("SESSION") ?? "report")
      open(path: path)
    } else if arguments.has("html") {
      Terminal.standard.print(bytes: try await files.bytes(.html))
    } else if arguments.has("json") {
      Terminal.standard.print(bytes: try await files.bytes(.json))
    } else {
      show(
        try await files.bytes(
          arguments.has("evidence") ? .evidence : .text, width: Terminal.standard.isTerminal ? Terminal.standard.width : nil))
    }
    return .success
  }

  private static func files(_ arguments: ParsedArguments) throws -> CostReportFiles {
    switch (arguments.argument("SESSION"), arguments.value("file")) {
    case (let session?, nil): return try CostReportFiles(session: session, deployment: try Deployment(arguments))
    case (nil, let file?): return try CostReportFiles(file: file)
    case (nil, nil): throw CommandError.usage("name a session, or a report with --file: see 'arbiter cost report --help'")
    case (_?, _?): throw CommandError.usage("a session and --file exclude each other")
    }
  }

  /// The text, on a terminal with its headings in bold.
  private static func show(_ bytes: [UInt8]) {
    guard Terminal.standard.isTerminal else { return Terminal.standard.print(bytes: bytes) }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where index < lines.count - 1 || !line.isEmpty {
      // Whoever wrote the object must not move the cursor.
      let safe = PrintableText.shown(line)
      let isHeading = index + 1 < lines.count && lines[index + 1].count > 3 && lines[index + 1].allSatisfy { $0 == "=" || $0 == "-" }
      Terminal.standard.print(isHeading ? Terminal.standard.styled(safe, .bold) : safe)
    }
  }

  private static func save(_ files: CostReportFiles, to folder: String) async throws {
    try Files.makeDirectory(folder)
    for form in CostReportFiles.Form.allCases {
      let path = "\(folder)/\(form.rawValue)"
      try Files.write(try await files.bytes(form), to: path)
      Terminal.error.print(path)
    }
  }

  /// Below the checkout's state, else in the folder for what is temporary.
  private static func saveForBrowser(_ files: CostReportFiles, named name: String) async throws -> String {
    let safe = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) ? $0 : "_" })
    let folder: String
    if let project = try? Project.find() {
      folder = "\(project.state)/reports"
      try Files.makeDirectory(folder)
    } else {
      folder = "\(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp")/arbiter-reports-\(getuid())"
      try Files.makePrivateDirectory(folder)
    }
    let path = "\(folder)/\(safe).html"
    try Files.write(try await files.bytes(.html), to: path)
    return path
  }

  /// Opens the page in the desktop's browser, or says where it is.
  private static func open(path: String) {
    let path = Files.absolute(path)
    if Browser.open(path) {
      Terminal.error.print("opened \(path)")
    } else {
      Terminal.error.print("saved to \(path): open it in a browser (there is no desktop here)")
    }
  }
}
