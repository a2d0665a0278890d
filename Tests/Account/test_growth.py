"""The cost agent over accounts of 10, 100 and 1,000 functions: calls grow with the functions, memory stays where it is.

Scripts/test-contract.sh runs it with ARBITER_COST_AGENT, the program; Benchmarks/cost has the same with times.
"""

import os
import pathlib

import pytest

import agent_run

PROGRAM = os.environ.get("ARBITER_COST_AGENT")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="ARBITER_COST_AGENT names no program")
# Of the calls for each function more, between accounts of different sizes.
TOLERANCE = 1.1
MEGABYTES = 100


@pytest.fixture(scope="module")
def runs():
    return {functions: agent_run.run(pathlib.Path(PROGRAM), functions) for functions in (10, 100, 1_000)}


def test_nothing_is_asked_that_an_account_would_refuse(runs):
    assert [problem for run in runs.values() for problem in run.problems] == []


def test_calls_grow_with_the_functions(runs):
    small, middle, large = (runs[functions].call_count for functions in (10, 100, 1_000))
    each = (middle - small) / 90
    assert 2 < each < 6, runs
    assert (large - middle) / 900 < each * TOLERANCE


def test_metrics_are_asked_for_in_batches(runs):
    # Eleven figures of each function in at most 500 a call, and what a call may answer with.
    assert runs[1_000].calls["cloudwatch.GetMetricData"] < 60


def test_memory_stays_below_its_bar(runs):
    assert runs[1_000].peak_megabytes < MEGABYTES


def test_the_threads_share_their_heaps(runs):
    # Two in all, of which the other may have grown into a second region over a large account.
    assert runs[10].heaps <= 1 and runs[100].heaps <= 1, runs


def test_a_report_is_written(runs):
    for run in runs.values():
        assert run.calls["s3.PutObject"] >= 4
