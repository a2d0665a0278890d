/// The eight phases of an analysis, in their order; the names are the journal's.
public enum Phase: String, Sendable, Hashable, CaseIterable {
  case discovery = "Discovery"
  case usage = "Usage and Metrics Collection"
  case analysis = "Analysis and Decision Rules"
  case recommendations = "Recommendation Format"
  case costEstimation = "Cost Estimation Method"
  case outputContract = "Output Contract"
  case storage = "S3 Write Requirements"
  case fallbacks = "Error Handling and Fallbacks"

  /// True where what a phase counts as its resources are the files of the report.
  public var countsFiles: Bool { self == .storage || self == .fallbacks }

  /// 1 to 8.
  public var number: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }
}
