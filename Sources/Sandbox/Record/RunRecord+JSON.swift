public import JSON

extension RunRecord: JSONEncodable {
  public func write(to writer: inout JSONWriter) { write(to: &writer) { _ in } }

  /// Writes the record with further members, which a replay skips.
  /// - Parameter more: writes them, each with its key.
  public func write(to writer: inout JSONWriter, _ more: (inout JSONWriter) -> Void) {
    writer.beginObject()
    writer.member("format", RunRecord.format)
    writer.member(ifPresent: "agent", agent)
    writer.member("module", module)
    writer.member("input", input)
    writer.member("capabilities", capabilities)
    writer.member("limits", limits)
    writer.member("nowMilliseconds", nowMilliseconds)
    writer.member("randomSeed", Hexadecimal.text(randomSeed))
    writer.key("locks")
    writer.beginObject()
    writer.member("held", locks.map(\.rawValue))
    writer.key("missing")
    writer.beginObject()
    for (lock, reason) in missingLocks.sorted(by: { $0.key.rawValue < $1.key.rawValue }) { writer.member(lock.rawValue, reason) }
    writer.endObject()
    writer.member("isParentUndumpable", isParentUndumpable)
    writer.endObject()
    writer.member("entries", entries)
    writer.member("outcome", outcome)
    writer.member("usage", usage)
    more(&writer)
    writer.endObject()
  }
}

extension RunRecord {
  /// Objects and arrays that a record may be nested: an input may be as deep as any JSON text, and is a part of it.
  private static let maximumDepth = 2 * JSONReader.defaultMaximumDepth

  /// Reads a record.
  /// - Throws: `JSONError` with the field that is damaged, and where.
  public init(parsing bytes: [UInt8]) throws(JSONError) {
    self = try JSONReader.withReader(bytes, maximumDepth: RunRecord.maximumDepth) { (reader: inout JSONReader) throws(JSONError) in
      try RunRecord(from: &reader)
    }
  }
}

extension RunRecord: JSONDecodable {
  public init(from reader: inout JSONReader) throws(JSONError) {
    var isOfFormat = false
    var agent: Agent?
    var module: SandboxModule?
    var input: JSONValue?
    var capabilities: Capabilities?
    var limits: SandboxLimits?
    var now: Int64?
    var seed: [UInt8]?
    var locks = Locks()
    var entries: [Entry]?
    var outcome: Outcome?
    var usage = SandboxUsage()
    let begin = reader.valueOffset()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      let offset = reader.valueOffset()
      switch key {
      case "format":
        guard try reader.readString() == RunRecord.format else {
          throw JSONError(.invalidValue, byteOffset: offset, expected: "\"\(RunRecord.format)\"", field: "format")
        }
        isOfFormat = true
      case "agent": agent = try Agent(from: &reader)
      case "module": module = try SandboxModule(from: &reader)
      case "input": input = try reader.readValue()
      case "capabilities": capabilities = try Capabilities(from: &reader)
      case "limits":
        let read = try SandboxLimits(from: &reader)
        if let problem = read.problem {
          throw JSONError(.invalidValue, byteOffset: offset, expected: "limits in their range: \(problem)", field: "limits")
        }
        limits = read
      case "nowMilliseconds": now = try reader.readInt64()
      case "randomSeed":
        seed = Hexadecimal.bytes(try reader.readString())
        guard seed?.count == 32 else {
          throw JSONError(.invalidValue, byteOffset: offset, expected: "32 bytes in hexadecimal", field: "randomSeed")
        }
      case "locks": locks = try Locks(from: &reader)
      case "entries": entries = try Entry.readAll(from: &reader)
      case "outcome": outcome = try Outcome(from: &reader)
      case "usage": usage = try SandboxUsage(from: &reader)
      default: try reader.skipValue()
      }
    }
    func required<Value>(_ value: Value?, _ field: String, _ expected: String) throws(JSONError) -> Value {
      guard let value else { throw .missing(field, expected: expected, at: begin) }
      return value
    }
    guard isOfFormat else { throw .missing("format", expected: "\"\(RunRecord.format)\"", at: begin) }
    self.init(
      agent: agent, module: try required(module, "module", "the module that was run"), input: try required(input, "input", "its input"),
      capabilities: try required(capabilities, "capabilities", "what it was granted"), limits: try required(limits, "limits", "its limits"),
      nowMilliseconds: try required(now, "nowMilliseconds", "the time of the run"),
      randomSeed: try required(seed, "randomSeed", "32 bytes in hexadecimal"), locks: locks.held, missingLocks: locks.missing,
      isParentUndumpable: locks.isParentUndumpable, entries: try required(entries, "entries", "the host calls and their answers"),
      outcome: try required(outcome, "outcome", "what the run came to"), usage: usage)
  }

  private struct Locks: JSONDecodable {
    var held: [SandboxLock] = []
    var missing: [SandboxLock: String] = [:]
    var isParentUndumpable = false

    init() {}

    init(from reader: inout JSONReader) throws(JSONError) {
      try reader.beginObject()
      while let key = try reader.nextMember() {
        switch key {
        case "held":
          try reader.beginArray()
          while try reader.nextElement() { held.append(try Locks.lock(try reader.readString(), at: reader.byteOffset)) }
        case "missing":
          try reader.beginObject()
          while let name = try reader.nextKey() { missing[try Locks.lock(name, at: reader.byteOffset)] = try reader.readString() }
        case "isParentUndumpable": isParentUndumpable = try reader.readBool()
        default: try reader.skipValue()
        }
      }
    }

    private static func lock(_ name: String, at offset: Int) throws(JSONError) -> SandboxLock {
      guard let lock = SandboxLock(rawValue: name) else {
        throw JSONError(.invalidValue, byteOffset: offset, expected: "the name of a lock", field: "locks")
      }
      return lock
    }
  }
}

extension RunRecord.Agent: JSONEncodable, JSONDecodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("id", id)
    writer.member(ifPresent: "version", version)
    writer.member(ifPresent: "sha256", sha256)
    writer.endObject()
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init(id: "")
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "id": id = try reader.readString()
      case "version": version = try reader.readInt()
      case "sha256": sha256 = try reader.readString()
      default: try reader.skipValue()
      }
    }
  }
}

extension SandboxModule: JSONEncodable, JSONDecodable {
  /// The source is text, or `sourceHex` where it is no UTF-8.
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("name", name)
    if let text = String(validating: source, as: UTF8.self) {
      writer.member("source", text)
    } else {
      writer.member("sourceHex", Hexadecimal.text(source))
    }
    writer.endObject()
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    var name = ""
    var source: [UInt8]?
    let begin = reader.valueOffset()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "name": name = try reader.readString()
      case "source": source = Array(try reader.readString().utf8)
      case "sourceHex": source = Hexadecimal.bytes(try reader.readString())
      default: try reader.skipValue()
      }
    }
    guard let source else { throw .missing("module.source", expected: "the module's text", at: begin) }
    self.init(name: name, source: source)
  }
}

extension Capabilities: JSONEncodable, JSONDecodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("tools", tools)
    writer.member("functions", functions.map(\.rawValue))
    writer.endObject()
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "tools":
        try reader.beginArray()
        while try reader.nextElement() { tools.append(try reader.readString()) }
      case "functions": functions = try Capabilities.readFunctions(from: &reader, field: "capabilities.functions")
      default: try reader.skipValue()
      }
    }
  }

  /// Reads an array of names of functions.
  /// - Parameter field: what an error calls it.
  static func readFunctions(from reader: inout JSONReader, field: String) throws(JSONError) -> [Function] {
    var functions: [Function] = []
    try reader.beginArray()
    while try reader.nextElement() {
      let offset = reader.valueOffset()
      guard let function = Function(rawValue: try reader.readString()) else {
        throw JSONError(.invalidValue, byteOffset: offset, expected: "converse, log, now or random", field: field)
      }
      functions.append(function)
    }
    return functions
  }
}

extension SandboxUsage: JSONEncodable, JSONDecodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("cpuMilliseconds", cpuMilliseconds)
    writer.member("wallMilliseconds", wallMilliseconds)
    writer.member("peakMemoryBytes", peakMemoryBytes)
    writer.member("hostCalls", hostCalls)
    writer.member("outputBytes", outputBytes)
    writer.endObject()
  }

  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "cpuMilliseconds": cpuMilliseconds = try reader.readInt()
      case "wallMilliseconds": wallMilliseconds = try reader.readInt()
      case "peakMemoryBytes": peakMemoryBytes = try reader.readInt()
      case "hostCalls": hostCalls = try reader.readInt()
      case "outputBytes": outputBytes = try reader.readInt()
      default: try reader.skipValue()
      }
    }
  }
}
