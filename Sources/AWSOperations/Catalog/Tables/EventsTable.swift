// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var events: StaticString {
    #"""
    service EventBridge|events|events|json|1.1|AWSEvents|
    + DescribeApiDestination . 0 -
    + DescribeArchive . 1 -
    + DescribeConnection . 2 3
    + DescribeEndpoint . 9 -
    + DescribeEventBus . 10 -
    + DescribeEventSource . 11 -
    + DescribePartnerEventSource . 12 -
    + DescribeReplay . 13 -
    + DescribeRule . 14 -
    + ListApiDestinations . 15 -
    + ListArchives . 16 -
    + ListConnections . 17 -
    + ListEndpoints . 18 -
    + ListEventBuses . 19 -
    + ListEventSources . 20 -
    + ListPartnerEventSourceAccounts . 21 -
    + ListPartnerEventSources . 22 -
    + ListReplays . 23 -
    + ListRuleNamesByTarget . 24 -
    + ListRules . 25 -
    + ListTagsForResource . 26 -
    + ListTargetsByRule . 27 28
    s Name,s,r
    s ArchiveName,s,r
    s Name,s,r
    s AuthParameters,4
    s OAuthParameters,5 InvocationHttpParameters,6
    s OAuthHttpParameters,6
    s HeaderParameters,s,x QueryStringParameters,s,x BodyParameters,7
    l 8
    s Value,s,x
    s Name,s,r HomeRegion,s
    s Name,s
    s Name,s,r
    s Name,s,r
    s ReplayName,s,r
    s Name,s,r EventBusName,s
    s NamePrefix,s ConnectionArn,s NextToken,s Limit,i
    s NamePrefix,s EventSourceArn,s State,s NextToken,s Limit,i
    s NamePrefix,s ConnectionState,s NextToken,s Limit,i
    s NamePrefix,s HomeRegion,s NextToken,s MaxResults,i
    s NamePrefix,s NextToken,s Limit,i
    s NamePrefix,s NextToken,s Limit,i
    s EventSourceName,s,r NextToken,s Limit,i
    s NamePrefix,s,r NextToken,s Limit,i
    s NamePrefix,s State,s EventSourceArn,s NextToken,s Limit,i
    s TargetArn,s,r EventBusName,s NextToken,s Limit,i
    s NamePrefix,s EventBusName,s NextToken,s Limit,i
    s ResourceARN,s,r
    s Rule,s,r EventBusName,s NextToken,s Limit,i
    s Targets,29
    l 30
    s Input,s,x InputTransformer,31 HttpParameters,32 RedshiftDataParameters,35 AppSyncParameters,36
    s InputTemplate,s,x
    s HeaderParameters,33,x QueryStringParameters,34,x
    m s
    m s
    s Sql,s,x Sqls,s,x
    s GraphQLOperation,s,x
    """#
  }
}
