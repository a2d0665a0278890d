"""An account of any number of functions, made up: the same for the same number."""

from description import Description, Entry, Recorded

ACCOUNT = "123456789012"
REGION = "us-east-1"
RUNTIMES = ["python3.12", "python3.8", "nodejs22.x", "java21", "provided.al2023"]
# Beside the functions, a few of everything else.
OTHERS = 3


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def account(functions: int) -> Description:
    """Lists come in the services' own pages; each tenth function is not used, each twentieth has provisioned concurrency."""
    recorded: dict[str, list[Entry]] = {}

    def add(name: str, answer: dict | None = None, /, **parameters) -> None:
        recorded.setdefault(name, []).append(Entry(parameters, answer=answer))

    def add_pages(name: str, member: str, items: list, size: int, token: tuple[str, str], /, **parameters) -> None:
        pages = [{member: items[begin : begin + size]} for begin in range(0, max(1, len(items)), size)]
        recorded.setdefault(name, []).append(Entry(parameters, pages=pages, token=token))

    names = [f"function-{number:05}" for number in range(functions)]
    marker = ("Marker", "NextMarker")
    add("sts.GetCallerIdentity", {"UserId": "AIDATEST", "Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/test"})
    add_pages("lambda.ListFunctions", "Functions", [configuration(number, name) for number, name in enumerate(names)], 50, marker)
    for number, name in enumerate(names):
        versions = [configuration(number, name)] + [configuration(number, name, str(version + 1)) for version in range(number % 3)]
        aliases = [{"Name": "live", "FunctionVersion": "1", "AliasArn": arn("lambda", f"function:{name}:live")}] if number % 3 else []
        add_pages("lambda.ListVersionsByFunction", "Versions", versions, 50, marker, FunctionName=name)
        add_pages("lambda.ListAliases", "Aliases", aliases, 50, marker, FunctionName=name)
        add("lambda.GetFunctionConcurrency", {"ReservedConcurrentExecutions": 20} if number % 7 == 0 else {}, FunctionName=name)
        provisioned = {
            "FunctionArn": arn("lambda", f"function:{name}:live"), "RequestedProvisionedConcurrentExecutions": 10,
            "AllocatedProvisionedConcurrentExecutions": 10, "AvailableProvisionedConcurrentExecutions": 10, "Status": "READY",
        }  # fmt: skip
        configs = [provisioned] if number % 20 == 1 else []
        add_pages("lambda.ListProvisionedConcurrencyConfigs", "ProvisionedConcurrencyConfigs", configs, 50, marker, FunctionName=name)
    add("lambda.GetAccountSettings", {"AccountLimit": {"ConcurrentExecutions": 1_000, "UnreservedConcurrentExecutions": 800}})
    groups = [{"logGroupName": f"/aws/lambda/{name}", "arn": arn("logs", f"log-group:/aws/lambda/{name}:*"), "retentionInDays": 30} for name in names]
    add_pages("logs.DescribeLogGroups", "logGroups", groups, 50, ("nextToken", "nextToken"))
    metrics = [entry for number, name in enumerate(names) for entry in function_metrics(number, name)]
    queries = [memory(number, name) for number, name in enumerate(names)]
    others(add, add_pages)
    return Description({name: Recorded(entries) for name, entries in recorded.items()}, metrics, queries)


def configuration(number: int, name: str, version: str = "$LATEST") -> dict:
    return {
        "FunctionName": name, "FunctionArn": arn("lambda", f"function:{name}" + ("" if version == "$LATEST" else f":{version}")),
        "Runtime": RUNTIMES[number % len(RUNTIMES)], "Role": f"arn:aws:iam::{ACCOUNT}:role/{name}", "Handler": "main.handler",
        "CodeSize": 1_000_000 + number, "Description": "", "Timeout": 30, "MemorySize": memory_size(number),
        "LastModified": "2026-01-02T03:04:05.000+0000", "CodeSha256": "x" * 44, "Version": version, "PackageType": "Zip",
        "TracingConfig": {"Mode": "PassThrough"}, "RevisionId": f"revision-{number}", "EphemeralStorage": {"Size": 512},
        "Architectures": ["arm64" if number % 4 == 0 else "x86_64"], "Environment": {"Variables": {"TABLE": "orders", "TOKEN": f"token-{number}"}},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"},
    }  # fmt: skip


def memory_size(number: int) -> int:
    return 256 * (1 + number % 4)


def function_metrics(number: int, name: str) -> list[dict]:
    calls = 0 if number % 10 == 0 else 1_000 + number

    def metric(namespace: str, dimensions: dict, metric: str, **values) -> list[dict]:
        entry = {"namespace": namespace, "metric": metric, "dimensions": dimensions}
        return [entry | {"statistic": statistic, "values": value} for statistic, value in values.items()]

    own = {"FunctionName": name}
    found = metric("AWS/Logs", {"LogGroupName": f"/aws/lambda/{name}"}, "IncomingBytes", Sum=1_000_000)
    if calls:
        found += metric("AWS/Lambda", own, "Invocations", Sum=calls)
        found += metric("AWS/Lambda", own, "Errors", Sum=0) + metric("AWS/Lambda", own, "Throttles", Sum=0)
        found += metric("AWS/Lambda", own, "Duration", Sum=calls * 120, SampleCount=calls, p95=240, p99=400, Maximum=900)
        found += metric("AWS/Lambda", own, "ConcurrentExecutions", Maximum=2 + number % 5)
    if number % 20 == 1:
        found += metric("AWS/Lambda", own | {"Resource": f"{name}:live"}, "ProvisionedConcurrencyUtilization", Maximum=0.1)
    return found


def memory(number: int, name: str) -> dict:
    size = memory_size(number) * 1_000_000
    used = size * (3 if number % 2 else 8) // 10
    row = {"memorySize": size, "p90": used * 95 // 100, "p95": used, "average": used * 9 // 10, "most": used, "reports": 30_000}
    return {"logGroup": f"/aws/lambda/{name}", "rows": [row | {"@memorySize": size}]}


def others(add, add_pages) -> None:
    """A few tables, buckets, APIs, state machines, rules and schedules."""
    tables = [f"table-{number}" for number in range(OTHERS)]
    add_pages("dynamodb.ListTables", "TableNames", tables, 100, ("ExclusiveStartTableName", "LastEvaluatedTableName"))
    for name in tables:
        table = {
            "TableName": name, "TableArn": arn("dynamodb", f"table/{name}"), "TableStatus": "ACTIVE", "ItemCount": 10, "TableSizeBytes": 1_000,
            "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
            "ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0},
        }  # fmt: skip
        add("dynamodb.DescribeTable", {"Table": table}, TableName=name)
        backups = {"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"}, "ContinuousBackupsStatus": "ENABLED"}
        add("dynamodb.DescribeContinuousBackups", {"ContinuousBackupsDescription": backups}, TableName=name)
        add("dynamodb.DescribeTimeToLive", {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}, TableName=name)
    add("application-autoscaling.DescribeScalableTargets", {"ScalableTargets": []})
    buckets = [f"bucket-{number}" for number in range(OTHERS)]
    add("s3.ListBuckets", {"Buckets": [{"Name": name, "CreationDate": "2026-01-02T03:04:05Z", "BucketRegion": REGION} for name in buckets]})
    for operation, answer in {
        "GetBucketLocation": {}, "GetBucketVersioning": {}, "GetBucketLifecycleConfiguration": {"Rules": []},
        "GetBucketReplication": {"ReplicationConfiguration": {"Role": "", "Rules": []}}, "ListMultipartUploads": {"IsTruncated": False},
        "ListBucketIntelligentTieringConfigurations": {"IsTruncated": False}, "ListBucketMetricsConfigurations": {"IsTruncated": False},
        "GetBucketTagging": {"TagSet": []},
    }.items():  # fmt: skip
        add(f"s3.{operation}", answer)
    apis = [{"id": f"rest{number}", "name": f"api-{number}", "createdDate": 1_767_000_000} for number in range(OTHERS)]
    add("apigateway.GetRestApis", {"items": apis})
    add("apigateway.GetStages", {"item": [{"stageName": "prod", "cacheClusterEnabled": False}]})
    add("apigateway.GetUsagePlans", {"items": []})
    add("apigatewayv2.GetApis", {"Items": []})
    add("apigatewayv2.GetStages", {"Items": []})
    machines = [arn("states", f"stateMachine:machine-{number}") for number in range(OTHERS)]
    listed = [{"stateMachineArn": name, "name": name.split(":")[-1], "type": "STANDARD", "creationDate": 1_767_000_000} for name in machines]
    add("stepfunctions.ListStateMachines", {"stateMachines": listed})
    for item in listed:
        machine = item | {"definition": "{}", "roleArn": f"arn:aws:iam::{ACCOUNT}:role/machine", "loggingConfiguration": {"level": "OFF"}}
        add("stepfunctions.DescribeStateMachine", machine, stateMachineArn=item["stateMachineArn"])
    add("events.ListEventBuses", {"EventBuses": [{"Name": "default", "Arn": arn("events", "event-bus/default")}]})
    rules = [{"Name": f"rule-{number}", "Arn": arn("events", f"rule/rule-{number}"), "State": "ENABLED", "ScheduleExpression": "rate(1 day)"} for number in range(OTHERS)]
    add("events.ListRules", {"Rules": rules})
    add("events.ListTargetsByRule", {"Targets": [{"Id": "1", "Arn": arn("lambda", "function:function-00000")}]})
    add("scheduler.ListSchedules", {"Schedules": []})
    add("pricing.GetProducts", {"FormatVersion": "aws_v1", "PriceList": []})
