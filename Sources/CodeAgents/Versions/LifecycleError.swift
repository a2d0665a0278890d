/// Why an agent or a tool was left as it is.
public struct LifecycleError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A stable name; open to additions.
  public struct Code: Sendable, Hashable, RawRepresentable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }

    public static let notFound = Code(rawValue: "not_found")
    /// The deployment brings it along, or it has the name of a tool that every worker has.
    public static let builtIn = Code(rawValue: "built_in")
    /// Somebody else made it: no fabrication may write over it, and it has no versions.
    public static let notFabricated = Code(rawValue: "not_fabricated")
    /// The action does not go with the state.
    public static let refused = Code(rawValue: "refused")
    /// Another version has come since the row was read.
    public static let changed = Code(rawValue: "changed")
    /// The row changed each time it was about to be written.
    public static let contention = Code(rawValue: "contention")
    /// The row could not be used: by its form, its schema, or because another active one has its name.
    public static let unusable = Code(rawValue: "unusable")
    /// The version comes without what shows that it works.
    public static let noEvidence = Code(rawValue: "no_evidence")
    /// There is no version before the one in use.
    public static let noPreviousVersion = Code(rawValue: "no_previous_version")
  }

  public let code: Code
  /// What is wrong, and what to do.
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
