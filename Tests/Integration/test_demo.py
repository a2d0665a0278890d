"""The demo script as a whole: what it answers, where its numbers come from, and what it leaves when somebody does not want to wait."""

from __future__ import annotations

import csv
import decimal
import json
import re
import socket

import pytest

from harness.checkout import Checkout
from harness.cloud import ROOT
from harness.demos import DEMO_SECONDS, FOREIGN, assert_nothing_is_left, environment, numbers, run_demo, runs_of
from harness.terminal import INTERRUPT, Terminal

DEMO = ROOT / "Scripts" / "demo.sh"


def rows(name: str) -> list[dict[str, str]]:
    with (ROOT / "Demo" / "data" / name).open(newline="") as file:
        return list(csv.DictReader(file))


def test_it_answers_from_the_files_twice(checkout: Checkout) -> None:
    first = run_demo(DEMO, checkout, **FOREIGN)
    assert first.returncode == 0, first.stderr
    took = int(re.search(r"the run took (\d+) s", first.stderr)[1])
    assert took <= DEMO_SECONDS
    for command in ("show demo-", "list", "local down"):
        assert f"arbiter {command}" in first.stderr
    report = (checkout.state / "demo" / "report.md").read_text()
    assert report.startswith("#")
    assert_numbers_come_from_tools(checkout, runs_of(first.stderr)[0], first.stdout, report)
    assert_numbers_are_right(first.stdout, report)

    second = run_demo(DEMO, checkout)
    assert second.returncode == 0, second.stderr
    assert second.stdout == first.stdout and runs_of(second.stderr) != runs_of(first.stderr)
    assert second.stderr.count("already running") == 2, second.stderr


def assert_numbers_come_from_tools(checkout: Checkout, run: str, answer: str, report: str) -> None:
    """Each number of the answer and the report is, as it is rounded there, in a result of a tool or an agent that the run has recorded."""
    shown = json.loads(checkout.arbiter("show", run, "--json").stdout)
    assert [len(round_["tasks"]) for round_ in shown["rounds"]] == [2, 1], "two agents in parallel, then a third"
    results = json.dumps([task["data"] for round_ in shown["rounds"] for task in round_["tasks"]])
    known = numbers(results)
    rounded = {round(number, places) for number in known for places in (0, 1, 2)}
    assert numbers(answer) <= rounded, numbers(answer) - rounded
    # The report's own: the year and the quarter that its title names, and rates that the writer computed with a tool.
    assert len(numbers(report) & rounded) > 10


def assert_numbers_are_right(answer: str, report: str) -> None:
    """The same figures, computed here from the files."""
    sold: dict[str, decimal.Decimal] = {}
    revenue: dict[str, decimal.Decimal] = {}
    for sale in rows("sales.csv"):
        units = decimal.Decimal(sale["units"])
        sold[sale["product"]] = sold.get(sale["product"], decimal.Decimal()) + units
        revenue[sale["product"]] = revenue.get(sale["product"], decimal.Decimal()) + units * decimal.Decimal(sale["unit_price"])
    returned = dict.fromkeys(sold, decimal.Decimal())
    refunds = dict.fromkeys(sold, decimal.Decimal())
    for back in rows("returns.csv"):
        returned[back["product"]] += decimal.Decimal(back["units"])
        refunds[back["product"]] += decimal.Decimal(back["refund"])
    net = {product: revenue[product] - refunds[product] for product in sold}
    rate = {product: returned[product] / sold[product] * 100 for product in sold}
    best, worst = max(net, key=net.__getitem__), max(rate, key=rate.__getitem__)
    assert f"{best} earns the most after refunds: ${net[best]:,.2f}" in answer
    assert f"${sum(net.values()):,.2f} net revenue" in answer
    assert f"{worst} has a returns problem: {rate[worst]:.1f} %" in answer
    assert f"${sum(revenue.values()):,.2f}" in answer
    assert best in report and worst in report


@pytest.mark.parametrize("times", [1, 2])
def test_an_interrupted_demo_leaves_nothing(checkout: Checkout, times: int) -> None:
    with Terminal([str(DEMO)], str(ROOT), environment(checkout)) as terminal:
        terminal.read_until(r"round 1", 180)
        assert checkout.listening()
        terminal.press(INTERRUPT)
        if times == 2:
            # The impatient one, while it tidies up.
            terminal.read_until("stopping what the demo started")
            terminal.press(INTERRUPT)
        assert terminal.end() == 130, terminal.text
    assert not checkout.left_running() and not checkout.listening()
    assert "cancelling the run" in terminal.text and "the run goes on" not in terminal.text


def test_a_port_that_is_taken_is_told_with_the_demos_own_names(checkout: Checkout) -> None:
    with socket.create_server(("127.0.0.1", checkout.port)):
        done = run_demo(DEMO, checkout)
    assert done.returncode == 1 and "make demo PORT=4666 MODEL_PORT=4667" in done.stderr, done.stderr
    assert not checkout.left_running()


def test_an_interrupted_demo_stops_only_what_it_started(checkout: Checkout) -> None:
    assert checkout.up("--scenario", "Demo/scenario.json").returncode == 0
    before = checkout.arbiter("local", "status", "--json").stdout
    with Terminal([str(DEMO)], str(ROOT), environment(checkout)) as terminal:
        run = terminal.read_until(r"orchestration (demo-[\w-]+)", 180)[1]
        terminal.read_until(r"round 1")
        terminal.press(INTERRUPT)
        assert terminal.end() == 130, terminal.text
    assert checkout.arbiter("local", "status", "--json").stdout == before
    # The run does not go on in the cloud that stays.
    shown = json.loads(checkout.arbiter("show", run, "--json").stdout)
    assert (shown["state"], shown["waitingFor"]) == ("cancelled", [])
    assert "interrupted" in shown["outcome"]["message"]


def test_a_demo_that_fails_leaves_nothing(checkout: Checkout) -> None:
    # Where the report should go, there is a file already.
    checkout.state.mkdir()
    (checkout.state / "demo").write_text("in the way")
    failed = run_demo(DEMO, checkout)
    assert failed.returncode != 0
    assert_nothing_is_left(checkout)


def test_models_that_cannot_be_asked(checkout: Checkout) -> None:
    unknown = run_demo(DEMO, checkout, MODEL="oracle")
    assert unknown.returncode == 2 and "scripted or bedrock" in unknown.stderr
    nobody = run_demo(DEMO, checkout, MODEL="bedrock", AWS_PROFILE="no-such-profile", AWS_EC2_METADATA_DISABLED="true")
    assert nobody.returncode == 1 and "no-such-profile" in nobody.stderr, nobody.stderr
    assert not checkout.left_running()


@pytest.mark.parametrize(("region", "prefix"), [
    ("us-west-2", "us"), ("eu-central-1", "eu"), ("ap-northeast-1", "jp"), ("ap-southeast-2", "au"), ("sa-east-1", "global")])
def test_the_default_model_can_be_called_from_the_region(checkout: Checkout, region: str, prefix: str) -> None:
    caller = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example", "AWS_REGION": region}
    with Terminal([str(DEMO)], str(ROOT), environment(checkout, MODEL="bedrock", **caller)) as terminal:
        terminal.read_until(f"Bedrock in {region}, model {prefix}\\.anthropic\\.")
        terminal.press(INTERRUPT)
        assert terminal.end() == 130, terminal.text
    assert not checkout.left_running()
