import AgentKit

/// Knows every figure of a report, and finds in a text the figures that the report does not have: numbers come from code, words from the model.
///
/// A figure is a number with its unit, as it is written: "12.50 USD", "$12.5" and "12.5 dollars" are the same, "12.50 %" is another. Rounded
/// figures, sums and shares that the report does not name are other figures too.
struct FigureGuard: Sendable {
  private let figures: Set<Figure>
  /// Words with digits, or of several parts, that are names, such as "python3.12", "seven-eleven" or a function's.
  private let words: Set<String>

  /// - Parameters:
  ///   - facts: all that the report says without the model's words.
  ///   - names: of resources. Whoever may make one may call it "9999-USD": what stands in a name is no figure.
  init(facts: some Sequence<String>, names: some Sequence<String> = []) {
    var figures: Set<Figure> = []
    var words: Set<String> = []
    let named = ResourceNames(names)
    for text in facts {
      // Line by line: the evidence of a large account has some hundred thousand words.
      for line in text.unicodeScalars.split(separator: "\n") {
        let tokens = FigureScanner.tokens(String(line))
        var nameEnd = 0
        for (index, token) in tokens.enumerated() {
          nameEnd = max(nameEnd, index + named.length(at: index, of: tokens))
          guard token.hasDigit || token.hasForeignNumber || token.isComposed else { continue }
          words.insert(token.text)
          guard index >= nameEnd, token.isFact else { continue }
          figures.formUnion(FigureScanner.figures(of: token, following: tokens.at(index + 1), preceding: tokens.at(index - 1)))
        }
      }
    }
    self.figures = figures
    self.words = words
  }

  /// The figures of a text that are not among the facts, as they are written there; at most ten.
  func unknownFigures(in text: String) -> [String] {
    var unknown: [String] = []
    func note(_ text: String) { if unknown.count < 10, !unknown.contains(text) { unknown.append(text) } }
    let tokens = FigureScanner.tokens(text)
    var index = 0
    var listNumber = 0
    while index < tokens.count {
      let token = tokens[index]
      let (previous, next) = (tokens.at(index - 1), tokens.at(index + 1))
      index += 1
      if token.hasForeignNumber {
        if !words.contains(token.text) { note(token.text) }
      } else if token.isListMark, let number = Int(token.text), number == 1 || number == listNumber + 1 {
        // A list counts its lines; "99." is none.
        listNumber = number
      } else if token.hasDigit {
        if words.contains(token.text), !token.isPlainNumber { continue }
        if let (joined, count) = joined(tokens[(index - 1)...]) {
          let whole = FigureScanner.figures(of: joined, following: tokens.at(index + count - 1), preceding: previous)
          if whole.allSatisfy(figures.contains) {
            index += count - 1
            continue
          }
          for figure in whole where !figures.contains(figure) { note(figure.written) }
        }
        let found = FigureScanner.figures(of: token, following: next, preceding: previous)
        for figure in found where !figures.contains(figure) || (figure.unit == .dollars && isYearly(tokens[index...])) {
          note(figure.written)
        }
      } else if token.isComposed, words.contains(token.text) {
        continue
      } else if let spelled = SpelledNumber(tokens[(index - 1)...]) {
        index += spelled.tokenCount - 1
        let unit = FigureUnit(word: tokens.at(index)?.text ?? "")
        if spelled.isPronoun, unit == .plain || unit.isTime { continue }
        if spelled.isComputed || !figures.contains(Figure(value: spelled.value, unit: unit, written: "")) { note(spelled.written) }
      }
    }
    return unknown
  }

  /// "12 500" as one number: groups of three digits with blanks between them; nil for other words.
  private func joined(_ tokens: ArraySlice<FigureScanner.Token>) -> (token: FigureScanner.Token, count: Int)? {
    guard var joined = tokens.first, !joined.endsClause, joined.text.unicodeScalars.last.map(FigureScanner.isDigit) == true,
      joined.text.unicodeScalars.count(where: FigureScanner.isDigit) <= 3
    else { return nil }
    var count = 1
    for token in tokens.dropFirst().prefix(6) {
      guard !joined.endsClause, token.isPlainNumber, token.text.prefix(while: { $0 != "." && $0 != "," }).utf8.count == 3 else { break }
      joined.text += token.text
      joined.endsClause = token.endsClause
      count += 1
    }
    return count > 1 ? (joined, count) : nil
  }

  /// Whether what follows a sum makes it one of a year: reports name those of a month.
  private func isYearly(_ tokens: ArraySlice<FigureScanner.Token>) -> Bool {
    let texts = tokens.prefix(3).map { $0.text.lowercased() }
    let rest = texts.first.map { FigureUnit(word: $0) == .dollars } == true ? texts.dropFirst() : texts[...]
    guard let first = rest.first else { return false }
    if ["annually", "yearly", "/year", "p.a"].contains(first) { return true }
    return ["a", "per", "each", "every"].contains(first) && rest.dropFirst().first.map { ["year", "annum"].contains($0) } == true
  }
}

/// Names of resources, word by word.
private struct ResourceNames {
  private var words: Set<String> = []
  /// Names of several words, such as an API's, by the first.
  private var phrases: [String: [[String]]] = [:]

  init(_ names: some Sequence<String>) {
    for name in names {
      let texts = FigureScanner.tokens(name).map(\.text)
      guard let first = texts.first else { continue }
      if texts.count == 1 {
        words.insert(first)
      } else if phrases[first]?.contains(texts) != true {
        phrases[first, default: []].append(texts)
      }
    }
  }

  /// How many of the words from here on are a name; 0 for none.
  func length(at index: Int, of tokens: [FigureScanner.Token]) -> Int {
    let text = tokens[index].text
    let phrase = phrases[text]?.filter { tokens[index...].lazy.map(\.text).starts(with: $0) }.map(\.count).max()
    return phrase ?? (words.contains(text) ? 1 : 0)
  }
}

extension FigureScanner.Token {
  /// Whether it can be a figure of the report's own: those are digits with a sign, a time ("30-day") or nothing. "python3.12", an ARN and "9999-USD" are
  /// names.
  fileprivate var isFact: Bool {
    let scalars = text.unicodeScalars
    guard hasDigit, let first = scalars.first, FigureScanner.isDigit(first) || FigureUnit.isSign(first) else { return false }
    var rest = scalars.drop { FigureScanner.isDigit($0) || FigureUnit.isSign($0) || $0 == "." || $0 == "," }
    if rest.first == "-" { rest.removeFirst() }
    if rest.contains(where: FigureScanner.isLetter) {
      return rest.allSatisfy(FigureScanner.isLetter) && FigureUnit(word: String(String.UnicodeScalarView(rest))).isTime
    }
    return true
  }
}

extension Array {
  /// The element; nil outside of the array.
  fileprivate func at(_ index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

/// A number with its unit.
struct Figure: Sendable, Hashable {
  let value: ExactDecimal
  let unit: FigureUnit
  /// As it was written, for messages.
  let written: String

  static func == (left: Figure, right: Figure) -> Bool { left.value == right.value && left.unit == right.unit }
  func hash(into hasher: inout Hasher) {
    hasher.combine(value)
    hasher.combine(unit)
  }
}
