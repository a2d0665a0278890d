/// Faults as a person names them on a command line.
extension FaultSettings {
  /// Reads "none", "standard", or names with a comma between them: `crash`, `crash=0.05`, `-crash`. Names alone switch everything else off; names
  /// after "standard", and names with a minus, change the standard.
  /// - Returns: the settings, or what is wrong with the text.
  public static func parsed(_ text: String) -> Result<FaultSettings, FaultListProblem> {
    let words = text.split(separator: ",", omittingEmptySubsequences: false).map { word in word.filter { $0 != " " } }
    var settings = words.first.map { $0 == "standard" || $0.hasPrefix("-") } == true ? FaultSettings.standard : .none
    for (index, word) in words.enumerated() {
      if index == 0, word == "standard" || word == "none" { continue }
      let isOff = word.hasPrefix("-")
      let parts = word.drop { $0 == "-" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let name = parts.first, let fault = Fault(rawValue: name) else {
        return .failure(FaultListProblem(word: String(word), isName: true))
      }
      if isOff {
        guard parts.count == 1 else { return .failure(FaultListProblem(word: String(word), isName: false)) }
        settings.rates[fault] = nil
      } else if parts.count == 2 {
        guard let rate = Double(parts[1]), (0...1).contains(rate) else {
          return .failure(FaultListProblem(word: String(word), isName: false))
        }
        settings.rates[fault] = rate
      } else {
        settings.rates[fault] = FaultSettings.standard.rates[fault] ?? 0.1
      }
    }
    return .success(settings)
  }
}

public struct FaultListProblem: Error, Sendable, Equatable, CustomStringConvertible {
  public let word: String
  /// False when the fault is known, and its rate is wrong.
  public let isName: Bool

  public var description: String {
    isName
      ? "'\(word)' is no fault; there are \(Fault.allCases.map(\.rawValue).sorted().joined(separator: ", "))"
      : "'\(word)' has no rate from 0 to 1: write NAME, NAME=0.05 or -NAME"
  }
}
