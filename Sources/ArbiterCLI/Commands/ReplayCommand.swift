import AWSClient
import AgentKit
import JSON
import Sandbox

/// `arbiter replay-agent`: a run of a module again, from its record.
enum ReplayCommand {
  static let specification = CommandSpecification(
    name: "replay-agent", summary: "Runs a module again from the record of a run, and compares the two.",
    discussion: """
      A record has the module, the input, and each call of the host with its answer: the run is the same again, byte for byte, on any
      machine; no tool or model is asked. Prints the result. Ends with 0 when the run went the same way, with 12 when it did not, with an
      account of the first difference.
      """,
    positionals: [.init(name: "RECORD", help: "a file, or the key of one in the deployment's bucket: runs/...")],
    options: [.flag("input", "print what the run was given, in place of a replay"), .json] + Deployment.options
  ) { arguments in
    let name = arguments.required("RECORD")
    let record = try read(try await bytes(name, arguments), of: name)
    if arguments.has("input") {
      Terminal.standard.print(bytes: record.input.bytes)
      return .success
    }
    let report = report(try await Sandbox.local().replay(record), record)
    if arguments.has("json") {
      Terminal.standard.print(report.json.text)
    } else {
      if let result = report.result { Terminal.standard.print(bytes: result) }
      for line in report.lines { Terminal.error.print(line) }
    }
    return report.exitCode
  }

  private static func bytes(_ name: String, _ arguments: ParsedArguments) async throws -> [UInt8] {
    if Files.exists(name) { return try Files.read(name) }
    guard name.hasPrefix("runs/") else {
      throw CommandError(
        "there is no file '\(name)': give a file, or the key of a record in the deployment's bucket, as 'arbiter files list runs/' shows it",
        exitCode: .notFound)
    }
    let deployment = try Deployment(arguments)
    let bucket = try deployment.bucket
    guard let bytes = try await S3BlobStore(client: S3Client(deployment.client), bucket: bucket).get(key: name) else {
      throw CommandError(
        "there is no record '\(name)' in \(bucket): 'arbiter files list runs/' shows those that are there; old ones are removed after a while",
        exitCode: .notFound)
    }
    return bytes
  }

  /// - Throws: `CommandError` that names what is damaged.
  static func read(_ bytes: [UInt8], of name: String) throws(CommandError) -> RunRecord {
    do throws(JSONError) { return try RunRecord(parsing: bytes) } catch { throw CommandError("\(name) is no record of a run: \(error)") }
  }

  /// How a replay ended, for people and for programs.
  struct Report {
    var exitCode: ExitCode
    /// The result's bytes, when the run has one and it is the recorded one.
    var result: [UInt8]?
    var lines: [String]
    var json: JSONValue
  }

  static func report(_ outcome: ReplayOutcome, _ record: RunRecord) -> Report {
    let subject = record.agent.map { agent in "\(agent.id)\(agent.version.map { " version \($0)" } ?? "")" } ?? record.module.name
    let calls = Phrases.count(record.entries.count { if case .call = $0 { true } else { false } }, "host call")
    func failure(_ failure: SandboxFailure) -> JSONValue {
      var object: JSONObject = ["code": .string(failure.code.rawValue), "message": .string(failure.message)]
      if let stack = failure.stack { object["stack"] = .string(stack) }
      return .object(object)
    }
    switch outcome {
    case .same(.result(let bytes)):
      return Report(
        exitCode: .success, result: bytes, lines: ["\(subject): the same again, \(calls), \(Phrases.count(bytes.count, "byte"))"],
        json: ["outcome": "same", "result": (try? JSONValue(parsing: bytes)) ?? .null])
    case .same(.failure(let error)):
      return Report(
        exitCode: .success,
        lines: ["\(subject): the same failure again, \(calls): \(error)"] + (error.stack?.split(separator: "\n").map { "    \($0)" } ?? []),
        json: ["outcome": "same", "failure": failure(error)])
    case .sameUntilEnded(let error):
      return Report(
        exitCode: .success,
        lines: ["\(subject): the same again up to where the recorded run was ended, which no record can repeat: \(error)"],
        json: ["outcome": "same_until_ended", "failure": failure(error)])
    case .departed(let departure):
      let place = departure.entry.map { "at entry \($0 + 1) of \(record.entries.count)" } ?? "at its end"
      return Report(
        exitCode: .replayDiffers,
        lines: [
          "arbiter: \(subject): the run went another way \(place)", "  recorded  \(departure.recorded)",
          "  now       \(departure.replayed)",
        ],
        json: [
          "outcome": "departed", "entry": departure.entry.map { .number($0) } ?? .null, "recorded": .string(departure.recorded),
          "replayed": .string(departure.replayed),
        ])
    case .notRun(let error):
      return Report(
        exitCode: .failure, lines: ["arbiter: \(subject) could not be run here: \(error)"],
        json: ["outcome": "not_run", "failure": failure(error)])
    }
  }
}
