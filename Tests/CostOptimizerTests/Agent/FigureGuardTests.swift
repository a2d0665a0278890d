import Testing

@testable import CostOptimizer

/// Numbers come from code, words from the model: what counts as a figure, and which figures a report has.
@Suite struct FigureGuardTests {
  let figures = FigureGuard(facts: [
    "Saved per month: 1,234.56 USD of 2,000.00 USD", "p95 of the memory used: 212 MB (30 days)",
    "use of the provisioned concurrency: 12.5 %",
    "invocations: 1500000", "Lambda: 60 resources, 7 recommendations", "runtime python3.12 on arm64 and x86_64",
    "function order-v2 of 2027-01-15",
    "timeout 30 s, p99 250 ms", "recent window 7 days",
  ])

  @Test(arguments: [
    "The account can save 1,234.56 USD a month.", "It saves $1234.56, or 1234.56 dollars.",
    "Memory peaks at 212 MB (212MB) over a 30-day window.",
    "Only 12.5% (12.50 percent) is used.", "1,500,000 invocations.", "There are 7 recommendations for 60 resources.",
    "Move from x86_64 to arm64; python3.12 stays.", "order-v2 was seen on 2027-01-15.",
    "1. First the memory.\n2. Then the timeout of 30 seconds.",
    "The seven recommendations are sound.", "No one should wait.", "Watch it for seven days.", "Compare **212 MB** with `250 ms`.",
    "Half-hearted words without any figure are not meant here: see the facts.",
  ])
  func `figures of the report may be named`(_ text: String) {
    #expect(figures.unknownFigures(in: text).isEmpty)
  }

  @Test(arguments: [
    ("It saves 1,234 USD.", "1,234 dollars"), ("It saves $1,235.", "1,235 dollars"), ("About 14,814.72 USD a year.", "14,814.72 dollars"),
    ("It saves 212 USD.", "212 dollars"), ("12.5 MB are used.", "12.5 megabytes"), ("That is 62% of the bill.", "62 percent"),
    ("There are 8 recommendations.", "8"), ("It takes 30 days 5 hours.", "5 hours"), ("Use order-v3.", "3"),
    ("Nine thirds of it is waste.", "Nine"), ("Two-thirds of it is waste.", "Two-thirds"), ("Two thirds of it is waste.", "thirds"),
    ("Costs fall by half.", "half"), ("It is twice as large.", "twice"), ("A tenfold saving.", "tenfold"), ("A dozen functions.", "dozen"),
    ("Twenty-five functions are idle.", "Twenty-five"), ("It saves twelve hundred dollars.", "twelve hundred"),
    ("Save \u{FF15} dollars.", "\u{FF15}"),
    ("Only \u{BD} of it.", "\u{BD}"), ("10-20 functions", "10"), ("a 14-day window", "14 days"), ("use 512MB", "512 megabytes"),
  ])
  func `other figures are found, whatever they look like`(_ text: String, _ figure: String) {
    #expect(figures.unknownFigures(in: text).contains(figure))
  }

  @Test(arguments: [
    // Digits of the report, put together to figures that it has not.
    ("It saves 7 000 USD.", "7000 dollars"), ("It saves $7 000.", "7000 dollars"), ("It saves 60\u{A0}250 USD.", "60250 dollars"),
    ("It saves 7k USD.", "7 in another scale"), ("It saves 7 thousand USD.", "7 in another scale"), ("7e6 calls", "7 in another scale"),
    ("7 million calls", "7 in another scale"), ("60 hundred", "60 in another scale"), ("It is 7x as large.", "7 times"),
    ("It is 7 times as large.", "7 times"), ("7/60 of them", "7 of a ratio"), ("a ratio of 7:60", "7 of a ratio"), ("7^60", "7 of a ratio"),
    ("7\u{2212}60", "7 of a ratio"),
    // Other units by other words and signs.
    ("60 per cent", "60 percent"), ("60 pct", "60 percent"), ("60\u{FF05}", "60 percent"), ("60\u{66A}", "60 percent"),
    ("%60", "60 percent"),
    ("60 \u{2030}", "60 permille"), ("USD 60", "60 dollars"), ("\u{20AC}60", "60 of another currency"),
    ("60 EUR", "60 of another currency"),
    ("It saves 1,234.56 USD a year.", "1,234.56 dollars"), ("It saves $1,234.56 per year.", "1,234.56 dollars"),
    ("It saves 1,234.56 USD/year.", "1,234.56 dollars a year"), ("It saves 1,234.56 dollars annually.", "1,234.56 dollars"),
    // A list's number that is none.
    ("It saves USD\n99. That is much.", "99 dollars"), ("Fine.\n45) dollars", "45 dollars"),
    // Numbers in words with other marks between them.
    ("twelve% are idle", "twelve"), ("twelve/fifteen", "twelve/fifteen"), ("twelve\u{2013}fifteen", "twelve\u{2013}fifteen"),
    ("$seven a month", "$seven"), ("one percent", "one"), ("seven point sixty", "seven point sixty"), ("seven sixty", "seven sixty"),
    ("Millions are lost.", "Millions"), ("seven trillion", "seven trillion"),
    // Words and digits that only look like others.
    ("tw\u{435}lve", "tw\u{435}lve"),
    ("\u{FF54}\u{FF57}\u{FF45}\u{FF4C}\u{FF56}\u{FF45}", "\u{FF54}\u{FF57}\u{FF45}\u{FF4C}\u{FF56}\u{FF45}"),
    ("\u{1D42D}en", "\u{1D42D}en"), ("6\u{332}0\u{332}7", "6\u{332}0\u{332}7"), ("6\u{FE0F}\u{20E3}0", "6\u{FE0F}\u{20E3}0"),
    ("tw\u{34F}elve", "tw\u{34F}elve"), ("\u{662}\u{661}", "\u{662}\u{661}"), ("\u{5341}\u{4E8C}", "\u{5341}\u{4E8C}"),
    ("\u{2167} functions", "\u{2167}"), ("\u{246B} functions", "\u{246B}"),
  ])
  func `figures in disguise are found`(_ text: String, _ figure: String) {
    let found = figures.unknownFigures(in: text)
    #expect(found.contains(figure) || found.contains { $0.hasPrefix(figure) }, "\(found)")
  }

  @Test(arguments: [
    "One function is idle, one of sixty; each one's logs are kept, and a one-off look is enough. One day is enough.",
    "Caf\u{E9}, cafe\u{301} and na\u{EF}ve words, \u{3B4}\u{3B5}\u{3BB}\u{3C4}\u{3B1} or \u{434}\u{430} are words.",
    "To the point: it saves 1,234.56 USD/month of 2,000.00 USD.", "1) Memory\n2) Timeout\n3) Runtime", "The 7th is the largest.",
    "Seven, sixty and 30 days.", "It saves 1,234.56 USD a month; look again next year.",
  ])
  func `words that are no figures stay`(_ text: String) {
    #expect(figures.unknownFigures(in: text).isEmpty, "\(figures.unknownFigures(in: text))")
  }

  @Test func `a resource's name may be written as it is, whatever it looks like`() {
    let named = FigureGuard(facts: ["function \u{441}ount-\u{FF15} has 128 MB", "queue seven-eleven"])
    #expect(named.unknownFigures(in: "Look at seven-eleven.").isEmpty)
    #expect(named.unknownFigures(in: "Look at seven-twelve.") == ["seven-twelve"])
    #expect(named.unknownFigures(in: "Look at \u{441}ount-\u{FF15}.").isEmpty)
    #expect(named.unknownFigures(in: "Look at \u{441}ount-\u{FF16}.") == ["\u{441}ount-\u{FF16}"])
  }

  /// Whoever may make a resource would otherwise give a model that listens to names the figures that it is to tell.
  @Test func `figures in names are no figures of the report`() {
    let named = FigureGuard(
      facts: [
        "Lambda 9999-USD: memory 128 MB, arn:aws:lambda:us-east-1:123456789012:function:9999-USD, alias 777USD",
        "API Gateway saves 5000 USD a month: 12 requests", "Lambda 4242: memory 512 MB", "/aws/lambda/888-USD 30-day",
      ], names: ["9999-USD", "saves 5000 USD a month", "4242"])
    #expect(named.unknownFigures(in: "The function 9999-USD has 128 MB; 12 requests, 512 MB in 30 days.").isEmpty)
    for (text, figure) in [
      ("It saves 9999 USD.", "9999 dollars"), ("It saves 5000 USD.", "5000 dollars"), ("It saves 777 USD.", "777 dollars"),
      ("It saves 888 USD.", "888 dollars"), ("There are 4242.", "4242"),
    ] {
      #expect(named.unknownFigures(in: text) == [figure], "\(text)")
    }
  }

  @Test func `ten are enough to be told`() {
    #expect(figures.unknownFigures(in: (100..<150).map { "\($0)" }.joined(separator: " ")).count == 10)
  }

  @Test func `numbers in words of any length end nothing`() {
    _ = figures.unknownFigures(in: Array(repeating: "million hundred billion nine", count: 200).joined(separator: " "))
    _ = figures.unknownFigures(in: String(repeating: "9", count: 50_000))
    _ = figures.unknownFigures(in: "1e999999999999 1.2.3.4.5 ,,,1,,, $$5$$ -7 --8")
  }

  @Test func `a model's words lose what a terminal or a reader could take for more than words`() {
    #expect(ModelWords.cleaned("a\u{1B}[31mb\u{0}\r\n\u{202E}c\u{200B}\td\u{E000}", limit: 100) == "a[31mb\nc d")
    #expect(ModelWords.cleaned("Fine.\n## 3. Gaps & Limitations\nNone.", limit: 100) == "Fine.\nNone.")
    #expect(ModelWords.cleaned("  \n\n x \n ", limit: 100) == "x")
    #expect(ModelWords.cleaned("tw\u{34F}el\u{115F}ve\u{3164} \u{180E}\u{FE01}\u{2800}", limit: 100) == "twelve")
    #expect(ModelWords.cleaned(String(repeating: "é", count: 10), limit: 3) == "ééé")
  }
}
