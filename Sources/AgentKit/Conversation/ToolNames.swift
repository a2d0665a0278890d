/// Gives each agent or tool a name that Bedrock accepts, and finds the way back.
///
/// A name of 1 to 64 of `[a-zA-Z0-9_-]` stays as it is. Any other becomes what is left of it plus `-x` and 16 hexadecimal digits of its
/// hash. A valid name that ends like that is hashed too, so that the two kinds never meet. The result depends on the set of names only,
/// not on their order.
/// Source of the rule: Bedrock Runtime API, `ToolSpecification.name`.
public struct ToolNames: Sendable, Hashable {
  private let toolNames: [String: String]
  private let names: [String: String]

  public init(_ names: some Sequence<String>) {
    var toolNames: [String: String] = [:]
    var back: [String: String] = [:]
    // Sorted, so that two names with one hash (which nobody has seen yet) are told apart the same way everywhere.
    for name in Set(names).sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      var attempt: UInt64 = 0
      var toolName = Self.toolName(for: name, attempt: attempt)
      while back[toolName] != nil {
        attempt += 1
        toolName = Self.toolName(for: name, attempt: attempt)
      }
      toolNames[name] = toolName
      back[toolName] = name
    }
    self.toolNames = toolNames
    self.names = back
  }

  /// The tool name of one of the names; nil when it is none of them.
  public func toolName(for name: String) -> String? { toolNames[name] }

  /// The name behind a tool name; nil when the model made it up.
  public func name(forToolName toolName: String) -> String? { names[toolName] }

  /// True for 1 to 64 of `[a-zA-Z0-9_-]`.
  public static func isValid(_ toolName: String) -> Bool {
    (1...64).contains(toolName.utf8.count) && toolName.utf8.allSatisfy(isAllowed)
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private static func toolName(for name: String, attempt: UInt64) -> String {
    if attempt == 0, isValid(name), !endsLikeHash(name) { return name }
    var kept: [UInt8] = []
    for byte in name.utf8 where kept.count < 46 {
      if isAllowed(byte) {
        kept.append(byte)
      } else if let last = kept.last, last != UInt8(ascii: "_") {
        kept.append(UInt8(ascii: "_"))
      }
    }
    let digits = String(hash(name, attempt: attempt), radix: 16)
    return String(decoding: kept, as: UTF8.self) + "-x" + String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }

  private static func endsLikeHash(_ name: String) -> Bool {
    let end = Array(name.utf8.suffix(18))
    guard end.count == 18, end[0] == UInt8(ascii: "-"), end[1] == UInt8(ascii: "x") else { return false }
    return end.dropFirst(2).allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  /// FNV-1a with 64 bits over the attempt and the name.
  private static func hash(_ name: String, attempt: UInt64) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func take(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    for shift in stride(from: 0, to: 64, by: 8) { take(UInt8(truncatingIfNeeded: attempt >> UInt64(shift))) }
    for byte in name.utf8 { take(byte) }
    return hash
  }
}
