"""Each package in a root folder with nothing in it: the function starts, finds AWS by name, trusts it by the packed certificates, and answers."""

from __future__ import annotations

import pathlib
import subprocess

import isolation
import pytest
from authority import Authority, Certificate
from conftest import ARCHITECTURE, case, package

EVENTS = {"Supervisor": "scheduled-sweep.json", "WorkerWrapper": "sqs-batch.json", "ConfigSeeder": "custom-resource-create.json",
          "Fabricator": "fabrication-request.json", "AgentInvoker": "agent-invocation.json"}
# Whom a function asks first; the others ask DynamoDB.
HOSTS = {"AgentInvoker": "bedrock-agentcore.us-east-1.amazonaws.com"}


def test_every_function_has_an_event_here() -> None:
    assert sorted(EVENTS) == package.functions()


@pytest.mark.parametrize("product", EVENTS)
def test_a_function_answers_from_an_empty_root(product: str, arbiter: pathlib.Path, authority: Authority, certificate: Certificate) -> None:
    result, = isolation.run([case(arbiter, product, EVENTS[product], certificate, authority)])
    assert result["told"] and result["told"]["problem"] is None, result
    assert HOSTS.get(product, "dynamodb.us-east-1.amazonaws.com") in result["names"], result
    requests = result["requests"]
    assert requests and all(request["signed"] and request["host"] in result["names"] for request in requests), result
    assert {request["version"] for request in requests} == {"TLSv1.3"} and not result["failedHandshakes"], result


def test_the_modules_of_the_machines_c_library_are_not_loaded(
    arbiter: pathlib.Path, authority: Authority, certificate: Certificate, tmp_path: pathlib.Path,
) -> None:
    """Amazon Linux and others name modules for the look-up of hosts; made for another C library than the program's own, they would end it."""
    source, module, names = tmp_path / "module.c", tmp_path / "module.so", tmp_path / "nsswitch.conf"
    source.write_text("__attribute__((constructor)) static void end(void) { __builtin_trap(); }\n")
    target = {"x86_64": "x86_64-unknown-linux-gnu", "arm64": "aarch64-unknown-linux-gnu"}[ARCHITECTURE]
    subprocess.run(["clang", f"--target={target}", "-fuse-ld=lld", "-shared", "-nostdlib", "-fPIC", "-o", module, source], check=True)
    names.write_text("hosts: files myhostname resolve [!UNAVAIL=return] dns\n")
    folders = ("lib", "lib64", "usr/lib", "usr/lib64", *(f"{root}/{cpu}-linux-gnu" for root in ("lib", "usr/lib") for cpu in ("x86_64", "aarch64")))
    files = {"etc/nsswitch.conf": str(names)}
    files |= {f"{folder}/libnss_{name}.so.2": str(module) for folder in folders for name in ("myhostname", "resolve")}
    result, = isolation.run([case(arbiter, "Supervisor", EVENTS["Supervisor"], certificate, authority) | {"files": files}])
    assert result["told"] and result["told"]["problem"] is None and result["requests"], result


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
