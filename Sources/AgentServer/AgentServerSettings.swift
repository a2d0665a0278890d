/// Where an agent's server listens, and what it bounds.
public struct AgentServerSettings: Sendable {
  /// An IPv4 address of this machine; AgentCore's contract wants all of them.
  public var host = "0.0.0.0"
  /// 0 is a port that is free; `AgentServer.port` tells which.
  public var port: UInt16 = 8080
  /// Bytes of one request's body. AgentCore itself lets 100 MB through.
  public var maximumBodyBytes = 4 << 20
  /// Bytes of all bodies that are being received or handled.
  public var maximumBufferedBytes = 32 << 20
  /// Connections at a time; more of them wait.
  public var maximumConnections = 128
  /// Pieces of work in the background at a time; more of them are refused.
  public var maximumBackgroundWork = 16
  /// Seconds without a byte after which a connection is closed.
  public var idleSeconds = 30
  /// Milliseconds in which a request must have come whole, from the first moment at which it could have begun.
  public var requestMilliseconds: Int64 = 60_000
  /// Bytes for the head of a request.
  public var headBytes = 64 << 10
  /// Milliseconds from the signal to the end of the process at the latest.
  public var drainMilliseconds: Int64 = 10_000
  /// Of these, milliseconds in which invocations under way may end by themselves; work in the background is cancelled at once.
  public var graceMilliseconds: Int64 = 2_000

  public init() {}

  /// With the port of the variable PORT.
  public init(environment: (String) -> String?) throws(AgentServerError) {
    guard let text = environment("PORT"), !text.isEmpty else { return }
    guard let number = UInt16(text), number > 0 else {
      throw AgentServerError(
        .invalidSetting, "PORT is \"\(text.prefix(40))\", which is no port: set a number from 1 to 65535, or nothing for 8080")
    }
    port = number
  }
}

/// Why an agent's server does not run.
public struct AgentServerError: Error, Sendable, Equatable, CustomStringConvertible {
  public struct Code: Sendable, Equatable {
    private enum Base { case invalidSetting, addressInUse, cannotListen, cannotServe }
    private let base: Base
    private init(_ base: Base) { self.base = base }

    /// A variable or setting has a value that cannot be.
    public static let invalidSetting = Code(.invalidSetting)
    /// Another process listens at the port.
    public static let addressInUse = Code(.addressInUse)
    /// The address cannot be listened at for another reason.
    public static let cannotListen = Code(.cannotListen)
    /// The HTTP library does not start.
    public static let cannotServe = Code(.cannotServe)
  }

  public let code: Code
  public let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
