/// Text of others made safe to show: names of resources and words of a model can hold anything.
///
/// A control character could move a terminal's cursor, and one that turns the direction of writing could make a line read as another. Both are shown
/// by their number instead.
package enum PrintableText {
  /// The text on one line, with single spaces between its words.
  package static func line(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var isSpaceDue = false
    for scalar in text.unicodeScalars {
      if isWhitespace(scalar) {
        isSpaceDue = !result.isEmpty
        continue
      }
      if isSpaceDue { result.append(" ") }
      isSpaceDue = false
      if isHidden(scalar) { result.append(contentsOf: number(scalar).unicodeScalars) } else { result.append(scalar) }
    }
    return String(result)
  }

  /// A line that is laid out already: its spaces stay.
  package static func shown(_ line: some StringProtocol) -> String {
    var result = String.UnicodeScalarView()
    for scalar in line.unicodeScalars {
      if scalar == "\t" || isLineEnd(scalar) {
        result.append(" ")
      } else if isHidden(scalar) {
        result.append(contentsOf: number(scalar).unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  /// The text's lines that hold something, each by itself.
  static func paragraphs(_ text: String) -> [String] {
    var paragraphs: [String] = []
    var current = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if isLineEnd(scalar) {
        paragraphs.append(line(String(current)))
        current = String.UnicodeScalarView()
      } else {
        current.append(scalar)
      }
    }
    paragraphs.append(line(String(current)))
    return paragraphs.filter { !$0.isEmpty }
  }

  private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  private static func isWhitespace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }

  /// Controls, marks of direction, and what has no shape though it is text: https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F, 0xAD, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB,
      0xFFFE, 0xFFFF, 0xE0000...0xE007F:
      true
    default: false
    }
  }

  private static func number(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "<U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits + ">"
  }
}
