public import JSON

/// What the child says before it compiles anything: which locks hold, and why the others do not.
public struct LockedFrame: Sendable, Equatable {
  public struct Missing: Sendable, Equatable {
    public var lock: SandboxLock
    /// What failed, with the system's error.
    public var reason: String

    public init(_ lock: SandboxLock, _ reason: String) {
      self.lock = lock
      self.reason = reason
    }
  }

  public var held: [SandboxLock]
  public var missing: [Missing]

  public init(held: [SandboxLock] = [], missing: [Missing] = []) {
    self.held = held
    self.missing = missing
  }
}

extension LockedFrame: JSONEncodable, JSONDecodable {
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("held")
    writer.beginArray()
    for lock in held { writer.string(lock.rawValue) }
    writer.endArray()
    writer.key("missing")
    writer.beginArray()
    for missing in missing {
      writer.beginObject()
      writer.member("lock", missing.lock.rawValue)
      writer.member("reason", missing.reason)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }

  /// - Throws: `JSONError`, also for a lock that there is not.
  public init(from reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "held":
        try reader.beginArray()
        while try reader.nextElement() { held.append(try LockedFrame.readLock(from: &reader)) }
      case "missing":
        try reader.beginArray()
        while try reader.nextElement() { missing.append(try LockedFrame.readMissing(from: &reader)) }
      default: try reader.skipValue()
      }
    }
  }

  private static func readLock(from reader: inout JSONReader) throws(JSONError) -> SandboxLock {
    let offset = reader.valueOffset()
    guard let lock = SandboxLock(rawValue: try reader.readString()) else {
      throw JSONError(.invalidValue, byteOffset: offset, expected: "the name of a lock", field: "lock")
    }
    return lock
  }

  private static func readMissing(from reader: inout JSONReader) throws(JSONError) -> Missing {
    var lock: SandboxLock?
    var reason = ""
    try reader.beginObject()
    while let key = try reader.nextMember() {
      switch key {
      case "lock": lock = try readLock(from: &reader)
      case "reason": reason = try reader.readString()
      default: try reader.skipValue()
      }
    }
    guard let lock else { throw .missing("lock", expected: "the name of a lock", at: reader.byteOffset) }
    return Missing(lock, reason)
  }
}
