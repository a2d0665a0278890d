extension ModelPrices {
  /// List prices on demand, without batch discounts and long-context surcharges, gathered from public pages and not compared with the
  /// provider's own list (docs/not-verified.md). Set a table of your own, by MODEL_PRICES, where they matter or differ.
  ///
  /// From generation 4.5 on, Claude costs a tenth more through regional and geographic endpoints than through the global ones, so those
  /// models have two entries. Claude 3.5 Sonnet is in extended access, at twice its first price.
  /// The list to compare with: https://aws.amazon.com/bedrock/pricing/
  public static let builtIn = ModelPrices(builtInAsOf: "2026-07-01")

  static let builtInEntries: [String: Price] = [
    "anthropic.claude-3-haiku": Price(input: 250_000, output: 1_250_000, cacheRead: 30_000, cacheWrite: 300_000),
    "anthropic.claude-3-5-haiku": Price(input: 800_000, output: 4_000_000, cacheRead: 80_000, cacheWrite: 1_000_000),
    "anthropic.claude-3-sonnet": Price(input: 3_000_000, output: 15_000_000),
    "anthropic.claude-3-5-sonnet": Price(input: 6_000_000, output: 30_000_000, cacheRead: 600_000, cacheWrite: 7_500_000),
    "anthropic.claude-3-7-sonnet": Price(input: 3_000_000, output: 15_000_000, cacheRead: 300_000, cacheWrite: 3_750_000),
    "anthropic.claude-3-opus": Price(input: 15_000_000, output: 75_000_000),
    "anthropic.claude-sonnet-4": Price(input: 3_000_000, output: 15_000_000, cacheRead: 300_000, cacheWrite: 3_750_000),
    "anthropic.claude-opus-4": Price(input: 15_000_000, output: 75_000_000, cacheRead: 1_500_000, cacheWrite: 18_750_000),
    "anthropic.claude-opus-4-1": Price(input: 15_000_000, output: 75_000_000, cacheRead: 1_500_000, cacheWrite: 18_750_000),
    "anthropic.claude-haiku-4-5": regionalHaiku,
    "global.anthropic.claude-haiku-4-5": Price(input: 1_000_000, output: 5_000_000, cacheRead: 100_000, cacheWrite: 1_250_000),
    "anthropic.claude-sonnet-4-5": regionalSonnet,
    "global.anthropic.claude-sonnet-4-5": globalSonnet,
    "anthropic.claude-sonnet-4-6": regionalSonnet,
    "global.anthropic.claude-sonnet-4-6": globalSonnet,
    "anthropic.claude-opus-4-5": regionalOpus,
    "global.anthropic.claude-opus-4-5": globalOpus,
    "anthropic.claude-opus-4-6": regionalOpus,
    "global.anthropic.claude-opus-4-6": globalOpus,
    "anthropic.claude-opus-4-7": regionalOpus,
    "global.anthropic.claude-opus-4-7": globalOpus,
    "amazon.nova-micro": Price(input: 35_000, output: 140_000, cacheRead: 8_750, cacheWrite: 35_000),
    "amazon.nova-lite": Price(input: 60_000, output: 240_000, cacheRead: 15_000, cacheWrite: 60_000),
    "amazon.nova-pro": Price(input: 800_000, output: 3_200_000, cacheRead: 200_000, cacheWrite: 800_000),
    "amazon.nova-premier": Price(input: 2_500_000, output: 12_500_000, cacheRead: 625_000, cacheWrite: 2_500_000),
    "meta.llama3-3-70b-instruct": Price(input: 720_000, output: 720_000),
    "mistral.mistral-large-2407": Price(input: 2_000_000, output: 6_000_000),
    "deepseek.r1": Price(input: 1_350_000, output: 5_400_000),
  ]

  private static let regionalHaiku = Price(input: 1_100_000, output: 5_500_000, cacheRead: 110_000, cacheWrite: 1_375_000)
  private static let regionalSonnet = Price(input: 3_300_000, output: 16_500_000, cacheRead: 330_000, cacheWrite: 4_125_000)
  private static let globalSonnet = Price(input: 3_000_000, output: 15_000_000, cacheRead: 300_000, cacheWrite: 3_750_000)
  private static let regionalOpus = Price(input: 5_500_000, output: 27_500_000, cacheRead: 550_000, cacheWrite: 6_875_000)
  private static let globalOpus = Price(input: 5_000_000, output: 25_000_000, cacheRead: 500_000, cacheWrite: 6_250_000)
}
