// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var pipes: StaticString {
    #"""
    service Pipes|pipes|pipes|rest-json|||
    + DescribePipe GET /v1/pipes/{Name} 0 1
    + ListPipes GET /v1/pipes 43 -
    + ListTagsForResource GET /tags/{resourceArn} 44 45
    s Name,s,ru
    s Description,s,x SourceParameters,2 EnrichmentParameters,14 TargetParameters,19 Tags,42
    s FilterCriteria,3 ActiveMQBrokerParameters,6 RabbitMQBrokerParameters,7 ManagedStreamingKafkaParameters,8 SelfManagedKafkaParameters,9
    s Filters,4
    l 5
    s Pattern,s,x
    s QueueName,s,x
    s QueueName,s,x VirtualHost,s,x
    s TopicName,s,x ConsumerGroupID,s,x
    s TopicName,s,x AdditionalBootstrapServers,10 ConsumerGroupID,s,x Vpc,11
    l s,x
    s Subnets,12 SecurityGroup,13
    l s,x
    l s,x
    s InputTemplate,s,x HttpParameters,15
    s PathParameterValues,16 HeaderParameters,17,x QueryStringParameters,18,x
    l s,x
    m s,x
    m s,x
    s InputTemplate,s,x KinesisStreamParameters,20 EcsTaskParameters,21 SqsQueueParameters,34 HttpParameters,35 RedshiftDataParameters,36 SageMakerPipelineParameters,38 EventBridgeEventBusParameters,41
    s PartitionKey,s,x
    s NetworkConfiguration,22 CapacityProviderStrategy,26 PlacementConstraints,28 PlacementStrategy,30 ReferenceId,s,x Tags,32
    s awsvpcConfiguration,23
    s Subnets,24 SecurityGroups,25
    l s,x
    l s,x
    l 27
    s capacityProvider,s,x
    l 29
    s expression,s,x
    l 31
    s field,s,x
    l 33
    s Value,s,x
    s MessageGroupId,s,x MessageDeduplicationId,s,x
    s PathParameterValues,16 HeaderParameters,17,x QueryStringParameters,18,x
    s Database,s,x DbUser,s,x StatementName,s,x Sqls,37
    l s,x
    s PipelineParameterList,39
    l 40
    s Name,s,x Value,s,x
    s EndpointId,s,x DetailType,s,x Source,s,x
    m s,x
    s NamePrefix,s,q DesiredState,s,q CurrentState,s,q SourcePrefix,s,q TargetPrefix,s,q NextToken,s,q Limit,i,q
    s resourceArn,s,ru
    s tags,42
    """#
  }
}
