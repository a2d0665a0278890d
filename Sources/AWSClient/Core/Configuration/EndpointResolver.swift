extension AWSConfiguration {
  /// The endpoint that the environment or the caller has set for a service; nil when AWS's own is meant.
  func configuredEndpoint(of service: AWSService) -> Endpoint? { serviceEndpoints[service.serviceID] ?? endpoint }

  /// The endpoint of a service: the configured one, else the regional one of the region's partition.
  public func endpoint(of service: AWSService) -> Endpoint {
    configuredEndpoint(of: service) ?? Endpoint(authority: regionalHost(of: service))
  }

  private func regionalHost(of service: AWSService) -> String {
    let partition = Partition(region: region)
    var prefix = service.endpointPrefix
    // In GovCloud the ordinary endpoints of these services are the FIPS ones (their endpoint rule sets in botocore).
    let isOrdinaryFIPS = service == .eventBridge || (!usesDualStack && (service == .dynamoDB || service == .sqs))
    let hasFIPSHost = !(partition.id == "aws-us-gov" && isOrdinaryFIPS)
    if usesFIPS, hasFIPSHost { prefix += "-fips" }
    if service == .s3 {
      // S3 was first: its dual-stack hosts keep the partition's old suffix.
      return "\(prefix)\(usesDualStack ? ".dualstack" : "").\(region).\(partition.domainSuffix)"
    }
    return "\(prefix).\(region).\(usesDualStack ? partition.dualStackDomainSuffix : partition.domainSuffix)"
  }
}
