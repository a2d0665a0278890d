import AgentKit
import CostOptimizer

extension SampleReport {
  /// Strings that break out of what they stand in, where that is not seen to.
  static let hostileTexts = [
    #"<script>window.injected = "name"</script>"#, #""><img src=x onerror="window.injected='attribute'">"#,
    "</script><script>window.injected=1</script>",
    "</title></style></svg><svg onload=window.injected=1>", "' onmouseover='window.injected=1", "&lt;b&gt; &amp; &#60;script&#62;",
    "javascript:window.injected=1", "\u{1B}[2J\u{1B}[31mred\u{07}", "nul\u{00}byte", "line one\nline two\r\n\ttabbed",
    "\u{202E}txt.exe\u{202C} reversed",
    "\u{05E9}\u{05DC}\u{05D5}\u{05DD} \u{0645}\u{0631}\u{062D}\u{0628}\u{0627}", "\u{FEFF}bom and \u{200B}zero width",
    "日本語の関数名とても長い名前です日本語の関数名とても長い名前です日本語の関数名とても長い名前です日本語の関数名とても長い名前です", "🦊👩‍👩‍👧‍👦 e\u{301}", "\u{2028}separator\u{2029}", "]]>--><!--",
    "{{7*7}} ${7*7}",
    String(repeating: "a-very-long-name-", count: 24), "", " ", "\\u003cscript\\u003e",
  ]

  /// Every text of the report is one of the above.
  static let hostile: CostReport = {
    var index = 0
    func text() -> String {
      index += 1
      return hostileTexts[index % hostileTexts.count]
    }
    func resource(_ service: ResourceReference.Service) -> ResourceReference {
      ResourceReference(service, name: text(), arn: "arn:aws:x:::" + text())
    }
    let changes: [Finding.Change] = [
      .removeFunction, .removeCache(stage: text(), gigabytes: text()), .provisionedConcurrency(qualifier: text(), from: .max, to: .min),
      .storageClass(bytes: ExactDecimal("1e300") ?? .zero, from: text(), to: text()), .advice, .advice,
    ]
    let sums: [(String?, String?)] = [
      ("1e30", "0"), ("92233720368547758.07", "0"), ("0.005", "0"), ("-3", "4.5"), (nil, "1"), ("0.00000000000000000000000001", "0"),
    ]
    var recommendations: [Recommendation] = []
    for (number, service) in ResourceReference.Service.allCases.enumerated() {
      for _ in 0..<3 {
        recommendations.append(
          Recommendation(
            finding: Finding(
              rule: text(), resources: [resource(service), resource(service)], title: text(),
              evidence: [
                .init(label: text(), value: text(), source: text(), windowDays: 30), .init(label: text(), value: text(), source: text()),
              ], action: text(), change: changes[number], risk: Finding.Risk.allCases[number % 3], riskNote: text(),
              steps: [text(), text()],
              validation: text()),
            impact: .init(
              monthlyBefore: sums[number].0.flatMap { ExactDecimal($0) }, monthlyAfter: sums[number].1.flatMap { ExactDecimal($0) },
              method: text(), priceSource: text()), remark: text()))
      }
    }
    for (number, text) in hostileTexts.enumerated() where number < recommendations.count {
      recommendations[number].finding.resources[0].name = text
      recommendations[number].finding.title = text
    }
    return CostReport(
      sessionID: text(), accountID: text(), region: text(), createdAtMilliseconds: created,
      window: Usage.Window(fromMilliseconds: 0, toMilliseconds: created),
      recentWindow: Usage.Window(fromMilliseconds: created, toMilliseconds: 0),
      resourceCounts: [.lambda: .max, .s3: 1], recommendations: recommendations,
      unchanged: ResourceReference.Service.allCases.map { .init(resource: resource($0), reason: text()) },
      gaps: Gap.Kind.allCases.map { Gap($0, subject: text(), message: text(), consequence: text(), count: .max) },
      words: CostReport.Words(executiveSummary: hostileTexts.joined(separator: "\n"), nextReview: text(), modelID: text()),
      evidence: [.init(resource: resource(.lambda), figures: [.init(label: text(), value: text(), source: text(), windowDays: -1)])],
      priceSource: text(),
      phases: Phase.allCases.map {
        .init(phase: $0, status: .failed, durationMilliseconds: .max, resourceCount: .max, recommendationCount: .min, error: text())
      })
  }()

  /// An account without anything in it, read without the right to.
  static let nothing = CostReport(
    sessionID: "5f0c1ad2-0000-4000-8000-6b6f6d706c65", accountID: account, region: region, createdAtMilliseconds: created,
    window: shop.window, recentWindow: shop.recentWindow,
    resourceCounts: [.lambda: 0, .apiGateway: 0, .s3: 0, .stepFunctions: 0, .eventBridge: 0],
    gaps: [
      Gap(.permission, subject: "DynamoDB", message: "AccessDeniedException for dynamodb:ListTables", consequence: "no advice on tables"),
      Gap(
        .model, subject: "Model", message: "Bedrock answered ThrottlingException after 4 attempts",
        consequence: "the summary is written from the facts"),
    ], priceSource: "the program's table of 2026-11-01",
    phases: Phase.allCases.map { .init(phase: $0, status: $0 == .usage ? .skipped : .completed, durationMilliseconds: 12) })
}
