public import AgentKit

/// Public list prices of one region, in US dollars, without taxes, free tiers, discounts or savings plans.
public struct PriceList: Sendable, Hashable {
  /// A price that holds from a monthly quantity on.
  public struct Tier: Sendable, Hashable {
    public var beginsAt: ExactDecimal
    public var price: ExactDecimal

    public init(beginsAt: ExactDecimal, price: ExactDecimal) {
      self.beginsAt = beginsAt
      self.price = price
    }
  }

  /// The price of one item.
  public struct Rate: Sendable, Hashable {
    /// In the order of their beginnings; never empty.
    public private(set) var tiers: [Tier]
    /// Where it is from, with a date.
    public var source: String

    /// nil without a tier.
    public init?(tiers: [Tier], source: String) {
      guard !tiers.isEmpty else { return nil }
      self.tiers = tiers.sorted { $0.beginsAt < $1.beginsAt }
      self.source = source
    }

    /// The price of one unit more where a month already has this quantity.
    public func price(at quantity: ExactDecimal = .zero) -> ExactDecimal {
      tiers.last { $0.beginsAt <= quantity }?.price ?? tiers[0].price
    }
  }

  /// The region that the prices are of.
  public var region: String
  /// Where they are from, with a date, for the whole report.
  public var source: String
  public private(set) var rates: [PriceItem: Rate]

  public init(region: String, source: String, rates: [PriceItem: Rate] = [:]) {
    self.region = region
    self.source = source
    self.rates = rates
  }

  /// nil for what has no price; the estimate then has no amount.
  public func rate(_ item: PriceItem) -> Rate? { rates[item] }
}
