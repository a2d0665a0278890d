import JSON
import Orchestration
import SimulatedAWS

/// Tells a world's facts as a story.
///
/// What happens inside of a request (rows, messages, events, model calls) comes before the fact that the request was done, which says whose it was.
public struct Storyteller: Sendable {
  /// True to tell also what went as it should and changes nothing.
  public var isVerbose = false
  /// The run to tell of; nil for all.
  public var orchestrationID: String?

  public init(isVerbose: Bool = false, orchestrationID: String? = nil) {
    self.isVerbose = isVerbose
    self.orchestrationID = orchestrationID
  }

  public func story(of result: World.Result) -> Story {
    story(of: result.facts, violation: result.violation)
  }

  func story(of facts: [World.TimedFact], violation: Violation?) -> Story {
    let owners = Storyteller.owners(of: facts)
    let told = selection(facts, owners)
    var lines: [Story.Line] = []
    for index in facts.indices {
      // What was found by a fact is told right after it.
      if let violation, index == violation.fact { lines.append(line(of: violation)) }
      guard told[index] else { continue }
      let (time, fact) = (facts[index].atMilliseconds, facts[index].fact)
      guard let (text, tone) = FactWording.words(for: fact), isVerbose || tone != .detail else { continue }
      lines.append(Story.Line(atMilliseconds: time - Timeline.begin, actor: actor(fact, owners[index]), text: text, tone: tone))
    }
    if let violation, violation.fact >= facts.count { lines.append(line(of: violation)) }
    return Story(lines: lines)
  }

  private func line(of violation: Violation) -> Story.Line {
    Story.Line(
      atMilliseconds: violation.atMilliseconds - Timeline.begin, actor: "",
      text: "BROKEN: \(violation.invariant): \(violation.breach.message)", tone: .violation)
  }

  private func actor(_ fact: Fact, _ owner: InvocationFacts?) -> String {
    if let owner { return "\(owner.function) \(owner.number)/p\(owner.process)" }
    switch fact {
    case .requested: return "caller"
    case .acted: return "somebody"
    case .queueChanged: return "queue"
    case .published: return "bus"
    case .deadLettered: return "lambda"
    case .modelCalled: return "model"
    default: return ""
    }
  }

  // MARK: Whose a fact is

  /// The invocation that each fact belongs to: its own, or that of the request inside of which it happened.
  static func owners(of facts: [World.TimedFact]) -> [InvocationFacts?] {
    var owners = [InvocationFacts?](repeating: nil, count: facts.count)
    var next: InvocationFacts?
    for index in facts.indices.reversed() {
      let fact = facts[index].fact
      if case .called(_, _, _, let invocation) = fact { next = invocation } else if !fact.isInsideOfRequest { next = nil }
      owners[index] = fact.invocation ?? (fact.isInsideOfRequest ? next : nil)
    }
    return owners
  }

  // MARK: What concerns a run

  /// Which facts concern the run that is told of. A fault goes with what happens next.
  private func selection(_ facts: [World.TimedFact], _ owners: [InvocationFacts?]) -> [Bool] {
    guard let id = orchestrationID else { return [Bool](repeating: true, count: facts.count) }
    var invocations: Set<Int> = []
    for (index, entry) in facts.enumerated() {
      // An invocation may say whose it is, and die before it does anything.
      let isOfRun = entry.fact.orchestrationIDs.contains(id) || owners[index]?.cause.split(separator: " ").contains { $0 == id } == true
      if isOfRun, let owner = owners[index], !isSweep(owner) { invocations.insert(owner.number) }
    }
    var told = [Bool](repeating: false, count: facts.count)
    var next = true
    for index in facts.indices.reversed() {
      let fact = facts[index].fact
      switch fact {
      case .quietened: told[index] = true
      case .faultHappened: told[index] = next
      default:
        let ids = fact.orchestrationIDs
        // A sweep looks at every run: of one only what it does about this run is told.
        told[index] = ids.contains(id) || ids.isEmpty && owners[index].map { invocations.contains($0.number) } == true
        next = told[index]
      }
    }
    return told
  }

  private func isSweep(_ invocation: InvocationFacts) -> Bool { invocation.cause.contains("sweep") }
}

extension Fact {
  /// The invocation that the fact itself names.
  var invocation: InvocationFacts? {
    switch self {
    case .began(let invocation), .ended(let invocation, _): invocation
    case .called(_, _, _, let invocation), .callLost(_, _, _, let invocation), .blobChanged(_, _, let invocation): invocation
    case .rowChanged(let change): change.invocation
    case .modelCalled(let call): call.invocation
    case .noted(_, _, _, let invocation): invocation
    case .requested, .queueChanged, .published, .deadLettered, .faultHappened, .acted, .quietened: nil
    }
  }

  /// True for what a service does while it answers a request.
  var isInsideOfRequest: Bool {
    switch self {
    case .rowChanged, .blobChanged, .queueChanged, .published, .modelCalled: true
    default: false
    }
  }

  /// The runs that the fact names.
  var orchestrationIDs: [String] {
    switch self {
    case .requested(let id, _): return [id]
    case .rowChanged(let change):
      if let (before, after) = change.orchestration { return [(after ?? before)?.id].compactMap { $0 } }
      if let (before, after) = change.round { return [(after ?? before)?.orchestrationID].compactMap { $0 } }
      return change.claim.flatMap { $1 ?? $0 }.map { [$0.orchestrationID] } ?? []
    case .blobChanged(let key, _, _): return key.split(separator: "/").dropFirst().first.map { [String($0)] } ?? []
    case .queueChanged(let change): return change.message.map { FactWording.orchestrationID(ofBody: $0.body) } ?? []
    case .published(let event): return FactWording.orchestrationID(ofBody: event.detail)
    case .deadLettered(let event, _): return event.map { FactWording.orchestrationID(ofBody: $0.detail) } ?? []
    case .modelCalled(let call): return [call.orchestrationID].compactMap { $0 }
    case .noted(_, _, let fields, _): return [fields["orchestration_id"]?.stringValue].compactMap { $0 }.filter { !$0.isEmpty }
    case .acted(_, let id): return [id].compactMap { $0 }
    case .began, .ended, .called, .callLost, .faultHappened, .quietened: return []
    }
  }
}
