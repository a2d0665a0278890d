import Foundation
import Simulation

/// The table of mutants in docs/guarantees.md.
enum MutantTable {
  private static let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/guarantees.md").standardized
  private static let begin = "<!-- mutants: written by `make mutants` -->"
  private static let end = "<!-- mutants: end -->"

  struct NoPlace: Error, CustomStringConvertible {
    var description: String { "\(file.path) has no place for the table of mutants: a line '\(begin)' and, below, a line '\(end)'" }
  }

  static func text(_ hunts: [Hunt]) -> String {
    let head = "| An implementation in which... | Original | Seed | Promise | What was found |\n|---|---|---|---|---|"
    return ([head] + hunts.map(row)).joined(separator: "\n")
  }

  private static func row(_ hunt: Hunt) -> String {
    let cells = [
      hunt.mutant.name, hunt.mutant.defect ?? "", hunt.seed.map { "\($0)" } ?? "none of \(Hunt.mostSeeds)",
      hunt.violation?.invariant ?? "", hunt.violation?.breach.message ?? "",
    ]
    let texts = cells.map { $0.replacing("|", with: "\\|").replacing("\n", with: " ").replacing("<", with: "\\<") }
    return "| \(texts.joined(separator: " | ")) |"
  }

  /// - Throws: `NoPlace`, or an error of the file's.
  static func kept() throws -> String {
    let (text, place) = try content()
    return text[place].trimmingCharacters(in: .newlines)
  }

  static func keep(_ table: String) throws {
    let (text, place) = try content()
    try text.replacingCharacters(in: place, with: "\n\(table)\n").write(to: file, atomically: true, encoding: .utf8)
  }

  private static func content() throws -> (text: String, place: Range<String.Index>) {
    let text = try String(contentsOf: file, encoding: .utf8)
    guard let first = text.range(of: begin), let last = text.range(of: end, range: first.upperBound..<text.endIndex) else {
      throw NoPlace()
    }
    return (text, first.upperBound..<last.lowerBound)
  }
}
