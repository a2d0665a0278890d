"""Chaos on real processes: the packaged functions on a local cloud of their own, with faults between them and everything that they call, functions
killed at random, events that come twice and late. At the end an auditor counts what was lost, doubled, stuck or overspent.

Ends with 0 when there is nothing of it, with 1 otherwise, with 2 when it could not be run.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import pathlib
import shutil
import signal
import sys
import tempfile
import time

from chaos.auditor import audit
from chaos.plan import Plan, Rates
from chaos.report import figures, lines
from chaos.world import World

# Beyond this, more at a time only wait for the local cloud's one processor.
IN_FLIGHT = 40
WIDTH = 12


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="chaos.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orchestrations", type=positive, default=500, metavar="COUNT", help="how many are asked for (default 500)")
    parser.add_argument("--seed", type=int, help="decides what chance decides (default: the time)")
    parser.add_argument("--minutes", type=float, default=15, help="the most it may take; what is not at rest by then is stuck (default 15)")
    parser.add_argument("--rate", action="append", default=[], metavar="NAME=RATE",
                        help="of 100 requests: throttle, error, reset, lose, duplicate, delay, hang, partial, conflict, lag (aws.NAME, model.NAME "
                             "for one side); of 100 events: event-duplicates, event-delays, request-duplicates; a minute: kills. May be repeated")
    parser.add_argument("--calm", action="store_true", help="no trouble at all, but for the rates that are given")
    parser.add_argument("--in-flight", type=positive, default=IN_FLIGHT, metavar="COUNT", help=f"orchestrations at a time (default {IN_FLIGHT})")
    parser.add_argument("--json", action="store_true", help="print the report as JSON, and how it goes to standard error")
    parser.add_argument("--snapshot", type=pathlib.Path, metavar="FILE", help="write what was left, for a closer look")
    parser.add_argument("--audit", type=pathlib.Path, metavar="FILE", help="run nothing, judge a snapshot that was written before")
    parser.add_argument("--keep", action="store_true", help="leave the cloud running at the end until Enter or Ctrl-C, and its folder for good")
    options = parser.parse_args(arguments)
    options.rates = Rates()
    if options.calm:
        for name in (*(str(fault) for fault in options.rates.aws), *Rates.NAMES):
            options.rates = options.rates.changed(name, 0)
    for pair in options.rate:
        name, _, rate = pair.partition("=")
        try:
            options.rates = options.rates.changed(name, float(rate))
        except ValueError as error:
            parser.error(f"--rate {pair}: {error}")
    if options.seed is None:
        options.seed = int(time.time())
    return options


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    stream = sys.stderr if options.json else sys.stdout
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - began:4.0f} s] {text}", file=stream, flush=True)

    if options.audit:
        from chaos.snapshot import Snapshot

        findings = audit(Snapshot.read(options.audit))
        for finding in findings:
            print(f"{finding.kind}: {finding.of} {finding.what}")
        print(f"{len(findings)} findings")
        return 1 if findings else 0
    # Whatever ends this takes the cloud along; in the background SIGINT may be switched off.
    for end in (signal.SIGINT, signal.SIGTERM):
        signal.signal(end, signal.default_int_handler)
    plan = Plan.make(options.seed, options.orchestrations, options.rates)
    for line in plan.summary():
        print(line, file=stream, flush=True)
    project = pathlib.Path(tempfile.mkdtemp(prefix="arbiter-chaos-"))
    try:
        with World.opened(plan, project, WIDTH, say) as world:
            say(f"the local cloud is at {world.cloud.endpoint}, in {project}")
            snapshot = world.run(options.in_flight, began + options.minutes * 60)
            if options.snapshot:
                snapshot.write(options.snapshot)
            findings = audit(snapshot)
            report = figures(plan, snapshot, world.told, findings)
            print(json.dumps(report, indent=2) if options.json else "\n".join(["", *lines(report)]), flush=True)
            if options.keep:
                keep(world, project)
    except KeyboardInterrupt:
        return 130
    finally:
        if not options.keep:
            shutil.rmtree(project, ignore_errors=True)
    return 0 if not findings and report["accounted"] == len(plan.runs) else 1


def keep(world: World, project: pathlib.Path) -> None:
    print(f"\nThe cloud goes on until Enter or Ctrl-C. It is at {world.cloud.endpoint}; .venv/bin/python Scripts/local_cloud.py --state "
          f"{project}/.arbiter/local --logs supervisor prints what the Supervisor logged.", file=sys.stderr, flush=True)
    with contextlib.suppress(KeyboardInterrupt, EOFError):
        input()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
