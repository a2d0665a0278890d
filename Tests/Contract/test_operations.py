"""The operations that may be called by a table, derived from botocore's models a second time and compared with the tables in Swift."""

import pathlib
import re
import subprocess
import sys

import botocore.session
import pytest

import check_operations

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLES = ROOT / "Sources/AWSOperations/Catalog/Tables"
sys.path.insert(0, str(ROOT / "Scripts"))
from operations import rule  # noqa: E402

SESSION = botocore.session.Session()
# Written down here once more, so that a change of the rule is noticed.
VERBS = ("BatchGet", "Count", "Describe", "Filter", "Get", "Head", "List", "Lookup", "Query", "Scan", "Search", "Select")
# What no operation may have in its name, whatever else it begins with.
CHANGING = ("Create", "Delete", "Put", "Update", "Modify", "Invoke", "Send", "Publish", "Assume", "Execute", "Run")


def tables() -> dict[str, str]:
    """The text of each service's table."""
    found = {}
    for path in TABLES.glob("*Table.swift"):
        text = path.read_text().split('#"""\n')[1].split('    """#')[0]
        name = re.search(r"static var (\w+): StaticString", path.read_text()).group(1)
        found[next(service for service in rule.SERVICES if service.replace("-", "").lower() == name.lower())] = text
    return found


TEXTS = tables()


def names(service: str, mark: str) -> dict[str, str]:
    lines = (line.strip() for line in TEXTS[service].splitlines())
    return {line.split()[1]: line.split(" ", 2)[2] for line in lines if line.startswith(f"{mark} ")}


def is_reading(operation) -> bool:
    verb = next((verb for verb in VERBS if operation.name.startswith(verb)), None)
    named = verb is not None and not operation.name[len(verb) :][:1].islower()
    return named or operation._operation_model.get("readonly") is True


def test_there_is_a_table_for_each_service_and_no_other():
    assert sorted(TEXTS) == sorted(rule.SERVICES)
    assert "ce" not in TEXTS  # Each call of Cost Explorer costs money.


@pytest.mark.parametrize("service", rule.SERVICES)
def test_the_table_has_what_the_rule_says_and_nothing_else(service):
    model = SESSION.get_service_model(service)
    expected = set()
    for name in model.operation_names:
        operation = model.operation_model(name)
        if (service, name) in rule.ALSO:
            expected.add(name)
        elif not is_reading(operation) or (service, name) in rule.REFUSED or operation.deprecated or operation.auth_type == "none":
            continue
        elif not (operation.has_event_stream_output or operation.has_streaming_output or operation.endpoint):
            expected.add(name)
    assert set(names(service, "+")) == expected


@pytest.mark.parametrize("service", rule.SERVICES)
def test_nothing_in_a_table_sounds_like_a_change(service):
    for name in names(service, "+"):
        assert (service, name) in rule.ALSO or not name.startswith(CHANGING), name


@pytest.mark.parametrize("service", rule.SERVICES)
def test_what_reads_and_is_refused_has_a_reason(service):
    model = SESSION.get_service_model(service)
    allowed, refused = names(service, "+"), names(service, "-")
    for name in model.operation_names:
        if is_reading(model.operation_model(name)):
            assert name in allowed or len(refused[name]) > 20, name
    assert not set(allowed) & set(refused)


def test_every_exception_is_one():
    for (service, name), reason in (rule.REFUSED | rule.ALSO | rule.CODE_ONLY).items():
        operation = SESSION.get_service_model(service).operation_model(name)
        assert len(reason) > 15, (service, name)
        if (service, name) in rule.REFUSED:
            assert is_reading(operation), f"{service} {name} is refused by the rule already"
        if (service, name) in rule.ALSO:
            assert not is_reading(operation), f"{service} {name} is found by the rule already"
        if (service, name) in rule.CODE_ONLY:
            assert name in names(service, "+") and name in names(service, "code")


@pytest.mark.parametrize(
    "service, name",
    [
        ("dynamodb", "GetItem"), ("dynamodb", "Query"), ("dynamodb", "Scan"), ("dynamodb", "BatchGetItem"), ("dynamodb", "ExecuteStatement"),
        ("dynamodb", "TransactGetItems"), ("s3", "GetObject"), ("s3", "SelectObjectContent"), ("s3", "PutObject"), ("sqs", "ReceiveMessage"),
        ("kinesis", "GetRecords"), ("logs", "GetLogEvents"), ("logs", "FilterLogEvents"), ("lambda", "GetFunction"), ("lambda", "Invoke"),
        ("apigateway", "GetApiKeys"), ("apigateway", "GetExport"), ("sts", "AssumeRole"), ("sts", "GetSessionToken"),
        ("sts", "GetFederationToken"), ("stepfunctions", "GetActivityTask"), ("stepfunctions", "GetExecutionHistory"),
        ("cloudwatch", "PutMetricData"), ("events", "PutEvents"), ("bedrock-agentcore-control", "DeleteAgentRuntime"),
    ],
)  # fmt: skip
def test_what_must_never_be_called_is_in_no_table(service, name):
    assert name not in names(service, "+")


def test_the_generator_would_change_nothing(tmp_path):
    subprocess.run([sys.executable, ROOT / "Scripts/generate-operations.py", "--output", tmp_path], check=True)
    written = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_text() for path in TABLES.iterdir()}, "run Scripts/generate-operations.py"


def test_a_log_without_an_operation_is_a_problem():
    seen = {"service": "lambda", "operation": "ListFunctions", "refused": None}
    assert check_operations.problems([seen], {("lambda", "ListFunctions")}) == []
    assert check_operations.problems([], {("lambda", "ListFunctions")}) == ["never asked for: lambda ListFunctions"]
    assert check_operations.problems([seen | {"refused": "X: y"}], {("lambda", "ListFunctions")})[0].startswith("refused: lambda")
    assert check_operations.problems([seen], set()) == ["asked for and not to be called: lambda ListFunctions"]
