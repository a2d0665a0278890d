import AWSClient
import JSON

/// `arbiter files`: the deployment's bucket, where agents read and write.
enum FilesCommand {
  static let specification = CommandSpecification(
    name: "files", summary: "Lists, uploads and downloads files of the agents' bucket.",
    discussion: """
      Agents read workspaces/shared/ as 'shared/...', and read and write workspaces/ID/ of their own run.
      """,
    subcommands: [list, put, get])

  private static let list = CommandSpecification(
    name: "list", summary: "Lists the files below a prefix.",
    positionals: [.init(name: "PREFIX", help: "beginning of the key (default workspaces/)", isRequired: false)],
    options: [.json] + Deployment.options
  ) { arguments in
    let deployment = try Deployment(arguments)
    let input = ListObjectsV2Input(bucket: try deployment.bucket, prefix: arguments.argument("PREFIX") ?? "workspaces/")
    var objects: [ListedObject] = []
    for try await page in S3Client(deployment.client).objectPages(input) {
      objects += page.objects.map { ListedObject(key: $0.key, byteCount: $0.size) }
    }
    if arguments.has("json") {
      Terminal.standard.print(JSONValue.array(objects.map { ["key": .string($0.key), "bytes": .number($0.byteCount)] }).text)
    } else if objects.isEmpty {
      Terminal.error.print("no files below '\(arguments.argument("PREFIX") ?? "workspaces/")'")
    } else {
      var table = TextTable(["BYTES", "KEY"], rightAligned: [0])
      for object in objects { table.add(Phrases.count(object.byteCount), object.key) }
      for line in table.lines(Terminal.standard) { Terminal.standard.print(line) }
    }
    return .success
  }

  private struct ListedObject {
    let key: String
    let byteCount: Int64
  }

  private static let put = CommandSpecification(
    name: "put", summary: "Uploads a file.",
    positionals: [.init(name: "FILE", help: "the file"), .init(name: "KEY", help: "its key, such as workspaces/shared/orders.csv")],
    options: Deployment.options
  ) { arguments in
    let bytes = try Files.read(arguments.required("FILE"))
    let key = arguments.required("KEY")
    let deployment = try Deployment(arguments)
    _ = try await S3Client(deployment.client).putObject(PutObjectInput(bucket: try deployment.bucket, key: key, body: bytes))
    Terminal.error.print("\(arguments.required("FILE")) -> s3://\(try deployment.bucket)/\(key) (\(Phrases.count(bytes.count)) bytes)")
    if let warning = warning(key) { Terminal.error.print("warning: \(warning)") }
    return .success
  }

  /// What to say of a key that no agent can read; nil for one that they can.
  static func warning(_ key: String) -> String? {
    guard !key.hasPrefix("workspaces/") else { return nil }
    let path = key.split(separator: "/", omittingEmptySubsequences: true).joined(separator: "/")
    return "agents read below workspaces/ only, and cannot see this file. What they call 'shared/...' is workspaces/shared/..."
      + (path.hasPrefix("shared/") ? ": put it to workspaces/\(path)" : "")
  }

  private static let get = CommandSpecification(
    name: "get", summary: "Downloads a file, or prints it.",
    positionals: [
      .init(name: "KEY", help: "its key, as 'arbiter files list' shows it"),
      .init(name: "FILE", help: "where to write it (default: standard output)", isRequired: false),
    ], options: Deployment.options
  ) { arguments in
    let key = arguments.required("KEY")
    let deployment = try Deployment(arguments)
    let object: GetObjectOutput
    do {
      object = try await S3Client(deployment.client).getObject(GetObjectInput(bucket: try deployment.bucket, key: key))
    } catch let error as AWSError where error.httpStatus == 404 {
      throw CommandError("there is no file '\(key)' in \(try deployment.bucket)", exitCode: .notFound)
    }
    if let file = arguments.argument("FILE") {
      try Files.write(object.body, to: file)
    } else {
      Terminal.standard.print(bytes: object.body)
    }
    return .success
  }
}
