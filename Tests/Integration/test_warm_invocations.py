"""How quickly a function answers that is there already."""

from __future__ import annotations

import statistics
import time

from harness.bus import BusWatch
from harness.cloud import Cloud
from harness.runs import row, run

# The project's own bound, as a caller of the local cloud sees it.
WARM_MILLISECONDS = 10


def test_a_warm_invocation_of_the_supervisor(cloud: Cloud, bus: BusWatch, agents: dict[str, str]) -> None:
    """A request that came before: one look at the ledger, and nothing to do."""
    orchestration = run(cloud, bus, "answer at once")["orchestration_id"]
    event = {"source": "task.request", "detail-type": "task.request", "id": orchestration, "detail": {"task": "answer at once"}}
    durations = []
    for _ in range(60):
        began = time.perf_counter()
        assert cloud.invoke_supervisor(event) == {"status": "accepted", "orchestrationId": orchestration}
        durations.append((time.perf_counter() - began) * 1000)
    assert row(cloud, orchestration)["model_calls"] == 1
    assert statistics.median(durations) <= WARM_MILLISECONDS, [round(duration, 1) for duration in durations]
