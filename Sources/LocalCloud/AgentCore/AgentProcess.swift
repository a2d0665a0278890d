import Glibc
import RuntimeAPI

/// How a process ended.
enum AgentProcessEnd: Sendable, Equatable, CustomStringConvertible {
  case exited(Int32)
  case signalled(Int32)

  init(status: Int32) { self = status & 0x7F == 0 ? .exited((status >> 8) & 0xFF) : .signalled(status & 0x7F) }

  var description: String {
    switch self {
    case .exited(let status): "ended with status \(status)"
    case .signalled(let number): "was ended by signal \(number)"
    }
  }
}

/// An agent's process, in a process group of its own, with its port and its log.
struct AgentProcess: Sendable {
  let identifier: pid_t
  let port: UInt16
  let log: String
  /// Bytes that the log had before.
  private let logStart: Int

  /// Starts the program.
  /// - Throws: `LocalCloudError` of code `process`.
  init(_ program: AgentProgram, environment: [String: String], log: String) throws {
    port = try Self.freePort()
    self.log = log
    logStart = Self.size(log)
    var environment = environment
    environment["PORT"] = String(port)
    var descriptors = ProcessStart.Descriptors()
    descriptors.log = log
    do throws(RuntimeAPIError) {
      identifier = try ProcessStart.start([program.path], environment: environment, descriptors: descriptors, group: .own)
    } catch {
      throw LocalCloudError(.process, "\(program.path) could not be started: \(error)")
    }
  }

  /// Signals the process and all that it has started.
  func signal(_ number: Int32) { if kill(-identifier, number) != 0 { kill(identifier, number) } }

  /// How it ended; nil while it runs. To be asked by one thread, and not again after it has told: the number may be another's then.
  func endIfEnded() -> AgentProcessEnd? {
    var status: Int32 = 0
    guard waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
    // What it has started and left behind goes with it.
    kill(-identifier, SIGKILL)
    return AgentProcessEnd(status: status)
  }

  /// What it says of itself; nil when it does not answer, or not as the contract says.
  func ping(timeoutMilliseconds: Int) -> AgentPing? {
    var client = LoopbackClient(port: port, timeoutMilliseconds: timeoutMilliseconds)
    defer { client.close() }
    return (try? client.send("GET", "/ping")).flatMap { AgentPing($0) }
  }

  /// The last lines that this process has logged; empty when there are none.
  func lastLines(_ count: Int = 5) -> [String] {
    guard let file = fopen(log, "r") else { return [] }
    defer { fclose(file) }
    let most = 4_096
    fseek(file, max(logStart, Self.size(log) - most), SEEK_SET)
    var buffer = [UInt8](repeating: 0, count: most)
    let read = fread(&buffer, 1, most, file)
    return String(decoding: buffer[..<read], as: UTF8.self).split(whereSeparator: \.isNewline).suffix(count).map { String($0.prefix(300)) }
  }

  private static func size(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// A port that nobody listened on a moment ago.
  private static func freePort() throws -> UInt16 {
    let socket = try Socket.listen(port: 0)
    defer { socket.close() }
    return socket.localPort
  }
}
