// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var costOptimizationHub: StaticString {
    #"""
    service Cost Optimization Hub|cost-optimization-hub|cost-optimization-hub|json|1.0|CostOptimizationHubService|
    regions aws us-east-1
    regions aws-iso us-iso-east-1
    regions aws-iso-b us-isob-east-1
    regions aws-iso-f us-isof-south-1
    + GetPreferences . - -
    + GetRecommendation . 0 -
    + ListEfficiencyMetrics . 1 -
    + ListEnrollmentStatuses . 4 -
    + ListRecommendationSummaries . 5 -
    + ListRecommendations . 18 -
    s recommendationId,s,r
    s groupBy,s granularity,s,r timePeriod,2,r maxResults,i orderBy,3 nextToken,s
    s start,s,r end,s,r
    s dimension,s order,s
    s includeOrganizationInfo,b accountId,s nextToken,s maxResults,i
    s filter,6 groupBy,s,r maxResults,i metrics,17 nextToken,s
    s restartNeeded,b rollbackPossible,b implementationEfforts,7 accountIds,8 regions,9 resourceTypes,10 actionTypes,11 tags,12 resourceIds,14 resourceArns,15 recommendationIds,16
    l s
    l s
    l s
    l s
    l s
    l 13
    s key,s value,s
    l s
    l s
    l s
    l s
    s filter,6 orderBy,3 includeAllRecommendations,b maxResults,i nextToken,s
    """#
  }
}
