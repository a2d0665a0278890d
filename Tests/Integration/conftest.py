"""What the tests share: one local cloud with the packaged functions, the agents' rows, and what happens on the bus."""

from __future__ import annotations

import pathlib
import subprocess
from collections.abc import Iterator

import pytest

from harness.bus import BusWatch
from harness.checkout import Checkout
from harness.cloud import ROOT, Cloud
from harness.measurements import Measurement, table
from harness.registry import write_agents
from infra import packages

HERE = pathlib.Path(__file__).parent
DEMO = ROOT / "Demo" / "fabricate"
running: list[Cloud] = []
measured: list[Measurement] = []


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    for name in packages.FUNCTIONS:
        assert (ROOT / "dist" / f"{name}.zip").is_file(), f"dist/{name}.zip is missing: run make package"
    subprocess.run(["swift", "build", "--quiet", "--product", "arbiter"], cwd=ROOT, check=True)
    cloud = Cloud.start(tmp_path_factory.mktemp("project"), HERE / "scenario.json", DEMO / "scenario.json")
    running.append(cloud)
    try:
        yield cloud
    finally:
        running.clear()
        cloud.stop()


@pytest.fixture(scope="module")
def built() -> None:
    """Demos build what is missing; how long it takes is not their own time."""
    subprocess.run(["swift", "build", "--quiet", "--product", "arbiter"], cwd=ROOT, check=True)
    for name in packages.FUNCTIONS:
        assert (ROOT / "dist" / f"{name}.zip").is_file(), f"dist/{name}.zip is missing: run make package"


@pytest.fixture
def checkout(built: None, tmp_path: pathlib.Path) -> Iterator[Checkout]:
    """A folder that looks like a checkout, of which nothing runs."""
    checkout = Checkout(tmp_path)
    try:
        yield checkout
    finally:
        checkout.close()


@pytest.fixture(scope="session")
def agents(cloud: Cloud) -> dict[str, str]:
    """The agents' rows are written; the URLs of their own queues, by agent."""
    return write_agents(cloud)


@pytest.fixture(scope="session")
def bus(cloud: Cloud, agents: dict[str, str]) -> Iterator[BusWatch]:
    """What the Supervisor tells the world, from the start of the tests."""
    with BusWatch(cloud, "watch", ["supervisor.feedback", "arbiter.error", "task.response", "agent.fabricated", "agent.fabrication.failed",
                                   "agent.activated", "agent.pending", "agent.quarantined", "agent.enabled"]) as watch:
        yield watch


@pytest.fixture(scope="session")
def measurements() -> list[Measurement]:
    """Where tests leave figures, which are printed at the end."""
    return measured


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if measured:
        terminalreporter.section("what tasks take")
        for line in table(measured):
            terminalreporter.write_line(line)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    report = yield
    if report.failed and running:
        report.sections += [(f"end of {name}", text) for name, text in running[0].log_tails()]
    return report
