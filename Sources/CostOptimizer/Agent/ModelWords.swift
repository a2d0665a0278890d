/// What a model wrote, made fit for a report: no character that a terminal or a browser takes for a command, and no heading that would make
/// a section of its own.
enum ModelWords {
  /// Longest texts, in characters of Unicode.
  static let longestSummary = 4_000
  static let longestReview = 2_000
  static let longestRemark = 600
  static let mostRemarks = 200

  static func cleaned(_ text: String, limit: Int) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where isAllowed(scalar) { scalars.append(scalar == "\t" ? " " : scalar) }
    let lines = String(scalars).split(separator: "\n", omittingEmptySubsequences: false).filter { line in
      !ReportContract.sections.contains { ReportContract.isHeading(line.utf8, $0) }
    }
    var result = lines.joined(separator: "\n").unicodeScalars[...]
    while let first = result.first, first == " " || first == "\n" { result.removeFirst() }
    if result.count > limit { result = result.prefix(limit) }
    while let last = result.last, last == " " || last == "\n" { result.removeLast() }
    return String(String.UnicodeScalarView(result))
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A, 0x09: true
    // A style of the character before, such as of a sign; on a digit, the figures' guard finds it.
    case 0xFE0E, 0xFE0F: true
    case 0..<0x20, 0x7F..<0xA0: false
    // Marks without width, and those that turn the direction of what follows.
    case 0x00AD, 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB: false
    // Private use, tags, and what is no character.
    case 0xE000...0xF8FF, 0xFFFE, 0xFFFF, 0xE0000...0x10FFFF: false
    default: !Disguise.isInvisible(scalar)
    }
  }
}
