#!/usr/bin/env python3
"""Writes what botocore makes of generated requests, endpoints and failures, a JSON object a line, for a Swift test to do the same.

    differential.py FILE [SEED]
"""

import base64
import datetime
import json
import random
import sys
from unittest import mock
from urllib.parse import parse_qsl, quote, urlsplit

import botocore.auth
import botocore.loaders
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.credentials import Credentials
from botocore.endpoint_provider import EndpointProvider
from botocore.retries import quota, standard

SIGNED, PRESIGNED, RETRIED = 3000, 500, 500
SERVICES = ["dynamodb", "s3", "sqs", "events", "bedrock", "execute-api", "s3", "ssm"]
REGIONS = ["us-east-1", "eu-central-2", "cn-north-1", "us-gov-west-1", "mx-central-1"]
# Characters that careless encoders get wrong, beside the plain ones.
ODD = "abcXYZ019 -_.~/+%&=?#@!$'()*,;:[]\"\\<>^`{|}\t\n\r\x01\x1f\x7fé語👩\u2028"
PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
ENDPOINTS = {
    "dynamodb": "dynamodb", "sqs": "sqs", "events": "events", "bedrock-runtime": "bedrock-runtime", "sts": "sts", "lambda": "lambda",
    "stepfunctions": "states", "secretsmanager": "secretsmanager", "ssm": "ssm", "cloudwatch": "monitoring", "logs": "logs",
    "athena": "athena", "pricing": "api.pricing", "bedrock-agentcore": "bedrock-agentcore", "ec2": "ec2", "rds": "rds", "ce": "ce",
    "cost-optimization-hub": "cost-optimization-hub", "compute-optimizer": "compute-optimizer", "cloudformation": "cloudformation", "s3": "s3",
}  # fmt: skip
CODES = ["Throttling", "ThrottlingException", "ProvisionedThroughputExceededException", "SlowDown", "RequestTimeout", "ValidationException",
         "InternalError", "AccessDenied", "TransactionInProgressException", "RequestLimitExceeded", None]  # fmt: skip


def text(chance: random.Random, alphabet: str, least: int, most: int) -> str:
    return "".join(chance.choice(alphabet) for _ in range(chance.randint(least, most)))


def credentials(chance: random.Random) -> Credentials:
    token = text(chance, PRINTABLE.strip(), 1, 60) if chance.random() < 0.5 else None
    return Credentials(text(chance, "ABCDEFGHIJKLMNOP234567", 16, 20), text(chance, PRINTABLE, 1, 100), token)


def request(chance: random.Random, service: str) -> dict:
    """A request as a client describes it: the path is encoded, the query is not."""
    path = "/" + quote(text(chance, ODD, 0, 40), safe="/-_.~")
    if chance.random() < 0.3:
        path += chance.choice(["/..", "/./a", "//b", "/../../c", "/", "/a/../b/"])
    query = [[text(chance, ODD, 1, 12), text(chance, ODD, 0, 12)] for _ in range(chance.choice([0, 0, 1, 2, 5]))]
    # One value a name: the header's object in Python would fold them, and so would the wire.
    names = {"x-" + text(chance, "abcdefghij-0123456789", 1, 12).rstrip("-") + "z" for _ in range(chance.randint(0, 6))}
    headers = [[name, text(chance, PRINTABLE, 0, 30)] for name in sorted(names, key=lambda _: chance.random())]
    return {
        "method": chance.choice(["GET", "PUT", "POST", "HEAD", "DELETE", "PATCH"]), "host": f"{service}.example.com", "path": path,
        "query": query, "headers": headers, "body": base64.b64encode(chance.randbytes(chance.choice([0, 1, 55, 64, 1000]))).decode(),
    }  # fmt: skip


def encoded(query: list) -> str:
    return "&".join(sorted(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in query))


def aws_request(case: dict, body: bytes) -> AWSRequest:
    # Sorted by name and then value, as the wire has it; '=' sorts after some characters of names.
    pairs = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in case["query"])
    url = f"https://{case['host']}{case['path']}"
    if pairs:
        url += "?" + "&".join(f"{name}={value}" for name, value in pairs)
    return AWSRequest(method=case["method"], url=url, data=body, headers=dict(case["headers"]))


def signatures(chance: random.Random):
    for index in range(SIGNED + PRESIGNED):
        presigned = index >= SIGNED
        service = "s3" if presigned else chance.choice(SERVICES)
        region, keys = chance.choice(REGIONS), credentials(chance)
        now = datetime.datetime.fromtimestamp(chance.randint(0, 4_102_444_799), datetime.timezone.utc)
        case = request(chance, service)
        if presigned:
            # botocore would take a body apart into the query, and knows each name of the query once.
            case |= {"body": "", "query": [list(pair) for pair in dict(map(tuple, case["query"])).items()]}
        expires = chance.randint(1, 604_800)
        signer = {
            (True, True): lambda: botocore.auth.S3SigV4QueryAuth(keys, service, region, expires=expires),
            (True, False): lambda: botocore.auth.S3SigV4Auth(keys, service, region),
            (False, False): lambda: botocore.auth.SigV4Auth(keys, service, region),
        }[service == "s3", presigned]()
        made = aws_request(case, base64.b64decode(case["body"]))
        with mock.patch.object(botocore.auth, "get_current_datetime", lambda *arguments, **options: now):
            signer.add_auth(made)
        case |= {
            "kind": "presigned" if presigned else "signed", "service": service, "region": region, "milliseconds": int(now.timestamp()) * 1000,
            "accessKeyID": keys.access_key, "secretAccessKey": keys.secret_key, "sessionToken": keys.token, "expires": expires,
        }  # fmt: skip
        if presigned:
            case["expected"] = dict(parse_qsl(urlsplit(made.url).query, keep_blank_values=True))["X-Amz-Signature"]
        else:
            case["expected"] = made.headers["Authorization"]
        yield case


def endpoints():
    loader = botocore.loaders.create_loader()
    partitions = loader.load_data("partitions")
    for service, prefix in ENDPOINTS.items():
        provider = EndpointProvider(loader.load_service_model(service, "endpoint-rule-set-1"), partitions)
        for partition in partitions["partitions"]:
            for region in partition["regions"]:
                # What stands for a whole partition is no region that a client can be given, but for S3's and STS's own.
                if region.endswith("-global") and not (region == "aws-global" and service in ("s3", "sts")):
                    continue
                for fips in (False, True):
                    for dual_stack in (False, True):
                        case = {"kind": "endpoint", "prefix": prefix, "region": region, "fips": fips, "dualStack": dual_stack}
                        try:
                            endpoint = provider.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dual_stack)
                            schemes = endpoint.properties.get("authSchemes", [{}])
                            yield case | {"url": endpoint.url, "signingRegion": schemes[0].get("signingRegion", region)}
                        except Exception as error:
                            yield case | {"error": str(error)}


def retries(chance: random.Random):
    """Failures one after another, and what botocore's own objects decide about each."""
    for _ in range(RETRIED):
        service, most = chance.choice([("dynamodb", 4), ("s3", 3), ("sqs", 3), ("events", 8)])
        detector = standard.ThrottlingErrorDetector(standard.RetryEventAdapter())
        bucket = quota.RetryQuota(500)
        checker, conditions = standard.RetryQuotaChecker(bucket, detector), standard.StandardRetryConditions(max_attempts=most)
        bucket.acquire(chance.choice([0, 0, 450, 480, 490]))
        start, steps, context = bucket.available_capacity, [], {}
        for attempt in range(1, most + 1):
            status, code = chance.choice([400, 403, 429, 500, 502, 503, 504, 501]), chance.choice(CODES)
            header, fraction = chance.choice([None, "0", "40", "1500", "9000", "x"]), chance.choice([0, 0.25, 0.5, 0.875])
            response = AWSResponse("https://x/", status, {"x-amz-retry-after": header} if header else {}, None)
            failure = standard.RetryContext(
                attempt_number=attempt, operation_model=mock.Mock(error_shapes=[]), http_response=response,
                parsed_response={"Error": {"Code": code}} if code else {}, request_context=context,
            )  # fmt: skip
            backoff = standard.ExponentialBackoff(
                max_backoff=20, random=lambda value=fraction: value, service_name=service, throttling_detector=detector
            )
            retried = conditions.is_retryable(failure) and checker.acquire_retry_quota(failure)
            delay = backoff.delay_amount(failure) * 1000 if retried else None
            steps.append({
                "status": status, "code": code, "retryAfter": header, "fraction": fraction, "delay": delay, "capacity": bucket.available_capacity,
            })  # fmt: skip
            if not retried:
                break
        yield {"kind": "retries", "service": service, "attempts": most, "start": start, "steps": steps}


def main() -> None:
    file, *rest = sys.argv[1:]
    chance = random.Random(int(rest[0]) if rest else 20261127)
    with open(file, "w", encoding="utf-8") as lines, mock.patch.object(standard, "NEW_RETRIES_ENABLED", True):
        for cases in (signatures(chance), endpoints(), retries(chance)):
            for case in cases:
                lines.write(json.dumps(case) + "\n")


if __name__ == "__main__":
    main()
