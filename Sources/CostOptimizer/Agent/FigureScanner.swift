import AgentKit

/// Takes a text apart into words and figures.
enum FigureScanner {
  struct Token: Sendable, Hashable {
    /// Without the punctuation around it.
    var text: String
    var hasDigit: Bool
    /// A number that is not ASCII, such as "½" or "５", or letters and marks that make another word or figure than they look like: no figure of a
    /// report is written so.
    var hasForeignNumber: Bool
    /// "1." or "2)" at the begin of a line.
    var isListMark: Bool
    /// Digits with points and commas, and nothing else.
    var isPlainNumber: Bool
    /// Punctuation follows: what comes next belongs to something else.
    var endsClause = false
    /// Of several parts, as names are: "seven-eleven".
    var isComposed: Bool {
      text.utf8.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/") }
    }
  }

  static func tokens(_ text: String) -> [Token] {
    var tokens: [Token] = []
    for line in text.unicodeScalars.split(whereSeparator: { $0 == "\n" || $0 == "\r" }) {
      var isFirst = true
      for part in line.split(whereSeparator: { $0.properties.isWhitespace || $0 == "|" }) {
        let word = trimmed(part)
        let isListMark = isFirst && isListMark(part)
        isFirst = false
        guard !word.isEmpty else { continue }
        if String(String.UnicodeScalarView(word)).lowercased() == "cent", let last = tokens.last, last.text.lowercased() == "per",
          !last.endsClause
        {
          // "per cent"
          tokens[tokens.count - 1].text = "percent"
          tokens[tokens.count - 1].endsClause = word.endIndex != part.endIndex
          continue
        }
        tokens.append(
          Token(
            text: String(String.UnicodeScalarView(word)), hasDigit: word.contains(where: isDigit),
            hasForeignNumber: Disguise.isDisguised(word), isListMark: isListMark,
            isPlainNumber: word.allSatisfy { isDigit($0) || $0 == "." || $0 == "," }, endsClause: word.endIndex != part.endIndex))
      }
    }
    return tokens
  }

  /// The figures of a word, with the unit that stands in it, behind it or, of money, before it: "512MB", "$12.50", "30-day", "10-20", "USD 5".
  static func figures(of token: Token, following: Token?, preceding: Token? = nil) -> [Figure] {
    let scalars = Array(token.text.unicodeScalars)
    // "1/2", "1:3", "10^6": what somebody has computed.
    let isComputed = scalars.contains(where: isOperator) && scalars.allSatisfy { isDigit($0) || isOperator($0) || $0 == "." || $0 == "," }
    var figures: [Figure] = []
    var position = 0
    while position < scalars.count {
      guard isDigit(scalars[position]) else {
        position += 1
        continue
      }
      let begin = position
      while position < scalars.count, isDigit(scalars[position]) || isInnerMark(scalars, at: position) { position += 1 }
      let digits = scalars[begin..<position].filter { $0 != "," }
      let mark: Unicode.Scalar? = begin > 0 ? scalars[begin - 1] : nil
      // What follows in the word, or else the next word.
      var rest = scalars[position...]
      let isHyphenated = rest.first == "-"
      if isHyphenated { rest = rest.dropFirst() }
      let suffix = String(String.UnicodeScalarView(rest.prefix { isLetter($0) || FigureUnit.isSign($0) }))
      let written = String(String.UnicodeScalarView(scalars[begin..<position]))
      var unit = FigureUnit.plain
      if isComputed {
        unit = .ratio
      } else if let mark, FigureUnit.isSign(mark) {
        unit = FigureUnit(word: String(mark))
      } else if !suffix.isEmpty {
        unit = FigureUnit(word: suffix)
        // "12k" and "1e6" are other numbers than 12 and 1, whatever the letters mean.
        if unit == .plain, !isHyphenated, !FigureUnit.ordinals.contains(suffix.lowercased()) { unit = .scaled }
      } else if position == scalars.count, let following {
        unit = FigureUnit(word: following.text)
      }
      if unit == .plain, begin == 0, let preceding, !preceding.endsClause { unit = FigureUnit(currencyBefore: preceding.text) }
      // More than one point: a version or an address, compared by its parts.
      for part in split(digits) {
        guard let value = ExactDecimal(part) else { continue }
        figures.append(Figure(value: value, unit: unit, written: unit == .plain ? written : "\(written) \(unit.rawValue)"))
      }
    }
    return figures
  }

  private static func split(_ digits: [Unicode.Scalar]) -> [String] {
    let text = String(String.UnicodeScalarView(digits))
    guard digits.filter({ $0 == "." }).count > 1 else { return [text] }
    return text.split(separator: ".").map(String.init)
  }

  /// A point or a comma between digits.
  private static func isInnerMark(_ scalars: [Unicode.Scalar], at position: Int) -> Bool {
    (scalars[position] == "." || scalars[position] == ",") && position + 1 < scalars.count && isDigit(scalars[position + 1])
  }

  private static func isOperator(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "/", ":", "^", "*", "+", "\u{D7}", "\u{F7}", "\u{2044}", "\u{2212}", "\u{2215}", "\u{2236}": true
    default: false
    }
  }

  private static func trimmed(_ word: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
    var word = word
    while let last = word.last, isPunctuation(last) { word.removeLast() }
    while let first = word.first, isPunctuation(first) { word.removeFirst() }
    return word
  }

  private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case ".", ",", ";", ":", "!", "?", "(", ")", "[", "]", "{", "}", "\"", "'", "`", "*", "_", "<", ">", "=", "~", "#", "+", "\u{2019}",
      "\u{2018}", "\u{201C}", "\u{201D}", "-", "\u{2013}", "\u{2014}":
      true
    default: false
    }
  }

  private static func isListMark(_ word: Substring.UnicodeScalarView) -> Bool {
    guard let last = word.last, last == "." || last == ")" else { return false }
    let digits = word.dropLast()
    return (1...2).contains(digits.count) && digits.allSatisfy(isDigit)
  }

  static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
  static func isLetter(_ scalar: Unicode.Scalar) -> Bool { ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) }
}
