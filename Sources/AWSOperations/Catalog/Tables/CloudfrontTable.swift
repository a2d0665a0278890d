// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var cloudfront: StaticString {
    #"""
    service CloudFront|cloudfront|cloudfront|rest-xml|||
    host aws us-east-1 cloudfront.amazonaws.com cloudfront.global.api.aws cloudfront-fips.amazonaws.com cloudfront-fips.global.api.aws
    host aws-cn cn-northwest-1 cloudfront.cn-northwest-1.amazonaws.com.cn cloudfront.api.amazonwebservices.com.cn cloudfront-fips.cn-northwest-1.amazonaws.com.cn cloudfront-fips.api.amazonwebservices.com.cn
    host aws-eusc eusc-de-east-1 cloudfront.amazonaws.eu cloudfront.api.amazonwebservices.eu cloudfront-fips.amazonaws.eu cloudfront-fips.api.amazonwebservices.eu
    host aws-iso us-iso-east-1 cloudfront.c2s.ic.gov cloudfront.api.aws.ic.gov cloudfront-fips.c2s.ic.gov cloudfront-fips.api.aws.ic.gov
    host aws-iso-b us-isob-east-1 cloudfront.sc2s.sgov.gov cloudfront.api.aws.scloud cloudfront-fips.sc2s.sgov.gov cloudfront-fips.api.aws.scloud
    host aws-iso-e eu-isoe-west-1 cloudfront.cloud.adc-e.uk cloudfront.api.cloud-aws.adc-e.uk cloudfront-fips.cloud.adc-e.uk cloudfront-fips.api.cloud-aws.adc-e.uk
    host aws-iso-f us-isof-south-1 cloudfront.csp.hci.ic.gov cloudfront.api.aws.hci.ic.gov cloudfront-fips.csp.hci.ic.gov cloudfront-fips.api.aws.hci.ic.gov
    host aws-us-gov us-gov-west-1 cloudfront.amazonaws.com cloudfront.api.aws cloudfront-fips.amazonaws.com cloudfront-fips.api.aws
    + DescribeConnectionFunction GET /2020-05-31/connection-function/{Identifier}/describe 0 1
    + DescribeFunction GET /2020-05-31/function/{Name}/describe 7 8
    + DescribeKeyValueStore GET /2020-05-31/key-value-store/{Name} 11 12
    + GetAnycastIpList GET /2020-05-31/anycast-ip-list/{Id} 14 15
    + GetCachePolicy GET /2020-05-31/cache-policy/{Id} 21 22
    + GetCachePolicyConfig GET /2020-05-31/cache-policy/{Id}/config 35 36
    + GetCloudFrontOriginAccessIdentity GET /2020-05-31/origin-access-identity/cloudfront/{Id} 37 38
    + GetCloudFrontOriginAccessIdentityConfig GET /2020-05-31/origin-access-identity/cloudfront/{Id}/config 41 42
    + GetConnectionGroup GET /2020-05-31/connection-group/{Identifier} 43 44
    + GetConnectionGroupByRoutingEndpoint GET /2020-05-31/connection-group 49 50
    + GetContinuousDeploymentPolicy GET /2020-05-31/continuous-deployment-policy/{Id} 51 52
    + GetContinuousDeploymentPolicyConfig GET /2020-05-31/continuous-deployment-policy/{Id}/config 61 62
    + GetDistribution GET /2020-05-31/distribution/{Id} 63 64
    + GetDistributionConfig GET /2020-05-31/distribution/{Id}/config 140 141
    + GetDistributionTenant GET /2020-05-31/distribution-tenant/{Identifier} 142 143
    + GetDistributionTenantByDomain GET /2020-05-31/distribution-tenant 153 154
    + GetFieldLevelEncryption GET /2020-05-31/field-level-encryption/{Id} 155 156
    + GetFieldLevelEncryptionConfig GET /2020-05-31/field-level-encryption/{Id}/config 167 168
    + GetFieldLevelEncryptionProfile GET /2020-05-31/field-level-encryption-profile/{Id} 169 170
    + GetFieldLevelEncryptionProfileConfig GET /2020-05-31/field-level-encryption-profile/{Id}/config 178 179
    + GetInvalidation GET /2020-05-31/distribution/{DistributionId}/invalidation/{Id} 180 181
    + GetInvalidationForDistributionTenant GET /2020-05-31/distribution-tenant/{DistributionTenantId}/invalidation/{Id} 186 187
    + GetKeyGroup GET /2020-05-31/key-group/{Id} 188 189
    + GetKeyGroupConfig GET /2020-05-31/key-group/{Id}/config 193 194
    + GetManagedCertificateDetails GET /2020-05-31/managed-certificate/{Identifier} 195 196
    + GetMonitoringSubscription GET /2020-05-31/distributions/{DistributionId}/monitoring-subscription 200 201
    + GetOriginAccessControl GET /2020-05-31/origin-access-control/{Id} 204 205
    + GetOriginAccessControlConfig GET /2020-05-31/origin-access-control/{Id}/config 208 209
    + GetOriginRequestPolicy GET /2020-05-31/origin-request-policy/{Id} 210 211
    + GetOriginRequestPolicyConfig GET /2020-05-31/origin-request-policy/{Id}/config 217 218
    + GetPublicKey GET /2020-05-31/public-key/{Id} 219 220
    + GetPublicKeyConfig GET /2020-05-31/public-key/{Id}/config 223 224
    + GetRealtimeLogConfig POST /2020-05-31/get-realtime-log-config 225 226 root=GetRealtimeLogConfigRequest,http://cloudfront.amazonaws.com/doc/2020-05-31/
    + GetResourcePolicy POST /2020-05-31/get-resource-policy 232 233 root=GetResourcePolicyRequest,http://cloudfront.amazonaws.com/doc/2020-05-31/
    + GetResponseHeadersPolicy GET /2020-05-31/response-headers-policy/{Id} 234 235
    + GetResponseHeadersPolicyConfig GET /2020-05-31/response-headers-policy/{Id}/config 261 262
    + GetStreamingDistribution GET /2020-05-31/streaming-distribution/{Id} 263 264
    + GetStreamingDistributionConfig GET /2020-05-31/streaming-distribution/{Id}/config 269 270
    + GetTrustStore GET /2020-05-31/trust-store/{Identifier} 271 272
    + GetVpcOrigin GET /2020-05-31/vpc-origin/{Id} 274 275
    + ListAnycastIpLists GET /2020-05-31/anycast-ip-list 278 279
    + ListCachePolicies GET /2020-05-31/cache-policy 283 284
    + ListCloudFrontOriginAccessIdentities GET /2020-05-31/origin-access-identity/cloudfront 288 289
    + ListConflictingAliases GET /2020-05-31/conflicting-alias 293 294
    + ListConnectionFunctions POST /2020-05-31/connection-functions 298 299 root=ListConnectionFunctionsRequest,http://cloudfront.amazonaws.com/doc/2020-05-31/
    + ListConnectionGroups POST /2020-05-31/connection-groups 301 303 root=ListConnectionGroupsRequest,http://cloudfront.amazonaws.com/doc/2020-05-31/
    + ListContinuousDeploymentPolicies GET /2020-05-31/continuous-deployment-policy 306 307
    + ListDistributionTenants POST /2020-05-31/distribution-tenants 311 313 root=ListDistributionTenantsRequest,http://cloudfront.amazonaws.com/doc/2020-05-31/
    + ListDistributionTenantsByCustomization POST /2020-05-31/distribution-tenants-by-customization 316 317 root=ListDistributionTenantsByCustomizationRequest,http://cloudfront.amazonaws.com/doc/2020-05-31/
    + ListDistributions GET /2020-05-31/distribution 318 319
    + ListDistributionsByAnycastIpListId GET /2020-05-31/distributionsByAnycastIpListId/{AnycastIpListId} 323 324
    + ListDistributionsByCachePolicyId GET /2020-05-31/distributionsByCachePolicyId/{CachePolicyId} 325 326
    + ListDistributionsByConnectionFunction GET /2020-05-31/distributionsByConnectionFunction 329 330
    + ListDistributionsByConnectionMode GET /2020-05-31/distributionsByConnectionMode/{ConnectionMode} 331 332
    + ListDistributionsByKeyGroup GET /2020-05-31/distributionsByKeyGroupId/{KeyGroupId} 333 334
    + ListDistributionsByOriginRequestPolicyId GET /2020-05-31/distributionsByOriginRequestPolicyId/{OriginRequestPolicyId} 335 336
    + ListDistributionsByOwnedResource GET /2020-05-31/distributionsByOwnedResource/{ResourceArn} 337 338
    + ListDistributionsByRealtimeLogConfig POST /2020-05-31/distributionsByRealtimeLogConfig 342 343 root=ListDistributionsByRealtimeLogConfigRequest,http://cloudfront.amazonaws.com/doc/2020-05-31/
    + ListDistributionsByResponseHeadersPolicyId GET /2020-05-31/distributionsByResponseHeadersPolicyId/{ResponseHeadersPolicyId} 344 345
    + ListDistributionsByTrustStore GET /2020-05-31/distributionsByTrustStore 346 347
    + ListDistributionsByVpcOriginId GET /2020-05-31/distributionsByVpcOriginId/{VpcOriginId} 348 349
    + ListDistributionsByWebACLId GET /2020-05-31/distributionsByWebACLId/{WebACLId} 350 351
    + ListDomainConflicts POST /2020-05-31/domain-conflicts 352 354 root=ListDomainConflictsRequest,http://cloudfront.amazonaws.com/doc/2020-05-31/
    + ListFieldLevelEncryptionConfigs GET /2020-05-31/field-level-encryption 357 358
    + ListFieldLevelEncryptionProfiles GET /2020-05-31/field-level-encryption-profile 362 363
    + ListFunctions GET /2020-05-31/function 367 368
    + ListInvalidations GET /2020-05-31/distribution/{DistributionId}/invalidation 371 372
    + ListInvalidationsForDistributionTenant GET /2020-05-31/distribution-tenant/{Id}/invalidation 376 377
    + ListKeyGroups GET /2020-05-31/key-group 378 379
    + ListKeyValueStores GET /2020-05-31/key-value-store 383 384
    + ListOriginAccessControls GET /2020-05-31/origin-access-control 387 388
    + ListOriginRequestPolicies GET /2020-05-31/origin-request-policy 392 393
    + ListPublicKeys GET /2020-05-31/public-key 397 398
    + ListRealtimeLogConfigs GET /2020-05-31/realtime-log-config 402 403
    + ListResponseHeadersPolicies GET /2020-05-31/response-headers-policy 406 407
    + ListStreamingDistributions GET /2020-05-31/streaming-distribution 411 412
    + ListTagsForResource GET /2020-05-31/tagging 416 417
    + ListTrustStores POST /2020-05-31/trust-stores 418 419 root=ListTrustStoresRequest,http://cloudfront.amazonaws.com/doc/2020-05-31/
    + ListVpcOrigins GET /2020-05-31/vpc-origin 422 423
    - GetConnectionFunction it answers with the customer's code
    - GetFunction it answers with the customer's code
    s Identifier,s,ru Stage,s,q
    s ConnectionFunctionSummary,2,y ETag,s,h
    s Name,s Id,s ConnectionFunctionConfig,3 ConnectionFunctionArn,s Status,s Stage,s CreatedTime,t LastModifiedTime,t
    s Comment,s Runtime,s KeyValueStoreAssociations,4
    s Quantity,i Items,5
    l 6,,KeyValueStoreAssociation
    s KeyValueStoreARN,s
    s Name,s,ru Stage,s,q
    s FunctionSummary,9,y ETag,s,h
    s Name,s Status,s FunctionConfig,3 FunctionMetadata,10
    s FunctionARN,s Stage,s CreatedTime,t LastModifiedTime,t
    s Name,s,ru
    s KeyValueStore,13,y ETag,s,h
    s Name,s Id,s Comment,s ARN,s Status,s LastModifiedTime,t
    s Id,s,ru
    s AnycastIpList,16,y ETag,s,h
    s Id,s Name,s Status,s Arn,s IpAddressType,s IpamConfig,17 AnycastIps,20 IpCount,i LastModifiedTime,t
    s Quantity,i IpamCidrConfigs,18
    l 19,,IpamCidrConfig
    s Cidr,s IpamPoolArn,s AnycastIp,s Status,s
    l s,,AnycastIp
    s Id,s,ru
    s CachePolicy,23,y ETag,s,h
    s Id,s LastModifiedTime,t CachePolicyConfig,24
    s Comment,s Name,s DefaultTTL,i MaxTTL,i MinTTL,i ParametersInCacheKeyAndForwardedToOrigin,25
    s EnableAcceptEncodingGzip,b EnableAcceptEncodingBrotli,b HeadersConfig,26 CookiesConfig,29 QueryStringsConfig,32
    s HeaderBehavior,s Headers,27
    s Quantity,i Items,28
    l s,,Name
    s CookieBehavior,s Cookies,30
    s Quantity,i Items,31
    l s,,Name
    s QueryStringBehavior,s QueryStrings,33
    s Quantity,i Items,34
    l s,,Name
    s Id,s,ru
    s CachePolicyConfig,24,y ETag,s,h
    s Id,s,ru
    s CloudFrontOriginAccessIdentity,39,y ETag,s,h
    s Id,s S3CanonicalUserId,s CloudFrontOriginAccessIdentityConfig,40
    s CallerReference,s Comment,s
    s Id,s,ru
    s CloudFrontOriginAccessIdentityConfig,40,y ETag,s,h
    s Identifier,s,ru
    s ConnectionGroup,45,y ETag,s,h
    s Id,s Name,s Arn,s CreatedTime,t LastModifiedTime,t Tags,46 Ipv6Enabled,b RoutingEndpoint,s AnycastIpListId,s Status,s Enabled,b IsDefault,b
    s Items,47
    l 48,,Tag
    s Key,s Value,s
    s RoutingEndpoint,s,rq
    s ConnectionGroup,45,y ETag,s,h
    s Id,s,ru
    s ContinuousDeploymentPolicy,53,y ETag,s,h
    s Id,s LastModifiedTime,t ContinuousDeploymentPolicyConfig,54
    s StagingDistributionDnsNames,55 Enabled,b TrafficConfig,57
    s Quantity,i Items,56
    l s,,DnsName
    s SingleWeightConfig,58 SingleHeaderConfig,60 Type,s
    s Weight,d SessionStickinessConfig,59
    s IdleTTL,i MaximumTTL,i
    s Header,s Value,s
    s Id,s,ru
    s ContinuousDeploymentPolicyConfig,54,y ETag,s,h
    s Id,s,ru
    s Distribution,65,y ETag,s,h
    s Id,s ARN,s Status,s LastModifiedTime,t InProgressInvalidationBatches,i DomainName,s ActiveTrustedSigners,66 ActiveTrustedKeyGroups,71 DistributionConfig,74 AliasICPRecordals,138
    s Enabled,b Quantity,i Items,67
    l 68,,Signer
    s AwsAccountNumber,s KeyPairIds,69
    s Quantity,i Items,70
    l s,,KeyPairId
    s Enabled,b Quantity,i Items,72
    l 73,,KeyGroup
    s KeyGroupId,s KeyPairIds,69
    s CallerReference,s Aliases,75 DefaultRootObject,s Origins,77 OriginGroups,90 DefaultCacheBehavior,99 CacheBehaviors,118 CustomErrorResponses,121 Comment,s,x Logging,124 PriceClass,s Enabled,b ViewerCertificate,125 Restrictions,126 WebACLId,s HttpVersion,s IsIPV6Enabled,b ContinuousDeploymentPolicyId,s Staging,b AnycastIpListId,s TenantConfig,129 ConnectionMode,s ViewerMtlsConfig,134 ConnectionFunctionAssociation,136 CacheTagConfig,137
    s Quantity,i Items,76
    l s,,CNAME
    s Quantity,i Items,78
    l 79,,Origin
    s Id,s DomainName,s OriginPath,s CustomHeaders,80 S3OriginConfig,83 CustomOriginConfig,84 VpcOriginConfig,88 ConnectionAttempts,i ConnectionTimeout,i ResponseCompletionTimeout,i OriginShield,89 OriginAccessControlId,s
    s Quantity,i Items,81
    l 82,,OriginCustomHeader
    s HeaderName,s HeaderValue,s,x
    s OriginAccessIdentity,s OriginReadTimeout,i
    s HTTPPort,i HTTPSPort,i OriginProtocolPolicy,s OriginSslProtocols,85 OriginReadTimeout,i OriginKeepaliveTimeout,i IpAddressType,s OriginMtlsConfig,87
    s Quantity,i Items,86
    l s,,SslProtocol
    s ClientCertificateArn,s
    s VpcOriginId,s OwnerAccountId,s OriginReadTimeout,i OriginKeepaliveTimeout,i
    s Enabled,b OriginShieldRegion,s
    s Quantity,i Items,91
    l 92,,OriginGroup
    s Id,s FailoverCriteria,93 Members,96 SelectionCriteria,s
    s StatusCodes,94
    s Quantity,i Items,95
    l i,,StatusCode
    s Quantity,i Items,97
    l 98,,OriginGroupMember
    s OriginId,s
    s TargetOriginId,s TrustedSigners,100 TrustedKeyGroups,102 ViewerProtocolPolicy,s AllowedMethods,104 SmoothStreaming,b Compress,b LambdaFunctionAssociations,107 FunctionAssociations,110 FieldLevelEncryptionId,s RealtimeLogConfigArn,s CachePolicyId,s OriginRequestPolicyId,s ResponseHeadersPolicyId,s GrpcConfig,113 ForwardedValues,114 MinTTL,i DefaultTTL,i MaxTTL,i
    s Enabled,b Quantity,i Items,101
    l s,,AwsAccountNumber
    s Enabled,b Quantity,i Items,103
    l s,,KeyGroup
    s Quantity,i Items,105 CachedMethods,106
    l s,,Method
    s Quantity,i Items,105
    s Quantity,i Items,108
    l 109,,LambdaFunctionAssociation
    s LambdaFunctionARN,s EventType,s IncludeBody,b
    s Quantity,i Items,111
    l 112,,FunctionAssociation
    s FunctionARN,s EventType,s
    s Enabled,b
    s QueryString,b Cookies,115 Headers,27 QueryStringCacheKeys,116
    s Forward,s WhitelistedNames,30
    s Quantity,i Items,117
    l s,,Name
    s Quantity,i Items,119
    l 120,,CacheBehavior
    s PathPattern,s TargetOriginId,s TrustedSigners,100 TrustedKeyGroups,102 ViewerProtocolPolicy,s AllowedMethods,104 SmoothStreaming,b Compress,b LambdaFunctionAssociations,107 FunctionAssociations,110 FieldLevelEncryptionId,s RealtimeLogConfigArn,s CachePolicyId,s OriginRequestPolicyId,s ResponseHeadersPolicyId,s GrpcConfig,113 ForwardedValues,114 MinTTL,i DefaultTTL,i MaxTTL,i
    s Quantity,i Items,122
    l 123,,CustomErrorResponse
    s ErrorCode,i ResponsePagePath,s ResponseCode,s ErrorCachingMinTTL,i
    s Enabled,b IncludeCookies,b Bucket,s Prefix,s
    s CloudFrontDefaultCertificate,b IAMCertificateId,s ACMCertificateArn,s SSLSupportMethod,s MinimumProtocolVersion,s Certificate,s CertificateSource,s
    s GeoRestriction,127
    s RestrictionType,s Quantity,i Items,128
    l s,,Location
    s ParameterDefinitions,130
    l 131
    s Name,s Definition,132
    s StringSchema,133
    s Comment,s,x DefaultValue,s Required,b
    s Mode,s TrustStoreConfig,135
    s TrustStoreId,s AdvertiseTrustStoreCaNames,b IgnoreCertificateExpiry,b
    s Id,s
    s HeaderName,s
    l 139,,AliasICPRecordal
    s CNAME,s ICPRecordalStatus,s
    s Id,s,ru
    s DistributionConfig,74,y ETag,s,h
    s Identifier,s,ru
    s DistributionTenant,144,y ETag,s,h
    s Id,s DistributionId,s Name,s Arn,s Domains,145 Tags,46 Customizations,147 Parameters,151 ConnectionGroupId,s CreatedTime,t LastModifiedTime,t Enabled,b Status,s
    l 146
    s Domain,s Status,s
    s WebAcl,148 Certificate,149 GeoRestrictions,150
    s Action,s Arn,s
    s Arn,s
    s RestrictionType,s Locations,128
    l 152
    s Name,s Value,s
    s Domain,s,rq,^
    s DistributionTenant,144,y ETag,s,h
    s Id,s,ru
    s FieldLevelEncryption,157,y ETag,s,h
    s Id,s LastModifiedTime,t FieldLevelEncryptionConfig,158
    s CallerReference,s Comment,s QueryArgProfileConfig,159 ContentTypeProfileConfig,163
    s ForwardWhenQueryArgProfileIsUnknown,b QueryArgProfiles,160
    s Quantity,i Items,161
    l 162,,QueryArgProfile
    s QueryArg,s ProfileId,s
    s ForwardWhenContentTypeIsUnknown,b ContentTypeProfiles,164
    s Quantity,i Items,165
    l 166,,ContentTypeProfile
    s Format,s ProfileId,s ContentType,s
    s Id,s,ru
    s FieldLevelEncryptionConfig,158,y ETag,s,h
    s Id,s,ru
    s FieldLevelEncryptionProfile,171,y ETag,s,h
    s Id,s LastModifiedTime,t FieldLevelEncryptionProfileConfig,172
    s Name,s CallerReference,s Comment,s EncryptionEntities,173
    s Quantity,i Items,174
    l 175,,EncryptionEntity
    s PublicKeyId,s ProviderId,s FieldPatterns,176
    s Quantity,i Items,177
    l s,,FieldPattern
    s Id,s,ru
    s FieldLevelEncryptionProfileConfig,172,y ETag,s,h
    s DistributionId,s,ru Id,s,ru
    s Invalidation,182,y
    s Id,s Status,s CreateTime,t InvalidationBatch,183
    s Paths,184 CallerReference,s
    s Quantity,i Items,185
    l s,,Path
    s DistributionTenantId,s,ru Id,s,ru
    s Invalidation,182,y
    s Id,s,ru
    s KeyGroup,190,y ETag,s,h
    s Id,s LastModifiedTime,t KeyGroupConfig,191
    s Name,s Items,192 Comment,s
    l s,,PublicKey
    s Id,s,ru
    s KeyGroupConfig,191,y ETag,s,h
    s Identifier,s,ru
    s ManagedCertificateDetails,197,y
    s CertificateArn,s CertificateStatus,s ValidationTokenHost,s ValidationTokenDetails,198
    l 199
    s Domain,s RedirectTo,s RedirectFrom,s
    s DistributionId,s,ru
    s MonitoringSubscription,202,y
    s RealtimeMetricsSubscriptionConfig,203
    s RealtimeMetricsSubscriptionStatus,s
    s Id,s,ru
    s OriginAccessControl,206,y ETag,s,h
    s Id,s OriginAccessControlConfig,207
    s Name,s Description,s SigningProtocol,s SigningBehavior,s OriginAccessControlOriginType,s
    s Id,s,ru
    s OriginAccessControlConfig,207,y ETag,s,h
    s Id,s,ru
    s OriginRequestPolicy,212,y ETag,s,h
    s Id,s LastModifiedTime,t OriginRequestPolicyConfig,213
    s Comment,s Name,s HeadersConfig,214 CookiesConfig,215 QueryStringsConfig,216
    s HeaderBehavior,s Headers,27
    s CookieBehavior,s Cookies,30
    s QueryStringBehavior,s QueryStrings,33
    s Id,s,ru
    s OriginRequestPolicyConfig,213,y ETag,s,h
    s Id,s,ru
    s PublicKey,221,y ETag,s,h
    s Id,s CreatedTime,t PublicKeyConfig,222
    s CallerReference,s Name,s EncodedKey,s Comment,s
    s Id,s,ru
    s PublicKeyConfig,222,y ETag,s,h
    s Name,s ARN,s
    s RealtimeLogConfig,227
    s ARN,s Name,s SamplingRate,i EndPoints,228 Fields,231
    l 229
    s StreamType,s KinesisStreamConfig,230
    s RoleARN,s StreamARN,s
    l s,,Field
    s ResourceArn,s,r
    s ResourceArn,s PolicyDocument,s
    s Id,s,ru
    s ResponseHeadersPolicy,236,y ETag,s,h
    s Id,s LastModifiedTime,t ResponseHeadersPolicyConfig,237
    s Comment,s Name,s CorsConfig,238 SecurityHeadersConfig,247 ServerTimingHeadersConfig,254 CustomHeadersConfig,255 RemoveHeadersConfig,258
    s AccessControlAllowOrigins,239 AccessControlAllowHeaders,241 AccessControlAllowMethods,243 AccessControlAllowCredentials,b AccessControlExposeHeaders,245 AccessControlMaxAgeSec,i OriginOverride,b
    s Quantity,i Items,240
    l s,,Origin
    s Quantity,i Items,242
    l s,,Header
    s Quantity,i Items,244
    l s,,Method
    s Quantity,i Items,246
    l s,,Header
    s XSSProtection,248 FrameOptions,249 ReferrerPolicy,250 ContentSecurityPolicy,251 ContentTypeOptions,252 StrictTransportSecurity,253
    s Override,b Protection,b ModeBlock,b ReportUri,s
    s Override,b FrameOption,s
    s Override,b ReferrerPolicy,s
    s Override,b ContentSecurityPolicy,s
    s Override,b
    s Override,b IncludeSubdomains,b Preload,b AccessControlMaxAgeSec,i
    s Enabled,b SamplingRate,d
    s Quantity,i Items,256
    l 257,,ResponseHeadersPolicyCustomHeader
    s Header,s Value,s Override,b
    s Quantity,i Items,259
    l 260,,ResponseHeadersPolicyRemoveHeader
    s Header,s
    s Id,s,ru
    s ResponseHeadersPolicyConfig,237,y ETag,s,h
    s Id,s,ru
    s StreamingDistribution,265,y ETag,s,h
    s Id,s ARN,s Status,s LastModifiedTime,t DomainName,s ActiveTrustedSigners,66 StreamingDistributionConfig,266
    s CallerReference,s S3Origin,267 Aliases,75 Comment,s Logging,268 TrustedSigners,100 PriceClass,s Enabled,b
    s DomainName,s OriginAccessIdentity,s
    s Enabled,b Bucket,s Prefix,s
    s Id,s,ru
    s StreamingDistributionConfig,266,y ETag,s,h
    s Identifier,s,ru
    s TrustStore,273,y ETag,s,h
    s Id,s Arn,s Name,s Status,s NumberOfCaCertificates,i LastModifiedTime,t Reason,s UseClientCertificateOCSPEndpoint,b
    s Id,s,ru
    s VpcOrigin,276,y ETag,s,h
    s Id,s Arn,s AccountId,s Status,s CreatedTime,t LastModifiedTime,t VpcOriginEndpointConfig,277
    s Name,s Arn,s HTTPPort,i HTTPSPort,i OriginProtocolPolicy,s OriginSslProtocols,85
    s Marker,s,q MaxItems,i,q
    s AnycastIpLists,280,y,AnycastIpListCollection
    s Items,281 Marker,s NextMarker,s MaxItems,i IsTruncated,b Quantity,i
    l 282,,AnycastIpListSummary
    s Id,s Name,s Status,s Arn,s IpCount,i LastModifiedTime,t IpAddressType,s ETag,s IpamConfig,17
    s Type,s,q Marker,s,q MaxItems,s,q
    s CachePolicyList,285,y
    s NextMarker,s MaxItems,i Quantity,i Items,286
    l 287,,CachePolicySummary
    s Type,s CachePolicy,23
    s Marker,s,q MaxItems,s,q
    s CloudFrontOriginAccessIdentityList,290,y
    s Marker,s NextMarker,s MaxItems,i IsTruncated,b Quantity,i Items,291
    l 292,,CloudFrontOriginAccessIdentitySummary
    s Id,s S3CanonicalUserId,s Comment,s
    s DistributionId,s,rq Alias,s,rq Marker,s,q MaxItems,i,q
    s ConflictingAliasesList,295,y
    s NextMarker,s MaxItems,i Quantity,i Items,296
    l 297,,ConflictingAlias
    s Alias,s DistributionId,s AccountId,s
    s Marker,s MaxItems,i Stage,s
    s NextMarker,s ConnectionFunctions,300
    l 2,,ConnectionFunctionSummary
    s AssociationFilter,302 Marker,s MaxItems,i
    s AnycastIpListId,s
    s NextMarker,s ConnectionGroups,304
    l 305,,ConnectionGroupSummary
    s Id,s Name,s Arn,s RoutingEndpoint,s CreatedTime,t LastModifiedTime,t ETag,s AnycastIpListId,s Enabled,b Status,s IsDefault,b
    s Marker,s,q MaxItems,s,q
    s ContinuousDeploymentPolicyList,308,y
    s NextMarker,s MaxItems,i Quantity,i Items,309
    l 310,,ContinuousDeploymentPolicySummary
    s ContinuousDeploymentPolicy,53
    s AssociationFilter,312 Marker,s MaxItems,i
    s DistributionId,s ConnectionGroupId,s
    s NextMarker,s DistributionTenantList,314
    l 315,,DistributionTenantSummary
    s Id,s DistributionId,s Name,s Arn,s Domains,145 ConnectionGroupId,s Customizations,147 CreatedTime,t LastModifiedTime,t ETag,s Enabled,b Status,s
    s WebACLArn,s CertificateArn,s Marker,s MaxItems,i
    s NextMarker,s DistributionTenantList,314
    s Marker,s,q MaxItems,s,q
    s DistributionList,320,y
    s Marker,s NextMarker,s MaxItems,i IsTruncated,b Quantity,i Items,321
    l 322,,DistributionSummary
    s Id,s ARN,s ETag,s Status,s LastModifiedTime,t DomainName,s Aliases,75 Origins,77 OriginGroups,90 DefaultCacheBehavior,99 CacheBehaviors,118 CustomErrorResponses,121 Comment,s,x PriceClass,s Enabled,b ViewerCertificate,125 Restrictions,126 WebACLId,s HttpVersion,s IsIPV6Enabled,b AliasICPRecordals,138 Staging,b ConnectionMode,s AnycastIpListId,s ViewerMtlsConfig,134 ConnectionFunctionAssociation,136
    s Marker,s,q MaxItems,s,q AnycastIpListId,s,ru
    s DistributionList,320,y
    s Marker,s,q MaxItems,s,q CachePolicyId,s,ru
    s DistributionIdList,327,y
    s Marker,s NextMarker,s MaxItems,i IsTruncated,b Quantity,i Items,328
    l s,,DistributionId
    s Marker,s,q MaxItems,i,q ConnectionFunctionIdentifier,s,rq
    s DistributionList,320,y
    s Marker,s,q MaxItems,i,q ConnectionMode,s,ru
    s DistributionList,320,y
    s Marker,s,q MaxItems,s,q KeyGroupId,s,ru
    s DistributionIdList,327,y
    s Marker,s,q MaxItems,s,q OriginRequestPolicyId,s,ru
    s DistributionIdList,327,y
    s ResourceArn,s,ru Marker,s,q MaxItems,s,q
    s DistributionList,339,y
    s Marker,s NextMarker,s MaxItems,i IsTruncated,b Quantity,i Items,340
    l 341,,DistributionIdOwner
    s DistributionId,s OwnerAccountId,s
    s Marker,s MaxItems,s RealtimeLogConfigName,s RealtimeLogConfigArn,s
    s DistributionList,320,y
    s Marker,s,q MaxItems,s,q ResponseHeadersPolicyId,s,ru
    s DistributionIdList,327,y
    s TrustStoreIdentifier,s,rq Marker,s,q MaxItems,s,q
    s DistributionList,320,y
    s Marker,s,q MaxItems,s,q VpcOriginId,s,ru
    s DistributionIdList,327,y
    s Marker,s,q MaxItems,s,q WebACLId,s,ru
    s DistributionList,320,y
    s Domain,s,r DomainControlValidationResource,353,r MaxItems,i Marker,s
    s DistributionId,s DistributionTenantId,s
    s DomainConflicts,355 NextMarker,s
    l 356,,DomainConflicts
    s Domain,s ResourceType,s ResourceId,s AccountId,s
    s Marker,s,q MaxItems,s,q
    s FieldLevelEncryptionList,359,y
    s NextMarker,s MaxItems,i Quantity,i Items,360
    l 361,,FieldLevelEncryptionSummary
    s Id,s LastModifiedTime,t Comment,s QueryArgProfileConfig,159 ContentTypeProfileConfig,163
    s Marker,s,q MaxItems,s,q
    s FieldLevelEncryptionProfileList,364,y
    s NextMarker,s MaxItems,i Quantity,i Items,365
    l 366,,FieldLevelEncryptionProfileSummary
    s Id,s LastModifiedTime,t Name,s EncryptionEntities,173 Comment,s
    s Marker,s,q MaxItems,s,q Stage,s,q
    s FunctionList,369,y
    s NextMarker,s MaxItems,i Quantity,i Items,370
    l 9,,FunctionSummary
    s DistributionId,s,ru Marker,s,q MaxItems,s,q
    s InvalidationList,373,y
    s Marker,s NextMarker,s MaxItems,i IsTruncated,b Quantity,i Items,374
    l 375,,InvalidationSummary
    s Id,s CreateTime,t Status,s
    s Id,s,ru Marker,s,q MaxItems,i,q
    s InvalidationList,373,y
    s Marker,s,q MaxItems,s,q
    s KeyGroupList,380,y
    s NextMarker,s MaxItems,i Quantity,i Items,381
    l 382,,KeyGroupSummary
    s KeyGroup,190
    s Marker,s,q MaxItems,s,q Status,s,q
    s KeyValueStoreList,385,y
    s NextMarker,s MaxItems,i Quantity,i Items,386
    l 13,,KeyValueStore
    s Marker,s,q MaxItems,s,q
    s OriginAccessControlList,389,y
    s Marker,s NextMarker,s MaxItems,i IsTruncated,b Quantity,i Items,390
    l 391,,OriginAccessControlSummary
    s Id,s Description,s Name,s SigningProtocol,s SigningBehavior,s OriginAccessControlOriginType,s
    s Type,s,q Marker,s,q MaxItems,s,q
    s OriginRequestPolicyList,394,y
    s NextMarker,s MaxItems,i Quantity,i Items,395
    l 396,,OriginRequestPolicySummary
    s Type,s OriginRequestPolicy,212
    s Marker,s,q MaxItems,s,q
    s PublicKeyList,399,y
    s NextMarker,s MaxItems,i Quantity,i Items,400
    l 401,,PublicKeySummary
    s Id,s Name,s CreatedTime,t EncodedKey,s Comment,s
    s MaxItems,s,q Marker,s,q
    s RealtimeLogConfigs,404,y
    s MaxItems,i Items,405 IsTruncated,b Marker,s NextMarker,s
    l 227
    s Type,s,q Marker,s,q MaxItems,s,q
    s ResponseHeadersPolicyList,408,y
    s NextMarker,s MaxItems,i Quantity,i Items,409
    l 410,,ResponseHeadersPolicySummary
    s Type,s ResponseHeadersPolicy,236
    s Marker,s,q MaxItems,s,q
    s StreamingDistributionList,413,y
    s Marker,s NextMarker,s MaxItems,i IsTruncated,b Quantity,i Items,414
    l 415,,StreamingDistributionSummary
    s Id,s ARN,s Status,s LastModifiedTime,t DomainName,s S3Origin,267 Aliases,75 TrustedSigners,100 Comment,s PriceClass,s Enabled,b
    s Resource,s,rq
    s Tags,46,y
    s Marker,s MaxItems,i
    s NextMarker,s TrustStoreList,420
    l 421,,TrustStoreSummary
    s Id,s Arn,s Name,s Status,s NumberOfCaCertificates,i LastModifiedTime,t Reason,s ETag,s
    s Marker,s,q MaxItems,s,q
    s VpcOriginList,424,y
    s Marker,s NextMarker,s MaxItems,i IsTruncated,b Quantity,i Items,425
    l 426,,VpcOriginSummary
    s Id,s Name,s Status,s CreatedTime,t LastModifiedTime,t Arn,s AccountId,s OriginEndpointArn,s
    """#
  }
}
