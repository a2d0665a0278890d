// swift-format-ignore-file
// Written by Scripts/generate-operations.py from botocore 1.43.106: do not edit.

extension OperationTables {
  static var s3: StaticString {
    #"""
    service S3|s3|s3|rest-xml|||
    + GetBucketAbac GET /{Bucket}?abac 0 1
    + GetBucketAccelerateConfiguration GET /{Bucket}?accelerate 3 4
    + GetBucketAcl GET /{Bucket}?acl 5 6
    + GetBucketAnalyticsConfiguration GET /{Bucket}?analytics 11 12
    + GetBucketCors GET /{Bucket}?cors 22 23
    + GetBucketEncryption GET /{Bucket}?encryption 30 31
    + GetBucketIntelligentTieringConfiguration GET /{Bucket}?intelligent-tiering 38 39
    + GetBucketInventoryConfiguration GET /{Bucket}?inventory 45 46
    + GetBucketLifecycleConfiguration GET /{Bucket}?lifecycle 56 57
    + GetBucketLocation GET /{Bucket}?location 69 70
    + GetBucketLogging GET /{Bucket}?logging 71 72
    + GetBucketMetadataConfiguration GET /{Bucket}?metadataConfiguration 79 80
    + GetBucketMetadataTableConfiguration GET /{Bucket}?metadataTable 89 90
    + GetBucketMetricsConfiguration GET /{Bucket}?metrics 94 95
    + GetBucketNotificationConfiguration GET /{Bucket}?notification 99 100
    + GetBucketOwnershipControls GET /{Bucket}?ownershipControls 113 114
    + GetBucketPolicy GET /{Bucket}?policy 118 119
    + GetBucketPolicyStatus GET /{Bucket}?policyStatus 120 121
    + GetBucketReplication GET /{Bucket}?replication 123 124
    + GetBucketRequestPayment GET /{Bucket}?requestPayment 141 142
    + GetBucketTagging GET /{Bucket}?tagging 143 144
    + GetBucketVersioning GET /{Bucket}?versioning 146 147
    + GetBucketWebsite GET /{Bucket}?website 148 149
    + GetObjectLockConfiguration GET /{Bucket}?object-lock 157 158
    + GetPublicAccessBlock GET /{Bucket}?publicAccessBlock 163 164
    + HeadBucket HEAD /{Bucket} 166 167
    + ListBucketAnalyticsConfigurations GET /{Bucket}?analytics 168 169
    + ListBucketIntelligentTieringConfigurations GET /{Bucket}?intelligent-tiering 171 172
    + ListBucketInventoryConfigurations GET /{Bucket}?inventory 174 175
    + ListBucketMetricsConfigurations GET /{Bucket}?metrics 177 178
    + ListBuckets GET / 180 181
    + ListMultipartUploads GET /{Bucket}?uploads 184 185
    code ListMultipartUploads it answers with names of objects, which are customers' data; the discovery tool counts unfinished uploads
    - GetBucketLifecycle AWS has deprecated it
    - GetBucketNotification AWS has deprecated it
    - GetObject it answers with a stream of customers' data
    - GetObjectAcl it reads the objects of a bucket one by one or their names, which are customers' data and cost a request each; the metrics of CloudWatch have counts and sizes
    - GetObjectAnnotation it answers with a stream of customers' data
    - GetObjectAttributes it reads the objects of a bucket one by one or their names, which are customers' data and cost a request each; the metrics of CloudWatch have counts and sizes
    - GetObjectLegalHold it reads the objects of a bucket one by one or their names, which are customers' data and cost a request each; the metrics of CloudWatch have counts and sizes
    - GetObjectRetention it reads the objects of a bucket one by one or their names, which are customers' data and cost a request each; the metrics of CloudWatch have counts and sizes
    - GetObjectTagging it reads the objects of a bucket one by one or their names, which are customers' data and cost a request each; the metrics of CloudWatch have counts and sizes
    - GetObjectTorrent it answers with a stream of customers' data
    - HeadObject it reads the objects of a bucket one by one or their names, which are customers' data and cost a request each; the metrics of CloudWatch have counts and sizes
    - ListDirectoryBuckets it is answered by S3 Express, whose hosts this program does not call
    - ListObjectAnnotations it reads the objects of a bucket one by one or their names, which are customers' data and cost a request each; the metrics of CloudWatch have counts and sizes
    - ListObjectVersions it reads the objects of a bucket one by one or their names, which are customers' data and cost a request each; the metrics of CloudWatch have counts and sizes
    - ListObjects it reads the objects of a bucket one by one or their names, which are customers' data and cost a request each; the metrics of CloudWatch have counts and sizes
    - ListObjectsV2 it reads the objects of a bucket one by one or their names, which are customers' data and cost a request each; the metrics of CloudWatch have counts and sizes
    - ListParts it reads the objects of a bucket one by one or their names, which are customers' data and cost a request each; the metrics of CloudWatch have counts and sizes
    - SelectObjectContent it answers with a stream of customers' data
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s AbacStatus,2,y
    s Status,s
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner RequestPayer,s,h,x-amz-request-payer
    s Status,s RequestCharged,s,h,x-amz-request-charged
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s Owner,7 Grants,8,,AccessControlList
    s DisplayName,s ID,s
    l 9,,Grant
    s Grantee,10 Permission,s
    s DisplayName,s EmailAddress,s ID,s Type,s,a,xsi:type URI,s
    s Bucket,s,ru Id,s,rq,^ ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s AnalyticsConfiguration,13,y
    s Id,s Filter,14 StorageClassAnalysis,18
    s Prefix,s Tag,15 And,16
    s Key,s Value,s
    s Prefix,s Tags,17,f,Tag
    l 15,f,Tag
    s DataExport,19
    s OutputSchemaVersion,s Destination,20
    s S3BucketDestination,21
    s Format,s BucketAccountId,s Bucket,s Prefix,s
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s CORSRules,24,f,CORSRule
    l 25,f
    s ID,s AllowedHeaders,26,f,AllowedHeader AllowedMethods,27,f,AllowedMethod AllowedOrigins,28,f,AllowedOrigin ExposeHeaders,29,f,ExposeHeader MaxAgeSeconds,i
    l s,f
    l s,f
    l s,f
    l s,f
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s ServerSideEncryptionConfiguration,32,y
    s Rules,33,f,Rule
    l 34,f
    s ApplyServerSideEncryptionByDefault,35 BucketKeyEnabled,b BlockedEncryptionTypes,36
    s SSEAlgorithm,s KMSMasterKeyID,s,x
    s EncryptionType,37,f
    l s,f,EncryptionType
    s Bucket,s,ru Id,s,rq,^ ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s IntelligentTieringConfiguration,40,y
    s Id,s Filter,41 Status,s Tierings,43,f,Tiering
    s Prefix,s Tag,15 And,42
    s Prefix,s Tags,17,f,Tag
    l 44,f
    s Days,i AccessTier,s
    s Bucket,s,ru Id,s,rq,^ ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s InventoryConfiguration,47,y
    s Destination,48 IsEnabled,b Filter,53 Id,s IncludedObjectVersions,s OptionalFields,54 Schedule,55
    s S3BucketDestination,49
    s AccountId,s Bucket,s Format,s Prefix,s Encryption,50
    s SSES3,51,,SSE-S3 SSEKMS,52,,SSE-KMS
    s
    s KeyId,s,x
    s Prefix,s
    l s,,Field
    s Frequency,s
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s Rules,58,f,Rule TransitionDefaultMinimumObjectSize,s,h,x-amz-transition-default-minimum-object-size
    l 59,f
    s Expiration,60 ID,s Prefix,s Filter,61 Status,s Transitions,63,f,Transition NoncurrentVersionTransitions,65,f,NoncurrentVersionTransition NoncurrentVersionExpiration,67 AbortIncompleteMultipartUpload,68
    s Date,t Days,i ExpiredObjectDeleteMarker,b
    s Prefix,s Tag,15 ObjectSizeGreaterThan,i ObjectSizeLessThan,i And,62
    s Prefix,s Tags,17,f,Tag ObjectSizeGreaterThan,i ObjectSizeLessThan,i
    l 64,f
    s Date,t Days,i StorageClass,s
    l 66,f
    s NoncurrentDays,i StorageClass,s NewerNoncurrentVersions,i
    s NoncurrentDays,i NewerNoncurrentVersions,i
    s DaysAfterInitiation,i
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s LocationConstraint,s
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s LoggingEnabled,73
    s TargetBucket,s TargetGrants,74 TargetPrefix,s TargetObjectKeyFormat,76
    l 75,,Grant
    s Grantee,10 Permission,s
    s SimplePrefix,77 PartitionedPrefix,78
    s
    s PartitionDateSource,s
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s GetBucketMetadataConfigurationResult,81,y
    s MetadataConfigurationResult,82
    s DestinationResult,83 JournalTableConfigurationResult,84 InventoryTableConfigurationResult,87 AnnotationTableConfigurationResult,88
    s TableBucketType,s TableBucketArn,s TableNamespace,s
    s TableStatus,s Error,85 TableName,s TableArn,s RecordExpiration,86
    s ErrorCode,s ErrorMessage,s
    s Expiration,s Days,i
    s ConfigurationState,s TableStatus,s Error,85 TableName,s TableArn,s
    s ConfigurationState,s TableStatus,s Error,85 TableName,s TableArn,s Role,s
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s GetBucketMetadataTableConfigurationResult,91,y
    s MetadataTableConfigurationResult,92 Status,s Error,85
    s S3TablesDestinationResult,93
    s TableBucketArn,s TableName,s TableArn,s TableNamespace,s
    s Bucket,s,ru Id,s,rq,^ ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s MetricsConfiguration,96,y
    s Id,s Filter,97
    s Prefix,s Tag,15 AccessPointArn,s And,98
    s Prefix,s Tags,17,f,Tag AccessPointArn,s
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s TopicConfigurations,101,f,TopicConfiguration QueueConfigurations,108,f,QueueConfiguration LambdaFunctionConfigurations,110,f,CloudFunctionConfiguration EventBridgeConfiguration,112
    l 102,f
    s Id,s TopicArn,s,,Topic Events,103,f,Event Filter,104
    l s,f
    s Key,105,,S3Key
    s FilterRules,106,f,FilterRule
    l 107,f
    s Name,s Value,s
    l 109,f
    s Id,s QueueArn,s,,Queue Events,103,f,Event Filter,104
    l 111,f
    s Id,s LambdaFunctionArn,s,,CloudFunction Events,103,f,Event Filter,104
    s
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s OwnershipControls,115,y
    s Rules,116,f,Rule
    l 117,f
    s ObjectOwnership,s
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s Policy,s,y
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s PolicyStatus,122,y
    s IsPublic,b
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s ReplicationConfiguration,125,y
    s Role,s Rules,126,f,Rule
    l 127,f
    s ID,s Priority,i Prefix,s Filter,128 Status,s SourceSelectionCriteria,130 ExistingObjectReplication,133 Destination,134 DeleteMarkerReplication,140
    s Prefix,s Tag,15 And,129
    s Prefix,s Tags,17,f,Tag
    s SseKmsEncryptedObjects,131 ReplicaModifications,132
    s Status,s
    s Status,s
    s Status,s
    s Bucket,s Account,s StorageClass,s AccessControlTranslation,135 EncryptionConfiguration,136 ReplicationTime,137 Metrics,139
    s Owner,s
    s ReplicaKmsKeyID,s
    s Status,s Time,138
    s Minutes,i
    s Status,s EventThreshold,138
    s Status,s
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s Payer,s
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s TagSet,145
    l 15,,Tag
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s Status,s MFADelete,s,,MfaDelete
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s RedirectAllRequestsTo,150 IndexDocument,151 ErrorDocument,152 RoutingRules,153
    s HostName,s Protocol,s
    s Suffix,s
    s Key,s
    l 154,,RoutingRule
    s Condition,155 Redirect,156
    s HttpErrorCodeReturnedEquals,s KeyPrefixEquals,s
    s HostName,s HttpRedirectCode,s Protocol,s ReplaceKeyPrefixWith,s ReplaceKeyWith,s
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s ObjectLockConfiguration,159,y
    s ObjectLockEnabled,s Rule,160
    s DefaultRetention,161
    s Mode,s Days,i Years,i DefaultEventHold,162
    s Days,i Years,i
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s PublicAccessBlockConfiguration,165,y
    s BlockPublicAcls,b IgnorePublicAcls,b BlockPublicPolicy,b RestrictPublicBuckets,b
    s Bucket,s,ru ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s BucketArn,s,h,x-amz-bucket-arn BucketLocationType,s,h,x-amz-bucket-location-type BucketLocationName,s,h,x-amz-bucket-location-name BucketRegion,s,h,x-amz-bucket-region AccessPointAlias,b,h,x-amz-access-point-alias
    s Bucket,s,ru ContinuationToken,s,q,continuation-token ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s IsTruncated,b ContinuationToken,s NextContinuationToken,s AnalyticsConfigurationList,170,f,AnalyticsConfiguration
    l 13,f
    s Bucket,s,ru ContinuationToken,s,q,continuation-token ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s IsTruncated,b ContinuationToken,s NextContinuationToken,s IntelligentTieringConfigurationList,173,f,IntelligentTieringConfiguration
    l 40,f
    s Bucket,s,ru ContinuationToken,s,q,continuation-token ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s ContinuationToken,s InventoryConfigurationList,176,f,InventoryConfiguration IsTruncated,b NextContinuationToken,s
    l 47,f
    s Bucket,s,ru ContinuationToken,s,q,continuation-token ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner
    s IsTruncated,b ContinuationToken,s NextContinuationToken,s MetricsConfigurationList,179,f,MetricsConfiguration
    l 96,f
    s MaxBuckets,i,q,max-buckets ContinuationToken,s,q,continuation-token Prefix,s,q,^ BucketRegion,s,q,bucket-region
    s Buckets,182 Owner,7 ContinuationToken,s Prefix,s
    l 183,,Bucket
    s Name,s CreationDate,t BucketRegion,s BucketArn,s
    s Bucket,s,ru Delimiter,s,q,^ EncodingType,s,q,encoding-type KeyMarker,s,q,key-marker MaxUploads,i,q,max-uploads Prefix,s,q,^ UploadIdMarker,s,q,upload-id-marker ExpectedBucketOwner,s,h,x-amz-expected-bucket-owner RequestPayer,s,h,x-amz-request-payer
    s Bucket,s KeyMarker,s UploadIdMarker,s NextKeyMarker,s Prefix,s Delimiter,s NextUploadIdMarker,s MaxUploads,i IsTruncated,b Uploads,186,f,Upload CommonPrefixes,189,f EncodingType,s RequestCharged,s,h,x-amz-request-charged
    l 187,f
    s UploadId,s Key,s Initiated,t StorageClass,s Owner,7 Initiator,188 ChecksumAlgorithm,s ChecksumType,s
    s ID,s DisplayName,s
    l 190,f
    s Prefix,s
    """#
  }
}
