/// Names that somebody may have meant.
enum NearNames {
  /// The closest names by how many letters differ, none of which differ in more than a third unless one is a part of the other; capitals do not
  /// matter.
  static func closest(to name: String, among names: [String], limit: Int) -> [String] {
    let wanted = Array(name.lowercased().utf8.prefix(80))
    guard !wanted.isEmpty else { return [] }
    var found: [(distance: Int, name: String)] = []
    for candidate in names {
      let bytes = Array(candidate.lowercased().utf8)
      let letters = distance(wanted, bytes)
      let distance = contains(bytes, wanted) || contains(wanted, bytes) ? min(letters, 3) : letters
      if distance <= max(3, bytes.count / 3) { found.append((distance, candidate)) }
    }
    return found.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(limit).map(\.name)
  }

  private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
    guard part.count >= 4, part.count <= bytes.count else { return false }
    return (0...(bytes.count - part.count)).contains { bytes[$0...].starts(with: part) }
  }

  /// Levenshtein's distance.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var previous = Array(0...right.count)
    for (row, byte) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        current.append(min(previous[column] + (byte == other ? 0 : 1), previous[column + 1] + 1, current[column] + 1))
      }
      previous = current
    }
    return previous[right.count]
  }
}
