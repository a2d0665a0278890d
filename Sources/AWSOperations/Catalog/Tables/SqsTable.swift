// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var sqs: StaticString {
    #"""
    service SQS|sqs|sqs|json|1.0|AmazonSQS|
    query-mode
    + GetQueueAttributes . 0 -
    + GetQueueUrl . 2 -
    + ListDeadLetterSourceQueues . 3 -
    + ListMessageMoveTasks . 4 -
    + ListQueueTags . 5 -
    + ListQueues . 6 -
    s QueueUrl,s,r AttributeNames,1,f
    l s,f
    s QueueName,s,r QueueOwnerAWSAccountId,s
    s QueueUrl,s,r NextToken,s MaxResults,i
    s SourceArn,s,r MaxResults,i
    s QueueUrl,s,r
    s QueueNamePrefix,s NextToken,s MaxResults,i
    """#
  }
}
