"""The comparison of the log fails for each way in which a log can be wrong."""

import pytest

from check_log import expected_operations, problems


def entry(operation="GetItem", refused=None, provoked=False, token=False):
    return {"service": "dynamodb", "operation": operation, "refused": refused, "provoked": provoked, "session_token": token}


GOOD = [entry(), entry(token=True), entry(provoked=True, refused="asked for")]


def test_a_good_log_has_no_problems():
    assert problems(GOOD, {"dynamodb GetItem"}) == []


@pytest.mark.parametrize(
    ("entries", "expected", "named"),
    [
        (GOOD + [entry(refused="ValidationException: x")], {"dynamodb GetItem"}, "refused: dynamodb GetItem: ValidationException: x"),
        (GOOD, {"dynamodb GetItem", "s3 GetObject"}, "never asked for: s3 GetObject"),
        (GOOD + [entry("Scan")], {"dynamodb GetItem"}, "dynamodb Scan"),
        (GOOD[:2], {"dynamodb GetItem"}, "always refused"),
        (GOOD[1:], {"dynamodb GetItem"}, "without a session token"),
    ],
)
def test_each_problem_is_named(entries, expected, named):
    (problem,) = problems(entries, expected)
    assert named in problem


def test_the_expected_operations_are_those_of_the_clients():
    assert {"dynamodb TransactWriteItems", "bedrock-runtime ConverseStream"} <= expected_operations()
