import AWSClient

/// Where the hosts of a service differ from those that every service has: what its table says of them.
struct HostRules: Sendable {
  /// One host for all regions of a partition.
  struct PartitionHosts: Sendable {
    let signingRegion: String
    /// Plain, dual-stack, FIPS, both.
    let names: [String]
  }

  private(set) var partitionHosts: [String: PartitionHosts] = [:]
  /// The only regions with an endpoint, the partition's own first.
  private(set) var regions: [String: [String]] = [:]
  /// In GovCloud the plain host is the FIPS host.
  private(set) var govCloudIsFIPS = false

  mutating func read(_ kind: String, _ words: [String]) {
    switch (kind, words.count) {
    case ("gov-fips", _): govCloudIsFIPS = true
    case ("regions", 2...): regions[words[0]] = Array(words[1...])
    case ("host", 6): partitionHosts[words[0]] = PartitionHosts(signingRegion: words[1], names: Array(words[2...]))
    default: break
    }
  }
}

extension ServiceModel {
  /// The endpoint of the service for a region, with the region to sign for.
  /// - Throws: `AWSError` with code `InvalidConfiguration`.
  func endpoint(_ configuration: AWSConfiguration, region: String) throws(AWSError) -> Endpoint {
    var regional = configuration
    regional.region = region
    guard configuration.configuredEndpoint(of: service) == nil else {
      return try regional.endpoint(of: service).signing(for: region, client: configuration)
    }
    let partition = Partition(region: region)
    if let hosts = hosts.partitionHosts[partition.id] {
      let name = hosts.names[(configuration.usesFIPS ? 2 : 0) + (configuration.usesDualStack ? 1 : 0)]
      guard name != "-" else {
        throw AWSError(
          code: AWSError.invalidConfigurationCode,
          message: "the service has no endpoint of this kind in '\(region)': unset AWS_USE_FIPS_ENDPOINT or AWS_USE_DUALSTACK_ENDPOINT",
          service: service.serviceID)
      }
      return Endpoint(authority: name, signingRegion: hosts.signingRegion)
    }
    if let regions = hosts.regions[partition.id], !regions.contains(region), let home = regions.first { regional.region = home }
    if hosts.govCloudIsFIPS, partition.id == "aws-us-gov", configuration.usesFIPS, !configuration.usesDualStack {
      regional.usesFIPS = false
    }
    return try regional.endpoint(of: service).signing(for: regional.region, client: configuration)
  }
}

extension Endpoint {
  /// The same endpoint, signed for its own region where that is not the client's.
  func signing(for region: String, client configuration: AWSConfiguration) -> Endpoint {
    guard signingRegion == nil, region != configuration.region else { return self }
    return Endpoint(scheme: scheme, authority: authority, basePath: basePath, signingRegion: region)
  }
}
