/// Something that the analysis could not see or do: a line of the report's section "Gaps & Limitations".
public struct Gap: Sendable, Hashable {
  /// What kind of gap it is; the report groups by it.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The caller's role may not make a call.
    case permission
    /// Data that a rule needs is not there: no metric, no log line, a window that is too short.
    case missingData = "missing_data"
    /// A service failed, after its retries.
    case serviceFailure = "service_failure"
    /// A price came from the dated table, or is not known.
    case price
    /// The session's journal could not be written.
    case journal
    /// The model was not available, or its words could not be used.
    case model
    /// Something that this analysis does not look at.
    case scope
  }

  public var kind: Kind
  /// What it concerns: a service such as "Lambda", or a part such as "Journal".
  public var subject: String
  /// What was missing, with the resource and the exact failure, as one sentence.
  public var message: String
  /// What follows for the report: which advice could not be given.
  public var consequence: String?
  /// How many times the same happened; gaps that differ only in their resource are folded into one.
  public var count: Int

  public init(_ kind: Kind, subject: String, message: String, consequence: String? = nil, count: Int = 1) {
    self.kind = kind
    self.subject = subject
    self.message = message
    self.consequence = consequence
    self.count = count
  }
}
