// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var sts: StaticString {
    #"""
    service STS|sts|sts|query|||2011-06-15
    + GetAccessKeyInfo . 0 1 wrapper=GetAccessKeyInfoResult
    + GetCallerIdentity . - 2 wrapper=GetCallerIdentityResult
    - GetDelegatedAccessToken it hands out credentials
    - GetFederationToken it hands out credentials
    - GetSessionToken it hands out credentials
    - GetWebIdentityToken it hands out credentials
    s AccessKeyId,s,r
    s Account,s
    s UserId,s Account,s Arn,s
    """#
  }
}
