import JSON
import Sandbox

extension Evidence {
  /// What keeps a draft from becoming active, each a sentence that its author can act on; empty when nothing does.
  ///
  /// A draft needs code that compiles; a valid schema of type "object", with a description; at least one passing case with a result and one
  /// refusal of bad input; no failing case; and grants that cover the calls that it made and no more.
  /// - Parameters:
  ///   - subject: what is to become active, which must be what was tried.
  ///   - sha256: the hash of the subject's module.
  public func problems(declaring subject: TrialSubject, sha256 wanted: String) -> [String] {
    guard wanted == sha256 else {
      return ["The test was of other code (SHA-256 \(sha256.prefix(12))…, this is \(wanted.prefix(12))…): test this code."]
    }
    guard subject.schema == schema else { return ["The test was of another schema: test again with the schema that is to be stored."] }
    guard Set(subject.capabilities.tools) == Set(capabilities.tools), Set(subject.capabilities.functions) == Set(capabilities.functions)
    else {
      return [
        "The test granted other things (\(Self.granted(capabilities))) than are to be stored (\(Self.granted(subject.capabilities))): "
          + "test again with the same tools and capabilities."
      ]
    }
    if let compileFailure { return ["The module cannot be run: \(compileFailure.message)"] }
    var problems: [String] = []
    if let schemaProblem { problems.append("The schema is not valid: \(schemaProblem)") }
    if subject.description.utf8.allSatisfy({ $0 <= 0x20 }) {
      problems.append("The description is empty: say what it does, what it is given and what it answers; models choose by it.")
    }
    for name in missingTools {
      problems.append("There is no tool '\(name)': use a built-in or an active one (search_agents), or make it first.")
    }
    if !cases.contains(where: { $0.hasPassed && $0.isOfResult }) {
      problems.append("No case with a result has passed: add one with 'equals' or 'matches' and make it pass.")
    }
    if !cases.contains(where: { $0.hasPassed && !$0.isOfResult }) {
      problems.append(
        "No case shows that bad input is refused: add one with \"refuses\": true, and make the schema or the handler refuse it.")
    }
    for failed in cases where !failed.hasPassed {
      problems.append("The case '\(failed.trial.name)' fails: \(failed.problem ?? "")")
    }
    for name in callsNotGranted {
      problems.append("The module calls '\(name)', which is not granted: declare it, or do without.")
    }
    for name in capabilities.tools where !toolsUsed.contains(name) && !missingTools.contains(name) {
      problems.append("The tool '\(name)' is declared and no case used it: drop it, or add a case that needs it.")
    }
    for function in capabilities.functions where !functionsUsed.contains(function) {
      problems.append("The capability '\(function.rawValue)' is declared and no case used it: drop it, or add a case that needs it.")
    }
    return problems
  }

  private static func granted(_ capabilities: Capabilities) -> String {
    let names = capabilities.tools.sorted() + capabilities.functions.map(\.rawValue).sorted()
    return names.isEmpty ? "nothing" : names.joined(separator: ", ")
  }
}

extension Evidence.CaseResult {
  /// True for a case that expects a result, and not a refusal.
  var isOfResult: Bool { trial.expectation != .refuses }
}
