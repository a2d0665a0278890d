#!/usr/bin/env python3
"""Writes the recordings of the golden account, and what an analysis of it must say.

Each resource is described once, with its figures and with what is expected of it by hand: the rules and the sizes that they lead to. Amounts are
computed here by their formulas with decimal numbers, from those sizes; nothing of the program is used. Run it without arguments after a change, and
look at the difference of expected.json before it is committed.
"""

import json
import pathlib
from decimal import ROUND_HALF_EVEN, Decimal as D

HERE = pathlib.Path(__file__).parent
REGION, ACCOUNT = "us-east-1", "123456789012"
# The session begins on 2026-11-27T00:00:00Z.
# Concurrent executions of all functions.
ACCOUNT_LIMIT = 1000
OLD, YOUNG = "2026-03-02T10:00:00.000+0000", "2026-11-20T10:00:00.000+0000"

recordings, metrics, expected, gaps, unchanged = {}, [], [], [], []


def record(name, answer, parameters=None):
    recordings.setdefault(name, []).append({"parameters": parameters or {}, "answer": answer})


def refuse(name, code, message, status, parameters=None):
    recordings.setdefault(name, []).append(
        {"parameters": parameters or {}, "error": {"code": code, "message": message, "status": status}})


def metric(namespace, name, dimensions, statistic, values, **more):
    metrics.append({"namespace": namespace, "metric": name, "dimensions": dimensions, "statistic": statistic, "values": values, **more})


def cents(amount):
    return int((amount * 100).quantize(D(1), rounding=ROUND_HALF_EVEN))


def expect(rule, resource, amount=None):
    """amount: US dollars a month that are saved; None when it is not known."""
    expected.append({"rule": rule, "resource": resource, "cents": None if amount is None else cents(amount)})


# --- Prices, as the Price List API answers ---------------------------------------------------------------------------------------------

X86, ARM, X86_PROVISIONED, X86_CONCURRENCY = D("0.0000166667"), D("0.0000133334"), D("0.0000097222"), D("0.0000041667")
STORAGE, READ_HOUR, WRITE_HOUR, READ, WRITE = D("0.0000000309"), D("0.00013"), D("0.00065"), D("0.000000125"), D("0.000000625")
STANDARD, INFREQUENT, MONITORING = D("0.023"), D("0.0125"), D("0.0000025")


def product(service, family, sku, attributes, tiers):
    dimensions = {}
    for number, (begin, end, price) in enumerate(tiers):
        dimensions[f"{sku}.JRTCKXETXF.{number}"] = {
            "unit": attributes.get("unit", "unit"), "beginRange": begin, "endRange": end, "pricePerUnit": {"USD": price}, "appliesTo": []}
    attributes = {"servicecode": service, "regionCode": REGION, **{k: v for k, v in attributes.items() if k != "unit"}}
    return json.dumps({
        "product": {"productFamily": family, "attributes": attributes, "sku": sku}, "serviceCode": service,
        "terms": {"OnDemand": {f"{sku}.JRTCKXETXF": {"priceDimensions": dimensions, "sku": sku, "offerTermCode": "JRTCKXETXF"}}},
        "version": "20261120000000", "publicationDate": "2026-11-20T00:00:00Z"})


def price_query(service, family, products, split=False):
    filters = [{"Type": "TERM_MATCH", "Field": "regionCode", "Value": REGION}]
    if family:
        filters.append({"Type": "TERM_MATCH", "Field": "productFamily", "Value": family})
    parameters = {"ServiceCode": service, "Filters": filters}
    if split:
        record("pricing.GetProducts", {"FormatVersion": "aws_v1", "PriceList": products[:2], "NextToken": "page-2"}, parameters)
        record("pricing.GetProducts", {"FormatVersion": "aws_v1", "PriceList": products[2:]}, {**parameters, "NextToken": "page-2"})
    else:
        record("pricing.GetProducts", {"FormatVersion": "aws_v1", "PriceList": products}, parameters)


def one(price):
    return [("0", "Inf", price)]


def prices():
    def function(sku, group, usage, tiers):
        return product("AWSLambda", "Serverless", sku, {"group": group, "usagetype": usage}, tiers)

    price_query("AWSLambda", "Serverless", [
        function("L1", "AWS-Lambda-Requests", "Request", one("0.0000002000")),
        function("L2", "AWS-Lambda-Duration", "Lambda-GB-Second", [
            ("6000000000", "15000000000", "0.0000150000"), ("0", "6000000000", "0.0000166667"), ("15000000000", "Inf", "0.0000133334")]),
        function("L3", "AWS-Lambda-Duration-ARM", "Lambda-GB-Second-ARM", [
            ("0", "7500000000", "0.0000133334"), ("7500000000", "18750000000", "0.0000120001"), ("18750000000", "Inf", "0.0000106667")]),
        function("L4", "AWS-Lambda-Duration-Provisioned", "Lambda-Provisioned-GB-Second", one("0.0000097222")),
        function("L5", "AWS-Lambda-Duration-Provisioned-ARM", "Lambda-Provisioned-GB-Second-ARM", one("0.0000077778")),
        function("L6", "AWS-Lambda-Provisioned-Concurrency", "Lambda-Provisioned-Concurrency", one("0.0000041667")),
        function("L7", "AWS-Lambda-Provisioned-Concurrency-ARM", "Lambda-Provisioned-Concurrency-ARM", one("0.0000033334")),
        function("L8", "AWS-Lambda-Storage-Duration", "Lambda-Storage-GB-Second", one("0.0000000309")),
        function("L9", "AWS-Lambda-Storage-Duration-ARM", "Lambda-Storage-GB-Second-ARM", one("0.0000000309")),
        function("L10", "AWS-Lambda-Edge-Requests", "Lambda-Edge-Request", one("0.0000006000")),
    ], split=True)
    price_query("AmazonDynamoDB", "Provisioned IOPS", [
        product("AmazonDynamoDB", "Provisioned IOPS", "D1", {"group": "DDB-ReadUnits", "usagetype": "ReadCapacityUnit-Hrs"}, [
            ("0", "18600", "0.0000000000"), ("18600", "Inf", "0.0001300000")]),
        product("AmazonDynamoDB", "Provisioned IOPS", "D2", {"group": "DDB-WriteUnits", "usagetype": "WriteCapacityUnit-Hrs"}, [
            ("0", "18600", "0.0000000000"), ("18600", "Inf", "0.0006500000")]),
        product("AmazonDynamoDB", "Provisioned IOPS", "D3", {"group": "DDB-WriteUnitsIA", "usagetype": "IA-WriteCapacityUnit-Hrs"}, one("0.00081")),
    ])
    price_query("AmazonDynamoDB", "Amazon DynamoDB PayPerRequest Throughput", [
        product("AmazonDynamoDB", "Amazon DynamoDB PayPerRequest Throughput", "D4", {"group": "DDB-ReadUnits"}, one("0.0000001250")),
        product("AmazonDynamoDB", "Amazon DynamoDB PayPerRequest Throughput", "D5", {"group": "DDB-WriteUnits"}, one("0.0000006250")),
    ])
    # Without the monitoring of Intelligent-Tiering: that price has to come from the built-in table.
    price_query("AmazonS3", None, [
        product("AmazonS3", "Storage", "S1", {"volumeType": "Standard", "usagetype": "TimedStorage-ByteHrs"}, [
            ("0", "51200", "0.0230000000"), ("51200", "512000", "0.0220000000"), ("512000", "Inf", "0.0210000000")]),
        product("AmazonS3", "Storage", "S2", {
            "volumeType": "Intelligent-Tiering Infrequent Access", "usagetype": "TimedStorage-INT-IA-ByteHrs"}, one("0.0125000000")),
        product("AmazonS3", "Fee", "S3", {"volumeType": "Standard", "usagetype": "EarlyDelete-ByteHrs"}, one("9.9")),
    ])
    price_query("AmazonApiGateway", "Amazon API Gateway Cache", [
        product("AmazonApiGateway", "Amazon API Gateway Cache", f"A{size}", {"cacheMemorySizeGb": size}, one(price))
        for size, price in [("0.5", "0.02"), ("1.6", "0.038"), ("6.1", "0.20"), ("13.5", "0.25"), ("28.4", "0.50"), ("58.2", "1.00"),
                            ("118", "1.90"), ("237", "3.80")]])
    gap("price", "Pricing", "S3 Intelligent-Tiering monitoring", 1)


def gap(kind, subject, contains, count):
    """A gap of this kind and subject whose message has these words, and which stands for so many."""
    gaps.append({"kind": kind, "subject": subject, "contains": contains, "count": count})


def healthy(name):
    unchanged.append(name)


# --- Lambda ----------------------------------------------------------------------------------------------------------------------------

functions, log_rows, log_groups, short_rows, few_days_group = [], [], [], [], None


def function(name, memory, architecture="arm64", runtime="python3.13", timeout=3, invocations=0, average=0, p95=None, p99=None, most=None,
             used=None, peak=None, reports=1000, errors=0, throttles=0, concurrency=None, storage=512, versions=0, reserved=None, provisioned=None,
             utilization=None, modified=OLD, image=False, log_group=True, retention=None):
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    item = {"FunctionName": name, "FunctionArn": arn, "MemorySize": memory, "Timeout": timeout, "Architectures": [architecture],
            "PackageType": "Image" if image else "Zip", "EphemeralStorage": {"Size": storage}, "CodeSize": 1048576, "LastModified": modified,
            "SnapStart": {"ApplyOn": "None"}, "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"}}
    if not image:
        item["Runtime"] = runtime
    functions.append(item)
    of = {"FunctionName": name}
    published = max(versions, 1 if provisioned else 0)
    if published:
        record("lambda.ListVersionsByFunction", {"Versions": [{"Version": "$LATEST"}] + [{"Version": str(n + 1)} for n in range(published)]}, of)
    if reserved is not None:
        record("lambda.GetFunctionConcurrency", {"ReservedConcurrentExecutions": reserved}, of)
    if provisioned:
        record("lambda.ListAliases", {"Aliases": [{"Name": "live", "FunctionVersion": "1"}]}, of)
        record("lambda.ListProvisionedConcurrencyConfigs", {"ProvisionedConcurrencyConfigs": [
            {"FunctionArn": f"{arn}:live", "RequestedProvisionedConcurrentExecutions": provisioned, "Status": "READY"}]}, of)
        if utilization is not None:
            metric("AWS/Lambda", "ProvisionedConcurrencyUtilization", {**of, "Resource": f"{name}:live"}, "Maximum", utilization)
    space = "AWS/Lambda"
    if invocations:
        metric(space, "Invocations", of, "Sum", [invocations])
        metric(space, "Duration", of, "Sum", [float(D(str(average)) * invocations)])
        metric(space, "Duration", of, "SampleCount", [invocations])
        for statistic, value in [("p95", p95 or average), ("p99", p99 or 1600), ("Maximum", most or 2000)]:
            metric(space, "Duration", of, statistic, [value])
        metric(space, "ConcurrentExecutions", of, "Maximum", concurrency or [1])
        if log_group:
            log_groups.append({"logGroupName": f"/aws/lambda/{name}", **({"retentionInDays": retention} if retention else {})})
            if used is not None:
                rows = short_rows if retention else log_rows
                rows.append([{"field": key, "value": value} for key, value in [
                    ("@log", f"{ACCOUNT}:/aws/lambda/{name}"), ("memorySize", str(memory * 1000000)), ("p90", str((used - 1) * 1000000)),
                    ("p95", str(used * 1000000)), ("average", str(used * 800000)), ("reports", str(reports)),
                    ("most", str((peak or used) * 1000000))]])
    if errors:
        metric(space, "Errors", of, "Sum", [errors])
    if throttles:
        metric(space, "Throttles", of, "Sum", [throttles])


def compute(invocations, average, memory, price):
    return D(invocations) * (D(str(average)) / 1000) * (D(memory) / 1024) * price


def lambda_functions():
    # The worked example of the reference, with a headroom that allows the cut: 6.05 to 4.54 to 3.63.
    function("image-resizer", 1024, "x86_64", "python3.12", invocations=1500000, average=242, p95=600, used=600)
    first, second, third = compute(1500000, 242, 1024, X86), compute(1500000, 242, 768, X86), compute(1500000, 242, 768, ARM)
    assert [cents(first), cents(second), cents(third)] == [605, 454, 363]
    expect("lambda-memory-reduce", "image-resizer", first - second)
    expect("lambda-arm64", "image-resizer", second - third)
    # The same with its real headroom of 33.6 %: no cut.
    function("order-export", 1024, "x86_64", "nodejs22.x", invocations=1500000, average=242, p95=600, used=680)
    expect("lambda-arm64", "order-export", first - compute(1500000, 242, 1024, ARM))

    # Not invoked.
    for name in ["old-webhook", "old-migration"]:
        function(name, 512)
        expect("lambda-idle", name, D(0))
    function("old-container", 2048, image=True, architecture="x86_64")
    expect("lambda-idle", "old-container", D(0))
    # 2 environments of 512 MB: 2 x 2,592,000 s x 0.5 GB x 0.0000041667 USD. What is provisioned goes with the function.
    function("old-pricing", 512, "x86_64", provisioned=2, utilization=[0, 0, 0])
    expect("lambda-idle", "old-pricing", 2 * 2592000 * D("0.5") * X86_CONCURRENCY)
    # Hardly invoked.
    function("yearly-closing", 256, invocations=42, average=100, used=200)
    expect("lambda-hardly-used", "yearly-closing")
    function("badge-printer", 256, invocations=99, average=100, used=200)
    expect("lambda-hardly-used", "badge-printer")
    function("hundred-calls", 256, invocations=100, average=100, used=200)
    healthy("hundred-calls")
    # Deployed a week ago: neither idle nor hardly used can be told.
    function("new-arrival", 256, modified=YOUNG)
    gap("missing_data", "Lambda", "Fewer than 100 invocations, and changed within the last 30 days", 2)
    healthy("new-arrival")
    # The same on x86_64: what never ran costs nothing on arm64 either.
    function("new-x86", 256, "x86_64", modified=YOUNG)
    healthy("new-x86")
    # Started by schedules: that they run seldom is what was asked for.
    function("nightly-cleanup", 256, invocations=30, average=100, used=200)
    healthy("nightly-cleanup")
    function("yearly-audit", 256)
    healthy("yearly-audit")

    # Memory.
    function("thumbnails", 2048, invocations=300000, average=500, p95=900, used=300)  # 375 MB would do; one step halves at most.
    expect("lambda-memory-reduce", "thumbnails", compute(300000, 500, 2048, ARM) - compute(300000, 500, 1024, ARM))
    function("pdf-render", 3008, "x86_64", "java21", invocations=40000, average=1200, p95=1400, used=1750)  # 2,188 MB, in steps 2,240 MB.
    a, b, c = compute(40000, 1200, 3008, X86), compute(40000, 1200, 2240, X86), compute(40000, 1200, 2240, ARM)
    expect("lambda-memory-reduce", "pdf-render", a - b)
    expect("lambda-arm64", "pdf-render", b - c)
    function("csv-import", 1024, invocations=20000, average=800, p95=1000, used=614)  # Headroom 40.04 %; 767.5 MB, in steps 768 MB.
    expect("lambda-memory-reduce", "csv-import", compute(20000, 800, 1024, ARM) - compute(20000, 800, 768, ARM))
    function("csv-export", 1024, invocations=20000, average=800, p95=1000, used=615)  # Headroom 39.94 %.
    healthy("csv-export")
    # Less memory takes longer: nothing is said of the timeout and the reservation until it is known how much.
    function("big-and-slow", 1024, timeout=60, reserved=50, concurrency=[5] * 20, invocations=20000, average=800, p95=1000, used=500)
    expect("lambda-memory-reduce", "big-and-slow", compute(20000, 800, 1024, ARM) - compute(20000, 800, 640, ARM))
    # 307.2 MB and a margin would be 384 MB; once it took 900 MB, and nothing below 960 MB holds that.
    function("peaky", 1024, invocations=20000, average=800, p95=1000, used=300, peak=900)
    expect("lambda-memory-reduce", "peaky", compute(20000, 800, 1024, ARM) - compute(20000, 800, 960, ARM))
    function("small-hook", 128, invocations=90000, average=20, used=40)  # Nothing is smaller.
    healthy("small-hook")
    function("slow-batch", 1024, invocations=5000, average=1400, p95=1501, used=300)  # Above half of its 3 s.
    healthy("slow-batch")
    function("tight-parser", 512, invocations=100000, average=300, p95=600, used=470)  # 587.5 MB, in steps 640 MB: 0.17 USD more.
    expect("lambda-memory-increase", "tight-parser", compute(100000, 300, 512, ARM) - compute(100000, 300, 640, ARM))
    function("tight-merge", 256, "x86_64", "nodejs22.x", invocations=200000, average=100, p95=200, used=250)  # 312.5 MB, in steps 320 MB.
    a, b, c = compute(200000, 100, 256, X86), compute(200000, 100, 320, X86), compute(200000, 100, 320, ARM)
    expect("lambda-memory-increase", "tight-merge", a - b)
    expect("lambda-arm64", "tight-merge", b - c)

    # Configuration.
    function("legacy-sync", 256, runtime="python3.9", invocations=9000, average=100, used=200)
    expect("lambda-runtime-deprecated", "legacy-sync")
    function("legacy-go", 256, "x86_64", "go1.x", invocations=9000, average=100, used=200)  # No arm64 for that runtime.
    expect("lambda-runtime-deprecated", "legacy-go")
    function("container-x86", 256, "x86_64", image=True, invocations=9000, average=100, used=200)
    healthy("container-x86")
    function("video-probe", 1024, storage=10240, invocations=500000, average=2000, used=800)
    expect("lambda-ephemeral-storage", "video-probe", D(500000) * 2 * (D(10240 - 512) / 1024) * STORAGE)
    function("many-versions", 256, versions=11, invocations=9000, average=100, used=200)
    expect("lambda-old-versions", "many-versions")
    function("ten-versions", 256, versions=10, invocations=9000, average=100, used=200)
    healthy("ten-versions")
    function("long-timeout", 256, timeout=900, invocations=9000, average=100, p99=4000, most=8200, used=200)
    expect("lambda-timeout", "long-timeout")
    function("half-timeout", 256, timeout=60, invocations=9000, average=100, p99=30000, most=31000, used=200)
    healthy("half-timeout")
    function("flaky-poller", 256, invocations=10000, errors=501, average=100, used=200)
    expect("lambda-errors", "flaky-poller")
    function("steady-poller", 256, invocations=10000, errors=500, average=100, used=200)
    healthy("steady-poller")

    # Concurrency. The 95th percentile of twenty hours is the nineteenth.
    function("checkout", 256, reserved=10, throttles=120, concurrency=[9] * 15 + [10] * 5, invocations=800000, average=100, used=200)
    expect("lambda-throttled", "checkout")
    function("burst", 256, reserved=100, throttles=3, concurrency=[20] * 20, invocations=800000, average=100, used=200)
    healthy("burst")
    function("over-reserved", 256, reserved=100, concurrency=[20] * 19 + [30], invocations=800000, average=100, used=200)
    expect("lambda-reserved-reduce", "over-reserved")
    # Without a reservation the account's limit counts: 990 and a margin of a fifth are above its 1,000, 800 are not.
    function("crowded", 256, throttles=9, concurrency=[990] * 20, invocations=800000, average=100, used=200)
    expect("lambda-throttled", "crowded")
    function("elbowed", 256, throttles=9, concurrency=[800] * 20, invocations=800000, average=100, used=200)
    healthy("elbowed")
    function("switched-off", 256, reserved=0, throttles=500, invocations=400, average=100, used=200)
    healthy("switched-off")
    # A median utilization of 20 % of 10: 2 and a margin are 3, so 7 x 2,592,000 s x 1 GB go.
    function("search-api", 1024, "x86_64", "provided.al2023", provisioned=10, utilization=[0.1, 0.2, 0.9], invocations=1000000, average=100, used=700)
    a = 10 * 2592000 * X86_CONCURRENCY + compute(1000000, 100, 1024, X86_PROVISIONED)
    b = 10 * 2592000 * D("0.0000033334") + compute(1000000, 100, 1024, D("0.0000077778"))
    expect("lambda-arm64", "search-api", a - b)
    expect("lambda-provisioned-reduce", "search-api:live", 7 * 2592000 * D("0.0000033334"))
    function("quote-api", 512, provisioned=4, utilization=[0.5, 0.3, 0.3], invocations=100000, average=100, used=400)
    healthy("quote-api")

    # Data that is missing.
    function("no-logs", 1024, invocations=9000, average=100, log_group=False)
    gap("missing_data", "Lambda", "The function no-logs has no log group", 1)
    healthy("no-logs")
    function("silent-logs", 1024, invocations=9000, average=100)
    gap("missing_data", "Lambda", "The function silent-logs was invoked, but its log has no REPORT line", 1)
    healthy("silent-logs")
    gap("missing_data", "Lambda", "No REPORT line of the log tells the memory that was used: no-logs, silent-logs.", 2)
    function("three-days", 1024, invocations=9000, average=100, used=100, retention=3)
    gap("missing_data", "Lambda", "The log could be read for fewer than 7 days: three-days.", 1)
    healthy("three-days")
    function("few-reports", 1024, invocations=150, average=100, used=100, reports=19)
    gap("missing_data", "Lambda", "The log holds fewer than 20 REPORT lines: few-reports.", 1)
    healthy("few-reports")
    function("forbidden", 256)
    metric("AWS/Lambda", "Invocations", {"FunctionName": "forbidden"}, "Sum", [], status="Forbidden")
    gap("permission", "CloudWatch", "AWS/Lambda Invocations of forbidden could not be read: Forbidden", 2)
    gap("missing_data", "Lambda", "Invocations could not be read: forbidden.", 1)
    healthy("forbidden")
    function("denied-versions", 256, invocations=9000, average=100, used=200)
    refuse("lambda.ListVersionsByFunction", "AccessDeniedException", "not authorized", 403, {"FunctionName": "denied-versions"})
    gap("permission", "Lambda", "lambda ListVersionsByFunction of denied-versions failed with AccessDeniedException", 1)
    gap("missing_data", "Lambda", "Published versions could not be read: denied-versions.", 1)
    healthy("denied-versions")

    for number in range(1, 13):
        function(f"healthy-{number:02}", 256, invocations=10000 * number, average=50 + number, used=160 + 5 * number)
        healthy(f"healthy-{number:02}")

    # Two pages, and defaults for what most functions have.
    record("lambda.ListFunctions", {"Functions": functions[:30], "NextMarker": "page-2"})
    record("lambda.ListFunctions", {"Functions": functions[30:]}, {"Marker": "page-2"})
    record("lambda.ListVersionsByFunction", {"Versions": [{"Version": "$LATEST"}]})
    record("lambda.ListAliases", {"Aliases": []})
    record("lambda.GetFunctionConcurrency", {})
    record("lambda.GetAccountSettings", {"AccountLimit": {"ConcurrentExecutions": ACCOUNT_LIMIT, "UnreservedConcurrentExecutions": 790}})
    record("lambda.ListProvisionedConcurrencyConfigs", {"ProvisionedConcurrencyConfigs": []})
    record("logs.DescribeLogGroups", {"logGroups": log_groups[:20], "nextToken": "groups-2"})
    record("logs.DescribeLogGroups", {"logGroups": log_groups[20:]}, {"nextToken": "groups-2"})
    record("logs.StartQuery", {"queryId": "long"})
    record("logs.StartQuery", {"queryId": "short"}, {"logGroupNames": ["/aws/lambda/three-days"]})
    done = {"status": "Complete", "statistics": {"bytesScanned": 1000.0}}
    record("logs.GetQueryResults", {**done, "results": log_rows}, {"queryId": "long"})
    record("logs.GetQueryResults", {**done, "results": short_rows}, {"queryId": "short"})


# --- API Gateway -----------------------------------------------------------------------------------------------------------------------


def gateway():
    space, rest, http = "AWS/ApiGateway", [], []

    def api(name, kind, requests=0, client=0, server=0, caches=None, hits=None, misses=None, data=None):
        number = f"{kind}{len(rest) + len(http):04}"
        if kind == "rest":
            rest.append({"id": number, "name": name})
            stages = [{"stageName": "prod", "cacheClusterEnabled": False}]
            if caches:
                stages = [{"stageName": stage, "createdDate": 1700000000, "cacheClusterEnabled": True, "cacheClusterSize": size, "cacheClusterStatus": "AVAILABLE"}
                          for stage, size in caches]
            record("apigateway.GetStages", {"item": stages}, {"restApiId": number})
            of, names = {"ApiName": name}, ("4XXError", "5XXError", "SampleCount")
        else:
            http.append({"ApiId": number, "Name": name, "ProtocolType": "HTTP"})
            of, names = {"ApiId": number}, ("4xx", "5xx", "Sum")
        for what, statistic, value in [("Count", names[2], requests), (names[0], "Sum", client), (names[1], "Sum", server),
                                       ("CacheHitCount", "Sum", hits), ("CacheMissCount", "Sum", misses), ("DataProcessed", "Sum", data)]:
            if value:
                metric(space, what, of, statistic, [value])

    api("shop", "rest", requests=900000, client=1000, server=20)
    healthy("shop")
    # 720 h x 0.02 USD and 720 h x 0.20 USD.
    api("catalogue", "rest", requests=500000, caches=[("prod", "0.5"), ("test", "6.1")])
    expect("apigateway-cache-unused", "catalogue/prod", 720 * D("0.02"))
    expect("apigateway-cache-unused", "catalogue/test", 720 * D("0.20"))
    api("prices", "rest", requests=500000, caches=[("prod", "1.6")], hits=19999, misses=80001)
    expect("apigateway-cache-misses", "prices")
    api("stock", "rest", requests=500000, caches=[("prod", "1.6")], hits=20000, misses=80000)
    healthy("stock")
    api("partner", "rest", requests=10000, client=501)
    expect("apigateway-errors", "partner")
    api("forgotten", "rest")
    healthy("forgotten")
    api("feed", "http", requests=1000, data=524288001)
    expect("apigateway-large-data", "feed")
    api("events", "http", requests=1000, data=524288000, server=50)
    healthy("events")
    record("apigateway.GetRestApis", {"items": rest[:4], "position": "more"})
    record("apigateway.GetRestApis", {"items": rest[4:]}, {"position": "more"})
    record("apigateway.GetUsagePlans", {"items": []})
    record("apigatewayv2.GetApis", {"Items": http})
    record("apigatewayv2.GetStages", {"Items": [{"StageName": "$default"}]})


# --- DynamoDB --------------------------------------------------------------------------------------------------------------------------


def dynamodb():
    space, names, targets = "AWS/DynamoDB", [], []

    def table(name, reads=0, writes=0, read_use=0, write_use=0, peak_reads=None, throttles=0, minimum=None, index=False, kind="STANDARD",
              created=1700000000):
        """Units a second; a peak holds for 60 of the 720 hours, which the 95th percentile sees."""
        names.append(name)
        on_demand = reads == 0
        item = {"TableName": name, "TableArn": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}", "ItemCount": 10, "TableSizeBytes": 1000,
                "CreationDateTime": created,
                "ProvisionedThroughput": {"ReadCapacityUnits": reads, "WriteCapacityUnits": writes},
                "TableClassSummary": {"TableClass": kind}}
        if on_demand:
            item["BillingModeSummary"] = {"BillingMode": "PAY_PER_REQUEST"}
        if index:
            item["GlobalSecondaryIndexes"] = [{"IndexName": "by-date", "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}}]
        record("dynamodb.DescribeTable", {"Table": item}, {"TableName": name})
        of = {"TableName": name}
        if read_use:
            metric(space, "ConsumedReadCapacityUnits", of, "Sum", [3600 * read_use] * 660 + [3600 * (peak_reads or read_use)] * 60)
        if write_use:
            metric(space, "ConsumedWriteCapacityUnits", of, "Sum", [3600 * write_use] * 720)
        if throttles:
            metric(space, "ReadThrottleEvents", of, "Sum", [throttles])
        if minimum:
            for dimension, value in zip(["ReadCapacityUnits", "WriteCapacityUnits"], minimum):
                targets.append({"ResourceId": f"table/{name}", "ScalableDimension": f"dynamodb:table:{dimension}", "MinCapacity": value,
                                "MaxCapacity": 1000, "ServiceNamespace": "dynamodb"})

    # 95th percentile 7 of 100 units: 7 / 0.7 = 10; writes 4 of 50: 4 / 0.7 = 6.
    table("orders", 100, 50, read_use=5, peak_reads=7, write_use=4)
    expect("dynamodb-capacity-reduce", "orders", 720 * ((100 - 10) * READ_HOUR + (50 - 6) * WRITE_HOUR))
    # Writes are in use: only reads go, to 2 / 0.7 = 3.
    table("sessions", 40, 20, read_use=2, write_use=12)
    expect("dynamodb-capacity-reduce", "sessions", 720 * (40 - 3) * READ_HOUR)
    # Exactly 20 % on average: not below it.
    table("carts", 100, 10, read_use=20, write_use=5)
    healthy("carts")
    table("archive", 25, 25)
    expect("dynamodb-provisioned-idle", "archive", 720 * 25 * (READ_HOUR + WRITE_HOUR))
    table("new-orders", 25, 25, created=1795600000)  # Made two days ago.
    gap("missing_data", "DynamoDB", "Made within the last 30 days, or at an unknown time: new-orders.", 1)
    healthy("new-orders")
    table("read-by-index", 25, 25, index=True)
    gap("scope", "DynamoDB", "Reads may go through its indexes, which are not looked at: read-by-index.", 1)
    healthy("read-by-index")
    table("scaled", 50, 50, read_use=1, write_use=1, minimum=(5, 5))  # Auto scaling may go lower by itself.
    healthy("scaled")
    table("floor", 50, 50, read_use=1, write_use=30, minimum=(50, 50))  # Its floor keeps it up: 1 / 0.7 = 2.
    expect("dynamodb-capacity-reduce", "floor", 720 * 48 * READ_HOUR)
    table("hot-keys", 100, 100, read_use=10, write_use=10, throttles=77)
    expect("dynamodb-throttled", "hot-keys")
    # 12 units a second all the time: 31,104,000 units a month; 12 / 0.7 = 18 units provisioned. No reads: 1 unit.
    table("ledger", write_use=12)
    expect("dynamodb-on-demand-steady", "ledger", 31104000 * WRITE - 720 * (18 * WRITE_HOUR + 1 * READ_HOUR))
    table("inbox", read_use=9, write_use=1)
    healthy("inbox")
    table("cold-class", 100, 10, read_use=1, write_use=8, kind="STANDARD_INFREQUENT_ACCESS", index=True)
    expect("dynamodb-capacity-reduce", "cold-class")
    gap("price", "Cost estimate", "only tables of the class Standard have an estimate", 1)
    gap("scope", "DynamoDB", "Only the tables' own capacity is looked at: cold-class, read-by-index.", 2)
    names.append("denied-table")
    refuse("dynamodb.DescribeTable", "AccessDeniedException", "not authorized", 403, {"TableName": "denied-table"})
    gap("permission", "DynamoDB", "dynamodb DescribeTable of denied-table failed with AccessDeniedException", 1)

    record("dynamodb.ListTables", {"TableNames": names[:6], "LastEvaluatedTableName": names[5]})
    record("dynamodb.ListTables", {"TableNames": names[6:]}, {"ExclusiveStartTableName": names[5]})
    record("application-autoscaling.DescribeScalableTargets", {"ScalableTargets": targets})
    record("dynamodb.DescribeContinuousBackups", {"ContinuousBackupsDescription": {"ContinuousBackupsStatus": "ENABLED",
           "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"}}})
    record("dynamodb.DescribeTimeToLive", {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}})


# --- S3 --------------------------------------------------------------------------------------------------------------------------------


def s3():
    space, buckets = "AWS/S3", []

    def bucket(name, gigabytes=0, objects=0, reads=None, versioning=None, rules=None, uploads=None):
        buckets.append({"Name": name, "BucketRegion": REGION, "CreationDate": 1700000000})
        of = {"Bucket": name}
        if versioning:
            record("s3.GetBucketVersioning", {"Status": versioning}, of)
        if rules:
            record("s3.GetBucketLifecycleConfiguration", {"Rules": rules}, of)
        if uploads:
            record("s3.ListMultipartUploads", {"Uploads": uploads, "IsTruncated": False}, of)
        if objects:
            metric(space, "BucketSizeBytes", {"BucketName": name, "StorageType": "StandardStorage"}, "Average", [gigabytes * 1073741824])
            metric(space, "NumberOfObjects", {"BucketName": name, "StorageType": "AllStorageTypes"}, "Average", [objects])
        if reads is not None:
            metric(space, "GetRequests", {"BucketName": name, "FilterId": "EntireBucket"}, "Sum", [reads])

    # 4 reads of 100 objects: 4 % of 2,000 GB stay warm.
    bucket("photo-archive", 2000, 1000000, reads=40000)
    expect("s3-rarely-read", "photo-archive", 2000 * STANDARD - 1920 * INFREQUENT - 80 * STANDARD - 1000000 * MONITORING)
    bucket("web-assets", 500, 100000, reads=10000)  # Exactly 10 %.
    healthy("web-assets")
    bucket("tiny-files", 1, 1000000, reads=10)
    healthy("tiny-files")
    bucket("no-request-metrics", 100, 10000)
    gap("missing_data", "S3", "Request metrics are not switched on, so nothing tells how often objects are read: no-request-metrics.", 1)
    healthy("no-request-metrics")
    bucket("uploads", 10, 1000, reads=9000, uploads=[{"Key": "a", "UploadId": "1", "Initiated": "2026-10-01T00:00:00.000Z"},
                                                    {"Key": "b", "UploadId": "2", "Initiated": "2026-11-26T00:00:00.000Z"}])
    expect("s3-stale-uploads", "uploads")
    bucket("ledger-versions", 10, 1000, reads=9000, versioning="Enabled")
    expect("s3-noncurrent-versions", "ledger-versions")
    bucket("kept-versions", 10, 1000, reads=9000, versioning="Enabled", rules=[
        {"ID": "old", "Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 30}}])
    healthy("kept-versions")
    bucket("locked", 10, 1000, reads=9000, versioning="Enabled")
    refuse("s3.GetBucketLifecycleConfiguration", "AccessDenied", "Access Denied", 403, {"Bucket": "locked"})
    gap("permission", "S3", "s3 GetBucketLifecycleConfiguration of locked failed with AccessDenied", 1)
    gap("missing_data", "S3", "The lifecycle rules could not be read: locked.", 1)
    healthy("locked")
    record("s3.ListBuckets", {"Buckets": buckets[:5], "ContinuationToken": "more"})
    record("s3.ListBuckets", {"Buckets": buckets[5:]}, {"ContinuationToken": "more"})
    record("s3.GetBucketVersioning", {})
    refuse("s3.GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration", "none", 404)
    refuse("s3.GetBucketReplication", "ReplicationConfigurationNotFoundError", "none", 404)
    record("s3.ListBucketIntelligentTieringConfigurations", {"IsTruncated": False})
    record("s3.ListMultipartUploads", {"IsTruncated": False})


# --- Step Functions and EventBridge ----------------------------------------------------------------------------------------------------


def stepfunctions():
    space, machines = "AWS/States", []

    def machine(name, kind="STANDARD", started=0, failed=0, timed_out=0, time=0):
        arn = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"
        machines.append({"stateMachineArn": arn, "name": name, "type": kind, "creationDate": 1700000000})
        of = {"StateMachineArn": arn}
        for what, value in [("ExecutionsStarted", started), ("ExecutionsFailed", failed), ("ExecutionsTimedOut", timed_out)]:
            if value:
                metric(space, what, of, "Sum", [value])
        if time:
            metric(space, "ExecutionTime", of, "Sum", [time * started])
            metric(space, "ExecutionTime", of, "SampleCount", [started])

    machine("order-events", started=10000, time=900)
    expect("stepfunctions-express", "order-events")
    machine("order-nightly", started=9999, time=900)
    healthy("order-nightly")
    machine("refunds", started=1000, failed=40, timed_out=11, time=70000)
    expect("stepfunctions-failures", "refunds")
    machine("express-sync", kind="EXPRESS", started=2000000, time=200)
    healthy("express-sync")
    machine("unused-flow")
    healthy("unused-flow")
    record("stepfunctions.ListStateMachines", {"stateMachines": machines[:3], "nextToken": "more"})
    record("stepfunctions.ListStateMachines", {"stateMachines": machines[3:]}, {"nextToken": "more"})
    record("stepfunctions.DescribeStateMachine", {"loggingConfiguration": {"level": "OFF"}})


def eventbridge():
    space, rules, schedules = "AWS/Events", [], []
    worker = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:healthy-01"
    report = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:healthy-02"

    def rule(name, schedule=None, enabled=True, targets=(worker,), matched=0, invocations=0, failed=0, managed=None):
        item = {"Name": name, "Arn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{name}", "State": "ENABLED" if enabled else "DISABLED",
                "EventBusName": "default"}
        if schedule:
            item["ScheduleExpression"] = schedule
        else:
            item["EventPattern"] = '{"source":["shop"]}'
        if managed:
            item["ManagedBy"] = managed
        rules.append(item)
        record("events.ListTargetsByRule", {"Targets": [{"Id": str(n), "Arn": arn} for n, arn in enumerate(targets)]}, {"Rule": name})
        for what, value in [("MatchedEvents", matched), ("Invocations", invocations), ("FailedInvocations", failed)]:
            if value:
                metric(space, what, {"RuleName": name}, "Sum", [value])

    rule("orders-placed", matched=5000, invocations=5000)
    healthy("orders-placed")
    rule("old-campaign", enabled=False)
    expect("eventbridge-rule-disabled", "old-campaign")
    rule("nobody-listens", targets=(), matched=10)
    expect("eventbridge-rule-without-targets", "nobody-listens")
    rule("never-matches")
    expect("eventbridge-rule-unused", "never-matches")
    rule("lost-events", matched=1000, invocations=1000, failed=51)
    expect("eventbridge-rule-failures", "lost-events")
    rule("managed-rule", matched=0, managed="autoscaling.amazonaws.com")
    healthy("managed-rule")
    rule("daily-report", schedule="rate(1 day)", targets=(report,), matched=30, invocations=30)
    rule("weekly-report", schedule="cron(0 6 ? * MON *)", targets=(report,), matched=4, invocations=4)
    expect("eventbridge-schedules-merge", "daily-report")
    rule("audit-day", schedule="cron(0 6 1 1 ? *)", targets=(report.replace("healthy-02", "yearly-audit"),))
    healthy("audit-day")
    schedules.append({"Name": "cleanup", "Arn": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/cleanup", "GroupName": "default",
                      "State": "ENABLED", "Target": {"Arn": report.replace("healthy-02", "nightly-cleanup:live")}})
    record("scheduler.GetSchedule", {"Name": "cleanup", "ScheduleExpression": "rate(1 day)"}, {"Name": "cleanup"})
    healthy("cleanup")
    for name, expression, state in [("hourly-sync", "rate(1 hour)", "ENABLED"), ("monthly-close", "cron(0 0 1 * ? *)", "ENABLED"),
                                    ("paused", "rate(1 hour)", "DISABLED")]:
        schedules.append({"Name": name, "Arn": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{name}", "GroupName": "default",
                          "State": state, "Target": {"Arn": worker}})
        record("scheduler.GetSchedule", {"Name": name, "ScheduleExpression": expression}, {"Name": name})
        healthy(name)
    gap("missing_data", "EventBridge", "How often it runs is told by a rate(...) only: monthly-close.", 1)
    record("events.ListEventBuses", {"EventBuses": [{"Name": "default"}]})
    record("events.ListRules", {"Rules": rules[:4], "NextToken": "more"})
    record("events.ListRules", {"Rules": rules[4:]}, {"NextToken": "more"})
    record("scheduler.ListSchedules", {"Schedules": schedules})


def main():
    record("sts.GetCallerIdentity", {"Account": ACCOUNT, "UserId": "AROA:agent", "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/agent/agent"})
    for part in [prices, lambda_functions, gateway, dynamodb, s3, stepfunctions, eventbridge]:
        part()
    for old in HERE.glob("account/*.json"):
        old.unlink()
    (HERE / "account").mkdir(exist_ok=True)

    def lines(entries):
        return "[\n" + ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries) + "\n]\n"

    for name, entries in sorted(recordings.items()):
        (HERE / "account" / f"{name}.json").write_text(lines(entries))
    (HERE / "account" / "cloudwatch.metrics.json").write_text(lines(metrics))
    # The largest savings first; what has no amount counts nothing; ties by the rule and the resource, as in the ids.
    expected.sort(key=lambda entry: -(entry["cents"] or 0))
    total = sum(entry["cents"] or 0 for entry in expected)
    (HERE / "expected.json").write_text(
        "{\n" + ",\n".join(f'"{key}": {value}' for key, value in [
            ("totalCents", total), ("recommendations", lines(expected).strip()), ("unchanged", json.dumps(sorted(unchanged))),
            ("gaps", lines(gaps).strip())]) + "\n}\n")


main()
