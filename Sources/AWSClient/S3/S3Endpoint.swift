/// How a bucket's name goes into the address of a request.
public enum S3AddressingStyle: String, Sendable {
  /// As host label where the name can be one, and in the path of a custom endpoint, as botocore does.
  case automatic = "auto"
  /// In the path, always.
  case path
  /// As host label where the name can be one, at a custom endpoint too.
  case virtualHost = "virtual"
}

/// Where a bucket is reached: the endpoint, and the bucket's part of the path.
package struct S3Endpoint: Sendable, Hashable {
  package let endpoint: Endpoint
  /// Empty, or "/" and the bucket's name, encoded.
  package let bucketPath: String

  /// The outcome of botocore's rule set of S3 for ordinary buckets.
  /// - Throws: `AWSError` for settings that exclude each other and for kinds of buckets that this client cannot reach.
  package init(bucket: String, configuration: AWSConfiguration) throws(AWSError) {
    if let reason = S3Endpoint.whyUnsupported(bucket) {
      throw AWSError(code: AWSError.invalidInputCode, message: reason, service: AWSService.s3.serviceID)
    }
    let root = try S3Endpoint.root(configuration)
    let isCustom = configuration.configuredEndpoint(of: .s3) != nil
    let isHost: Bool =
      switch configuration.s3AddressingStyle {
      case .path: false
      case .automatic where isCustom: false
      case .automatic, .virtualHost: !root.isAddress && S3Endpoint.isHostLabel(bucket, allowsDots: isCustom && root.scheme == "http")
      }
    if bucket.isEmpty {
      endpoint = root
      bucketPath = ""
    } else if isHost {
      endpoint = Endpoint(
        scheme: root.scheme, authority: "\(bucket).\(root.authority)", basePath: root.basePath, signingRegion: root.signingRegion)
      bucketPath = ""
    } else {
      endpoint = root
      bucketPath = "/" + PercentEncoding.encode(bucket)
    }
  }

  /// The endpoint of S3 without a bucket.
  private static func root(_ configuration: AWSConfiguration) throws(AWSError) -> Endpoint {
    let region = configuration.region
    guard Partition.isRegionName(region) else {
      throw AWSError.configuration("the region '\(region)' is no host label: expected letters, digits and '-', such as 'us-east-1'")
    }
    let isGlobal = region == "aws-global"
    let signingRegion = isGlobal ? "us-east-1" : nil
    if let configured = configuration.configuredEndpoint(of: .s3) {
      try configuration.checkCustomEndpoint(configured, of: .s3)
      return Endpoint(
        scheme: configured.scheme, authority: configured.authority, basePath: configured.basePath, signingRegion: signingRegion)
    }
    let partition = Partition(region: region)
    if configuration.usesFIPS, partition.id == "aws-cn" {
      throw AWSError.configuration("S3 has no FIPS endpoints in the partition aws-cn: unset AWS_USE_FIPS_ENDPOINT")
    }
    if isGlobal, !configuration.usesFIPS, !configuration.usesDualStack {
      return Endpoint(authority: "s3.\(partition.domainSuffix)", signingRegion: signingRegion)
    }
    // S3 was first: its dual-stack hosts keep the partition's old suffix.
    let prefix = "s3\(configuration.usesFIPS ? "-fips" : "")\(configuration.usesDualStack ? ".dualstack" : "")"
    return Endpoint(authority: "\(prefix).\(signingRegion ?? region).\(partition.domainSuffix)", signingRegion: signingRegion)
  }

  /// Why a name is that of something this client cannot address; nil for a bucket's.
  private static func whyUnsupported(_ bucket: String) -> String? {
    let kind: String? =
      if bucket.hasPrefix("arn:") {
        "an ARN (of an access point, an Outposts bucket or an Object Lambda)"
      } else if bucket.hasSuffix("--x-s3") || bucket.hasSuffix("--xa-s3") {
        "the name of a directory bucket of S3 Express"
      } else if bucket.hasSuffix("--op-s3") {
        "the alias of an Outposts access point"
      } else {
        nil
      }
    return kind.map {
      "'\(bucket)' is \($0), which this client does not support: give the name of a general purpose bucket or an access point's alias"
    }
  }

  /// True for a bucket that may stand in front of a host: 3 to 63 lower-case letters, digits and inner hyphens. The certificate of S3 covers
  /// one label only, so that a name with dots may do so without TLS only.
  private static func isHostLabel(_ bucket: String, allowsDots: Bool) -> Bool {
    guard (3...63).contains(bucket.utf8.count), bucket == bucket.lowercased() else { return false }
    guard allowsDots else { return Partition.isRegionName(bucket) }
    return bucket.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { Partition.isRegionName(String($0)) }
  }
}
