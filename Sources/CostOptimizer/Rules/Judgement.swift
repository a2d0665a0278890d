import AgentKit

/// Collects what the rules say about one resource after the other.
struct Judgement {
  private(set) var findings: [Finding] = []
  private(set) var unchanged: [CostReport.Unchanged] = []
  private var missing = MissingData()
  private var current: Resource?

  private struct Resource {
    var reference: ResourceReference
    var found = 0
    var notJudged: [String] = []
    var reasons: [String] = []
  }

  /// What follows is about this resource.
  mutating func begin(_ reference: ResourceReference) { current = Resource(reference: reference) }

  mutating func add(_ finding: Finding) {
    findings.append(finding)
    current?.found += 1
  }

  /// The current resource has a part in a finding that names another resource first.
  mutating func isInAnotherFinding() { current?.found += 1 }

  /// - Parameters:
  ///   - subject: what could not be judged, such as "memory".
  ///   - reason: why, without the resource: "No REPORT line of the log tells the memory that was used".
  mutating func cannotJudge(_ subject: String, because reason: String, kind: Gap.Kind = .missingData) {
    guard let reference = current?.reference else { return }
    current?.notJudged.append(subject)
    missing.add(kind, service: reference.service, subject: subject, reason: reason, resource: reference.name)
  }

  /// Why nothing is to be done, where that says more than that all figures are within the thresholds.
  mutating func remark(_ reason: String) { current?.reasons.append(reason) }

  /// Ends the resource: without a finding it is listed as unchanged, with the reason.
  mutating func end(otherwise reason: String) {
    guard let resource = current else { return }
    current = nil
    guard resource.found == 0 else { return }
    var reasons = resource.reasons
    if reasons.isEmpty && resource.notJudged.isEmpty { reasons.append(reason) }
    if !resource.notJudged.isEmpty { reasons.append("Not judged for want of data: \(resource.notJudged.joined(separator: ", ")).") }
    unchanged.append(CostReport.Unchanged(resource: resource.reference, reason: reasons.joined(separator: " ")))
  }

  /// A gap that is about no single resource.
  mutating func add(_ gap: Gap) { missing.gaps.append(gap) }

  var gaps: [Gap] { missing.all }
}

/// Folds gaps that differ only in their resource into one that names the resources.
private struct MissingData {
  /// Names that one gap lists; the others are counted.
  static let namesListed = 20

  private struct Key: Hashable {
    var kind: Gap.Kind
    var service: ResourceReference.Service
    var subject: String
    var reason: String
  }

  private var order: [Key] = []
  private var names: [Key: [String]] = [:]
  var gaps: [Gap] = []

  mutating func add(_ kind: Gap.Kind, service: ResourceReference.Service, subject: String, reason: String, resource: String) {
    let key = Key(kind: kind, service: service, subject: subject, reason: reason)
    if names[key] == nil { order.append(key) }
    names[key, default: []].append(resource)
  }

  var all: [Gap] {
    gaps
      + order.map { key in
        let resources = names[key] ?? []
        let listed = resources.prefix(Self.namesListed).joined(separator: ", ")
        let rest = resources.count > Self.namesListed ? " and \(resources.count - Self.namesListed) more" : ""
        return Gap(
          key.kind, subject: key.service.rawValue, message: "\(key.reason): \(listed)\(rest).",
          consequence: "No advice about \(key.subject).",
          count: resources.count)
      }
  }
}
