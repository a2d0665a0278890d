"""The account that answers for tests, asked by boto3."""

import json
import pathlib
import threading
import urllib.request

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import generated
from account import AccountServer
from description import Description


@pytest.fixture
def serve():
    servers = []

    def start(description: Description, **options) -> AccountServer:
        server = AccountServer(description, **options)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def client(server: AccountServer, service: str):
    keys = {"aws_access_key_id": "AKIATEST", "aws_secret_access_key": "secret+/x", "region_name": "us-east-1"}
    return boto3.client(service, endpoint_url=server.url, config=Config(retries={"total_max_attempts": 1}), **keys)


def described(tmp_path, **files) -> Description:
    for name, content in files.items():
        (tmp_path / f"{name.replace('_', '.', 1)}.json").write_text(json.dumps(content))
    return Description.read(tmp_path)


def test_lists_come_in_pages_and_calls_are_counted(serve):
    server = serve(generated.account(120))
    pages = list(client(server, "lambda").get_paginator("list_functions").paginate())
    assert [len(page["Functions"]) for page in pages] == [50, 50, 20]
    assert pages[2]["Functions"][-1]["FunctionName"] == "function-00119"
    with urllib.request.urlopen(f"{server.url}/_account/calls") as answer:
        assert json.load(answer) == {"lambda.ListFunctions": 3}
    assert server.account.problems == []


def test_the_entry_with_the_most_parameters_is_meant_and_an_error_lasts_as_often_as_it_says(serve, tmp_path):
    entries = [
        {"parameters": {}, "error": {"code": "AccessDeniedException", "message": "no", "status": 403}},
        {"parameters": {"FunctionName": "a"}, "error": {"code": "TooManyRequestsException", "message": "slow", "status": 429}, "times": 1},
        {"parameters": {"FunctionName": "a"}, "answer": {"ReservedConcurrentExecutions": 5}},
    ]
    functions = client(serve(described(tmp_path, lambda_GetFunctionConcurrency=entries)), "lambda")
    with pytest.raises(ClientError, match="TooManyRequestsException"):
        functions.get_function_concurrency(FunctionName="a")
    assert functions.get_function_concurrency(FunctionName="a")["ReservedConcurrentExecutions"] == 5
    with pytest.raises(ClientError, match="AccessDeniedException"):
        functions.get_function_concurrency(FunctionName="b")


def test_a_call_can_be_throttled_before_it_is_answered(serve, tmp_path):
    described(tmp_path, s3_GetBucketVersioning=[{"answer": {}}])
    server = serve(described(tmp_path, lambda_ListFunctions=[{"answer": {"Functions": []}}]))
    throttles = json.dumps({"lambda.ListFunctions": 2, "s3.GetBucketVersioning": 1}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{server.url}/_account/throttles", throttles, method="PUT")).close()
    for _ in range(2):
        with pytest.raises(ClientError, match="TooManyRequestsException"):
            client(server, "lambda").list_functions()
    with pytest.raises(ClientError, match="SlowDown"):
        client(server, "s3").get_bucket_versioning(Bucket="bucket")
    assert client(server, "lambda").list_functions()["Functions"] == []
    assert server.account.calls == {"lambda.ListFunctions": 3, "s3.GetBucketVersioning": 1}
    assert server.account.problems == []


def test_answers_in_xml(serve, tmp_path):
    rules = [{"ID": "old", "Status": "Enabled", "Prefix": "", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}]
    entries = [
        {"parameters": {"Bucket": "a"}, "answer": {"Rules": rules}},
        {"parameters": {}, "error": {"code": "NoSuchLifecycleConfiguration", "message": "none", "status": 404}},
    ]
    buckets = client(serve(described(tmp_path, s3_GetBucketLifecycleConfiguration=entries)), "s3")
    assert buckets.get_bucket_lifecycle_configuration(Bucket="a")["Rules"] == rules
    with pytest.raises(ClientError, match="NoSuchLifecycleConfiguration"):
        buckets.get_bucket_lifecycle_configuration(Bucket="bucket")


def test_what_changes_something_or_is_not_recorded_is_a_problem(serve):
    server = serve(generated.account(1))
    for call in (
        lambda: client(server, "lambda").delete_function(FunctionName="a"),
        lambda: client(server, "dynamodb").scan(TableName="a"),
        lambda: client(server, "s3").put_object(Bucket="bucket", Key="a", Body=b""),
        lambda: client(server, "lambda").list_layers(),
    ):
        with pytest.raises(ClientError, match="ValidationException"):
            call()
    assert len(server.account.problems) == 4
    assert "lambda.DeleteFunction is not read-only" in server.account.problems[0]
    assert "nothing is recorded for lambda.ListLayers" in server.account.problems[3]


def test_an_agent_may_write_where_that_is_allowed(serve):
    server = serve(generated.account(1), allows_writes=True)
    client(server, "s3").put_object(Bucket="bucket", Key="a/b", Body=b"xy")
    listed = client(server, "s3").list_objects_v2(Bucket="bucket", Prefix="a/")["Contents"]
    assert [(item["Key"], item["Size"]) for item in listed] == [("a/b", 2)]
    client(server, "dynamodb").put_item(TableName="Journal", Item={"PK": {"S": "a"}})
    with pytest.raises(ClientError, match="AccessDenied"):
        client(server, "bedrock-runtime").converse(modelId="a", messages=[{"role": "user", "content": [{"text": "x"}]}])
    assert server.account.problems == []


def test_metrics_fill_their_window_or_its_end(serve, tmp_path):
    entry = {"namespace": "AWS/Lambda", "dimensions": {"FunctionName": "a"}, "statistic": "Sum"}
    metrics = [
        entry | {"metric": "Invocations", "values": 9, "days": 30}, entry | {"metric": "Invocations", "values": 7},
        entry | {"metric": "Errors", "values": [1, 2]},
        entry | {"metric": "Invocations", "dimensions": {"FunctionName": "b"}, "values": [], "status": "Forbidden"},
    ]  # fmt: skip
    names = [("a", "Invocations"), ("a", "Errors"), ("a", "Throttles"), ("b", "Invocations")]
    queries = [
        {
            "Id": f"m{index}",
            "MetricStat": {
                "Metric": {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": [{"Name": "FunctionName", "Value": name}]},
                "Period": 86_400, "Stat": "Sum",
            },
        }  # fmt: skip
        for index, (name, metric) in enumerate(names)
    ]
    # boto3 speaks CBOR with CloudWatch, which our clients do not: asked for directly.
    server = serve(described(tmp_path, sts_GetCallerIdentity=[{"answer": {}}], cloudwatch_metrics=metrics))
    answer = server.account.metrics.answer({"MetricDataQueries": queries, "StartTime": 86_400 * 10, "EndTime": 86_400 * 13})
    results = answer["MetricDataResults"]
    assert [result["Values"] for result in results] == [[7, 7, 7], [1, 2], [], []]
    assert results[1]["Timestamps"] == [86_400 * 10, 86_400 * 11]
    assert [result["StatusCode"] for result in results] == ["Complete"] * 3 + ["Forbidden"]


def test_queries_of_logs(serve, tmp_path):
    queries = [
        {"logGroup": "/a", "rows": [{"p95": "12"}], "polls": 1},
        {"logGroup": "/b", "days": 7, "rows": []},
        {"logGroup": "/c", "error": {"code": "LimitExceededException", "message": "many"}},
    ]
    logs = client(serve(described(tmp_path, sts_GetCallerIdentity=[{"answer": {}}], logs_queries=queries)), "logs")

    def start(*groups, days=30):
        return logs.start_query(logGroupNames=list(groups), startTime=0, endTime=days * 86_400, queryString="stats count(*)")["queryId"]

    query = start("/a")
    assert logs.get_query_results(queryId=query)["status"] == "Running"
    done = logs.get_query_results(queryId=query)
    assert done["status"] == "Complete"
    assert done["results"] == [[{"field": "@log", "value": "123456789012:/a"}, {"field": "p95", "value": "12"}]]
    assert start("/a", "/b", days=7)
    for groups, error in ((("/b",), "MalformedQuery"), (("/c",), "LimitExceeded"), (("/d",), "ResourceNotFound")):
        with pytest.raises(ClientError, match=error):
            start(*groups)


def test_a_description_that_says_nothing_usable_is_refused(tmp_path):
    with pytest.raises(ValueError, match="exactly one of answer, error and pages"):
        described(tmp_path, lambda_ListFunctions=[{"parameters": {}}])
    with pytest.raises(ValueError, match="unknown members"):
        described(tmp_path, lambda_ListFunctions=[{"answers": {}}])


def test_an_answer_that_the_model_does_not_know_is_a_problem(serve, tmp_path):
    server = serve(described(tmp_path, lambda_ListFunctions=[{"answer": {"Function": []}}]))
    with pytest.raises(ClientError, match="no members"):
        client(server, "lambda").list_functions()
    assert "has no members ['Function']" in server.account.problems[0]


@pytest.mark.parametrize("name", sorted(generated.account(3).operations))
def test_every_made_answer_is_in_its_models_shape(name):
    import botocore.session
    from botocore.validate import ParamValidator

    from account import typed

    service, operation = name.split(".")
    shape = botocore.session.Session().get_service_model(service).operation_model(operation).output_shape
    for entry in generated.account(3).operations[name].entries:
        for answer in entry.pages or [entry.answer]:
            report = ParamValidator().validate(typed(answer, shape), shape)
            assert not report.has_errors(), report.generate_report()


def test_the_golden_account_can_be_served(serve):
    golden = Description.read(pathlib.Path(__file__).parents[1] / "CostOptimizerTests/Golden/account")
    server = serve(golden)
    page = client(server, "lambda").list_functions(MaxItems=50)
    assert page["Functions"][0]["FunctionName"] == "image-resizer"
    assert server.account.problems == []


def test_nested_parameters_are_compared_member_by_member(serve, tmp_path):
    entries = [
        {"parameters": {"filter": {"regions": ["us-east-1"]}}, "answer": {"items": [{"recommendationId": "east"}]}},
        {"parameters": {}, "answer": {"items": []}},
    ]
    hub = client(serve(described(tmp_path, **{"cost-optimization-hub_ListRecommendations": entries})), "cost-optimization-hub")
    wanted = {"regions": ["us-east-1"], "resourceTypes": ["LambdaFunction"]}
    assert [item["recommendationId"] for item in hub.list_recommendations(filter=wanted)["items"]] == ["east"]
    assert hub.list_recommendations(filter={"regions": ["eu-west-1"]})["items"] == []
