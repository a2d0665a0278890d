import AgentKit

/// A sum of products that says how it was computed.
struct CostFormula {
  struct Factor {
    var value: ExactDecimal
    var unit: String

    init(_ value: ExactDecimal, _ unit: String) {
      self.value = value
      self.unit = unit
    }
  }

  struct Term {
    var factors: [Factor]
    var price: ExactDecimal
    var source: String
    var amount: ExactDecimal
  }

  private(set) var terms: [Term] = []

  init() {}

  /// One product, with the price as its last factor.
  /// - Parameter quantity: what the month already has of the item, which decides the tier of its price.
  mutating func add(_ factors: [Factor], _ item: PriceItem, of prices: PriceList, at quantity: ExactDecimal = .zero) throws {
    guard let rate = prices.rate(item) else { throw EstimateFailure.noPrice(item) }
    let price = rate.price(at: quantity)
    var amount = price
    for factor in factors { amount = try amount.multiplied(by: factor.value) }
    terms.append(Term(factors: factors, price: price, source: rate.source, amount: amount))
  }

  /// US dollars a month.
  var amount: ExactDecimal {
    get throws(DecimalError) {
      var sum = ExactDecimal.zero
      for term in terms { sum = try sum.adding(term.amount) }
      return sum
    }
  }

  /// "1,500,000 invocations × 0.242 s × 1 GB × 0.0000166667 USD = 6.05 USD".
  func text() throws(DecimalError) -> String {
    guard !terms.isEmpty else { return "0.00 USD" }
    let products = terms.map { term in
      (term.factors.map { "\(FigureText.number($0.value, fractionDigits: 12)) \($0.unit)" } + ["\(term.price.text) USD"]).joined(
        separator: " × ")
    }
    return "\(products.joined(separator: " + ")) = \(FigureText.dollars(try amount)) USD"
  }
}

/// Why a change has no amount.
enum EstimateFailure: Error {
  /// A figure of the usage is missing, such as "invocations".
  case noUsage(String)
  case noPrice(PriceItem)
  /// What the estimate does not know how to price, in words.
  case notCovered(String)
  case outOfRange

  var reason: String {
    switch self {
    case .noUsage(let figure): "\(figure) could not be read"
    case .noPrice(let item): "there is no price of \(item.name)"
    case .notCovered(let words): words
    case .outOfRange: "a figure is beyond what can be computed with"
    }
  }
}
