/// A group of regions with host names of its own, from botocore's `partitions.json`.
public struct Partition: Sendable, Hashable {
  /// The partition as ARNs name it, such as "aws-cn".
  public let id: String
  public let domainSuffix: String
  public let dualStackDomainSuffix: String

  private static let commercial = Partition(id: "aws", domainSuffix: "amazonaws.com", dualStackDomainSuffix: "api.aws")

  /// Partitions by the beginning of their regions' names; the longest beginning first.
  private static let others: [(prefix: String, partition: Partition)] = [
    ("us-isob-", Partition(id: "aws-iso-b", domainSuffix: "sc2s.sgov.gov", dualStackDomainSuffix: "api.aws.scloud")),
    ("us-isof-", Partition(id: "aws-iso-f", domainSuffix: "csp.hci.ic.gov", dualStackDomainSuffix: "api.aws.hci.ic.gov")),
    ("eu-isoe-", Partition(id: "aws-iso-e", domainSuffix: "cloud.adc-e.uk", dualStackDomainSuffix: "api.cloud-aws.adc-e.uk")),
    ("us-iso-", Partition(id: "aws-iso", domainSuffix: "c2s.ic.gov", dualStackDomainSuffix: "api.aws.ic.gov")),
    ("us-gov-", Partition(id: "aws-us-gov", domainSuffix: "amazonaws.com", dualStackDomainSuffix: "api.aws")),
    ("eusc-", Partition(id: "aws-eusc", domainSuffix: "amazonaws.eu", dualStackDomainSuffix: "api.amazonwebservices.eu")),
    ("cn-", Partition(id: "aws-cn", domainSuffix: "amazonaws.com.cn", dualStackDomainSuffix: "api.amazonwebservices.com.cn")),
  ]

  /// The partition of a region; a region of no known pattern is taken for a commercial one, as the SDKs do.
  public init(region: String) {
    self = Partition.others.first { region.hasPrefix($0.prefix) }?.partition ?? Partition.commercial
  }

  private init(id: String, domainSuffix: String, dualStackDomainSuffix: String) {
    self.id = id
    self.domainSuffix = domainSuffix
    self.dualStackDomainSuffix = dualStackDomainSuffix
  }

  /// True for one label of a host name: letters, digits and inner hyphens, at most 63 bytes (RFC 1123).
  static func isRegionName(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    guard let first = bytes.first, let last = bytes.last, bytes.count <= 63 else { return false }
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
    return isAlphanumeric(first) && isAlphanumeric(last) && bytes.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
  }
}
