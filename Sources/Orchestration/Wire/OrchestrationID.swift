/// The rule for identifiers of orchestrations: they become table keys and parts of object keys.
public enum OrchestrationID {
  /// The id by which the original marks work that belongs to no orchestration.
  public static let none = "0"

  /// True for 1 to 128 letters, digits, `.`, `_`, `:` and `-` that begin with a letter or digit, except `"0"`.
  public static func isValid(_ text: String) -> Bool {
    guard text != none, (1...128).contains(text.utf8.count), let first = text.utf8.first, isAlphanumeric(first) else { return false }
    return text.utf8.allSatisfy { isAlphanumeric($0) || ".:_-".utf8.contains($0) }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}
