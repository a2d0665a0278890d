// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var dynamodb: StaticString {
    #"""
    service DynamoDB|dynamodb|dynamodb|json|1.0|DynamoDB_20120810|
    + DescribeBackup . 0 -
    + DescribeContinuousBackups . 1 -
    + DescribeContributorInsights . 2 -
    + DescribeEndpoints . - -
    + DescribeExport . 3 -
    + DescribeGlobalTable . 4 -
    + DescribeGlobalTableSettings . 5 -
    + DescribeImport . 6 -
    + DescribeKinesisStreamingDestination . 7 -
    + DescribeLimits . - -
    + DescribeTable . 8 -
    + DescribeTableReplicaAutoScaling . 9 -
    + DescribeTimeToLive . 10 -
    + GetResourcePolicy . 11 -
    + ListBackups . 12 -
    + ListContributorInsights . 13 -
    + ListExports . 14 -
    + ListGlobalTables . 15 -
    + ListImports . 16 -
    + ListTables . 17 -
    + ListTagsOfResource . 18 -
    - BatchGetItem it reads customers' data
    - GetItem it reads customers' data
    - Query it reads customers' data
    - Scan it reads customers' data
    - SearchVectors it reads customers' data
    s BackupArn,s,r
    s TableName,s,r
    s TableName,s,r IndexName,s
    s ExportArn,s,r
    s GlobalTableName,s,r
    s GlobalTableName,s,r
    s ImportArn,s,r
    s TableName,s,r
    s TableName,s,r
    s TableName,s,r
    s TableName,s,r
    s ResourceArn,s,r
    s TableName,s Limit,i TimeRangeLowerBound,e TimeRangeUpperBound,e ExclusiveStartBackupArn,s BackupType,s
    s TableName,s NextToken,s MaxResults,i
    s TableArn,s MaxResults,i NextToken,s
    s ExclusiveStartGlobalTableName,s Limit,i RegionName,s
    s TableArn,s PageSize,i NextToken,s
    s ExclusiveStartTableName,s Limit,i
    s ResourceArn,s,r NextToken,s
    """#
  }
}
