// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var firehose: StaticString {
    #"""
    service Firehose|firehose|firehose|json|1.1|Firehose_20150804|
    + DescribeDeliveryStream . 0 1
    + ListDeliveryStreams . 14 -
    + ListTagsForDeliveryStream . 15 -
    s DeliveryStreamName,s,r Limit,i ExclusiveStartDestinationId,s
    s DeliveryStreamDescription,2
    s Destinations,3
    l 4
    s RedshiftDestinationDescription,5 HttpEndpointDestinationDescription,6 SnowflakeDestinationDescription,11
    s Username,s,x
    s EndpointConfiguration,7 RequestConfiguration,8
    s Url,s,x
    s CommonAttributes,9
    l 10
    s AttributeName,s,x AttributeValue,s,x
    s AccountUrl,s,x User,s,x Database,s,x Schema,s,x Table,s,x SnowflakeRoleConfiguration,12 MetaDataColumnName,s,x ContentColumnName,s,x SnowflakeVpcConfiguration,13
    s SnowflakeRole,s,x
    s PrivateLinkVpceId,s,x
    s Limit,i DeliveryStreamType,s ExclusiveStartDeliveryStreamName,s
    s DeliveryStreamName,s,r ExclusiveStartTagKey,s Limit,i
    """#
  }
}
