/// Finds texts by the words that they share with a query, the rare words first.
struct RankedSearch {
  struct Document {
    /// Counts three times.
    var name: String
    var text: String
  }

  private let documents: [[String: Double]]
  /// How much a word tells: the logarithm of how few documents have it.
  private let weights: [String: Double]

  init(_ documents: [Document]) {
    self.documents = documents.map { document in
      var counts: [String: Double] = [:]
      for word in Self.words(document.name) { counts[word, default: 0] += 3 }
      for word in Self.words(document.text) { counts[word, default: 0] += 1 }
      return counts
    }
    var frequencies: [String: Int] = [:]
    for counts in self.documents { for word in counts.keys { frequencies[word, default: 0] += 1 } }
    let total = Double(documents.count)
    weights = frequencies.mapValues { Self.logarithm(1 + total / Double($0)) }
  }

  /// The documents that share a word with the query, best first; of two as good ones the first.
  func ranked(_ query: String) -> [(index: Int, score: Double)] {
    let wanted = Set(Self.words(query))
    var found: [(index: Int, score: Double)] = []
    for (index, counts) in documents.enumerated() {
      var score = 0.0
      // In an order of its own, since sums of doubles depend on it.
      for word in wanted.sorted() {
        guard let count = counts[word], let weight = weights[word] else { continue }
        score += weight * count / (count + 1)
      }
      if score > 0 { found.append((index, score)) }
    }
    return found.sorted { ($1.score, $0.index) < ($0.score, $1.index) }
  }

  /// Lower-case words of two letters or more, without a plural's "s" and the commonest words of English.
  static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    func end() {
      if word.count > 3, word.hasSuffix("s"), !word.hasSuffix("ss") { word.removeLast() }
      if word.count >= 2, !common.contains(word) { words.append(word) }
      word = ""
    }
    for character in text {
      if character.isLetter || character.isNumber { word += character.lowercased() } else { end() }
    }
    end()
    return words
  }

  private static let common: Set<String> = [
    "an", "and", "are", "as", "at", "be", "by", "can", "each", "for", "from", "has", "in", "into", "is", "it", "its", "of", "on", "or",
    "that",
    "the", "this", "to", "which", "with", "agent", "tool", "given", "need", "want", "must",
  ]

  /// A logarithm that needs no C library; that it is coarse changes no order that matters.
  private static func logarithm(_ value: Double) -> Double {
    // The series of 2·artanh((x − 1) / (x + 1)), of what remains between 1 and 2.
    var (rest, sum) = (max(value, 1), 0.0)
    while rest > 2 {
      rest /= 2
      sum += 0.693_147_180_559_945
    }
    let ratio = (rest - 1) / (rest + 1)
    var (power, term) = (ratio, 0.0)
    for exponent in stride(from: 1.0, through: 15, by: 2) {
      term += power / exponent
      power *= ratio * ratio
    }
    return sum + 2 * term
  }
}
