import Glibc
import JSON
import Synchronization
import TestSupport
import Testing

@testable import AgentServer

/// An agent's process: `AgentServerProbe`, from its start to its end.
@Suite struct ProcessTests {
  @Test(arguments: [SIGTERM, SIGINT]) func aSignalDrainsAndEndsWithZero(signal: Int32) async throws {
    let agent = try Agent(["PORT": "0"])
    let port = try await agent.port()
    #expect(try await exchange(port, post("\"work\"")).json == "started")
    #expect(try await exchange(port, get("/ping")).text.contains("HealthyBusy"))
    kill(agent.process, signal)
    let (output, status) = try await agent.end()
    #expect(status == 0, "\(output)")
    #expect(output.contains("the session was marked") && output.contains(signal == SIGTERM ? "SIGTERM" : "SIGINT"))
  }

  @Test func aSecondSignalEndsAtOnce() async throws {
    let agent = try Agent(["PORT": "0"])
    let port = try await agent.port()
    _ = try await exchange(port, post("\"stubborn\""))
    kill(agent.process, SIGTERM)
    #expect(try await agent.line { $0.contains("the agent drains") } != nil)
    kill(agent.process, SIGTERM)
    #expect(try await agent.end().status == 128 + SIGTERM)
  }

  @Test func workThatDoesNotEndIsNoGoodEnd() async throws {
    let agent = try Agent(["PORT": "0", "DRAIN": "50"])
    let port = try await agent.port()
    _ = try await exchange(port, post("\"stubborn\""))
    kill(agent.process, SIGTERM)
    let (output, status) = try await agent.end()
    #expect(status == 1 && output.contains("work is still under way"))
  }

  @Test func aPortThatIsTakenEndsTheProcess() async throws {
    try await withServer { server in
      let agent = try Agent(["PORT": "\(server.port)"])
      let (output, status) = try await agent.end()
      #expect(status == 1 && output.contains("port \(server.port) of 127.0.0.1 is taken by another process"), "\(output)")
    }
  }

  @Test func aSettingThatIsWrongEndsTheProcess() async throws {
    let (output, status) = try await Agent(["PORT": "http"]).end()
    #expect(status == 2 && output.contains("the agent cannot start: PORT is \\\"http\\\", which is no port"), "\(output)")
  }

  @Test func aCrashLeavesALine() async throws {
    let agent = try Agent(["PORT": "0"])
    let port = try await agent.port()
    _ = try? await exchange(port, post("\"crash\""))
    let (output, status) = try await agent.end()
    #expect(status == 128 + SIGILL || status == 128 + SIGTRAP, "\(status)")
    let line = try #require(output.split(separator: "\n").last { $0.contains("FATAL") })
    let told = try JSONValue(parsing: String(line))
    #expect(told["errorType"]?.stringValue == "Agent.Crash" && told["level"]?.stringValue == "FATAL")
    #expect(told["message"]?.stringValue?.hasPrefix("the agent crashed: a check of the Swift runtime failed") == true)
  }
}

/// The probe as a process, with its output.
private final class Agent: Sendable {
  let process: pid_t
  private let output: Int32
  private let text = Mutex<[UInt8]>([])

  init(_ variables: [String: String]) throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw ClientError(description: "no pipe") }
    // Not for the agents of other tests, whose end would keep this one's output open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let path = try BuiltPrograms.path("AgentServerProbe")
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    // Whoever runs the tests may have told them to ignore SIGINT.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    var defaults = sigset_t()
    sigfillset(&defaults)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    var child = pid_t()
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(path), nil]
    var environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    let status = posix_spawn(&child, path, &actions, &attributes, &arguments, &environment)
    for pointer in arguments + environment { free(pointer) }
    close(ends[1])
    guard status == 0 else { throw ClientError(description: "the probe cannot be started: \(status)") }
    process = child
    output = ends[0]
  }

  /// The first line of the output that is wanted; nil when the output ends without one.
  func line(_ isWanted: @escaping @Sendable (Substring) -> Bool) async throws -> String? {
    try await blocking {
      while true {
        let found = self.text.withLock { text in
          String(decoding: text, as: UTF8.self).split(separator: "\n").first(where: isWanted).map(String.init)
        }
        if let found { return found }
        if !self.readMore() { return nil }
      }
    }
  }

  func port() async throws -> UInt16 {
    let line = try #require(try await line { $0.contains("the agent serves") && $0.hasSuffix("}") })
    return UInt16(try #require(JSONValue(parsing: line)["port"]?.intValue))
  }

  /// The output until its end, and the exit code, or 1000 and the signal.
  func end() async throws -> (output: String, status: Int32) {
    try await blocking {
      while self.readMore() {}
      close(self.output)
      var status: Int32 = 0
      while waitpid(self.process, &status, 0) == -1, errno == EINTR {}
      let output = self.text.withLock { String(decoding: $0, as: UTF8.self) }
      return (output, status & 0x7F == 0 ? status >> 8 & 0xFF : 1000 + (status & 0x7F))
    }
  }

  private func readMore() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(output, &buffer, buffer.count)
    guard count > 0 else { return false }
    text.withLock { $0 += buffer[..<count] }
    return true
  }
}
