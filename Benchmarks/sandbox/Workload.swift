import Glibc
import JSON
import Sandbox

/// What is run: a module with three host calls one after the other, and a host that answers at once.
enum Workload {
  static let module = SandboxModule(
    name: "benchmark.js",
    source: Array(
      """
      export default async function handler(input, host) {
        const first = await host.callTool("rows", {table: input.table});
        const said = await host.converse({messages: [{role: "user", content: [{text: `${first.rows.length} rows`}]}]});
        const second = await host.callTool("rows", {table: said.text});
        return {rows: first.rows.concat(second.rows).map(row => row.n)};
      }
      """.utf8))
  static let result: JSONValue = ["rows": [1, 2, 3, 1, 2, 3]]

  static func run(_ module: SandboxModule = module, on sandbox: Sandbox = Sandbox(), limits: SandboxLimits = SandboxLimits()) async
    -> SandboxRun
  {
    let host = PromptHost()
    return await sandbox.run(
      module, input: ["table": "users"], capabilities: Capabilities(tools: ["rows"], functions: [.converse]), limits: limits,
      deadlineMilliseconds: host.nowMilliseconds() + 60_000, host: host)
  }
}

struct PromptHost: SandboxHost {
  func callTool(_ name: String, _ input: JSONValue) async throws(HostCallError) -> JSONValue {
    ["rows": [["n": 1], ["n": 2], ["n": 3]], "table": input["table"] ?? nil]
  }
  func converse(_ request: JSONValue) async throws(HostCallError) -> JSONValue { ["text": "users"] }
  func log(_ level: String, _ message: String) {}
  func nowMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
  func randomSeed() -> [UInt8] { [UInt8](repeating: 7, count: 32) }
}
