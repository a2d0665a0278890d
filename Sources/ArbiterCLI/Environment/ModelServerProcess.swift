import AWSClient
import Glibc
import JSON
import LocalCloud

/// The model server in the background: this same program, with a pid file and a log under `.arbiter/`.
struct ModelServerProcess {
  struct Description: Sendable {
    let pid: Int
    let port: UInt16
    /// The options it was started with, to see whether another start asks for the same.
    let arguments: [String]
    /// `fingerprint` of its files as they were then.
    let files: String
    var endpoint: String { "http://127.0.0.1:\(port)" }
  }

  /// A scenario of thousands of rules is read in less than a second; a machine under load may need more.
  private static let startMilliseconds = 15_000
  /// Agents have some of it to bring their work to an end.
  private static let stopMilliseconds = 10_000

  let project: Project

  private var file: String { project.state + "/model-server.json" }
  var log: String { project.state + "/model-server.log" }

  /// The one that runs; nil when there is none, also when a file of a dead one is there.
  func running() -> Description? {
    guard let bytes = try? Files.read(file), let json = try? JSONValue(parsing: bytes), let pid = json["pid"]?.intValue,
      let port = json["port"]?.intValue.flatMap(UInt16.init(exactly:)), ProcessTable.isRunning(pid, argumentEndsWith: "model-server")
    else { return nil }
    return Description(
      pid: pid, port: port, arguments: json["arguments"]?.arrayValue?.compactMap(\.stringValue) ?? [],
      files: json["files"]?.stringValue ?? "")
  }

  /// True when the one that runs has read the files as they are now, and is the program that would be started now.
  func isUpToDate(_ running: Description) -> Bool {
    running.files == Self.fingerprint(running.arguments)
      && Self.identity("/proc/\(running.pid)/exe") == Self.identity("/proc/self/exe")
  }

  /// True when the one that runs was given these credentials, and no others. The kernel knows what it was given; nothing is written down.
  func has(_ environment: [String: String], _ running: Description) -> Bool {
    guard let bytes = try? Files.read("/proc/\(running.pid)/environ") else { return false }
    // What every child gets may differ from terminal to terminal, and makes no difference.
    let given = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      .filter { text in !ChildProcess.isCommon(String(text.prefix { $0 != "=" })) }
    return Set(given) == Set(environment.filter { !ChildProcess.isCommon($0.key) }.map { "\($0.key)=\($0.value)" })
  }

  /// A checksum of the files among the options, and of those that a scenario names, so that an edited one is not taken for the one that was
  /// read. No secrets are in it.
  static func fingerprint(_ arguments: [String]) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a
    for (option, path) in zip(arguments, arguments.dropFirst()) where option == "--scenario" || option == "--replay" {
      let bytes = (try? Files.read(path)) ?? []
      let named = option == "--scenario" ? Files.named(inScenario: bytes, of: path) : []
      for content in [bytes] + named.map({ (try? Files.read($0)) ?? [] }) {
        hash = content.reduce(hash) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
      }
    }
    return String(hash, radix: 16)
  }

  private static func identity(_ path: String) -> [UInt64]? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return [UInt64(status.st_dev), UInt64(status.st_ino), UInt64(bitPattern: Int64(status.st_mtim.tv_sec)), UInt64(status.st_size)]
  }

  /// What `GET /_model/health` answers; nil when nothing answers there.
  static func health(port: UInt16) -> JSONValue? {
    var client = LoopbackClient(port: port, timeoutMilliseconds: 2_000)
    defer { client.close() }
    guard let response = try? client.send("GET", "/_model/health"), response.status == 200 else { return nil }
    return try? JSONValue(parsing: response.body)
  }

  /// Starts one and waits until it answers.
  /// - Parameter environment: all that it gets.
  func start(port: UInt16, arguments: [String], environment: [String: String]) throws(CommandError) -> Description {
    try Files.makeDirectory(project.state)
    if Self.health(port: port) != nil {
      throw CommandError(
        "port \(port) is taken by another model server that was not started here: stop it, or choose another with --model-port")
    }
    let before = Self.size(log)
    let executable = Self.executable()
    let child = try ChildProcess.start(
      [executable, "model-server", "--port", String(port)] + arguments,
      environment: environment, log: log, detached: true)
    // Before it answers: whoever interrupts this start must be able to stop it.
    let description = Description(
      pid: Int(child.identifier), port: port, arguments: arguments, files: Self.fingerprint(arguments))
    let json: JSONValue = [
      "pid": .number(description.pid), "port": .number(Int(port)), "endpoint": .string(description.endpoint),
      "arguments": .array(arguments.map(JSONValue.string)), "files": .string(description.files), "log": .string(log),
    ]
    try Files.write(json.bytes + [0x0A], to: file)
    var waited = 0
    while Self.health(port: port) == nil {
      if let status = child.exitStatusIfEnded() {
        unlink(file)
        throw CommandError("the model server ended with status \(status): \(Self.tail(log, from: before))")
      }
      guard !TerminationSignals.isPending else {
        child.signal(SIGTERM)
        _ = child.wait()
        unlink(file)
        throw CommandError("interrupted: the model server was not started", exitCode: .interrupted)
      }
      guard waited < Self.startMilliseconds else {
        child.signal(SIGTERM)
        throw CommandError("the model server does not answer on port \(port) after \(Self.startMilliseconds / 1000) s; its log is \(log)")
      }
      usleep(10_000)
      waited += 10
    }
    return description
  }

  /// Ends the one that runs and waits for it; false when there was none.
  func stop() throws(CommandError) -> Bool {
    guard let running = running() else {
      unlink(file)
      return false
    }
    kill(pid_t(running.pid), SIGTERM)
    var waited = 0
    while ProcessTable.isRunning(running.pid, argumentEndsWith: "model-server") {
      guard waited < Self.stopMilliseconds else {
        throw CommandError("the model server (process \(running.pid)) has not ended after \(Self.stopMilliseconds / 1000) s")
      }
      usleep(10_000)
      waited += 10
    }
    unlink(file)
    return true
  }

  /// The path of this program.
  private static func executable() -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes { raw in
      raw.baseAddress.map { readlink("/proc/self/exe", $0.assumingMemoryBound(to: CChar.self), raw.count) } ?? 0
    }
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : CommandLine.arguments[0]
  }

  private static func size(_ path: String) -> Int { (try? Files.read(path).count) ?? 0 }

  private static func tail(_ path: String, from start: Int) -> String {
    guard let bytes = try? Files.read(path), bytes.count > start else { return "its log \(path) says nothing" }
    return String(decoding: bytes[start...].suffix(2000), as: UTF8.self).split(separator: "\n").joined(separator: "\n  ")
  }
}
