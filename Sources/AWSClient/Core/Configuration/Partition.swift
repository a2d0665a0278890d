/// A group of regions with host names of its own, from botocore's `partitions.json`.
public struct Partition: Sendable, Hashable {
  /// The partition as ARNs name it, such as "aws-cn".
  public let id: String
  /// The region of services that have one endpoint for the whole partition.
  let globalRegion: String
  public let domainSuffix: String
  public let dualStackDomainSuffix: String

  private static let commercial = Partition(
    id: "aws", globalRegion: "us-east-1", domainSuffix: "amazonaws.com", dualStackDomainSuffix: "api.aws")

  /// Partitions by the beginning of their regions' names; the longest beginning first.
  private static let others: [(prefix: String, partition: Partition)] = [
    (
      "us-isob-",
      Partition(id: "aws-iso-b", globalRegion: "us-isob-east-1", domainSuffix: "sc2s.sgov.gov", dualStackDomainSuffix: "api.aws.scloud")
    ),
    (
      "us-isof-",
      Partition(
        id: "aws-iso-f", globalRegion: "us-isof-south-1", domainSuffix: "csp.hci.ic.gov", dualStackDomainSuffix: "api.aws.hci.ic.gov")
    ),
    (
      "eu-isoe-",
      Partition(
        id: "aws-iso-e", globalRegion: "eu-isoe-west-1", domainSuffix: "cloud.adc-e.uk", dualStackDomainSuffix: "api.cloud-aws.adc-e.uk")
    ),
    (
      "us-iso-",
      Partition(id: "aws-iso", globalRegion: "us-iso-east-1", domainSuffix: "c2s.ic.gov", dualStackDomainSuffix: "api.aws.ic.gov")
    ),
    (
      "us-gov-", Partition(id: "aws-us-gov", globalRegion: "us-gov-west-1", domainSuffix: "amazonaws.com", dualStackDomainSuffix: "api.aws")
    ),
    (
      "eusc-",
      Partition(
        id: "aws-eusc", globalRegion: "eusc-de-east-1", domainSuffix: "amazonaws.eu", dualStackDomainSuffix: "api.amazonwebservices.eu")
    ),
    (
      "cn-",
      Partition(
        id: "aws-cn", globalRegion: "cn-northwest-1", domainSuffix: "amazonaws.com.cn",
        dualStackDomainSuffix: "api.amazonwebservices.com.cn")
    ),
  ]

  /// The partition of a region; a region of no known pattern is taken for a commercial one, as the SDKs do.
  public init(region: String) {
    // A partition's own pseudo-region, such as "aws-cn-global", begins with the partition's name.
    let isPartitions = region.hasSuffix("-global")
    self =
      Partition.others.first {
        region.utf8.starts(with: $0.prefix.utf8) || (isPartitions && region == "\($0.partition.id)-global")
      }?.partition ?? Partition.commercial
  }

  private init(id: String, globalRegion: String, domainSuffix: String, dualStackDomainSuffix: String) {
    self.id = id
    self.globalRegion = globalRegion
    self.domainSuffix = domainSuffix
    self.dualStackDomainSuffix = dualStackDomainSuffix
  }

  /// True for one label of a host name: letters, digits and inner hyphens, at most 63 bytes (RFC 1123).
  static func isRegionName(_ name: String) -> Bool {
    let bytes = name.utf8
    guard let first = bytes.first, let last = bytes.last, bytes.count <= 63 else { return false }
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
    return isAlphanumeric(first) && isAlphanumeric(last) && bytes.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
  }
}
