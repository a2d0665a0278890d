"""The demo of fabrication as a whole: what the terminal shows of it, where its numbers come from, and what it leaves."""

from __future__ import annotations

import json
import re

from harness.checkout import Checkout
from harness.cloud import ROOT
from harness.demos import DEMO_SECONDS, FOREIGN, assert_nothing_is_left, environment, numbers, run_demo, runs_of
from harness.terminal import INTERRUPT, Terminal

DEMO = ROOT / "Scripts" / "demo-fabricate.sh"
AGENT = "ledger-reconciler"

# What a person sees of a fabrication, in this order.
STEPS = ["→ fabricator", "search_agents  nothing fits", f"upload_agent_to_s3  '{AGENT}'", "test_agent  3 of 4 cases passed; ", "expected 166.68",
         f"upload_agent_to_s3  '{AGENT}'", "test_agent  4 of 4 cases passed", f"store_agent_config_dynamo  '{AGENT}' version", "is active",
         f"complete_task  '{AGENT}' is ready", "✓ fabricator", f"→ {AGENT}", f"✓ {AGENT}", "completed"]


def test_it_makes_an_agent_uses_it_and_uses_it_again(checkout: Checkout) -> None:
    first = run_demo(DEMO, checkout, **FOREIGN)
    assert first.returncode == 0, first.stderr
    assert int(re.search(r"both runs took (\d+) s", first.stderr)[1]) <= DEMO_SECONDS
    made, reused = runs_of(first.stderr)
    shown = first.stderr[first.stderr.index(f"orchestration {made}"):]
    places = []
    for step in STEPS:
        places.append(shown.find(step, places[-1] if places else 0))
        assert places[-1] >= 0, (step, shown)
    again = shown[shown.index(f"orchestration {reused}"):]
    assert f"✓ {AGENT}" in again and "fabricator" not in again
    for command in ("show fabricate-", f"agents show {AGENT}", f"agents history {AGENT}", "local down"):
        assert f"arbiter {command}" in first.stderr

    answers = first.stdout.strip().split("\n\n")
    assert len(answers) == 2
    for run, answer in zip((made, reused), answers, strict=True):
        # Each number is, as it is rounded there, in what the agent has computed; ids of shipments and orders too.
        tasks = [task for round_ in json.loads(checkout.arbiter("show", run, "--json").stdout)["rounds"] for task in round_["tasks"]]
        known = numbers(json.dumps([task["data"] for task in tasks if task["agent"] == AGENT]))
        assert numbers(answer) <= {round(number, places) for number in known for places in (0, 1, 2)} | known, answer

    # Once more, in the cloud that stayed up: from the beginning.
    second = run_demo(DEMO, checkout)
    assert second.returncode == 0, second.stderr
    assert second.stdout == first.stdout
    assert "forgetting what an earlier demo made" in second.stderr and "3 of 4 cases passed" in second.stderr


def test_an_interrupted_fabrication_leaves_nothing(checkout: Checkout) -> None:
    with Terminal([str(DEMO)], str(ROOT), environment(checkout)) as terminal:
        terminal.read_until(r"search_agents", 180)
        assert checkout.listening()
        terminal.press(INTERRUPT)
        assert terminal.end() == 130, terminal.text
    assert "cancelling the run" in terminal.text and "the run goes on" not in terminal.text
    assert_nothing_is_left(checkout)


def test_a_model_that_is_unknown_is_refused(checkout: Checkout) -> None:
    done = run_demo(DEMO, checkout, MODEL="oracle")
    assert done.returncode == 2 and "scripted or bedrock" in done.stderr
    assert not checkout.left_running()
