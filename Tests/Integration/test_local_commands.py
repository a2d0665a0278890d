"""arbiter local up, status and down, in a folder of their own."""

from __future__ import annotations

import http.server
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from harness.checkout import Checkout, free_ports
from harness.cloud import ARBITER, ROOT
from harness.waiting import wait_until

# A way to the metadata service of an EC2 machine would be a source of credentials.
NO_METADATA = {"AWS_EC2_METADATA_DISABLED": "true"}


@pytest.fixture
def checkout(tmp_path: pathlib.Path) -> Iterator[Checkout]:
    subprocess.run(["swift", "build", "--quiet", "--product", "arbiter"], cwd=ROOT, check=True)
    checkout = Checkout(tmp_path)
    try:
        yield checkout
    finally:
        checkout.close()


def model_server(checkout: Checkout) -> dict[str, object] | None:
    return json.loads(checkout.arbiter("local", "status", "--json").stdout)["modelServer"]


def assert_nothing_is_left(checkout: Checkout) -> None:
    wait_until("nothing runs any more", lambda: not checkout.left_running() and not checkout.listening(),
               seen=lambda: (checkout.left_running(), checkout.listening()))


def profile(checkout: Checkout, name: str, key: str) -> dict[str, str]:
    """Variables that name a profile of the caller's, and nothing else of AWS's."""
    path = checkout.folder / "aws-credentials"
    with path.open("a") as file:
        file.write(f"[{name}]\naws_access_key_id = {key}\naws_secret_access_key = secret-of-{key}\n")
    return {"AWS_PROFILE": name, "AWS_SHARED_CREDENTIALS_FILE": str(path), "AWS_CONFIG_FILE": "/nonexistent", **NO_METADATA}


def test_up_status_and_down(checkout: Checkout) -> None:
    before = checkout.arbiter("local", "status")
    assert before.returncode == 3 and before.stdout.count("not running") == 2, before

    started = checkout.up()
    assert started.returncode == 0, started
    assert f"http://127.0.0.1:{checkout.port}" in started.stderr and f"http://127.0.0.1:{checkout.model_port}" in started.stderr
    status = checkout.arbiter("local", "status", "--json")
    told = json.loads(status.stdout)
    assert status.returncode == 0
    assert told["localCloud"]["endpoint"] == f"http://127.0.0.1:{checkout.port}"
    assert told["localCloud"]["modelEndpoint"] == told["modelServer"]["endpoint"] == f"http://127.0.0.1:{checkout.model_port}"
    assert told["modelServer"]["answers"] is True and "scripted" in told["modelServer"]["backend"]

    again = checkout.up()
    assert again.returncode == 0 and again.stderr.count("already running") == 2, again
    assert json.loads(checkout.arbiter("local", "status", "--json").stdout) == told

    stopped = checkout.arbiter("local", "down")
    assert stopped.returncode == 0, stopped
    assert_nothing_is_left(checkout)
    assert checkout.arbiter("local", "status").returncode == 3
    assert checkout.arbiter("local", "down").returncode == 0


def test_what_was_running_can_be_kept(checkout: Checkout) -> None:
    assert checkout.up().returncode == 0
    told = json.loads(checkout.arbiter("local", "status", "--json").stdout)
    assert checkout.arbiter("local", "down", "--keep", str(told["localCloud"]["pid"])).returncode == 0
    left = json.loads(checkout.arbiter("local", "status", "--json").stdout)
    assert (left["localCloud"], left["modelServer"]) == (told["localCloud"], None)
    assert checkout.arbiter("local", "down", "--keep", "all").returncode == 2


def test_a_cloud_that_cannot_start_leaves_no_model_server(checkout: Checkout) -> None:
    with socket.create_server(("127.0.0.1", checkout.port)):
        done = checkout.up()
        assert done.returncode == 1 and str(checkout.port) in done.stderr, done
        assert not checkout.left_running()
    assert model_server(checkout) is None


def test_a_state_is_for_the_port_it_was_made_on(checkout: Checkout) -> None:
    assert checkout.up().returncode == 0
    assert checkout.arbiter("local", "down").returncode == 0
    first, (other,) = checkout.port, free_ports(1)
    checkout.port = other
    refused = checkout.up()
    assert refused.returncode == 1 and f"was made on port {first}" in refused.stderr and "--forget" in refused.stderr, refused
    assert_nothing_is_left(checkout)
    # One that does not say where it was made is taken as it is.
    note = checkout.state / "local" / "port"
    note.unlink()
    assert checkout.up().returncode == 0
    assert note.read_text() == f"{other}\n"
    assert checkout.arbiter("local", "down").returncode == 0
    checkout.port = first
    assert checkout.up().returncode == 1
    assert checkout.up("--forget").returncode == 0


def test_options_that_do_not_fit_the_running_cloud_start_nothing(checkout: Checkout) -> None:
    assert checkout.up().returncode == 0
    assert checkout.arbiter("local", "down", "--keep", str(json.loads(checkout.arbiter("local", "status", "--json").stdout)["localCloud"]["pid"])).returncode == 0
    done = checkout.arbiter("local", "up", "--port", str(checkout.port), "--model-port", "1")
    assert done.returncode == 1 and "local down" in done.stderr, done
    assert model_server(checkout) is None


def test_a_missing_environment_starts_nothing(checkout: Checkout) -> None:
    (checkout.folder / ".venv").unlink()
    done = checkout.up()
    assert done.returncode == 1 and "Scripts/setup.sh local" in done.stderr, done
    assert not checkout.left_running()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_start_leaves_nothing(checkout: Checkout, number: signal.Signals) -> None:
    starting = subprocess.Popen(
        [ARBITER, "local", "up", "--port", str(checkout.port), "--model-port", str(checkout.model_port)], cwd=ROOT, env=checkout.environment(),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
    # The model server runs by then, and the local cloud is on its way.
    wait_until("the launcher runs", lambda: any("--detach" in command for command in checkout.left_running()))
    os.kill(starting.pid, number)
    told = starting.communicate(timeout=30)[1].decode()
    assert starting.returncode == 130 and "interrupted" in told, told
    assert_nothing_is_left(checkout)


def test_down_stops_the_model_server_also_when_the_cloud_does_not_end(checkout: Checkout) -> None:
    assert checkout.up().returncode == 0
    cloud = json.loads(checkout.arbiter("local", "status", "--json").stdout)["localCloud"]["pid"]
    # A launcher that fails, as it does for a cloud that does not end.
    (checkout.folder / "Scripts").unlink()
    (checkout.folder / "Scripts").mkdir()
    (checkout.folder / "Scripts" / "local_cloud.py").write_text("import sys\nsys.exit(1)\n")
    done = checkout.arbiter("local", "down")
    assert done.returncode == 1 and "did not stop" in done.stderr and "model server: stopped" in done.stderr, done
    assert model_server(checkout) is None
    os.kill(cloud, signal.SIGTERM)


# The model server is the one that was asked for ----------------------------------------------------------------------


def test_an_edited_scenario_is_read(checkout: Checkout) -> None:
    scenario = checkout.folder / "scenario.json"
    scenario.write_text('{"rules": [{"reply": {"text": "one"}}]}')
    assert checkout.up("--scenario", str(scenario)).returncode == 0
    first = model_server(checkout)
    assert checkout.up("--scenario", str(scenario)).returncode == 0
    assert model_server(checkout) == first
    scenario.write_text('{"rules": [{"reply": {"text": "two"}}]}')
    assert checkout.up("--scenario", str(scenario)).returncode == 0
    second = model_server(checkout)
    assert second is not None and second["pid"] != first["pid"]
    # Without options it is content with any, but not with one that has read something else.
    scenario.write_text('{"rules": [{"reply": {"text": "three"}}]}')
    assert checkout.up().returncode == 0
    third = model_server(checkout)
    assert third["pid"] != second["pid"]
    assert checkout.up().returncode == 0
    assert model_server(checkout) == third


def test_a_broken_scenario_does_not_cost_the_running_one(checkout: Checkout) -> None:
    scenario = checkout.folder / "scenario.json"
    scenario.write_text('{"rules": [{"reply": {"text": "one"}}]}')
    assert checkout.up("--scenario", str(scenario)).returncode == 0
    first = model_server(checkout)
    scenario.write_text('{"rules": ')
    done = checkout.up("--scenario", str(scenario))
    assert done.returncode == 1 and "scenario.json:1:" in done.stderr, done
    assert model_server(checkout) == first


def test_a_profile_is_resolved_and_other_credentials_start_another(checkout: Checkout) -> None:
    options = ("--backend", "bedrock", "--region", "eu-central-1")
    one, two = profile(checkout, "one", "AKIAONE"), profile(checkout, "two", "AKIATWO")
    started = checkout.up(*options, **one)
    assert started.returncode == 0, started
    first = model_server(checkout)
    environment = pathlib.Path(f"/proc/{first['pid']}/environ").read_bytes().split(b"\0")
    assert b"AWS_ACCESS_KEY_ID=AKIAONE" in environment and b"AWS_REGION=eu-central-1" in environment
    assert not any(variable.startswith(b"AWS_PROFILE") for variable in environment)

    assert checkout.up(*options, **one).returncode == 0
    assert model_server(checkout) == first
    assert checkout.up(*options, **two).returncode == 0
    second = model_server(checkout)
    assert second["pid"] != first["pid"]
    assert b"AWS_ACCESS_KEY_ID=AKIATWO" in pathlib.Path(f"/proc/{second['pid']}/environ").read_bytes()
    # Whoever asks for no model in particular gets the one that runs.
    assert checkout.up().returncode == 0
    assert model_server(checkout) == second
    assert "AKIATWO" not in (checkout.state / "model-server.json").read_text()


def test_without_credentials_bedrock_is_refused_at_the_start(checkout: Checkout) -> None:
    done = checkout.up("--backend", "bedrock", "--region", "eu-central-1", AWS_PROFILE="no-such-profile", **NO_METADATA)
    assert done.returncode == 1 and "no-such-profile" in done.stderr, done
    assert not checkout.left_running()


def test_another_program_starts_another_model_server(checkout: Checkout) -> None:
    assert checkout.up().returncode == 0
    first = model_server(checkout)
    other = checkout.folder / "arbiter"
    shutil.copy2(ARBITER, other)
    subprocess.run([other, "local", "up", "--port", str(checkout.port), "--model-port", str(checkout.model_port)], cwd=ROOT,
                   env=checkout.environment(), check=True, capture_output=True, timeout=60)
    assert model_server(checkout)["pid"] != first["pid"]


def test_a_server_that_does_not_answer_is_told_at_the_start_and_in_the_log(checkout: Checkout) -> None:
    (silent,) = free_ports(1)
    started = checkout.up("--backend", "openai", "--base-url", f"http://127.0.0.1:{silent}/v1", "--model", "*=x")
    assert started.returncode == 0 and f"warning: http://127.0.0.1:{silent}/v1 does not answer" in started.stderr, started
    assert "--logs FUNCTION" in checkout.arbiter("local", "status").stdout
    request = urllib.request.Request(
        f"http://127.0.0.1:{checkout.model_port}/model/m/converse", json.dumps({"messages": [{"role": "user", "content": [{"text": "x"}]}]}).encode())
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(request, timeout=30)
    lines = [line for line in (checkout.state / "model-server.log").read_text().splitlines() if "ServiceUnavailableException" in line]
    assert len(lines) == 1 and "cannot be reached" in lines[0], lines


# Other environments --------------------------------------------------------------------------------------------------


def test_another_environment_is_reached_with_a_profile(checkout: Checkout) -> None:
    asked = ("list", "--environment", "dev", "--region", "eu-central-1")
    nobody = checkout.arbiter(*asked, AWS_PROFILE="no-such-profile", **NO_METADATA)
    assert nobody.returncode == 1 and "no-such-profile" in nobody.stderr, nobody
    somebody = checkout.arbiter(*asked, **profile(checkout, "one", "AKIAONE"))
    assert somebody.returncode == 3 and "nothing is deployed to 'dev'" in somebody.stderr, somebody


def test_outputs_that_cannot_be_read_are_not_taken_for_none(checkout: Checkout) -> None:
    checkout.state.mkdir()
    (checkout.state / "outputs-local.json").write_text('{"outputs": ')
    done = checkout.arbiter("list")
    assert done.returncode == 1 and "outputs-local.json:1:13" in done.stderr, done


class RefusingSTS(http.server.BaseHTTPRequestHandler):
    """Answers AssumeRole as for somebody who may not."""

    def do_POST(self) -> None:
        body = (b'<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code>'
                b"<Message>not authorized to perform sts:AssumeRole</Message></Error><RequestId>1</RequestId></ErrorResponse>")
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_a_role_that_is_refused_is_told_in_a_line(checkout: Checkout) -> None:
    variables = profile(checkout, "one", "AKIAONE")
    config = checkout.folder / "aws-config"
    config.write_text("[profile role]\nrole_arn = arn:aws:iam::123456789012:role/none\nsource_profile = one\nregion = us-east-1\n")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), RefusingSTS) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        variables |= {"AWS_CONFIG_FILE": str(config), "AWS_PROFILE": "role", "AWS_ENDPOINT_URL_STS": f"http://127.0.0.1:{server.server_port}"}
        # Credentials are asked for by the first request, which needs a table to be sent to.
        variables["ORCHESTRATION_TABLE"] = "orchestrations"
        done = checkout.arbiter("list", "--environment", "dev", "--region", "us-east-1", **variables)
        server.shutdown()
    assert done.returncode == 1 and "AccessDenied" in done.stderr and "Traceback" not in done.stderr, done
