/// What every recommendation must say: which resources, on what evidence with its window, what exactly to do, at what risk, in which steps,
/// and how to see that it worked.
enum RecommendationFormat {
  /// The findings that say all of it, and a gap for each that does not.
  static func check(_ findings: [Finding]) -> (complete: [Finding], gaps: [Gap]) {
    var complete: [Finding] = []
    var gaps: [Gap] = []
    for finding in findings {
      let missing = missingParts(of: finding)
      if missing.isEmpty {
        complete.append(finding)
      } else {
        gaps.append(
          Gap(
            .missingData, subject: finding.resources.first?.service.rawValue ?? finding.rule,
            message: "The finding '\(finding.id)' says nothing of: \(missing.joined(separator: ", ")).",
            consequence: "It is not among the recommendations."))
      }
    }
    return (complete, gaps)
  }

  static func missingParts(of finding: Finding) -> [String] {
    var missing: [String] = []
    func need(_ isThere: Bool, _ name: String) { if !isThere { missing.append(name) } }
    need(finding.resources.contains { !$0.name.isEmpty && !$0.arn.isEmpty }, "resources")
    need(
      !finding.evidence.isEmpty && finding.evidence.allSatisfy { !$0.label.isEmpty && !$0.value.isEmpty && !$0.source.isEmpty }, "evidence")
    need(!finding.action.isEmpty, "action")
    need(!finding.riskNote.isEmpty, "risk")
    need(finding.steps.contains { !$0.isEmpty }, "steps")
    need(!finding.validation.isEmpty, "validation")
    return missing
  }
}
