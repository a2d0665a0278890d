// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var cloudwatch: StaticString {
    #"""
    service CloudWatch|monitoring|monitoring|json|1.0|GraniteServiceVersion20100801|
    query-mode
    + DescribeAlarmHistory . 0 -
    + DescribeAlarms . 2 -
    + DescribeAlarmsForMetric . 4 -
    + DescribeAnomalyDetectors . 7 -
    + DescribeInsightRules . 10 -
    + GetAlarmMuteRule . 11 -
    + GetDashboard . 12 -
    + GetDataset . 13 -
    + GetMetricData . 14 -
    + GetMetricStatistics . 20 -
    + GetMetricStream . 23 -
    + GetOTelEnrichment . - -
    + GetResourceMetricsConfiguration . 24 -
    + ListAlarmMuteRules . 25 -
    + ListDashboards . 27 -
    + ListManagedInsightRules . 28 -
    + ListMetricStreams . 29 -
    + ListMetrics . 30 -
    + ListTagsForResource . 33 -
    - DescribeAlarmContributors it answers with parts of customers' log lines, such as addresses of callers
    - GetInsightRuleReport it answers with parts of customers' log lines, such as addresses of callers
    - GetMetricWidgetImage it answers with a picture, and is billed for it; GetMetricData has the figures
    s AlarmName,s AlarmContributorId,s AlarmTypes,1 HistoryItemType,s StartDate,e EndDate,e MaxRecords,i NextToken,s ScanBy,s
    l s
    s AlarmNames,3 AlarmNamePrefix,s AlarmTypes,1 ChildrenOfAlarmName,s ParentsOfAlarmName,s StateValue,s ActionPrefix,s MaxRecords,i NextToken,s
    l s
    s MetricName,s,r Namespace,s,r Statistic,s ExtendedStatistic,s Dimensions,5 Period,i Unit,s
    l 6
    s Name,s,r Value,s,r
    s AnomalyDetectorIds,8 NextToken,s MaxResults,i Namespace,s MetricName,s Dimensions,5 AnomalyDetectorTypes,9
    l s
    l s
    s NextToken,s MaxResults,i
    s AlarmMuteRuleName,s,r
    s DashboardName,s,r
    s DatasetIdentifier,s,r
    s MetricDataQueries,15,r StartTime,e,r EndTime,e,r NextToken,s ScanBy,s MaxDatapoints,i LabelOptions,19
    l 16
    s Id,s,r MetricStat,17 Expression,s Label,s ReturnData,b Period,i AccountId,s
    s Metric,18,r Period,i,r Stat,s,r Unit,s
    s Namespace,s MetricName,s Dimensions,5
    s Timezone,s
    s Namespace,s,r MetricName,s,r Dimensions,5 StartTime,e,r EndTime,e,r Period,i,r Statistics,21 ExtendedStatistics,22 Unit,s
    l s
    l s
    s Name,s,r
    s ResourceArn,s,r
    s AlarmName,s Statuses,26 MaxRecords,i NextToken,s
    l s
    s DashboardNamePrefix,s NextToken,s
    s ResourceARN,s,r NextToken,s MaxResults,i
    s NextToken,s MaxResults,i
    s Namespace,s MetricName,s Dimensions,31 NextToken,s RecentlyActive,s IncludeLinkedAccounts,b OwningAccount,s
    l 32
    s Name,s,r Value,s
    s ResourceARN,s,r
    """#
  }
}
