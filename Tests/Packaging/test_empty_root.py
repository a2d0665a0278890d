"""Each package in a root folder with nothing in it: the function starts, finds AWS by name, trusts it by the packed certificates, and answers."""

from __future__ import annotations

import pathlib

import isolation
import pytest
from authority import Authority, Certificate
from conftest import case, package

EVENTS = {"Supervisor": "scheduled-sweep.json", "WorkerWrapper": "sqs-batch.json", "ConfigSeeder": "custom-resource-create.json"}


def test_every_function_has_an_event_here() -> None:
    assert sorted(EVENTS) == package.functions()


@pytest.mark.parametrize("product", EVENTS)
def test_a_function_answers_from_an_empty_root(product: str, arbiter: pathlib.Path, authority: Authority, certificate: Certificate) -> None:
    result, = isolation.run([case(arbiter, product, EVENTS[product], certificate, authority)])
    assert result["told"] and result["told"]["problem"] is None, result
    assert "dynamodb.us-east-1.amazonaws.com" in result["names"], result
    requests = result["requests"]
    assert requests and all(request["signed"] and request["host"] in result["names"] for request in requests), result
    assert {request["version"] for request in requests} == {"TLSv1.3"} and not result["failedHandshakes"], result


def test_a_server_that_no_packed_certificate_vouches_for_is_refused(arbiter: pathlib.Path, authority: Authority, certificate: Certificate) -> None:
    """The packed file decides: the same server as above, whose authority is not in it."""
    result, = isolation.run([case(arbiter, "Supervisor", EVENTS["Supervisor"], certificate, None)])
    assert result["requests"] == [] and result["failedHandshakes"], result
    assert "certificate" in str(result["told"]) + result["logs"], result


@pytest.mark.parametrize(("fault", "options"), [("of another host", {"hosts": ("dynamodb.example.org",)}), ("that has expired", {"days": "-1"})])
def test_a_certificate_is_refused(fault: str, options: dict, arbiter: pathlib.Path, authority: Authority) -> None:
    bad = authority.certificate(f"bad-{fault.replace(' ', '-')}", **options)
    result, = isolation.run([case(arbiter, "Supervisor", EVENTS["Supervisor"], bad, authority)])
    assert result["requests"] == [], result
    assert "certificate" in str(result["told"]) + result["logs"], result
