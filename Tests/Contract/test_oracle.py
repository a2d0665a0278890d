"""The oracle takes what boto3 sends, which is right, and refuses each kind of wrong request: so it can fail."""

import json
import threading
import urllib.error
import urllib.request

import boto3
import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from oracle import Oracle

ITEM = {"pk": {"S": "é"}, "n": {"N": "1"}, "b": {"B": b"\0\1"}, "m": {"M": {"l": {"L": [{"NULL": True}, {"BOOL": False}]}}}}
TOOLS = {"tools": [{"toolSpec": {"name": "t", "inputSchema": {"json": {"type": "object", "properties": {"a": {"type": "number"}}}}}}]}
MESSAGES = [{"role": "user", "content": [{"text": "hi"}]}]


@pytest.fixture
def oracle():
    server = Oracle()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def client(oracle, service, *, secret="secret+/x", key="AKIATEST", token=None, **options):
    return boto3.client(
        service, endpoint_url=oracle.url, region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret,
        aws_session_token=token, config=Config(retries={"max_attempts": 0}, **options),
    )  # fmt: skip


RIGHT = [
    ("dynamodb", "get_item", {"TableName": "Tab", "Key": {"pk": {"S": "a"}}, "ConsistentRead": True}),
    ("dynamodb", "put_item", {"TableName": "Tab", "Item": ITEM, "ConditionExpression": "attribute_not_exists(pk)"}),
    (
        "dynamodb",
        "update_item",
        {
            "TableName": "Tab", "Key": {"pk": {"S": "a"}}, "UpdateExpression": "SET #v = :v",
            "ExpressionAttributeNames": {"#v": "version"}, "ExpressionAttributeValues": {":v": {"N": "1"}}, "ReturnValues": "ALL_NEW",
        },
    ),  # fmt: skip
    ("dynamodb", "query", {"TableName": "Tab", "KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "a"}}}),
    ("dynamodb", "scan", {"TableName": "Tab", "Limit": 5}),
    ("dynamodb", "transact_write_items", {"TransactItems": [{"Put": {"TableName": "Tab", "Item": ITEM}}]}),
    ("dynamodb", "batch_get_item", {"RequestItems": {"Tab": {"Keys": [{"pk": {"S": "a"}}]}}}),
    ("sqs", "send_message", {"QueueUrl": "http://127.0.0.1/1/q", "MessageBody": "x", "MessageAttributes": {"a": {"DataType": "String", "StringValue": "b"}}}),
    ("sqs", "send_message_batch", {"QueueUrl": "http://127.0.0.1/1/q", "Entries": [{"Id": "1", "MessageBody": "x"}]}),
    ("sqs", "receive_message", {"QueueUrl": "http://127.0.0.1/1/q", "MaxNumberOfMessages": 10, "WaitTimeSeconds": 1}),
    ("sqs", "delete_message", {"QueueUrl": "http://127.0.0.1/1/q", "ReceiptHandle": "h"}),
    ("s3", "put_object", {"Bucket": "bkt", "Key": "a b/é+.txt", "Body": b"hello", "Metadata": {"x": "1"}, "ContentType": "text/plain"}),
    ("s3", "list_objects_v2", {"Bucket": "bkt", "Prefix": "a/", "Delimiter": "/", "MaxKeys": 7}),
    ("s3", "delete_object", {"Bucket": "bkt", "Key": "a=b&c"}),
    ("sts", "assume_role", {"RoleArn": "arn:aws:iam::123456789012:role/r", "RoleSessionName": "me", "Tags": [{"Key": "a", "Value": "b"}]}),
    ("sts", "assume_role_with_web_identity", {"RoleArn": "arn:aws:iam::123456789012:role/r", "RoleSessionName": "me", "WebIdentityToken": "token"}),
    ("sso", "get_role_credentials", {"roleName": "r", "accountId": "123456789012", "accessToken": "token"}),
    ("sso-oidc", "create_token", {"clientId": "c", "clientSecret": "s", "grantType": "refresh_token", "refreshToken": "r"}),
    ("events", "put_events", {"Entries": [{"Source": "s", "DetailType": "d", "Detail": "{}", "EventBusName": "b"}]}),
    ("bedrock-runtime", "converse", {"modelId": "anthropic.claude-3-5-sonnet-20240620-v1:0", "messages": MESSAGES, "toolConfig": TOOLS, "system": [{"text": "s"}], "inferenceConfig": {"maxTokens": 5, "temperature": 0.0}}),
    ("bedrock-runtime", "converse", {"modelId": "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.x", "messages": MESSAGES}),
    ("stepfunctions", "start_execution", {"stateMachineArn": "arn:aws:states:us-east-1:1:stateMachine:m", "input": "{}"}),
    ("lambda", "invoke", {"FunctionName": "arn:aws:lambda:us-east-1:123456789012:function:f:live", "Payload": b'{"a":1}'}),
    ("sts", "assume_role", {"RoleArn": "arn:aws:iam::123456789012:role/r", "RoleSessionName": "session"}),
    ("secretsmanager", "get_secret_value", {"SecretId": "s"}),
    ("ssm", "get_parameter", {"Name": "/a/b", "WithDecryption": True}),
    ("cloudwatch", "put_metric_data", {"Namespace": "N", "MetricData": [{"MetricName": "m", "Value": 1.5}]}),
    ("logs", "start_query", {"logGroupName": "g", "startTime": 0, "endTime": 1, "queryString": "q"}),
    ("bedrock-agentcore", "invoke_agent_runtime", {"agentRuntimeArn": "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/r-abcdefghij", "payload": b"{}", "runtimeSessionId": "s" * 33}),
]  # fmt: skip


@pytest.mark.parametrize("token", [None, "session/+token=="])
@pytest.mark.parametrize(("service", "method", "parameters"), RIGHT, ids=[f"{service} {method}" for service, method, _ in RIGHT])
def test_what_boto3_sends_is_right(oracle, service, method, parameters, token):
    getattr(client(oracle, service, token=token), method)(**parameters)
    (entry,) = oracle.log.entries()
    assert entry["refused"] is None
    assert entry["operation"].lower() == method.replace("_", "")
    # What brings credentials about is sent without any.
    assert entry.get("session_token", token is not None) == (token is not None)


def test_an_object_comes_back_as_it_was_put(oracle):
    s3 = client(oracle, "s3")
    s3.put_object(Bucket="bkt", Key="a b/é+.txt", Body=b"hello", Metadata={"x": "1"})
    found = s3.get_object(Bucket="bkt", Key="a b/é+.txt")
    assert (found["Body"].read(), found["Metadata"]) == (b"hello", {"x": "1"})
    assert s3.get_object(Bucket="bkt", Key="a b/é+.txt", Range="bytes=1-3")["Body"].read() == b"ell"
    assert s3.head_object(Bucket="bkt", Key="a b/é+.txt")["ContentLength"] == 5
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket="bkt", Key="a b/é+.txt", Body=b"", IfNoneMatch="*")
    s3.delete_object(Bucket="bkt", Key="a b/é+.txt")
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket="bkt", Key="a b/é+.txt")
    assert [entry["refused"] for entry in oracle.log.entries()] == [None] * 7


def test_pages_come_to_an_end(oracle):
    pages = client(oracle, "dynamodb").get_paginator("scan").paginate(TableName="Tab")
    assert sum(page["Count"] for page in pages) == 2
    pages = client(oracle, "s3").get_paginator("list_objects_v2").paginate(Bucket="bkt", Prefix="p/")
    assert [item["Key"] for page in pages for item in page["Contents"]] == ["p/first", "p/second & last"]


def test_entries_fail_one_by_one(oracle):
    answer = client(oracle, "sqs").send_message_batch(
        QueueUrl="http://127.0.0.1/1/q", Entries=[{"Id": "1", "MessageBody": "x"}, {"Id": "fail-2", "MessageBody": "y"}]
    )
    assert ([entry["Id"] for entry in answer["Successful"]], [entry["Id"] for entry in answer["Failed"]]) == (["1"], ["fail-2"])
    answer = client(oracle, "events").put_events(
        Entries=[{"Source": "s", "DetailType": kind, "Detail": "{}"} for kind in ("fine", "fail")]
    )
    assert answer["FailedEntryCount"] == 1 and "EventId" in answer["Entries"][0] and answer["Entries"][1]["ErrorCode"]


def test_a_stream_of_events_is_read_by_botocore(oracle):
    answer = client(oracle, "bedrock-runtime").converse_stream(modelId="m", messages=MESSAGES)
    kinds = [next(iter(event)) for event in answer["stream"]]
    assert kinds[0] == "messageStart" and kinds[-1] == "metadata" and "contentBlockStart" in kinds


def refusal(oracle, call) -> str:
    """The reason that the oracle notes for a call that it must refuse."""
    with pytest.raises(ClientError):
        call()
    entry = oracle.log.entries()[-1]
    assert entry["refused"]
    return entry["refused"]


def test_a_wrong_secret_is_refused(oracle):
    assert "SignatureDoesNotMatch" in refusal(oracle, lambda: client(oracle, "dynamodb", secret="wrong").list_tables())
    assert "SignatureDoesNotMatch" in refusal(oracle, lambda: client(oracle, "s3", secret="wrong").list_objects_v2(Bucket="bkt"))


def test_an_unknown_key_is_refused(oracle):
    assert "UnrecognizedClientException" in refusal(oracle, lambda: client(oracle, "dynamodb", key="AKIAOTHER").list_tables())
    refusal(oracle, lambda: client(oracle, "dynamodb", key="AKIAREFUSED").list_tables())
    assert [entry["provoked"] for entry in oracle.log.entries()] == [False, True]


def test_a_refused_key_is_told_what_it_signed(oracle):
    with pytest.raises(ClientError, match="x-amz-security-token:session-token"):
        client(oracle, "dynamodb", key="AKIAREFUSED", token="session-token").list_tables()


def test_a_wrong_checksum_is_refused(oracle):
    put = {"Bucket": "bkt", "Key": "k", "Body": b"123456789"}
    client(oracle, "s3").put_object(**put, ChecksumCRC32="y/Q5Jg==")
    assert oracle.log.entries()[-1]["refused"] is None
    assert "BadDigest" in refusal(oracle, lambda: client(oracle, "s3").put_object(**put, ChecksumCRC32="y/Q5Jw=="))


def post(oracle, body, *, target="DynamoDB_20120810.PutItem", content_type="application/x-amz-json-1.0", headers=(), after=None, path="/", service="dynamodb"):
    """A signed request with any body, changed by `after` once it is signed; the refusal as (status, code, message), None when taken."""
    request = AWSRequest(method="POST", url=oracle.url + path, data=body, headers={"Content-Type": content_type, **dict(headers)})
    if target:
        request.headers["X-Amz-Target"] = target
    botocore.auth.SigV4Auth(Credentials("AKIATEST", "secret+/x"), service, "us-east-1").add_auth(request)
    if after:
        after(request)
    sent = urllib.request.Request(request.url, data=request.data, headers=dict(request.headers), method="POST")
    try:
        with urllib.request.urlopen(sent):
            return None
    except urllib.error.HTTPError as error:
        answer = json.loads(error.read())
        return error.code, answer["__type"], answer["message"]


PUT = {"TableName": "Tab", "Item": {"pk": {"S": "a"}}}
CONVERSE = {"messages": MESSAGES}


def test_the_way_of_asking_is_sound(oracle):
    """The requests below are refused for what they change in these two, not for how they are made."""
    assert post(oracle, json.dumps(PUT).encode()) is None
    assert converse(oracle, CONVERSE) is None


def converse(oracle, body, path="/model/m/converse", **options):
    return post(oracle, json.dumps(body).encode(), target=None, content_type="application/json", path=path, service="bedrock", **options)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"Itm": {}}, "Itm"),
        ({"ReturnValues": None}, "ReturnValues"),
        ({"ReturnValues": "EVERYTHING"}, "EVERYTHING"),
        ({"TableName": 5}, "TableName"),
        ({"Item": {"pk": {"S": "a", "N": "1"}}}, "exactly one member"),
        ({"Item": {"pk": {"T": "a"}}}, "pk"),
        ({"Item": {"pk": {"S": 5}}}, "pk.S"),
        ({"Item": {"pk": {"BOOL": "true"}}}, "BOOL"),
        ({"Item": {"pk": {"BOOL": 1}}}, "BOOL"),
        ({"Item": {"pk": {"B": "not base64!"}}}, "Item"),
    ],
)
def test_a_member_that_is_unknown_or_of_another_type_is_refused(oracle, change, named):
    status, code, message = post(oracle, json.dumps(PUT | change).encode())
    assert status == 400 and code in ("ValidationException", "SerializationException")
    assert named in message


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"inferenceConfig": {"maxTokens": "5"}}, "maxTokens"),
        ({"inferenceConfig": {"maxTokens": 5, "top_p": 1}}, "top_p"),
        ({"messages": [{"role": "system!", "content": [{"text": "x"}]}]}, "role"),
        ({"messages": [{"role": "user", "content": [{"text": "x", "image": {"format": "png", "source": {"bytes": "AA=="}}}]}]}, "tagged union"),
        ({"toolConfig": {"tools": []}}, "tools"),
        ({"toolConfig": {"tools": [{"toolSpec": {"name": "not allowed", "inputSchema": {"json": {}}}}]}}, "not allowed"),
        ({"modelId": "m"}, "modelId"),
    ],
)  # fmt: skip
def test_nested_members_are_checked_too(oracle, change, named):
    status, _, message = converse(oracle, CONVERSE | change)
    assert status == 400 and named in message


def test_a_missing_member_is_refused(oracle):
    status, code, message = post(oracle, b'{"TableName":"Tab"}')
    assert (status, code) == (400, "ValidationException") and "Item" in message


def test_a_member_that_occurs_twice_is_refused(oracle):
    assert post(oracle, b'{"TableName":"a","TableName":"b","Item":{}}')[1] == "SerializationException"


def test_a_body_that_is_not_json_is_refused(oracle):
    assert post(oracle, b'{"TableName":')[1] == "SerializationException"


def test_an_unknown_operation_is_refused(oracle):
    assert post(oracle, b"{}", target="DynamoDB_20120810.Nothing")[1] == "UnknownOperationException"
    assert converse(oracle, CONVERSE, path="/model/m/converses")[1] == "UnknownOperationException"


def test_a_wrong_content_type_is_refused(oracle):
    assert "Content-Type" in post(oracle, json.dumps(PUT).encode(), content_type="application/x-amz-json-1.1")[2]


def test_an_unknown_header_or_query_member_is_refused(oracle):
    assert "x-amz-surprise" in post(oracle, json.dumps(PUT).encode(), headers=[("x-amz-surprise", "1")])[2].lower()
    assert "surprise" in post(oracle, json.dumps(PUT).encode(), path="/?surprise=1")[2]


def test_a_changed_body_is_refused(oracle):
    def change(request):
        request.data = request.data.replace(b"Tab", b"Tub")

    assert post(oracle, json.dumps(PUT).encode(), after=change)[:2] == (403, "SignatureDoesNotMatch")


def test_a_body_hash_that_is_not_the_bodys_is_refused(oracle):
    answer = post(oracle, json.dumps(PUT).encode(), headers=[("X-Amz-Content-SHA256", "0" * 64)])
    assert answer[:2] == (400, "XAmzContentSHA256Mismatch")


def test_an_unsigned_amz_header_is_refused(oracle):
    def add(request):
        request.headers["X-Amz-Security-Token"] = "slipped in"

    assert post(oracle, json.dumps(PUT).encode(), after=add)[1] == "IncompleteSignatureException"


def test_an_old_date_is_refused(oracle, monkeypatch):
    import datetime

    class Earlier(datetime.datetime):
        @classmethod
        def now(cls, zone=None):
            return super().now(zone) - datetime.timedelta(minutes=6)

    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: Earlier.now(datetime.timezone.utc).replace(tzinfo=None), raising=False)
    assert post(oracle, json.dumps(PUT).encode())[1] == "InvalidSignatureException"


def test_a_request_without_signature_is_refused(oracle):
    def remove(request):
        del request.headers["Authorization"]

    assert post(oracle, json.dumps(PUT).encode(), after=remove)[1] == "MissingAuthenticationTokenException"


def test_the_log_is_served(oracle):
    client(oracle, "dynamodb").put_item(TableName="Tab", Item=ITEM)
    with urllib.request.urlopen(oracle.url + "/_oracle/log") as answer:
        (entry,) = json.load(answer)
    assert (entry["service"], entry["operation"], entry["parameters"]["TableName"]) == ("dynamodb", "PutItem", "Tab")
    with urllib.request.urlopen(urllib.request.Request(oracle.url + "/_oracle/log", method="DELETE")) as answer:
        assert json.load(answer) == []
