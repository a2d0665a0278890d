"""Which operations may be called, by rule from botocore's service models, and which not, each with its reason.

An operation is read-only when its name begins with a verb that asks, or when its model carries the trait `readonly`. Not called, without being
named below: operations that the model marks as deprecated, that nobody signs, that answer with a stream, or that go to a host of their own.
"""

import re

# Services by botocore's names. `ce` (Cost Explorer) is left out: each of its calls costs money.
SERVICES = [
    "apigateway", "apigatewayv2", "application-autoscaling", "bedrock-agentcore-control", "cloudfront", "cloudwatch", "compute-optimizer",
    "cost-optimization-hub", "dynamodb", "events", "firehose", "kinesis", "lambda", "logs", "pipes", "pricing", "resourcegroupstaggingapi",
    "s3", "scheduler", "sns", "sqs", "stepfunctions", "sts",
]  # fmt: skip

READING_VERBS = re.compile(r"(BatchGet|Count|Describe|Filter|Get|Head|List|Lookup|Query|Scan|Search|Select)(?![a-z])")

# Operations that the rule does not find and that are needed, and why they are harmless.
ALSO = {
    ("logs", "StartQuery"): "begins a query of log lines, which changes nothing; its answer is GetQueryResults'",
    ("logs", "StopQuery"): "ends a query that StartQuery began",
}

# Operations that only the program's own code calls, with queries that count and never show a line; a model is refused them.
CODE_ONLY = {
    ("logs", "StartQuery"): "it can show log lines, which hold customers' data, and is billed by what it reads; the usage tool asks for figures",
    ("logs", "GetQueryResults"): "it can show log lines, which hold customers' data; the usage tool asks for figures",
    ("logs", "StopQuery"): "it ends a query that only the usage tool begins",
    ("s3", "ListMultipartUploads"): "it answers with names of objects, which are customers' data; the discovery tool counts unfinished uploads",
}

_DATA = "it reads customers' data"
_CODE = "it answers with the customer's code"
_URL = "it answers with an address that opens the customer's code to whoever holds it"
_KEYS = "it hands out credentials"
_OBJECT = "it reads the objects of a bucket one by one or their names, which are customers' data and cost a request each; the metrics of CloudWatch have counts and sizes"
_PEOPLE = "it answers with addresses or telephone numbers of people"

REFUSED = {
    ("apigateway", "GetApiKey"): "it can answer with the value of an API key",
    ("apigateway", "GetApiKeys"): "it can answer with the values of API keys",
    ("apigateway", "GetUsagePlanKey"): "it answers with the value of an API key",
    ("apigateway", "GetUsagePlanKeys"): "it answers with the values of API keys",
    ("apigateway", "GetExport"): "it answers with a whole document; GetResources has its facts",
    ("apigateway", "GetSdk"): "it makes and answers with an archive of code",
    ("bedrock-agentcore-control", "GetDataset"): "it answers with an address that opens customers' data to whoever holds it",
    ("bedrock-agentcore-control", "ListDatasetExamples"): _DATA,
    ("bedrock-agentcore-control", "ListPolicyGenerationAssets"): _DATA,
    ("cloudfront", "GetConnectionFunction"): _CODE,
    ("cloudfront", "GetFunction"): _CODE,
    ("cloudwatch", "GetInsightRuleReport"): "it answers with parts of customers' log lines, such as addresses of callers",
    ("cloudwatch", "DescribeAlarmContributors"): "it answers with parts of customers' log lines, such as addresses of callers",
    ("cloudwatch", "GetMetricWidgetImage"): "it answers with a picture, and is billed for it; GetMetricData has the figures",
    ("dynamodb", "BatchGetItem"): _DATA,
    ("dynamodb", "GetItem"): _DATA,
    ("dynamodb", "Query"): _DATA,
    ("dynamodb", "Scan"): _DATA,
    ("dynamodb", "SearchVectors"): _DATA,
    ("kinesis", "GetRecords"): _DATA,
    ("kinesis", "GetShardIterator"): "it serves nothing but GetRecords, which reads customers' data",
    ("lambda", "GetDurableExecution"): _DATA,
    ("lambda", "GetDurableExecutionHistory"): _DATA,
    ("lambda", "GetDurableExecutionState"): _DATA,
    ("lambda", "GetFunction"): _URL + "; GetFunctionConfiguration has the rest",
    ("lambda", "GetLayerVersion"): _URL + "; ListLayerVersions has the rest",
    ("lambda", "GetLayerVersionByArn"): _URL + "; ListLayerVersions has the rest",
    ("logs", "FilterLogEvents"): _DATA,
    ("logs", "GetLogEvents"): _DATA,
    ("logs", "GetLogFields"): _DATA,
    ("logs", "GetLogRecord"): _DATA,
    ("logs", "GetLookupTable"): _DATA,
    ("logs", "ListAnomalies"): "it answers with samples of customers' log lines",
    ("s3", "GetObjectAcl"): _OBJECT,
    ("s3", "GetObjectAttributes"): _OBJECT,
    ("s3", "GetObjectLegalHold"): _OBJECT,
    ("s3", "GetObjectRetention"): _OBJECT,
    ("s3", "GetObjectTagging"): _OBJECT,
    ("s3", "HeadObject"): _OBJECT,
    ("s3", "ListObjectAnnotations"): _OBJECT,
    ("s3", "ListObjectVersions"): _OBJECT,
    ("s3", "ListObjects"): _OBJECT,
    ("s3", "ListObjectsV2"): _OBJECT,
    ("s3", "ListParts"): _OBJECT,
    ("s3", "ListDirectoryBuckets"): "it is answered by S3 Express, whose hosts this program does not call",
    ("sns", "GetEndpointAttributes"): "it answers with the tokens of people's devices",
    ("sns", "GetSubscriptionAttributes"): _PEOPLE,
    ("sns", "ListEndpointsByPlatformApplication"): "it answers with the tokens of people's devices",
    ("sns", "ListOriginationNumbers"): _PEOPLE,
    ("sns", "ListPhoneNumbersOptedOut"): _PEOPLE,
    ("sns", "ListSMSSandboxPhoneNumbers"): _PEOPLE,
    ("sns", "ListSubscriptions"): _PEOPLE + "; GetTopicAttributes counts subscriptions",
    ("sns", "ListSubscriptionsByTopic"): _PEOPLE + "; GetTopicAttributes counts subscriptions",
    ("stepfunctions", "DescribeExecution"): "it answers with an execution's input and output, which are customers' data",
    ("stepfunctions", "GetActivityTask"): "it takes a task away from its worker",
    ("stepfunctions", "GetExecutionHistory"): "it answers with the inputs and outputs of an execution, which are customers' data",
    ("sts", "GetDelegatedAccessToken"): _KEYS,
    ("sts", "GetFederationToken"): _KEYS,
    ("sts", "GetSessionToken"): _KEYS,
    ("sts", "GetWebIdentityToken"): _KEYS,
}

# What the rule finds without its being named: asked of the model.
_STREAM = "it answers with a stream of customers' data"

# Members of answers that may hold secrets although the models do not mark them: the service and the member.
SECRET_MEMBERS = {
    ("apigateway", "variables"), ("apigateway", "stageVariableOverrides"), ("apigateway", "authorizerCredentials"),
    ("apigatewayv2", "StageVariables"),
    # Templates and what is sent to targets have keys and messages in them as often as not.
    ("apigateway", "requestTemplates"), ("apigateway", "responseTemplates"), ("apigatewayv2", "RequestTemplates"), ("apigatewayv2", "ResponseTemplates"),
    ("events", "Input"), ("events", "InputTemplate"), ("events", "HeaderParameters"), ("events", "QueryStringParameters"),
    ("pipes", "HeaderParameters"), ("pipes", "QueryStringParameters"), ("scheduler", "Input"),
}  # fmt: skip
# Marked as sensitive, and needed to go on: they say nothing of the customer's to whoever may make the call.
NOT_SECRET = {"NextToken", "nextToken"}


def is_reading(operation) -> bool:
    """Whether an operation (botocore's OperationModel) asks and changes nothing, by its name or by its model."""
    return READING_VERBS.match(operation.name) is not None or bool(operation._operation_model.get("readonly"))


def why_refused(service: str, operation) -> str | None:
    """Why an operation may not be called; None for one that may."""
    key = (service, operation.name)
    if key in REFUSED:
        return REFUSED[key]
    if not is_reading(operation) and key not in ALSO:
        return "it is not read-only"
    if operation.deprecated:
        return "AWS has deprecated it"
    if operation.auth_type == "none":
        return "it brings credentials about"
    if operation.has_event_stream_output or operation.has_streaming_output:
        return _STREAM
    if operation.endpoint:
        return "it goes to a host of its own"
    return None
