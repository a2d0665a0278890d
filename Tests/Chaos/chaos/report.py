"""What is printed at the end."""

from __future__ import annotations

import collections
from typing import Any

from chaos.auditor import Finding, Kind, accounted
from chaos.plan import Plan
from chaos.snapshot import Snapshot
from chaos.world import Told

# Of each kind of finding; --json has all.
SHOWN = 20


def figures(plan: Plan, snapshot: Snapshot, told: Told, findings: list[Finding]) -> dict[str, Any]:
    """All of it, as JSON."""
    states = collections.Counter(row["state"] for row in snapshot.orchestrations.values())
    tasks = collections.Counter(task["code"] or task["state"] for round_ in snapshot.rounds.values() for task in round_["tasks"].values())
    faults = collections.Counter()
    for side, operations in told.faults.items():
        for counts in operations.values():
            for fault, count in counts.items():
                faults[f"{side}.{fault}"] += count
    requests = {request["id"] for request in snapshot.requests}
    return {
        "seed": plan.seed, "orchestrations": len(plan.runs), "accounted": accounted(snapshot, findings),
        "counts": {str(kind): sum(finding.kind is kind for finding in findings) for kind in Kind},
        "findings": [{"kind": str(finding.kind), "of": finding.of, "what": finding.what} for finding in findings],
        "states": dict(states.most_common()), "tasks": dict(tasks.most_common()),
        "arbiterErrors": {code: len(said) for code, said in snapshot.errors.items()},
        "faults": dict(sorted(faults.items())), "faultsByOperation": told.faults, "requestsForwarded": told.forwarded,
        "lostByServices": told.lost_by_services,
        "killed": told.killed, "killsAtWork": told.kills_at_work, "killsOfAll": told.kills_of_all,
        "sweeps": told.sweeps, "sweepsFailed": told.sweeps_failed,
        "deliveries": told.deliveries, "failedAttempts": told.failed_attempts, "deadLetters": collections.Counter(
            letter["queue"] for letter in snapshot.dead_letters),
        "feedbackTwice": len(snapshot.feedback) - len({detail["orchestration_id"] for detail in snapshot.feedback}),
        "completionsPublished": len(snapshot.completions),
        "modelCalls": sum(calls["calls"] for calls in snapshot.model_calls.values()),
        "modelMicroUSD": sum(calls["microUSD"] for id, calls in snapshot.model_calls.items() if id in requests),
        "spentMicroUSD": sum(row.get("spent", 0) for row in snapshot.orchestrations.values()),
        "rested": told.rested, "collected": told.collected, "secondsOfTrouble": round(told.seconds_of_trouble, 1), "secondsToRest": round(told.seconds_to_rest, 1),
    }


def lines(figures: dict[str, Any]) -> list[str]:
    """For people."""
    def listed(counts: dict[str, int]) -> str:
        return ", ".join(f"{count} {name}" for name, count in counts.items()) or "none"

    deliveries = figures["deliveries"]
    found = [
        f"{'requests through the proxy':<28} {listed(figures['requestsForwarded'])}",
        f"{'faults':<28} {listed(figures['faults'])}",
        f"{'functions killed':<28} {figures['killed']}; {figures['killsAtWork']} times one that had just begun to work, or all then, "
        f"{figures['killsOfAll']} times all at once",
        f"{'events to the Supervisor':<28} {deliveries.get('events', 0)}; delivered twice {deliveries.get('delivered twice', 0)}, "
        f"late {deliveries.get('late', 0)}, tried again as AWS would {deliveries.get('tried again', 0)}, "
        f"dead after three attempts {deliveries.get('dead letters', 0)}, redriven {deliveries.get('redriven', 0)}",
        f"{'attempts that failed':<28} {listed(figures['failedAttempts'])}",
        f"{'sweeps':<28} {figures['sweeps']}, {figures['sweepsFailed']} of them failed",
        f"{'dead letters left':<28} {listed(figures['deadLetters'])}",
        f"{'services that failed by themselves':<28} {len(figures['lostByServices'])}",
        f"{'runs':<28} {listed(figures['states'])}",
        f"{'tasks':<28} {listed(figures['tasks'])}",
        f"{'arbiter.error':<28} {listed(figures['arbiterErrors'])}",
        f"{'results published again':<28} {figures['feedbackTwice']}",
        f"{'model calls':<28} {figures['modelCalls']}, ${figures['modelMicroUSD'] / 1e6:.2f} by the model's own log, "
        f"${figures['spentMicroUSD'] / 1e6:.2f} by the rows",
        f"{'time':<28} {figures['secondsOfTrouble']:.0f} s of trouble, {figures['secondsToRest']:.0f} s to rest",
        "",
        "  ".join(f"{kind} {count}" for kind, count in figures["counts"].items()),
        f"{figures['accounted']} of {figures['orchestrations']} accounted for",
    ]
    by_kind = collections.defaultdict(list)
    for finding in figures["findings"]:
        by_kind[finding["kind"]].append(finding)
    for kind, of_kind in by_kind.items():
        found.append("")
        found += [f"{kind}: {finding['of']} {finding['what']}" for finding in of_kind[:SHOWN]]
        if len(of_kind) > SHOWN:
            found.append(f"{kind}: {len(of_kind) - SHOWN} more")
    return found
