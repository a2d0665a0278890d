// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var applicationAutoscaling: StaticString {
    #"""
    service Application Auto Scaling|application-autoscaling|application-autoscaling|json|1.1|AnyScaleFrontendService|
    gov-fips
    + DescribeScalableTargets . 0 -
    + DescribeScalingActivities . 2 -
    + DescribeScalingPolicies . 3 -
    + DescribeScheduledActions . 4 -
    + GetPredictiveScalingForecast . 5 -
    + ListTagsForResource . 6 -
    s ServiceNamespace,s,r ResourceIds,1 ScalableDimension,s MaxResults,i NextToken,s
    l s
    s ServiceNamespace,s,r ResourceId,s ScalableDimension,s MaxResults,i NextToken,s IncludeNotScaledActivities,b
    s PolicyNames,1 ServiceNamespace,s,r ResourceId,s ScalableDimension,s MaxResults,i NextToken,s
    s ScheduledActionNames,1 ServiceNamespace,s,r ResourceId,s ScalableDimension,s MaxResults,i NextToken,s
    s ServiceNamespace,s,r ResourceId,s,r ScalableDimension,s,r PolicyName,s,r StartTime,e,r EndTime,e,r
    s ResourceARN,s,r
    """#
  }
}
