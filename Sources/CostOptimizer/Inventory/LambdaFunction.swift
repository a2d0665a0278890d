/// A Lambda function as it is configured.
public struct LambdaFunction: Sendable, Hashable {
  public enum Architecture: String, Sendable, Hashable {
    case x86 = "x86_64"
    case arm = "arm64"
  }

  /// Provisioned concurrency of a version or an alias.
  public struct ProvisionedConcurrency: Sendable, Hashable {
    /// Version or alias.
    public var qualifier: String
    /// Requested environments.
    public var requested: Int

    public init(qualifier: String, requested: Int) {
      self.qualifier = qualifier
      self.requested = requested
    }
  }

  public var reference: ResourceReference
  /// Such as "python3.12"; nil for functions from container images.
  public var runtime: String?
  public var isContainerImage = false
  public var memoryMegabytes: Int
  public var timeoutSeconds: Int
  public var architecture: Architecture
  public var ephemeralStorageMegabytes = 512
  public var codeBytes: Int64 = 0
  /// Milliseconds since the Unix epoch.
  public var lastModifiedMilliseconds: Int64?
  /// Published versions besides $LATEST; nil when they could not be read.
  public var publishedVersionCount: Int?
  public var aliases: [String]?
  /// Reserved concurrency; nil when none is set, also when it could not be read, which a gap tells.
  public var reservedConcurrency: Int?
  public var provisioned: [ProvisionedConcurrency] = []
  /// "Enabled" with SnapStart on published versions.
  public var hasSnapStart = false
  public var logGroup: String
  /// True when the lines that Lambda itself writes are JSON objects.
  public var logsJSON = false

  public init(
    reference: ResourceReference, runtime: String?, memoryMegabytes: Int, timeoutSeconds: Int, architecture: Architecture
  ) {
    self.reference = reference
    self.runtime = runtime
    self.memoryMegabytes = memoryMegabytes
    self.timeoutSeconds = timeoutSeconds
    self.architecture = architecture
    logGroup = "/aws/lambda/\(reference.name)"
  }
}
