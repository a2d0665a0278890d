/// Finds a model's entry in a table of what is known about models.
enum ModelName {
  /// The entry of a model's id; nil when the table has none.
  ///
  /// An entry fits the id that it names, with or without a date and version ("-20250514-v1:0"), with or without the region prefix of an
  /// inference profile ("us.", "global."), and as the last part of an ARN. The longest entry that fits counts.
  static func entry(for modelID: String, isEntry: (String) -> Bool) -> String? {
    if isEntry(modelID) { return modelID }
    let name = withoutARN(modelID)
    let found = [name, withoutRegionPrefix(name)].compactMap { entry(named: $0, isEntry) }
    // The first of two that are as long: one with the region's prefix is the more exact one.
    return found.max { $0.utf8.count < $1.utf8.count }
  }

  private static func withoutARN(_ modelID: String) -> Substring {
    guard modelID.hasPrefix("arn:"), let slash = modelID.lastIndex(of: "/") else { return Substring(modelID) }
    return modelID[modelID.index(after: slash)...]
  }

  private static func withoutRegionPrefix(_ name: Substring) -> Substring {
    for prefix in ["global.", "us-gov.", "us.", "eu.", "apac.", "jp.", "au.", "ca."] where name.hasPrefix(prefix) {
      return name.dropFirst(prefix.count)
    }
    return name
  }

  /// The longest entry that fits a name: all of it, or as much as leaves a date or a version.
  private static func entry(named name: Substring, _ isEntry: (String) -> Bool) -> String? {
    if isEntry(String(name)) { return String(name) }
    // From the end on, so that the first that is there is the longest.
    var end = name.endIndex
    while let next = name.utf8[..<end].lastIndex(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "-") }) {
      end = next
      guard isVersion(name.utf8[end...]) else { continue }
      let beginning = String(name[..<end])
      if isEntry(beginning) { return beginning }
    }
    return nil
  }

  /// True for what may follow an entry; "claude-opus-4" must not take "claude-opus-4-9" for its own.
  private static func isVersion(_ rest: Substring.UTF8View) -> Bool {
    rest.first == UInt8(ascii: ":") || rest.starts(with: "-v".utf8)
      || rest.starts(with: "-20".utf8) && rest.dropFirst(3).prefix(6).allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }
}
