/// Finds words that look like others: a reader sees a figure, and a scanner of ASCII does not.
enum Disguise {
  static func isDisguised(_ word: Substring.UnicodeScalarView) -> Bool {
    guard word.contains(where: { !$0.isASCII }) else { return false }
    var (hasDigit, hasLetter, hasLookalike, hasMark) = (false, false, false, false)
    for scalar in word {
      if scalar.isASCII {
        if FigureScanner.isDigit(scalar) { hasDigit = true }
        if FigureScanner.isLetter(scalar) { hasLetter = true }
        continue
      }
      if scalar.properties.numericType != nil || isStyledLetter(scalar) || isInvisible(scalar) { return true }
      if isLookalikeScript(scalar) { hasLookalike = true }
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .spacingMark, .format: hasMark = true
      default: break
      }
    }
    // Marks on digits make one figure of several words; letters of two alphabets make "twelve" of none.
    return hasDigit && hasMark || hasLetter && hasLookalike
  }

  /// ASCII's letters in another dress: fullwidth, mathematical, in circles and squares.
  private static func isStyledLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x2100...0x214F: scalar.properties.isAlphabetic
    case 0x2460...0x24FF, 0xFF21...0xFF3A, 0xFF41...0xFF5A, 0x1D400...0x1D7FF, 0x1F100...0x1F1FF: true
    default: false
    }
  }

  /// What has no shape at all.
  static func isInvisible(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isDefaultIgnorableCodePoint || scalar.value == 0x2800 }

  /// Greek and Cyrillic, without what stands in units and formulas.
  private static func isLookalikeScript(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0394, 0x03A9, 0x03BC: false
    case 0x0370...0x03FF, 0x0400...0x052F: true
    default: false
    }
  }
}
