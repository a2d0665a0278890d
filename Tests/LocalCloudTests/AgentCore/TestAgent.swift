import Foundation
import JSON
import LocalCloud

/// A folder with a program that speaks AgentCore's contract and does what its payload says, and a server that runs it.
///
/// Python, since every machine that runs the tests has it, and an agent may be written in anything.
final class AgentWorld {
  private static let agent = #"""
    #!/usr/bin/env python3
    import http.server, json, os, signal, sys, threading

    state = {"status": "Healthy", "count": 0}

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self, status, value):
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            self.answer(200, {"status": state["status"], "time_of_last_update": 0})

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
            state["count"] += 1
            mode = body.get("mode", "echo")
            if mode == "crash":
                print("about to crash, for the test", flush=True)
                os._exit(3)
            if mode == "die":
                os.kill(os.getpid(), signal.SIGKILL)
            if mode in ("Healthy", "HealthyBusy"):
                state["status"] = mode
            if mode == "stubborn":
                state["stubborn"] = True
            if mode == "refuse":
                return self.answer(422, {"error": "which prompt?"})
            if mode == "fail":
                return self.answer(500, {"error": "no table"})
            self.answer(200, {"pid": os.getpid(), "count": state["count"], "body": body, "headers": dict(self.headers.items()),
                              "environment": dict(os.environ)})

        def log_message(self, *arguments):
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        # No look-up of names.
        def server_bind(self):
            http.server.HTTPServer.server_bind.__globals__["socketserver"].TCPServer.server_bind(self)
            self.server_name, self.server_port = "agent", 0

    def end(*_):
        if "stubborn" in state:
            return
        print("drained", flush=True)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    print("listening", flush=True)
    Server(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
    """#

  let folder: String
  let server: ModelServer
  private var client: LoopbackClient

  /// - Parameter programs: shell scripts that are registered besides the agent, by their names.
  init(programs: [String: String] = [:], configure: (inout AgentSettings) -> Void = { _ in }) throws {
    folder = NSTemporaryDirectory() + "arbiter-agents-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var registered: [AgentProgram] = []
    for (name, text) in programs.merging(["cost-agent": Self.agent], uniquingKeysWith: { $1 }) {
      let path = "\(folder)/\(name)"
      try text.write(toFile: path, atomically: false, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
      registered.append(AgentProgram(name: name, path: path))
    }
    var settings = AgentSettings(
      programs: registered, environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"],
      logFolder: folder + "/logs/agents")
    // What is not about idleness must not end because a machine is slow.
    settings.idleMilliseconds = 600_000
    configure(&settings)
    server = try ModelServer(port: 0, backEnd: ScriptedBackEnd(try Scenario(json: Array(anyReply.utf8))), agents: settings)
    client = LoopbackClient(port: server.port)
  }

  deinit {
    server.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  static let arn = "arn%3Aaws%3Abedrock-agentcore%3Aus-east-1%3A123456789012%3Aruntime%2F"

  func send(
    _ operation: String = "invocations", runtime: String = AgentWorld.arn + "cost-agent", session: String?, _ body: JSONValue = [:],
    headers: [(String, String)] = []
  ) throws -> WebResponse {
    var fields: WebHeaders = ["Content-Type": "application/json"]
    if let session { fields.append("X-Amzn-Bedrock-AgentCore-Runtime-Session-Id", session) }
    for (name, value) in headers { fields.append(name, value) }
    return try client.send("POST", "/runtimes/\(runtime)/\(operation)?qualifier=DEFAULT", headers: fields, body: body.bytes)
  }

  func sessions() throws -> [JSONValue] { try client.send("GET", "/_model/agents").json["sessions"]?.arrayValue ?? [] }

  func log(of session: String) throws -> String { try String(contentsOfFile: "\(folder)/logs/agents/\(session).log", encoding: .utf8) }

  /// Asks until the answer is right; nil when it is not in 20 s.
  func eventually<Value>(_ ask: () throws -> Value?) throws -> Value? {
    for _ in 0..<2_000 {
      if let value = try ask() { return value }
      usleep(10_000)
    }
    return nil
  }

  /// True once nothing listens on the port: the process has ended, whether it has been reaped or not.
  static func isSilent(_ port: Int) -> Bool {
    var client = LoopbackClient(port: UInt16(port), timeoutMilliseconds: 5_000)
    defer { client.close() }
    do { _ = try client.send("GET", "/ping") } catch { return "\(error)".contains("could not connect") }
    return false
  }

  static func isAlive(_ process: Int) -> Bool { kill(pid_t(process), 0) == 0 }
}

let sessionOne = "11111111-2222-3333-4444-555555555555"
let sessionTwo = "99999999-2222-3333-4444-555555555555"
