"""Answers that a service could give: the parameters echoed where that makes sense, else the least that the model allows.

What a client must cope with can be asked for:
- Query, Scan, ListObjectsV2 and GetParametersByPath answer in two pages;
- GetParameters finds no name that begins with "missing";
- BatchGetItem and BatchWriteItem leave the last of several keys or writes of a table named "Partial" unprocessed;
- InvokeAgentRuntime answers with the payload;
- an entry of SendMessageBatch or DeleteMessageBatch whose Id begins with "fail", and one of PutEvents whose DetailType is "fail", fails.
"""

import datetime
import hashlib
import threading
from email.utils import format_datetime
from xml.sax.saxutils import escape

from moto.core.serialize import get_serializer_class

import event_stream
from refusal import Refusal

NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
UUID = "11111111-2222-3333-4444-{:012d}"
ITEM = {"pk": {"S": "key"}, "n": {"N": "12345678901234567890123456789012345678"}, "b": {"B": b"\x00\x01"}, "l": {"L": [{"NULL": True}]}}
USAGE = {"inputTokens": 11, "outputTokens": 7, "totalTokens": 18}
# Members that ask for a further call; a plausible answer has none, or a client would page for ever.
PAGING = {"NextToken", "nextToken", "NextMarker", "Marker", "LastEvaluatedKey", "NextContinuationToken", "IsTruncated"}


class Answers:
    """One service of all kinds; keeps the S3 objects that were put."""

    def __init__(self):
        self._objects: dict[tuple[str, str], tuple[bytes, dict]] = {}
        self._lock = threading.Lock()

    def answer(self, operation, protocol: str, parameters: dict) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body."""
        service = operation.service_model.service_name
        if service == "s3":
            handler = getattr(self, f"_s3_{operation.name}", None)
            if handler:
                return handler(parameters)
        if operation.name == "ConverseStream":
            return 200, {"Content-Type": "application/vnd.amazon.eventstream"}, _converse_stream()
        if operation.name == "InvokeAgentRuntime":
            content_type = parameters.get("contentType", "application/json")
            headers = {"Content-Type": content_type, "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id": parameters["runtimeSessionId"]}
            return 200, headers, parameters["payload"]
        response = get_serializer_class(service, protocol)(operation).serialize(result(operation, parameters))
        body = response["body"]
        return response["status_code"], dict(response["headers"]), body if isinstance(body, bytes) else body.encode()

    # S3: its bodies are bytes and its answers mostly headers.

    def _s3_PutObject(self, parameters):
        key = (parameters["Bucket"], parameters["Key"])
        body = parameters.get("Body", b"")
        with self._lock:
            if parameters.get("IfNoneMatch") == "*" and key in self._objects:
                raise Refusal(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
            self._objects[key] = (body, parameters)
        return 200, {"ETag": _etag(body)}, b""

    def _s3_GetObject(self, parameters):
        status, headers, body = self._object(parameters)
        span = parameters.get("Range")
        if span:
            first, _, last = span.removeprefix("bytes=").partition("-")
            end = min(int(last or len(body)), len(body) - 1)
            headers["Content-Range"] = f"bytes {first}-{end}/{len(body)}"
            return 206, headers, body[int(first) : end + 1]
        return status, headers, body

    def _s3_HeadObject(self, parameters):
        return self._object(parameters)

    def _s3_DeleteObject(self, parameters):
        with self._lock:
            self._objects.pop((parameters["Bucket"], parameters["Key"]), None)
        return 204, {}, b""

    def _s3_ListObjectsV2(self, parameters):
        second = "ContinuationToken" in parameters
        prefix = parameters.get("Prefix", "")
        key = f"{prefix}second & last" if second else f"{prefix}first"
        token = "" if second else "<NextContinuationToken>token/+=&amp;</NextContinuationToken>"
        common = f"<CommonPrefixes><Prefix>{escape(prefix)}folder/</Prefix></CommonPrefixes>" if "Delimiter" in parameters else ""
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<Name>{escape(parameters['Bucket'])}</Name><Prefix>{escape(prefix)}</Prefix><KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys>"
            f"<IsTruncated>{'false' if second else 'true'}</IsTruncated>{token}<Contents><Key>{escape(key)}</Key>"
            "<LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag>"
            f"<Size>42</Size><StorageClass>STANDARD</StorageClass></Contents>{common}</ListBucketResult>"
        )
        return 200, {"Content-Type": "application/xml"}, body.encode()

    def _object(self, parameters):
        with self._lock:
            found = self._objects.get((parameters["Bucket"], parameters["Key"]))
        if found is None:
            raise Refusal(404, "NoSuchKey", f"The specified key does not exist: {parameters['Key']}")
        body, put = found
        headers = {
            "ETag": _etag(body),
            "Last-Modified": format_datetime(NOW, usegmt=True),
            "Content-Type": put.get("ContentType", "binary/octet-stream"),
        }
        headers |= {f"x-amz-meta-{name.lower()}": value for name, value in put.get("Metadata", {}).items()}
        if parameters.get("IfNoneMatch") == headers["ETag"]:
            raise Refusal(304, "NotModified", "Not Modified")
        return 200, headers, body


def result(operation, parameters: dict) -> dict:
    """The members of an answer."""
    service = operation.service_model.service_name
    handler = globals().get(f"_{service.replace('-', '_')}_{operation.name}")
    return handler(parameters) if handler else plausible(operation.output_shape)


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body).hexdigest()}"'


def _digest(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def _apigatewayv2_GetProductPage(parameters):
    # Without its DisplayContent, whose member Body moto's serializer takes for the answer's own.
    return {"ProductPageArn": "arn:aws:apigateway:page", "ProductPageId": "page", "LastModified": NOW}


def _apigatewayv2_GetProductRestEndpointPage(parameters):
    return {"ProductRestEndpointPageArn": "arn:aws:apigateway:page", "ProductRestEndpointPageId": "page", "LastModified": NOW}


_GRANTS = [
    {"Grantee": {"Type": "CanonicalUser", "ID": "1a2b", "DisplayName": "owner"}, "Permission": "FULL_CONTROL"},
    {"Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"}, "Permission": "WRITE"},
]


def _s3_GetBucketAcl(parameters):
    return {"Owner": {"ID": "1a2b"}, "Grants": _GRANTS}


def _s3_GetBucketLogging(parameters):
    return {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "x/", "TargetGrants": _GRANTS}}


def _dynamodb_GetItem(parameters):
    return {"Item": parameters["Key"] | ITEM} | _capacity(parameters)


def _dynamodb_Query(parameters):
    return _page(parameters)


def _dynamodb_Scan(parameters):
    return _page(parameters)


def _page(parameters):
    if parameters.get("Select") == "COUNT":
        return {"Count": 1, "ScannedCount": 2}
    page = {"Items": [ITEM], "Count": 1, "ScannedCount": 1} | _capacity(parameters)
    return page if "ExclusiveStartKey" in parameters else page | {"LastEvaluatedKey": {"pk": ITEM["pk"]}}


def _dynamodb_PutItem(parameters):
    return _attributes(parameters)


def _dynamodb_UpdateItem(parameters):
    return _attributes(parameters)


def _dynamodb_DeleteItem(parameters):
    return _attributes(parameters)


def _dynamodb_DescribeTable(parameters):
    return {"Table": {"TableName": parameters["TableName"], "TableStatus": "ACTIVE"}}


def _attributes(parameters):
    wanted = parameters.get("ReturnValues", "NONE") != "NONE"
    return ({"Attributes": ITEM} if wanted else {}) | _capacity(parameters)


def _capacity(parameters):
    wanted = parameters.get("ReturnConsumedCapacity", "NONE") != "NONE"
    return {"ConsumedCapacity": {"TableName": parameters["TableName"], "CapacityUnits": 0.5}} if wanted else {}


def _dynamodb_TransactWriteItems(parameters):
    return {}


def _dynamodb_BatchGetItem(parameters):
    responses, unprocessed = {}, {}
    for table, request in parameters["RequestItems"].items():
        keys = request["Keys"]
        if table == "Partial" and len(keys) > 1:
            unprocessed[table] = request | {"Keys": keys[-1:]}
            keys = keys[:-1]
        responses[table] = [ITEM | key for key in keys]
    return {"Responses": responses, "UnprocessedKeys": unprocessed}


def _dynamodb_BatchWriteItem(parameters):
    left = {
        table: requests[-1:] for table, requests in parameters["RequestItems"].items() if table == "Partial" and len(requests) > 1
    }
    return {"UnprocessedItems": left}


def _sqs_DeleteMessageBatch(parameters):
    failed = [entry["Id"] for entry in parameters["Entries"] if entry["Id"].startswith("fail")]
    return {
        "Successful": [{"Id": entry["Id"]} for entry in parameters["Entries"] if entry["Id"] not in failed],
        "Failed": [{"Id": name, "SenderFault": True, "Code": "ReceiptHandleIsInvalid"} for name in failed],
    }


def _sqs_SendMessage(parameters):
    return {"MessageId": UUID.format(1), "MD5OfMessageBody": _digest(parameters["MessageBody"])}


def _sqs_SendMessageBatch(parameters):
    successful, failed = [], []
    for index, entry in enumerate(parameters["Entries"]):
        if entry["Id"].startswith("fail"):
            failed.append({"Id": entry["Id"], "SenderFault": False, "Code": "InternalError", "Message": "asked for"})
        else:
            digest = _digest(entry["MessageBody"])
            successful.append({"Id": entry["Id"], "MessageId": UUID.format(index), "MD5OfMessageBody": digest})
    return {"Successful": successful, "Failed": failed}


def _sqs_ReceiveMessage(parameters):
    body = '{"text":"é"}'
    return {
        "Messages": [
            {
                "MessageId": UUID.format(1), "ReceiptHandle": "handle/+=", "MD5OfBody": _digest(body), "Body": body,
                "Attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1767323045000"},
                "MessageAttributes": {"kind": {"DataType": "String", "StringValue": "task"}},
            }
        ]
    }  # fmt: skip


def _sqs_GetQueueAttributes(parameters):
    return {"Attributes": {"ApproximateNumberOfMessages": "3", "QueueArn": "arn:aws:sqs:us-east-1:123456789012:queue"}}


def _secretsmanager_GetSecretValue(parameters):
    name = parameters["SecretId"]
    value = {"SecretBinary": b"\x00\xff"} if name == "binary" else {"SecretString": '{"password":"é"}'}
    arn = f"arn:aws:secretsmanager:us-east-1:123456789012:secret:{name}-abcdef"
    stages = [parameters.get("VersionStage", "AWSCURRENT")]
    version = parameters.get("VersionId", UUID.format(1))
    return {"ARN": arn, "Name": name, "VersionId": version, "VersionStages": stages, "CreatedDate": NOW} | value


def _parameter(name, parameters):
    value = "clear text" if parameters.get("WithDecryption") else "AQICAH=="
    arn = f"arn:aws:ssm:us-east-1:123456789012:parameter{name}"
    return {"Name": name, "Type": "SecureString", "Value": value, "Version": 3, "LastModifiedDate": NOW, "ARN": arn}


def _ssm_GetParameter(parameters):
    return {"Parameter": _parameter(parameters["Name"], parameters)}


def _ssm_GetParameters(parameters):
    missing = [name for name in parameters["Names"] if name.startswith("missing")]
    found = [name for name in parameters["Names"] if name not in missing]
    return {"Parameters": [_parameter(name, parameters) for name in found], "InvalidParameters": missing}


def _ssm_GetParametersByPath(parameters):
    if "NextToken" in parameters:
        return {"Parameters": [_parameter(f"{parameters['Path']}/second", parameters)]}
    return {"Parameters": [_parameter(f"{parameters['Path']}/first", parameters)], "NextToken": "token/+="}


def _events_PutEvents(parameters):
    def entry(index, event):
        if event.get("DetailType") == "fail":
            return {"ErrorCode": "InternalFailure", "ErrorMessage": "asked for"}
        return {"EventId": UUID.format(index)}

    entries = [entry(index, event) for index, event in enumerate(parameters["Entries"])]
    return {"FailedEntryCount": sum("ErrorCode" in entry for entry in entries), "Entries": entries}


def _bedrock_runtime_Converse(parameters):
    content = [{"text": "Let me look."}]
    tools = [tool["toolSpec"] for tool in parameters.get("toolConfig", {}).get("tools", []) if "toolSpec" in tool]
    if tools:
        content.append({"toolUse": {"toolUseId": "tooluse_1", "name": tools[0]["name"], "input": {"n": 1, "deep": [{"x": None}]}}})
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": "tool_use" if tools else "end_turn",
        "usage": USAGE,
        "metrics": {"latencyMs": 123},
    }


def _converse_stream() -> bytes:
    events = [
        ("messageStart", {"role": "assistant"}),
        ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Let me "}}),
        ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "look. é"}}),
        ("contentBlockStop", {"contentBlockIndex": 0}),
        ("contentBlockStart", {"contentBlockIndex": 1, "start": {"toolUse": {"toolUseId": "tooluse_1", "name": "look"}}}),
        ("contentBlockDelta", {"contentBlockIndex": 1, "delta": {"toolUse": {"input": '{"n":'}}}),
        ("contentBlockDelta", {"contentBlockIndex": 1, "delta": {"toolUse": {"input": "1}"}}}),
        ("contentBlockStop", {"contentBlockIndex": 1}),
        ("messageStop", {"stopReason": "tool_use"}),
        ("metadata", {"usage": USAGE, "metrics": {"latencyMs": 123}}),
    ]
    return b"".join(event_stream.event(kind, payload) for kind, payload in events)


def plausible(shape, depth: int = 0):
    """The least value of a shape that the model allows, with each of the upper levels' optional members."""
    if shape is None:
        return {}
    kind = shape.type_name
    if getattr(shape, "is_document_type", False):
        return {"any": "value"}
    if kind == "structure":
        names = [name for name in shape.members if name not in PAGING]
        if getattr(shape, "is_tagged_union", False):
            names = names[:1]
        elif depth > 2:
            # At least one: XML has no list of empty elements.
            names = [name for name in names if name in shape.required_members] or names[: depth < 8]
        return {name: plausible(shape.members[name], depth + 1) for name in names}
    if kind == "list":
        return [plausible(shape.member, depth + 1)] * max(shape.metadata.get("min", 0), int(depth < 4))
    if kind == "map":
        return {plausible(shape.key): plausible(shape.value, depth + 1)} if depth < 4 else {}
    if kind == "string":
        return shape.enum[0] if shape.enum else "x" * max(shape.metadata.get("min", 0), 1)
    if kind == "blob":
        return b"x" * max(shape.metadata.get("min", 0), 1)
    if kind == "timestamp":
        return NOW
    if kind == "boolean":
        return True
    number = max(shape.metadata.get("min", 1), 1)
    return float(number) if kind in ("float", "double") else int(number)
