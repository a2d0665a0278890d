// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var logs: StaticString {
    #"""
    service CloudWatch Logs|logs|logs|json|1.1|Logs_20140328|
    + DescribeAccountPolicies . 0 -
    + DescribeConfigurationTemplates . 2 -
    + DescribeDeliveries . 6 -
    + DescribeDeliveryDestinations . 7 -
    + DescribeDeliverySources . 8 -
    + DescribeDestinations . 9 -
    + DescribeExportTasks . 10 -
    + DescribeFieldIndexes . 11 -
    + DescribeImportTaskBatches . 14 -
    + DescribeImportTasks . 16 -
    + DescribeIndexPolicies . 17 -
    + DescribeLogGroups . 19 -
    + DescribeLogStreams . 21 -
    + DescribeLookupTables . 22 -
    + DescribeMetricFilters . 23 -
    + DescribeQueries . 24 -
    + DescribeQueryDefinitions . 25 -
    + DescribeResourcePolicies . 26 -
    + DescribeSubscriptionFilters . 27 -
    + GetDataProtectionPolicy . 28 -
    + GetDelivery . 29 -
    + GetDeliveryDestination . 30 -
    + GetDeliveryDestinationPolicy . 31 -
    + GetDeliverySource . 32 -
    + GetIntegration . 33 -
    + GetLogAnomalyDetector . 34 -
    + GetLogGroupFields . 35 -
    + GetQueryResults . 36 -
    + GetScheduledQuery . 37 -
    + GetScheduledQueryHistory . 38 -
    + GetStorageTierPolicy . - -
    + GetTransformer . 40 -
    + ListAggregateLogGroupSummaries . 41 -
    + ListIntegrations . 44 -
    + ListLogAnomalyDetectors . 45 -
    + ListLogGroups . 46 -
    + ListLogGroupsForQuery . 51 -
    + ListScheduledQueries . 52 -
    + ListSourcesForS3TableIntegration . 53 -
    + ListSyslogConfigurations . 54 -
    + ListTagsForResource . 55 -
    + StartQuery . 56 -
    + StopQuery . 59 -
    code GetQueryResults it can show log lines, which hold customers' data; the usage tool asks for figures
    code StartQuery it can show log lines, which hold customers' data, and is billed by what it reads; the usage tool asks for figures
    code StopQuery it ends a query that only the usage tool begins
    - FilterLogEvents it reads customers' data
    - GetLogEvents it reads customers' data
    - GetLogFields it reads customers' data
    - GetLogObject it answers with a stream of customers' data
    - GetLogRecord it reads customers' data
    - GetLookupTable it reads customers' data
    - ListAnomalies it answers with samples of customers' log lines
    - ListTagsLogGroup AWS has deprecated it
    s policyType,s,r policyName,s accountIdentifiers,1 nextToken,s
    l s
    s service,s logTypes,3 resourceTypes,4 deliveryDestinationTypes,5 nextToken,s limit,i
    l s
    l s
    l s
    s nextToken,s limit,i
    s nextToken,s limit,i
    s nextToken,s limit,i
    s DestinationNamePrefix,s nextToken,s limit,i
    s taskId,s statusCode,s nextToken,s limit,i
    s logGroupIdentifiers,12,r indexCategories,13 nextToken,s
    l s
    l s
    s importId,s,r batchImportStatus,15 limit,i nextToken,s
    l s
    s importId,s importStatus,s importSourceArn,s limit,i nextToken,s
    s logGroupIdentifiers,18,r nextToken,s
    l s
    s accountIdentifiers,1 logGroupNamePrefix,s logGroupNamePattern,s nextToken,s limit,i includeLinkedAccounts,b logGroupClass,s logGroupIdentifiers,20
    l s
    s logGroupName,s logGroupIdentifier,s logStreamNamePrefix,s orderBy,s descending,b nextToken,s limit,i
    s lookupTableNamePrefix,s maxResults,i nextToken,s
    s logGroupName,s filterNamePrefix,s nextToken,s limit,i metricName,s metricNamespace,s
    s logGroupName,s status,s maxResults,i nextToken,s queryLanguage,s
    s queryLanguage,s queryDefinitionNamePrefix,s maxResults,i nextToken,s
    s nextToken,s limit,i resourceArn,s policyScope,s
    s logGroupName,s,r filterNamePrefix,s nextToken,s limit,i
    s logGroupIdentifier,s,r
    s id,s,r
    s name,s,r
    s deliveryDestinationName,s,r
    s name,s,r
    s integrationName,s,r
    s anomalyDetectorArn,s,r
    s logGroupName,s time,i logGroupIdentifier,s
    s queryId,s,r nextToken,s maxItems,i
    s identifier,s,r
    s identifier,s,r startTime,i,r endTime,i,r executionStatuses,39 maxResults,i nextToken,s
    l s
    s logGroupIdentifier,s,r
    s accountIdentifiers,1 includeLinkedAccounts,b logGroupClass,s logGroupNamePattern,s dataSources,42 groupBy,s,r nextToken,s limit,i
    l 43
    s name,s,r type,s
    s integrationNamePrefix,s integrationType,s integrationStatus,s
    s filterLogGroupArn,s limit,i nextToken,s
    s logGroupNamePattern,s logGroupClass,s includeLinkedAccounts,b accountIdentifiers,1 nextToken,s limit,i dataSources,42 fieldIndexNames,47 logGroupTags,48
    l s
    l 49
    s key,s,r values,50
    l s
    s queryId,s,r nextToken,s maxResults,i
    s maxResults,i nextToken,s state,s scheduleType,s
    s integrationArn,s,r maxResults,i nextToken,s
    s logGroupIdentifier,s vpcEndpointId,s nextToken,s maxResults,i
    s resourceArn,s,r
    s queryLanguage,s logGroupName,s logGroupNames,57 logGroupIdentifiers,58 startTime,i,r endTime,i,r queryString,s,r limit,i
    l s
    l s
    s queryId,s,r
    """#
  }
}
