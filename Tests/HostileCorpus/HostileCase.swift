import FoundationEssentials
import JSON
import Sandbox

/// A hostile module from a file: what it tries, what it gets, and how it must be contained. `Hostile/README.md` has the form.
struct HostileCase: Sendable {
  struct Unusable: Error, CustomStringConvertible {
    let file: String
    let reason: String
    var description: String { "\(file): \(reason)" }
  }

  let name: String
  let attempt: String
  let module: SandboxModule
  let input: JSONValue
  let capabilities: Capabilities
  let limits: SandboxLimits
  let deadlineMilliseconds: Int64
  /// Whether the module is run a second time, with the same result.
  let isRunTwice: Bool
  let containment: Containment

  /// The cases of a folder's `.js` files, by their names.
  static func all(in folder: String) throws -> [HostileCase] {
    try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".js") }.sorted().map { file in
      guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(file)") else {
        throw Unusable(file: file, reason: "cannot be read")
      }
      return try HostileCase(file: file, bytes: [UInt8](bytes))
    }
  }

  init(file: String, bytes: [UInt8]) throws {
    func unusable(_ reason: String) -> Unusable { Unusable(file: file, reason: reason) }
    guard bytes.starts(with: Array("/*\n".utf8)), let end = bytes.firstRange(of: Array("\n*/\n".utf8)) else {
      throw unusable("does not begin with a comment that has the case")
    }
    let header: JSONObject
    do {
      guard let object = try JSONValue(parsing: Array(bytes[3..<end.lowerBound])).objectValue else {
        throw unusable("the case is no object")
      }
      header = object
    } catch let error as JSONError { throw unusable("the case is no JSON: \(error)") }
    let known: Set = [
      "attempt", "limits", "grants", "input", "inputDepth", "inputBytes", "bytes", "deadlineMilliseconds", "twice", "expect",
    ]
    for key in header.keys where !known.contains(key) { throw unusable("'\(key)' is no member of a case") }
    guard let attempt = header["attempt"]?.stringValue, let expect = header["expect"]?.objectValue else {
      throw unusable("a case says what it attempts, and what is expected")
    }
    name = file.hasSuffix(".js") ? String(file.dropLast(3)) : file
    self.attempt = attempt
    module = SandboxModule(name: file, source: try Self.source(Array(bytes[end.upperBound...]), header["bytes"]?.objectValue, unusable))
    input = try Self.input(header)
    capabilities = try Self.capabilities(header["grants"]?.objectValue, unusable)
    limits = try Self.limits(header["limits"]?.objectValue, unusable)
    // Long enough for a machine on which much else runs: what has no deadline of its own ends by its other limits.
    deadlineMilliseconds = header["deadlineMilliseconds"]?.int64Value ?? 60_000
    isRunTwice = header["twice"]?.boolValue ?? false
    containment = try Containment(expect, unusable)
  }

  /// Puts bytes that no text file should have where the source names them.
  private static func source(_ body: [UInt8], _ bytes: JSONObject?, _ unusable: (String) -> Unusable) throws -> [UInt8] {
    var source = body
    for (marker, value) in bytes?.members ?? [] {
      guard let piece = value["text"]?.stringValue.map({ Array($0.utf8) }) ?? value["hex"]?.stringValue.flatMap(Self.hexadecimal) else {
        throw unusable("\(marker) has neither 'text' nor 'hex'")
      }
      var pieces: [UInt8] = []
      let isNumbered = value["numbered"]?.boolValue ?? false
      for index in 0..<(value["times"]?.intValue ?? 1) {
        pieces +=
          isNumbered
          ? Array(piece.split(separator: UInt8(ascii: "#"), omittingEmptySubsequences: false).joined(separator: Array("\(index)".utf8)))
          : piece
      }
      if marker == "begin" {
        source.insert(contentsOf: pieces, at: 0)
      } else {
        guard let range = source.firstRange(of: Array(marker.utf8)) else { throw unusable("\(marker) is not in the source") }
        source.replaceSubrange(range, with: pieces)
      }
    }
    return source
  }

  private static func hexadecimal(_ text: String) -> [UInt8]? {
    let digits = Array(text)
    guard digits.count.isMultiple(of: 2) else { return nil }
    let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
    return bytes.count == digits.count / 2 ? bytes : nil
  }

  private static func input(_ header: JSONObject) throws -> JSONValue {
    if let count = header["inputBytes"]?.intValue { return .string(String(repeating: "x", count: count)) }
    if let depth = header["inputDepth"]?.intValue {
      return try JSONValue(parsing: String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
    }
    return header["input"] ?? [:]
  }

  private static func capabilities(_ grants: JSONObject?, _ unusable: (String) -> Unusable) throws -> Capabilities {
    let names = (grants?["functions"]?.arrayValue ?? []).compactMap(\.stringValue)
    return Capabilities(
      tools: (grants?["tools"]?.arrayValue ?? []).compactMap(\.stringValue),
      functions: try names.map { name in
        guard let function = Capabilities.Function(rawValue: name) else { throw unusable("'\(name)' is no function of the host") }
        return function
      })
  }

  private static func limits(_ given: JSONObject?, _ unusable: (String) -> Unusable) throws -> SandboxLimits {
    var limits = SandboxLimits()
    for (key, value) in given?.members ?? [] {
      guard let value = value.intValue else { throw unusable("the limit '\(key)' is no number") }
      switch key {
      case "cpuMilliseconds": limits.cpuMilliseconds = value
      case "memoryBytes": limits.memoryBytes = value
      case "outputBytes": limits.outputBytes = value
      case "hostCalls": limits.hostCalls = value
      case "hostCallBytes": limits.hostCallBytes = value
      case "hostTotalBytes": limits.hostTotalBytes = value
      case "stackBytes": limits.stackBytes = value
      default: throw unusable("'\(key)' is no limit")
      }
    }
    return limits
  }
}
