// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var resourcegroupstaggingapi: StaticString {
    #"""
    service Resource Groups Tagging API|tagging|tagging|json|1.1|ResourceGroupsTaggingAPI_20170126|
    + DescribeReportCreation . - -
    + GetComplianceSummary . 0 -
    + GetResources . 6 -
    + GetTagKeys . 11 -
    + GetTagValues . 12 -
    + ListRequiredTags . 13 -
    s TargetIdFilters,1 RegionFilters,2 ResourceTypeFilters,3 TagKeyFilters,4 GroupBy,5 MaxResults,i PaginationToken,s
    l s
    l s
    l s
    l s
    l s
    s PaginationToken,s TagFilters,7 ResourcesPerPage,i TagsPerPage,i ResourceTypeFilters,3 IncludeComplianceDetails,b ExcludeCompliantResources,b ResourceARNList,10
    l 8
    s Key,s Values,9
    l s
    l s
    s PaginationToken,s
    s PaginationToken,s Key,s,r
    s NextToken,s MaxResults,i
    """#
  }
}
