/// Why a version cannot be written, found or trusted.
public struct VersionError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A stable name; open to additions.
  public struct Code: Sendable, Hashable, RawRepresentable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }

    public static let invalidIdentifier = Code(rawValue: "invalid_identifier")
    /// There is no version of that number.
    public static let versionMissing = Code(rawValue: "version_missing")
    /// The manifest is not what was published: its bytes have another hash, or are none of a version.
    public static let versionAltered = Code(rawValue: "version_altered")
    /// The module that the version names is gone.
    public static let moduleMissing = Code(rawValue: "module_missing")
    /// The module's bytes have another hash than its name says.
    public static let moduleAltered = Code(rawValue: "module_altered")
    /// The store cannot number another version.
    public static let tooManyVersions = Code(rawValue: "too_many_versions")
    /// The configuration of a draft has a member that the store sets, or cannot be written.
    public static let invalidConfiguration = Code(rawValue: "invalid_configuration")
  }

  public let code: Code
  /// What is wrong, where, and what to do.
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
