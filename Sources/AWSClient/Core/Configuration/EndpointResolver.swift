extension AWSConfiguration {
  /// The endpoint that the environment or the caller has set for a service; nil when AWS's own is meant.
  package func configuredEndpoint(of service: AWSService) -> Endpoint? { serviceEndpoints[service.serviceID] ?? endpoint }

  /// The endpoint of a service: the configured one, else the one that botocore's rule sets give for the region, FIPS and dual-stack.
  /// - Throws: `AWSError` with code `InvalidConfiguration` for settings that exclude each other.
  public func endpoint(of service: AWSService) throws(AWSError) -> Endpoint {
    // Its hosts follow rules of their own.
    if service == .s3 { return try S3Endpoint(bucket: "", configuration: self).endpoint }
    guard let configured = configuredEndpoint(of: service) else { return try regionalEndpoint(of: service) }
    try checkCustomEndpoint(configured, of: service)
    return configured
  }

  /// Refuses what botocore refuses: a FIPS or dual-stack host that the caller asked for and the configured address is not known to be.
  package func checkCustomEndpoint(_ configured: Endpoint, of service: AWSService) throws(AWSError) {
    for (isWanted, name, variable) in [
      (usesFIPS, "FIPS", "AWS_USE_FIPS_ENDPOINT"), (usesDualStack, "dual-stack", "AWS_USE_DUALSTACK_ENDPOINT"),
    ] where isWanted {
      throw AWSError.configuration(
        "\(service.serviceID): \(name) endpoints and the custom endpoint '\(configured.url)' exclude each other; unset \(variable), or unset "
          + "AWS_ENDPOINT_URL and \(service.endpointVariable)")
    }
    guard service == .dynamoDB, configured.authority == "dynamodb.\(region).\(Partition(region: region).dualStackDomainSuffix)" else {
      return
    }
    throw AWSError.configuration(
      "DynamoDB: '\(configured.url)' is the dual-stack endpoint; set AWS_USE_DUALSTACK_ENDPOINT to 'true' instead of an endpoint")
  }

  private func regionalEndpoint(of service: AWSService) throws(AWSError) -> Endpoint {
    let prefix = service.endpointPrefix
    if service == .dynamoDB, region == "local" {
      // The region name of DynamoDB's own local edition.
      guard !usesFIPS, !usesDualStack else {
        throw AWSError.configuration(
          "DynamoDB: the region 'local' has no FIPS or dual-stack endpoint: unset AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT")
      }
      return Endpoint(scheme: "http", authority: "localhost:8000", signingRegion: "us-east-1")
    }
    if prefix == "sts", region == "aws-global", !usesFIPS, !usesDualStack {
      return Endpoint(authority: "sts.amazonaws.com", signingRegion: "us-east-1")
    }
    let partition = Partition(region: region)
    let quirks = EndpointQuirks(of: prefix)
    var usesFIPSHost = usesFIPS
    if partition.id == "aws-us-gov" {
      if usesFIPS, !usesDualStack, quirks.contains(.govCloudIsFIPS), prefix != "states" || region == "us-gov-west-1" {
        usesFIPSHost = false
      }
      if usesFIPS, usesDualStack, quirks.contains(.govCloudDualStackIsFIPS) { usesFIPSHost = false }
      if usesDualStack, quirks.contains(.govCloudDualStackIsFIPSOnly) { usesFIPSHost = true }
    }
    var usesDualStackSuffix = usesDualStack
    if quirks.contains(.ordinaryHostIsDualStack), ["aws", "aws-us-gov"].contains(partition.id) || (partition.id == "aws-cn" && !usesFIPS) {
      usesDualStackSuffix = false
    }
    if prefix == "ce", partition.id == "aws-eusc", !usesFIPS { usesDualStackSuffix = true }
    let suffix = usesDualStackSuffix ? partition.dualStackDomainSuffix : partition.domainSuffix
    let host = "\(prefix)\(usesFIPSHost ? "-fips" : "")"
    guard quirks.contains(.onePerPartition) else { return Endpoint(authority: "\(host).\(region).\(suffix)") }
    return Endpoint(authority: "\(host).\(partition.globalRegion).\(suffix)", signingRegion: partition.globalRegion)
  }
}

/// In what a service's hosts differ from those that every service has: the outcome of botocore's rule sets, as flags.
private struct EndpointQuirks: OptionSet {
  let rawValue: Int
  /// In GovCloud the ordinary host is the FIPS host.
  static let govCloudIsFIPS = EndpointQuirks(rawValue: 1)
  /// In GovCloud the dual-stack host is the FIPS host.
  static let govCloudDualStackIsFIPS = EndpointQuirks(rawValue: 2)
  /// In GovCloud the dual-stack host has the FIPS host's name, asked for or not.
  static let govCloudDualStackIsFIPSOnly = EndpointQuirks(rawValue: 4)
  /// The ordinary host answers over IPv6 as well.
  static let ordinaryHostIsDualStack = EndpointQuirks(rawValue: 8)
  /// One host for all regions of a partition.
  static let onePerPartition = EndpointQuirks(rawValue: 16)

  init(rawValue: Int) { self.rawValue = rawValue }

  init(of endpointPrefix: String) {
    switch endpointPrefix {
    case "dynamodb", "sqs", "sts", "ssm", "logs", "ec2", "rds", "cloudformation", "cloudtrail", "elasticache", "elasticloadbalancing",
      "autoscaling", "sns", "portal.sso", "oidc":
      self = .govCloudIsFIPS
    case "events", "monitoring": self = [.govCloudIsFIPS, .govCloudDualStackIsFIPS]
    case "states": self = [.govCloudIsFIPS, .govCloudDualStackIsFIPSOnly]
    case "secretsmanager": self = .ordinaryHostIsDualStack
    case "ce": self = .onePerPartition
    default: self = []
    }
  }
}
