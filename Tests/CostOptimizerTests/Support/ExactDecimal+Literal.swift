public import AgentKit

/// Figures in tests are written as they are.
extension ExactDecimal: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int64) { self.init(value) }
}
