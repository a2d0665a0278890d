/// The form of `cost_report.txt` that its readers count on: five sections in this order.
enum ReportContract {
  static let sections = [
    "Executive Summary", "Findings & Recommendations by Service", "Gaps & Limitations", "Evidence Appendix",
    "Next Review Window and Monitoring Suggestions",
  ]

  /// The sections that have no heading behind that of the section before.
  static func missingSections(of report: [UInt8]) -> [String] {
    var lines = report.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)[...]
    return sections.filter { section in
      guard let place = lines.firstIndex(where: { isHeading($0, section) }) else { return true }
      lines = lines[(place + 1)...]
      return false
    }
  }

  /// A line with nothing but the title, and what marks or numbers a heading.
  static func isHeading(_ line: some Sequence<UInt8>, _ section: String) -> Bool {
    let letters = line.filter { isLetter($0) || $0 == UInt8(ascii: "&") }.map { $0 | 0x20 }
    return letters == section.utf8.filter { isLetter($0) || $0 == UInt8(ascii: "&") }.map { $0 | 0x20 }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }
}
