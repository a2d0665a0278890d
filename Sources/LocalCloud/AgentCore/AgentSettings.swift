/// A program that stands in for the container of an agent's runtime.
public struct AgentProgram: Sendable, Equatable {
  /// The runtime's id or name, as in the last part of its ARN.
  public let name: String
  /// The path of an executable.
  public let path: String

  public init(name: String, path: String) {
    self.name = name
    self.path = path
  }

  /// Reads `NAME=PROGRAM`; nil for anything else.
  public init?(_ text: String) {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else { return nil }
    let path = text[text.index(after: equals)...]
    guard !path.isEmpty else { return nil }
    self.init(name: String(text[..<equals]), path: String(path))
  }
}

/// How agents are run on this machine.
public struct AgentSettings: Sendable {
  public var programs: [AgentProgram]
  /// All that an agent's process has in its environment, but for `PORT` and the endpoints of this server.
  public var environment: [String: String]
  /// The folder of the agents' logs, a file a session; it is made when it is needed.
  public var logFolder: String
  /// How long a session that is not busy stays, in milliseconds; AgentCore's own default is 15 minutes.
  public var idleMilliseconds = 30_000
  /// How long an agent may take to answer its first ping, in milliseconds.
  public var startMilliseconds = 30_000
  /// How long an agent has to end after SIGTERM, in milliseconds.
  public var stopMilliseconds = 10_000
  /// The same when the server itself stops.
  public var lastStopMilliseconds = 4_000
  /// Sessions at once.
  public var maximumSessions = 32

  public init(programs: [AgentProgram], environment: [String: String], logFolder: String) {
    self.programs = programs
    self.environment = environment
    self.logFolder = logFolder
  }

  /// The program of a runtime, by the id in its ARN. AgentCore makes the id of the name and ten characters of its own, so that the name
  /// finds it too.
  func program(ofRuntime id: String) -> AgentProgram? {
    if let exact = programs.first(where: { $0.name == id }) { return exact }
    let suffix = id.utf8.suffix(11)
    guard suffix.count == 11, suffix.first == UInt8(ascii: "-"), suffix.dropFirst().allSatisfy(Self.isLetterOrDigit) else { return nil }
    let name = id.dropLast(11)
    return programs.first { $0.name == name }
  }

  static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }
}
