public import JSON

/// What the parent says first: how the child is to be locked, and what the module may have.
public struct BeginFrame: Sendable, Equatable {
  public enum Task: String, Sendable {
    case run
    /// Compiles the module and ends: `result` `null`, or `failure`. The input is not read.
    case check
  }

  public var task: Task
  public var lockPolicy: LockPolicy
  /// What stack traces call the module.
  public var moduleName: String
  /// Whether `host.callTool` is there; which names it takes is the parent's to check.
  public var hasTools: Bool
  public var functions: [Capabilities.Function]
  public var limits: SandboxLimits
  /// What `Date` says, in milliseconds since the Unix epoch.
  public var nowMilliseconds: Int64
  /// What random numbers are made from: 32 bytes.
  public var randomSeed: [UInt8]

  public init(
    task: Task = .run, lockPolicy: LockPolicy = .required, moduleName: String, hasTools: Bool = false,
    functions: [Capabilities.Function] = [], limits: SandboxLimits = SandboxLimits(), nowMilliseconds: Int64, randomSeed: [UInt8]
  ) {
    self.task = task
    self.lockPolicy = lockPolicy
    self.moduleName = moduleName
    self.hasTools = hasTools
    self.functions = functions
    self.limits = limits
    self.nowMilliseconds = nowMilliseconds
    self.randomSeed = randomSeed
  }
}

extension BeginFrame: JSONEncodable, JSONDecodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("task", task.rawValue)
    writer.member("lockPolicy", lockPolicy.rawValue)
    writer.member("moduleName", moduleName)
    writer.member("hasTools", hasTools)
    writer.key("functions")
    writer.beginArray()
    for function in functions { writer.string(function.rawValue) }
    writer.endArray()
    writer.member("limits", limits)
    writer.member("nowMilliseconds", nowMilliseconds)
    writer.member("randomSeed", Hexadecimal.text(randomSeed))
    writer.endObject()
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init(moduleName: "", nowMilliseconds: 0, randomSeed: [])
    try reader.beginObject()
    while let key = try reader.nextMember() {
      let offset = reader.byteOffset
      switch key {
      case "task":
        guard let task = Task(rawValue: try reader.readString()) else {
          throw JSONError(.invalidValue, byteOffset: offset, expected: "run or check", field: "task")
        }
        self.task = task
      case "lockPolicy":
        guard let policy = LockPolicy(rawValue: try reader.readString()) else {
          throw JSONError(.invalidValue, byteOffset: offset, expected: "required or available", field: "lockPolicy")
        }
        lockPolicy = policy
      case "moduleName": moduleName = try reader.readString()
      case "hasTools": hasTools = try reader.readBool()
      case "functions": functions = try Capabilities.readFunctions(from: &reader, field: "functions")
      case "limits": limits = try SandboxLimits(from: &reader)
      case "nowMilliseconds": nowMilliseconds = try reader.readInt64()
      case "randomSeed":
        guard let seed = Hexadecimal.bytes(try reader.readString()), seed.count == 32 else {
          throw JSONError(.invalidValue, byteOffset: offset, expected: "32 bytes in hexadecimal", field: "randomSeed")
        }
        randomSeed = seed
      default: try reader.skipValue()
      }
    }
    guard randomSeed.count == 32 else { throw .missing("randomSeed", expected: "32 bytes in hexadecimal") }
  }
}

extension SandboxLimits: JSONEncodable, JSONDecodable {
  /// Members have the names of the properties.
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("cpuMilliseconds", cpuMilliseconds)
    writer.member("memoryBytes", memoryBytes)
    writer.member("outputBytes", outputBytes)
    writer.member("hostCalls", hostCalls)
    writer.member("hostCallBytes", hostCallBytes)
    writer.member("hostTotalBytes", hostTotalBytes)
    writer.member("stackBytes", stackBytes)
    writer.endObject()
  }

  /// Members that are absent have their default, others than these are skipped; ranges are not checked.
  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "cpuMilliseconds": cpuMilliseconds = try reader.readInt()
      case "memoryBytes": memoryBytes = try reader.readInt()
      case "outputBytes": outputBytes = try reader.readInt()
      case "hostCalls": hostCalls = try reader.readInt()
      case "hostCallBytes": hostCallBytes = try reader.readInt()
      case "hostTotalBytes": hostTotalBytes = try reader.readInt()
      case "stackBytes": stackBytes = try reader.readInt()
      default: try reader.skipValue()
      }
    }
  }
}
