// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var kinesis: StaticString {
    #"""
    service Kinesis|kinesis|kinesis|json|1.1|Kinesis_20131202|
    gov-fips
    + DescribeAccountSettings . - -
    + DescribeChannel . 0 -
    + DescribeLimits . - -
    + DescribeStream . 1 -
    + DescribeStreamConsumer . 2 -
    + DescribeStreamSummary . 3 -
    + GetResourcePolicy . 4 -
    + ListChannels . 5 -
    + ListShards . 8 -
    + ListStreamConsumers . 10 -
    + ListStreams . 11 -
    + ListTagsForResource . 12 -
    + ListTagsForStream . 13 -
    - GetRecords it reads customers' data
    - GetShardIterator it serves nothing but GetRecords, which reads customers' data
    s ChannelARN,s,r
    s StreamName,s Limit,i ExclusiveStartShardId,s StreamARN,s StreamId,s
    s StreamARN,s ConsumerName,s ConsumerARN,s StreamId,s
    s StreamName,s StreamARN,s StreamId,s
    s ResourceARN,s,r StreamId,s
    s StreamFilter,6 MaxResults,i NextToken,s
    l 7
    s StreamARN,s,r StreamCreationTimestamp,e
    s StreamName,s NextToken,s ExclusiveStartShardId,s MaxResults,i StreamCreationTimestamp,e ShardFilter,9 StreamARN,s StreamId,s
    s Type,s,r ShardId,s Timestamp,e
    s StreamARN,s,r NextToken,s MaxResults,i StreamCreationTimestamp,e StreamId,s
    s Limit,i ExclusiveStartStreamName,s NextToken,s
    s ResourceARN,s,r StreamId,s
    s StreamName,s ExclusiveStartTagKey,s Limit,i StreamARN,s StreamId,s
    """#
  }
}
