// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var computeOptimizer: StaticString {
    #"""
    service Compute Optimizer|compute-optimizer|compute-optimizer|json|1.0|ComputeOptimizerService|
    + DescribeRecommendationExportJobs . 0 -
    + GetAutoScalingGroupRecommendations . 5 -
    + GetEBSVolumeRecommendations . 12 -
    + GetEC2InstanceRecommendations . 16 -
    + GetEC2RecommendationProjectedMetrics . 18 -
    + GetECSServiceRecommendationProjectedMetrics . 19 -
    + GetECSServiceRecommendations . 20 -
    + GetEffectiveRecommendationPreferences . 24 -
    + GetEnrollmentStatus . - -
    + GetEnrollmentStatusesForOrganization . 25 -
    + GetIdleRecommendations . 28 -
    + GetLambdaFunctionRecommendations . 33 -
    + GetLicenseRecommendations . 37 -
    + GetRDSDatabaseRecommendationProjectedMetrics . 40 -
    + GetRDSDatabaseRecommendations . 41 -
    + GetRecommendationPreferences . 44 -
    + GetRecommendationSummaries . 46 -
    s jobIds,1 filters,2 nextToken,s maxResults,i
    l s
    l 3
    s name,s values,4
    l s
    s accountIds,6 autoScalingGroupArns,7 nextToken,s maxResults,i filters,8 recommendationPreferences,10
    l s
    l s
    l 9
    s name,s values,4
    s cpuVendorArchitectures,11
    l s
    s volumeArns,13 nextToken,s maxResults,i filters,14 accountIds,6
    l s
    l 15
    s name,s values,4
    s instanceArns,17 nextToken,s maxResults,i filters,8 accountIds,6 recommendationPreferences,10
    l s
    s instanceArn,s,r stat,s,r period,i,r startTime,e,r endTime,e,r recommendationPreferences,10
    s serviceArn,s,r stat,s,r period,i,r startTime,e,r endTime,e,r
    s serviceArns,21 nextToken,s maxResults,i filters,22 accountIds,6
    l s
    l 23
    s name,s values,4
    s resourceArn,s,r
    s filters,26 nextToken,s maxResults,i
    l 27
    s name,s values,4
    s resourceArns,29 nextToken,s maxResults,i filters,30 accountIds,6 orderBy,32
    l s
    l 31
    s name,s values,4
    s dimension,s order,s
    s functionArns,34 accountIds,6 filters,35 nextToken,s maxResults,i
    l s
    l 36
    s name,s values,4
    s resourceArns,29 nextToken,s maxResults,i filters,38 accountIds,6
    l 39
    s name,s values,4
    s resourceArn,s,r stat,s,r period,i,r startTime,e,r endTime,e,r recommendationPreferences,10
    s resourceArns,29 nextToken,s maxResults,i filters,42 accountIds,6 recommendationPreferences,10
    l 43
    s name,s values,4
    s resourceType,s,r scope,45 nextToken,s maxResults,i
    s name,s value,s
    s accountIds,6 nextToken,s maxResults,i
    """#
  }
}
