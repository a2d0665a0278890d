#!/usr/bin/env python3
"""Runs the local AWS (ministack, in this process), or starts and stops one in the background.

    local_cloud.py [options]            run until SIGTERM or SIGINT, then save the state and end
    local_cloud.py --detach [options]   start in the background, return when it answers
    local_cloud.py --status             print the running one as JSON; exit status 3 when there is none
    local_cloud.py --stop               stop the one in the background and wait until it has ended
    local_cloud.py --logs FUNCTION      print what a function has logged: supervisor, worker-wrapper, fabricator,
                                        config-seeder or agent-invoker

While it runs, STATE/local-cloud.json says where: pid, endpoint, region, account, modelEndpoint, log. It is written once
requests are answered and removed at the end. Functions run as children of this process, in an environment that holds only what
Lambda gives and what the options add; in particular AWS_ENDPOINT_URL (this cloud, also when their own Lambda environment names another) and, unless
that environment says otherwise, AWS_ENDPOINT_URL_BEDROCK_RUNTIME and AWS_ENDPOINT_URL_BEDROCK_AGENTCORE (the model endpoint, which runs agents too).

Run it with the Python of .venv, which Scripts/setup.sh makes: .venv/bin/python Scripts/local_cloud.py
"""

import argparse
import contextlib
import fcntl
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
MINISTACK_VERSION = "1.5.33"
FUNCTIONS = ["supervisor", "worker-wrapper", "fabricator", "config-seeder", "agent-invoker"]

# Loading the state of an earlier run is part of the start.
START_SECONDS = 30
# Saving the state, and the two seconds that ministack grants functions that do not end by themselves.
STOP_SECONDS = 20
# A process that is ending has no command line any more when its lock goes.
LOCK_SECONDS = 2


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--detach", action="store_true", help="start in the background and return when it answers")
    action.add_argument("--stop", action="store_true", help="stop the one in the background")
    action.add_argument("--status", action="store_true", help="print the running one as JSON")
    action.add_argument("--logs", metavar="FUNCTION", choices=FUNCTIONS, help="print what a function has logged: " + ", ".join(FUNCTIONS))
    parser.add_argument("--port", type=int, default=4566, help="port on 127.0.0.1 (default 4566)")
    parser.add_argument("--state", type=pathlib.Path, default=ROOT / ".arbiter" / "local",
                        help="folder for the state, the log and temporary files (default .arbiter/local)")
    parser.add_argument("--region", default="us-east-1", help="default us-east-1")
    parser.add_argument("--account", default="123456789012", help="default 123456789012")
    parser.add_argument("--model-endpoint", default="http://127.0.0.1:4567", metavar="URL",
                        help="where functions find Bedrock and AgentCore (default http://127.0.0.1:4567, the port of `arbiter model-server`)")
    parser.add_argument("--function-environment", action="append", default=[], metavar="NAME=VALUE",
                        help="a variable that every function gets; may be repeated")
    parser.add_argument("--forget", action="store_true", help="begin with an empty cloud: remove the state of earlier runs")
    parser.add_argument("--stop-with-parent", action="store_true", help="end when the process that started this one ends")
    parser.add_argument("--log-level", default="INFO", choices=["DEBUG", "INFO", "WARNING", "ERROR"])
    options = parser.parse_args(arguments)
    options.state = options.state.resolve()
    for pair in options.function_environment:
        if "=" not in pair:
            parser.error(f"--function-environment {pair}: expected NAME=VALUE")
    return options


# The state -----------------------------------------------------------------------------------------------------------


def other_port(options: argparse.Namespace) -> int | None:
    """The port that the saved state was made on, when it is another than the one asked for. The addresses of queues hold the port, those that
    functions and their triggers were given included: on another, messages would go where nobody looks."""
    if options.forget or not any((options.state / "state").glob("*")):
        return None
    try:
        port = int((options.state / "port").read_text())
    except (OSError, ValueError):
        # Saved before the port was noted.
        return None
    return port if port != options.port else None


def refuse_other_port(options: argparse.Namespace) -> bool:
    port = other_port(options)
    if port is not None:
        print(f"local cloud: the state in {options.state} was made on port {port}, and its queues are known by addresses on that port: start it "
              f"with --port {port}, or with --forget to begin with an empty cloud on port {options.port}", file=sys.stderr)
    return port is not None


def running(state: pathlib.Path) -> dict | None:
    """What the state file says, if the process it names lives and is one of ours."""
    try:
        description = json.loads((state / "local-cloud.json").read_text())
        return description if lives(description["pid"]) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def lives(process: int) -> bool:
    """True while a process of ours has that id; one that has ended but whose parent has not asked for its status has no command line."""
    try:
        return b"local_cloud.py" in pathlib.Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def lock(state: pathlib.Path) -> bool:
    """Takes the state folder for this process, until it ends; False when another has it."""
    state.mkdir(parents=True, exist_ok=True)
    # Kept open and not inherited: functions are children that may outlive this process for a moment.
    file = os.open(state / "local-cloud.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if running(state) or time.monotonic() > deadline:
                os.close(file)
                return False
            time.sleep(0.02)


def answers(endpoint: str) -> bool:
    try:
        with urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=2) as response:
            return response.status == 200
    except (OSError, urllib.error.URLError):
        return False


# Running in this process ---------------------------------------------------------------------------------------------


def clean_environment(options: argparse.Namespace) -> dict[str, str]:
    """Everything this process and the functions it starts have in their environment. Functions inherit it, so nothing of the
    caller's may be in it: neither credentials nor profiles nor proxies."""
    temporary = options.state / "tmp"
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(temporary),
        "TMPDIR": str(temporary),
        "LANG": "C.UTF-8",
        "TZ": ":UTC",
        "MINISTACK_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(options.port),
        "BIND_HOST": "127.0.0.1",
        # Without it a provided.* function is not told where AWS is.
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{options.port}",
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": options.model_endpoint,
        "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": options.model_endpoint,
        "AWS_REGION": options.region,
        "AWS_DEFAULT_REGION": options.region,
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_LOG_LEVEL": "INFO",
        "MINISTACK_REGION": options.region,
        "MINISTACK_ACCOUNT_ID": options.account,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(options.state / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(options.state / "s3"),
        "LOG_LEVEL": options.log_level,
        # Listeners and look-ups that nothing here uses.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{temporary}/no-docker",
    }
    environment.update(pair.split("=", 1) for pair in options.function_environment)
    return environment


def hasten_invocations() -> None:
    """Removes two delays that AWS does not have, in memory only: a warm invocation takes 4 ms instead of 96."""
    import inspect
    import socketserver

    from ministack.core import lambda_runtime

    # Headers and body of an invocation are two segments; with Nagle's algorithm the second waits for the client's delayed
    # acknowledgement of the first, 40 ms.
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True

    # After each invocation ministack waits 50 ms for a first log line, then 5 ms for a further one. What comes later is not
    # lost: it is read with the next invocation's lines.
    drain = lambda_runtime.Worker._drain_stderr_bounded
    names = list(inspect.signature(drain).parameters)
    if names != ["self", "first_line_wait", "idle_confirm", "hard_cap"]:
        raise SystemExit(f"local cloud: ministack's log drain takes {names}, which this launcher does not know")
    drain.__defaults__ = (0.002, 0.001, 0.250)


def discard_unsaved_buckets(options: argparse.Namespace) -> None:
    """After a run that was killed: objects are on the disk at once, everything else only since the last clean end. Buckets that the
    saved state does not know would be in the way of the stack that makes them again."""
    description = options.state / "local-cloud.json"
    if not description.exists():
        return
    import shutil

    try:
        saved = json.loads((options.state / "state" / "s3.json").read_text())["payload"]["buckets_meta"]["data"]
    except (OSError, ValueError, KeyError):
        saved = {}
    # A key is the account, a zero byte and the quoted name.
    known = {key.rsplit("\0", 1)[-1].strip("'") for key in saved}
    print("local cloud: the last run was killed; what it had not saved is gone", file=sys.stderr)
    for bucket in (options.state / "s3" / options.account).glob("*"):
        if bucket.name not in known:
            shutil.rmtree(bucket)
    description.unlink()


def announce(options: argparse.Namespace) -> None:
    """Writes the state file as soon as requests are answered."""
    endpoint = f"http://127.0.0.1:{options.port}"
    deadline = time.monotonic() + START_SECONDS
    while not answers(endpoint):
        if time.monotonic() > deadline:
            return
        time.sleep(0.02)
    description = {
        "pid": os.getpid(),
        "endpoint": endpoint,
        "region": options.region,
        "account": options.account,
        "modelEndpoint": options.model_endpoint,
        "log": str(options.state / "local-cloud.log"),
        "startedAtMilliseconds": int(time.time() * 1000),
    }
    unfinished = options.state / "local-cloud.json.unfinished"
    unfinished.write_text(json.dumps(description, indent=2) + "\n")
    unfinished.replace(options.state / "local-cloud.json")


def watch_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def serve(options: argparse.Namespace) -> int:
    try:
        import importlib.metadata

        version = importlib.metadata.version("ministack")
    except importlib.metadata.PackageNotFoundError:
        print("local cloud: ministack is not installed: run Scripts/setup.sh local, then use .venv/bin/python", file=sys.stderr)
        return 1
    if version != MINISTACK_VERSION:
        print(f"local cloud: ministack is {version}, this launcher knows {MINISTACK_VERSION}: run Scripts/setup.sh local", file=sys.stderr)
        return 1
    # Before anything is touched: what looks like the remains of a killed run may be another cloud at work.
    if not lock(options.state):
        present = running(options.state)
        where = f"running at {present['endpoint']} (process {present['pid']})" if present else "starting"
        print(f"local cloud: one is {where} with the state folder {options.state}: stop it with --stop, or choose another --state",
              file=sys.stderr)
        return 1
    if options.forget:
        import shutil

        for name in ("state", "s3", "tmp"):
            shutil.rmtree(options.state / name, ignore_errors=True)
        # What Scripts/deploy.py wrote about a cloud that is no more.
        if options.state == ROOT / ".arbiter" / "local":
            (ROOT / ".arbiter" / "outputs-local.json").unlink(missing_ok=True)
    if refuse_other_port(options):
        return 1
    discard_unsaved_buckets(options)
    (options.state / "port").write_text(f"{options.port}\n")
    (options.state / "tmp").mkdir(parents=True, exist_ok=True)

    # ministack reads its settings when it is imported, so the environment comes first.
    parent = os.getppid()
    environment = clean_environment(options)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["ministack"]
    from ministack import app
    from ministack.core import lambda_runtime

    hasten_invocations()
    threading.Thread(target=announce, args=(options,), daemon=True).start()
    if options.stop_with_parent:
        threading.Thread(target=watch_parent, args=(parent,), daemon=True).start()
    try:
        app.main()
    except KeyboardInterrupt:
        pass
    finally:
        (options.state / "local-cloud.json").unlink(missing_ok=True)
        # Functions are children that would otherwise stay until they notice.
        lambda_runtime.reset()
    return 0


# Starting and stopping one in the background -------------------------------------------------------------------------


def detach(options: argparse.Namespace, arguments: list[str]) -> int:
    present = running(options.state)
    if present:
        print(f"local cloud: already running at {present['endpoint']} (process {present['pid']})", file=sys.stderr)
        return 0 if answers(present["endpoint"]) else 1
    if refuse_other_port(options):
        return 1
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", options.port)) == 0:
            print(f"local cloud: port {options.port} is taken by another program; choose one with --port", file=sys.stderr)
            return 1

    options.state.mkdir(parents=True, exist_ok=True)
    interrupted = []
    # A Ctrl-C before there is a process to end must not leave one behind.
    signal.signal(signal.SIGINT, lambda *_: interrupted.append(True))
    log = options.state / "local-cloud.log"
    began = time.monotonic()
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, str(pathlib.Path(__file__).resolve()), *(a for a in arguments if a != "--detach")],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if interrupted:
            raise KeyboardInterrupt
        while running(options.state) is None:
            if process.poll() is not None or time.monotonic() - began > START_SECONDS:
                process.terminate()
                lines = log.read_text(errors="replace").splitlines()[-15:]
                print("\n".join([f"local cloud: did not start; the end of {log}:", *lines]), file=sys.stderr)
                return 1
            time.sleep(0.02)
    except KeyboardInterrupt:
        # It has a session of its own, so that the terminal's Ctrl-C has not reached it.
        process.terminate()
        return 130
    print(f"local cloud: running at http://127.0.0.1:{options.port} (process {process.pid}, {time.monotonic() - began:.1f} s)", file=sys.stderr)
    return 0


def stop(options: argparse.Namespace) -> int:
    present = running(options.state)
    if present is None:
        print("local cloud: not running", file=sys.stderr)
        return 0
    with contextlib.suppress(ProcessLookupError):
        os.kill(present["pid"], signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while lives(present["pid"]):
        if time.monotonic() > deadline:
            print(f"local cloud: process {present['pid']} has not ended after {STOP_SECONDS} s", file=sys.stderr)
            return 1
        time.sleep(0.02)
    print("local cloud: stopped; its state is kept", file=sys.stderr)
    return 0


def log_events(client, group: str) -> list[dict]:
    """All events of a log group, oldest first. ministack answers 10,000 at the most and never that there are more, so the next are asked for by
    their time."""
    events: list[dict] = []
    since = 0
    while True:
        page = [event for part in client.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since) for event in part["events"]]
        page.sort(key=lambda event: event["timestamp"])
        if len(page) < 10_000:
            return events + page
        # Others of the last millisecond may be missing: it is read again, unless it alone filled the page.
        last = page[-1]["timestamp"]
        whole = [event for event in page if event["timestamp"] < last]
        events += whole or page
        since = last if whole else last + 1


def logs(options: argparse.Namespace) -> int:
    """Prints the lines of a function's log group, oldest first, as they would be found in CloudWatch."""
    present = running(options.state)
    if present is None:
        print("local cloud: not running; start it with 'arbiter local up'", file=sys.stderr)
        return 3
    import boto3

    client = boto3.client("logs", endpoint_url=present["endpoint"], region_name=present["region"],
                          aws_access_key_id="test", aws_secret_access_key="test")
    group = f"/aws/lambda/arbiter-{options.logs}-local"
    try:
        events = log_events(client, group)
    except client.exceptions.ResourceNotFoundException:
        print(f"local cloud: {options.logs} has logged nothing: it is not deployed, or has not been called since", file=sys.stderr)
        return 3
    try:
        for event in events:
            print(event["message"].rstrip("\n"))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has seen enough, as head does; the flush at the end must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    if options.status:
        present = running(options.state)
        print(json.dumps(present, indent=2) if present else "local cloud: not running", file=sys.stdout if present else sys.stderr)
        return 0 if present else 3
    if options.logs:
        return logs(options)
    if options.stop:
        return stop(options)
    if options.detach:
        return detach(options, arguments)
    return serve(options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
