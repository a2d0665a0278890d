import AWSClient
import Glibc
import JSON

/// The local AWS in the background, started and stopped through `Scripts/local_cloud.py`.
struct LocalCloudProcess {
  /// What the launcher writes about the one that runs.
  struct Description: Sendable {
    let pid: Int
    let endpoint: String
    let region: String
    let modelEndpoint: String
    let json: JSONValue
  }

  let project: Project

  /// The one that runs; nil when there is none.
  func running() -> Description? {
    guard let bytes = try? Files.read(project.state + "/local/local-cloud.json"), let json = try? JSONValue(parsing: bytes),
      let pid = json["pid"]?.intValue, let endpoint = json["endpoint"]?.stringValue,
      ProcessTable.isRunning(pid, argumentEndsWith: "local_cloud.py")
    else { return nil }
    return Description(
      pid: pid, endpoint: endpoint, region: json["region"]?.stringValue ?? "us-east-1",
      modelEndpoint: json["modelEndpoint"]?.stringValue ?? "", json: json)
  }

  /// Starts it and waits until it answers. The launcher says on standard error what it did.
  func start(port: UInt16, modelEndpoint: String, forget: Bool) throws(CommandError) {
    var arguments = ["--detach", "--port", String(port), "--model-endpoint", modelEndpoint]
    if forget { arguments.append("--forget") }
    let status = try launcher(arguments).waitPassingSignals()
    if TerminationSignals.isPending {
      // The launcher may have been done already.
      if running() != nil { try stop() }
      throw CommandError("interrupted: the local cloud was not started", exitCode: .interrupted)
    }
    guard status == 0 else { throw CommandError("the local cloud did not start (its launcher ended with status \(status))") }
  }

  /// Stops it and waits until it has ended. In a session of its own: who presses Ctrl-C now wants it stopped all the more.
  func stop() throws(CommandError) {
    let status = try launcher(["--stop"], detached: true).wait()
    guard status == 0 else { throw CommandError("the local cloud did not stop (its launcher ended with status \(status))") }
  }

  /// Throws what a start would throw for want of what it needs.
  func check() throws(CommandError) {
    guard Files.exists(project.python) else {
      throw CommandError("\(project.python) is missing: run Scripts/setup.sh local, which installs the local cloud")
    }
  }

  private func launcher(_ arguments: [String], detached: Bool = false) throws(CommandError) -> ChildProcess {
    try check()
    return try ChildProcess.start(
      [project.python, project.localCloudScript] + arguments + ["--state", project.state + "/local"],
      environment: ChildProcess.cleanEnvironment(Environment.current.variables), detached: detached)
  }
}
