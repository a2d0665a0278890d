public import AgentKit

/// A finding with what it is worth.
public struct Recommendation: Sendable, Hashable {
  /// What a change saves in a month of 30 days.
  public struct Impact: Sendable, Hashable {
    /// US dollars a month before and after, both after the recommendations that come before this one on the same resource; nil when the facts or
    /// a price do not tell.
    public var monthlyBefore: ExactDecimal?
    public var monthlyAfter: ExactDecimal?
    /// The formula with its figures, in words that a reader can check with a calculator.
    public var method: String
    /// Where the prices are from: the Price List API with its date, or the table of this program with its.
    public var priceSource: String

    public init(monthlyBefore: ExactDecimal?, monthlyAfter: ExactDecimal?, method: String, priceSource: String) {
      self.monthlyBefore = monthlyBefore
      self.monthlyAfter = monthlyAfter
      self.method = method
      self.priceSource = priceSource
    }

    /// Cents a month that are saved, half a cent rounded to even; negative when it costs more; nil when it is not known.
    public var savedCents: Int64? {
      guard let monthlyBefore, let monthlyAfter, let saved = try? monthlyBefore.subtracting(monthlyAfter),
        let hundredfold = try? saved.multiplied(by: ExactDecimal(100))
      else { return nil }
      return hundredfold.rounded(toFractionDigits: 0).int64
    }
  }

  public var finding: Finding
  public var impact: Impact
  /// A remark of the model about this recommendation, checked to hold no figure of its own; nil without one.
  public var remark: String?

  public init(finding: Finding, impact: Impact, remark: String? = nil) {
    self.finding = finding
    self.impact = impact
    self.remark = remark
  }
}
