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
    try launch(arguments, problem: "the local cloud did not start")
  }

  func stop() throws(CommandError) { try launch(["--stop"], problem: "the local cloud did not stop") }

  private func launch(_ arguments: [String], problem: String) throws(CommandError) {
    guard Files.exists(project.python) else {
      throw CommandError("\(project.python) is missing: run Scripts/setup.sh local, which installs the local cloud")
    }
    let child = try ChildProcess.start(
      [project.python, project.localCloudScript] + arguments + ["--state", project.state + "/local"],
      environment: ChildProcess.cleanEnvironment(Environment.current.variables))
    let status = child.wait()
    guard status == 0 else { throw CommandError("\(problem) (its launcher ended with status \(status))") }
  }
}
