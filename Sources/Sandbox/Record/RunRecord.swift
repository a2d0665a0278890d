public import JSON

/// All that a run depended on and did, so that it can be repeated: the module, the input, and every host call with its answer, in the order
/// in which they were exchanged.
public struct RunRecord: Sendable, Equatable {
  public static let format = "arbiter.run/1"

  /// Which agent or tool it was, for whoever reads the record; a replay needs none of it.
  public struct Agent: Sendable, Equatable {
    public var id: String
    public var version: Int?
    /// Of the module, in hexadecimal.
    public var sha256: String?

    public init(id: String, version: Int? = nil, sha256: String? = nil) {
      self.id = id
      self.version = version
      self.sha256 = sha256
    }
  }

  public enum Entry: Sendable, Equatable {
    case call(HostCall)
    /// A call whose JSON could not be read: nested too deep, or with half of a surrogate pair.
    case unreadableCall(id: Int, payload: String)
    /// JSON, as it went to the module.
    case answer(id: Int, [UInt8])
    case refusal(id: Int, HostCallError)
    case log(level: String, message: String)
  }

  public enum Outcome: Sendable, Equatable {
    /// The bytes of the result as the module wrote them.
    case result([UInt8])
    case failure(SandboxFailure)
  }

  public var agent: Agent?
  public var module: SandboxModule
  public var input: JSONValue
  public var capabilities: Capabilities
  public var limits: SandboxLimits
  /// What `Date` says while the module runs, in milliseconds since the Unix epoch.
  public var nowMilliseconds: Int64
  /// 32 bytes.
  public var randomSeed: [UInt8]
  public var locks: [SandboxLock]
  /// With the reason why each does not hold.
  public var missingLocks: [SandboxLock: String]
  /// Whether the parent's own memory and environment were closed to other processes of its user (PR_SET_DUMPABLE).
  public var isParentUndumpable: Bool
  public var entries: [Entry]
  public var outcome: Outcome
  public var usage: SandboxUsage

  public init(
    agent: Agent? = nil, module: SandboxModule, input: JSONValue, capabilities: Capabilities, limits: SandboxLimits, nowMilliseconds: Int64,
    randomSeed: [UInt8], locks: [SandboxLock] = [], missingLocks: [SandboxLock: String] = [:], isParentUndumpable: Bool = false,
    entries: [Entry] = [], outcome: Outcome, usage: SandboxUsage = SandboxUsage()
  ) {
    self.agent = agent
    self.module = module
    self.input = input
    self.capabilities = capabilities
    self.limits = limits
    self.nowMilliseconds = nowMilliseconds
    self.randomSeed = randomSeed
    self.locks = locks
    self.missingLocks = missingLocks
    self.isParentUndumpable = isParentUndumpable
    self.entries = entries
    self.outcome = outcome
    self.usage = usage
  }
}

extension RunRecord {
  /// What the module called, in the order of the first calls. Random numbers are made in the child, so that their use leaves no entry.
  public var used: Capabilities {
    var used = Capabilities()
    func note(_ function: Capabilities.Function) { if !used.functions.contains(function) { used.functions.append(function) } }
    for entry in entries {
      switch entry {
      case .call(let call):
        switch call.function {
        case .callTool: if let name = call.name, !used.tools.contains(name) { used.tools.append(name) }
        case .converse: note(.converse)
        case .now: note(.now)
        }
      case .log: note(.log)
      case .unreadableCall, .answer, .refusal: break
      }
    }
    return used
  }
}

extension RunRecord.Entry {
  /// The id of a call; nil for what is none.
  var call: Int? {
    switch self {
    case .call(let call): call.id
    case .unreadableCall(let id, _): id
    case .answer, .refusal, .log: nil
    }
  }

  /// The id of the call that this is the answer to; nil for what is none.
  var answered: Int? {
    switch self {
    case .answer(let id, _), .refusal(let id, _): id
    case .call, .unreadableCall, .log: nil
    }
  }
}
