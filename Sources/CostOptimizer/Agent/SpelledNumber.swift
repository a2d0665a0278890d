import AgentKit

/// A number in words at the begin of some tokens: "twenty-five", "two hundred", and words that stand for one that somebody has computed
/// ("half", "twice", "dozen").
struct SpelledNumber {
  let value: ExactDecimal
  let tokenCount: Int
  let written: String
  /// True for a share or a multiple, which no report has in words, and for words that make no number together ("one two five").
  let isComputed: Bool
  /// "one" is a pronoun more often than a number.
  let isPronoun: Bool

  init?(_ tokens: ArraySlice<FigureScanner.Token>) {
    guard let first = tokens.first else { return nil }
    if Self.computed.contains(first.text.lowercased()) || first.text.lowercased().hasSuffix("fold") && Self.isNumber(first.text.dropLast(4))
    {
      (value, tokenCount, written, isComputed, isPronoun) = (.zero, 1, first.text, true, false)
      return
    }
    var sum: Int64 = 0
    /// What may still be added to the last word: ones to tens, anything below a hundred to hundreds.
    var room: Int64 = .max
    var isOdd = false
    var numbers: [String] = []
    var group: Int64 = 0
    var count = 0
    var texts: [String] = []
    scan: for token in tokens.prefix(12) {
      let parts = token.text.lowercased().unicodeScalars.split { !FigureScanner.isLetter($0) }.map { String(String.UnicodeScalarView($0)) }
      guard !parts.isEmpty else { break }
      var isNumberToken = false
      // "two-day": the number, and what it counts.
      var isDone = false
      var isFirstPart = true
      for part in parts {
        if let small = Self.small[part] {
          group = group.saturatingAdd(small)
          if small >= room { isOdd = true }
          room = small >= 20 ? 10 : 0
        } else if part == "hundred" {
          group = max(1, group).multipliedReportingOverflow(by: 100).partialValue
          room = 100
        } else if let scale = Self.scales[part] {
          sum = sum.saturatingAdd(max(1, group).multipliedReportingOverflow(by: scale).partialValue)
          group = 0
          room = .max
        } else if part == "point", !numbers.isEmpty {
          isOdd = true
        } else if isFirstPart {
          break scan
        } else {
          isDone = true
          isFirstPart = false
          continue
        }
        isFirstPart = false
        isNumberToken = true
        numbers.append(part)
      }
      // "twelve%" and "$twelve".
      if isNumberToken, token.text.unicodeScalars.contains(where: FigureUnit.isSign) { isOdd = true }
      count += 1
      texts.append(token.text)
      if isDone || token.endsClause { break }
    }
    guard count > 0 else { return nil }
    // "twelve point five" is a number of another kind than a list has; "to the point" has none before it.
    if numbers.last == "point" {
      numbers.removeLast()
      isOdd = false
    }
    (value, tokenCount, written) = (ExactDecimal(sum.saturatingAdd(group)), count, texts.joined(separator: " "))
    (isComputed, isPronoun) = (isOdd, numbers == ["one"])
  }

  private static func isNumber(_ text: Substring) -> Bool {
    let text = text.lowercased()
    return small[text.hasSuffix("-") ? String(text.dropLast()) : text] != nil
  }

  private static let computed: Set<String> = [
    "half", "halve", "halves", "halved", "halving", "double", "doubles", "doubled", "twice", "triple", "triples", "tripled", "thrice",
    "doubling", "tripling", "quadruple", "quadruples", "quadrupled", "quintuple", "dozen", "dozens", "thirds", "quarters", "fifths",
    "eighths", "tenths", "hundredths", "two-thirds", "one-third", "three-quarters", "one-half", "one-quarter", "hundreds", "thousands",
    "millions", "billions", "trillions",
  ]
  private static let small: [String: Int64] = [
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
  ]
  private static let scales: [String: Int64] = [
    "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "trillion": 1_000_000_000_000,
  ]
}
