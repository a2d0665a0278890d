// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var sns: StaticString {
    #"""
    service SNS|sns|sns|query|||2010-03-31
    + GetDataProtectionPolicy . 0 1 wrapper=GetDataProtectionPolicyResult
    + GetPlatformApplicationAttributes . 2 3 wrapper=GetPlatformApplicationAttributesResult
    + GetSMSAttributes . 5 7 wrapper=GetSMSAttributesResult
    + GetSMSSandboxAccountStatus . - 8 wrapper=GetSMSSandboxAccountStatusResult
    + GetTopicAttributes . 9 10 wrapper=GetTopicAttributesResult
    + ListPlatformApplications . 12 13 wrapper=ListPlatformApplicationsResult
    + ListTagsForResource . 16 17 wrapper=ListTagsForResourceResult
    + ListTopics . 20 21 wrapper=ListTopicsResult
    - GetEndpointAttributes it answers with the tokens of people's devices
    - GetSubscriptionAttributes it answers with addresses or telephone numbers of people
    - ListEndpointsByPlatformApplication it answers with the tokens of people's devices
    - ListOriginationNumbers it answers with addresses or telephone numbers of people
    - ListPhoneNumbersOptedOut it answers with addresses or telephone numbers of people
    - ListSMSSandboxPhoneNumbers it answers with addresses or telephone numbers of people
    - ListSubscriptions it answers with addresses or telephone numbers of people; GetTopicAttributes counts subscriptions
    - ListSubscriptionsByTopic it answers with addresses or telephone numbers of people; GetTopicAttributes counts subscriptions
    s ResourceArn,s,r
    s DataProtectionPolicy,s
    s PlatformApplicationArn,s,r
    s Attributes,4
    m s
    s attributes,6
    l s
    s attributes,4
    s IsInSandbox,b
    s TopicArn,s,r
    s Attributes,11
    m s
    s NextToken,s
    s PlatformApplications,14 NextToken,s
    l 15
    s PlatformApplicationArn,s Attributes,4
    s ResourceArn,s,r
    s Tags,18
    l 19
    s Key,s Value,s
    s NextToken,s
    s Topics,22 NextToken,s
    l 23
    s TopicArn,s
    """#
  }
}
