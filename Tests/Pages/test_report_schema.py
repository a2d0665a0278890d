"""report.json against its published schema, by another implementation than the project's own."""

import copy
import json

import jsonschema
import pytest
from conftest import ROOT

SCHEMA = json.loads((ROOT / "docs/schemas/cost-report.schema.json").read_text())


@pytest.fixture(scope="session")
def validator():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    return jsonschema.Draft202012Validator(SCHEMA)


@pytest.fixture(params=["shop", "hostile", "nothing"])
def report(request):
    return json.loads((ROOT / "Tests/CostReports" / request.param / "report.json").read_text())


def test_reports_are_valid(validator, report):
    assert [error.message for error in validator.iter_errors(report)] == []


def test_members_of_tomorrow_are_valid(validator, report):
    report["ofTomorrow"] = {"deep": [1]}
    assert validator.is_valid(report)


@pytest.mark.parametrize("member", SCHEMA["required"])
def test_a_member_that_is_missing_is_not(validator, member):
    report = json.loads((ROOT / "Tests/CostReports/shop/report.json").read_text())
    changed = copy.deepcopy(report)
    del changed[member]
    assert validator.is_valid(report)
    assert not validator.is_valid(changed)


def test_sums_agree_with_the_recommendations(report):
    saved = sum(entry["impact"]["savedCents"] or 0 for entry in report["recommendations"])
    # A sum that leaves 64 bits on the way stays at their end.
    if abs(saved) < 2**63:
        assert report["totals"]["savedMonthlyCents"] == saved
    assert report["totals"]["recommendationCount"] == len(report["recommendations"])
    assert report["totals"]["gapCount"] == len(report["gaps"])
