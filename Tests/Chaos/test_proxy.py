"""The proxy is HTTP/1.1 as any other, and breaks exactly what it is told to."""

from __future__ import annotations

import http.client
import http.server
import json
import socket
import socketserver
import struct
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator

import pytest

from chaos.faults import Fault
from chaos.proxies import Proxies


class Service(http.server.BaseHTTPRequestHandler):
    """Answers with what it was asked, in the way that the path names."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    seen: list[tuple[str, bytes]] = []
    go_on = threading.Event()

    def log_message(self, *_: object) -> None: ...

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        found = b""
        while size := int(self.rfile.readline(), 16):
            found += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return found

    def do_POST(self) -> None:  # noqa: N802  (the base class's naming)
        body = self._body()
        Service.seen.append((self.path, body))
        if self.path == "/chunks":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for piece in (b"first", b"second"):
                self.wfile.write(b"%x;note=1\r\n%s\r\n" % (len(piece), piece))
                Service.go_on.wait(10)
            self.wfile.write(b"0\r\nX-Trailer: yes\r\n\r\n")
        elif self.path == "/until-the-end":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n" + body)
            self.close_connection = True
        elif self.path == "/hang-up":
            self.close_connection = True
        elif "X-Amz-Target" in self.headers and self.headers["X-Amz-Target"].endswith("PutEvents"):
            entries = json.loads(body)["Entries"]
            self._whole(json.dumps({"FailedEntryCount": 0, "Entries": [{"EventId": entry["Detail"]} for entry in entries]}).encode())
        elif "X-Amz-Target" in self.headers and self.headers["X-Amz-Target"].endswith("Query"):
            self._whole(json.dumps({"Items": list(range(20)), "Count": 20, "LastEvaluatedKey": {"id": {"S": "x"}}}).encode())
        elif "X-Amz-Target" in self.headers and self.headers["X-Amz-Target"].endswith("SendMessageBatch"):
            self._whole(json.dumps({"Successful": [{"Id": entry["Id"]} for entry in json.loads(body)["Entries"]]}).encode())
        else:
            self._whole(body)

    do_PUT = do_POST

    def do_HEAD(self) -> None:  # noqa: N802
        Service.seen.append((self.path, b""))
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()

    def do_GET(self) -> None:  # noqa: N802
        Service.seen.append((self.path, b""))
        if self.path == "/nothing":
            self.send_response(204)
            self.end_headers()
        else:
            self._whole(f"from {self.client_address[1]}".encode())

    def _whole(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    with Server(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def broken(service: str) -> Iterator[Callable[..., Proxies]]:
    """Starts a proxy with given faults, switched on."""
    started: list[Proxies] = []

    def start(side: str = "aws", seed: int = 1, **rates: float) -> Proxies:
        proxies = Proxies.start(seed, service, service, {side: rates})
        started.append(proxies)
        proxies.activate(True)
        return proxies

    Service.seen.clear()
    Service.go_on.set()
    yield start
    for proxies in started:
        proxies.stop()


def connect(endpoint: str) -> http.client.HTTPConnection:
    address = urllib.parse.urlsplit(endpoint)
    return http.client.HTTPConnection(address.hostname, address.port, timeout=10)


def ask(connection: http.client.HTTPConnection, method: str = "POST", path: str = "/echo", body: bytes = b"hello",
        **headers: str) -> tuple[int, bytes]:
    connection.request(method, path, body if method != "GET" else None, {name.replace("_", "-"): value for name, value in headers.items()})
    answered = connection.getresponse()
    return answered.status, answered.read()


def raw(endpoint: str, data: bytes) -> bytes:
    """All that comes back until the other side ends."""
    address = urllib.parse.urlsplit(endpoint)
    with socket.create_connection((address.hostname, address.port), timeout=10) as caller:
        caller.sendall(data)
        found = b""
        while piece := caller.recv(65536):
            found += piece
        return found


# Without faults --------------------------------------------------------------------------------------------------------------


def test_one_connection_of_a_caller_is_one_to_the_service(broken: Callable[..., Proxies]) -> None:
    connection, other = connect(broken().aws), connect(broken().aws)
    first = [ask(connection, "GET") for _ in range(3)]
    assert len(set(first)) == 1 and first[0][0] == 200
    assert ask(other, "GET") != first[0]


def test_bodies_of_every_length_pass(broken: Callable[..., Proxies]) -> None:
    connection = connect(broken().aws)
    for length in (0, 1, 65_535, 65_536, 65_537, 3_000_000):
        assert ask(connection, body=b"x" * length) == (200, b"x" * length)


def test_a_request_in_chunks_arrives_in_chunks(broken: Callable[..., Proxies]) -> None:
    connection = connect(broken().aws)
    connection.request("POST", "/echo", iter([b"one", b"two"]), {"Transfer-Encoding": "chunked"}, encode_chunked=True)
    assert connection.getresponse().read() == b"onetwo"
    assert Service.seen == [("/echo", b"onetwo")]


def test_a_stream_passes_piece_by_piece(broken: Callable[..., Proxies]) -> None:
    connection = connect(broken().aws)
    Service.go_on.clear()
    connection.request("POST", "/chunks", b"")
    answered = connection.getresponse()
    # The service has not sent the second piece yet, and does not before the first is here.
    assert answered.read(5) == b"first"
    Service.go_on.set()
    assert answered.read() == b"second"
    assert ask(connection) == (200, b"hello")


def test_trailers_and_extensions_of_chunks_stay(broken: Callable[..., Proxies]) -> None:
    found = raw(broken().aws, b"POST /chunks HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    assert found.endswith(b"5;note=1\r\nfirst\r\n6;note=1\r\nsecond\r\n0\r\nX-Trailer: yes\r\n\r\n")


def test_answers_without_a_body_or_a_length(broken: Callable[..., Proxies]) -> None:
    connection = connect(broken().aws)
    assert ask(connection, "HEAD", body=b"") == (200, b"")
    assert ask(connection, "GET", "/nothing") == (204, b"")
    assert ask(connection) == (200, b"hello")
    assert ask(connection, path="/until-the-end") == (200, b"hello")
    # The caller sees the end of the connection, as it would without the proxy, and makes another.
    assert ask(connection) == (200, b"hello")


def test_a_caller_that_waits_for_leave_to_send(broken: Callable[..., Proxies]) -> None:
    address = urllib.parse.urlsplit(broken().aws)
    with socket.create_connection((address.hostname, address.port), timeout=10) as caller:
        caller.sendall(b"PUT /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n")
        assert caller.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        caller.sendall(b"hello")
        found = b""
        while piece := caller.recv(1000):
            found += piece
    assert found.startswith(b"HTTP/1.1 200") and found.endswith(b"hello")
    assert Service.seen == [("/echo", b"hello")]


def test_two_requests_that_come_together_are_answered_in_order(broken: Callable[..., Proxies]) -> None:
    found = raw(broken().aws, b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"
                              b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\ntwo")
    assert found.count(b"HTTP/1.1 200") == 2 and found.index(b"one") < found.index(b"two")


@pytest.mark.parametrize("request_", [
    b"nonsense\r\n\r\n", b"POST / HTTP/1.1\r\nno colon\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"])
def test_what_is_no_request_is_refused_and_goes_nowhere(broken: Callable[..., Proxies], request_: bytes) -> None:
    assert raw(broken().aws, request_).startswith(b"HTTP/1.1 400 ")
    assert Service.seen == []


def test_a_service_that_hangs_up_is_told_of(broken: Callable[..., Proxies]) -> None:
    proxies = broken()
    with pytest.raises(ConnectionError):
        ask(connect(proxies.aws), path="/hang-up")
    assert len(proxies.statistics("aws")["lost"]) == 1


# With faults -----------------------------------------------------------------------------------------------------------------


def test_nothing_breaks_before_it_is_switched_on(broken: Callable[..., Proxies]) -> None:
    proxies = broken(reset=100)
    proxies.activate(False)
    assert ask(connect(proxies.aws)) == (200, b"hello")
    assert proxies.statistics("aws")["faults"] == {}


@pytest.mark.parametrize(("side", "target", "fault", "expected"), [
    ("aws", "DynamoDB_20120810.PutItem", Fault.THROTTLE, (400, b"ProvisionedThroughputExceededException")),
    ("aws", "AmazonSQS.SendMessage", Fault.THROTTLE, (400, b"RequestThrottled")),
    ("aws", "AWSEvents.PutEvents", Fault.THROTTLE, (400, b"ThrottlingException")),
    ("aws", "", Fault.THROTTLE, (503, b"SlowDown")),
    ("model", "", Fault.THROTTLE, (429, b"chaos")),
])
def test_refusals_are_those_of_the_service(broken: Callable[..., Proxies], side: str, target: str, fault: Fault, expected: tuple[int, bytes]) -> None:
    proxies = broken(side, **{fault: 100})
    connection = connect(getattr(proxies, side))
    headers = {"X_Amz_Target": target} if target else {}
    for _ in range(2):
        status, body = ask(connection, path="/model/x/converse" if side == "model" else "/bucket/key", **headers)
        assert status == expected[0] and expected[1] in body
    assert Service.seen == []


def test_a_failure_is_one_of_the_ways_that_the_service_fails_in(broken: Callable[..., Proxies]) -> None:
    connection = connect(broken(error=100).aws)
    assert {ask(connection, X_Amz_Target="DynamoDB_20120810.PutItem")[0] for _ in range(20)} == {500, 503}
    assert Service.seen == []


def test_a_reset_comes_before_the_service_hears_of_the_request(broken: Callable[..., Proxies]) -> None:
    with pytest.raises(ConnectionResetError):
        ask(connect(broken(reset=100).aws))
    assert Service.seen == []


def test_of_a_lost_answer_the_work_is_done(broken: Callable[..., Proxies]) -> None:
    proxies = broken(lose=100)
    for number in range(10):
        # Half of them break off in the middle of the answer.
        with pytest.raises((ConnectionResetError, http.client.IncompleteRead, http.client.RemoteDisconnected)):
            ask(connect(proxies.aws), body=b"%d" % number * 100)
    assert [body for _, body in Service.seen] == [b"%d" % number * 100 for number in range(10)]


def test_a_duplicate_arrives_twice_and_is_answered_once(broken: Callable[..., Proxies]) -> None:
    proxies = broken(duplicate=100)
    connection = connect(proxies.aws)
    for number in range(6):
        assert ask(connection, body=b"%d" % number) == (200, b"%d" % number)
    while proxies.statistics("aws")["late"]:
        time.sleep(0.01)
    assert sorted(body for _, body in Service.seen) == sorted([b"%d" % number for number in range(6)] * 2)


def test_a_delay_loses_nothing(broken: Callable[..., Proxies]) -> None:
    connection = connect(broken(delay=100, seed=3).aws)
    began = time.monotonic()
    assert ask(connection) == (200, b"hello")
    assert time.monotonic() - began >= 0.05
    assert len(Service.seen) == 1


def test_of_a_batch_a_part_is_refused(broken: Callable[..., Proxies]) -> None:
    connection = connect(broken(partial=100).aws)
    details = [f"event {number}" for number in range(6)]
    status, body = ask(connection, body=json.dumps({"Entries": [{"Detail": detail} for detail in details]}).encode(),
                       X_Amz_Target="AWSEvents.PutEvents")
    found = json.loads(body)
    arrived = [entry["Detail"] for _, content in Service.seen for entry in json.loads(content)["Entries"]]
    assert status == 200 and 0 < found["FailedEntryCount"] <= 6
    # Each entry of the answer is that of its own event.
    assert [entry.get("EventId") for entry in found["Entries"]] == [detail if detail in arrived else None for detail in details]
    assert found["FailedEntryCount"] == sum("ErrorCode" in entry for entry in found["Entries"]) == 6 - len(arrived)

    Service.seen.clear()
    ids = [str(number) for number in range(6)]
    _, body = ask(connection, body=json.dumps({"Entries": [{"Id": id} for id in ids]}).encode(), X_Amz_Target="AmazonSQS.SendMessageBatch")
    found = json.loads(body)
    assert sorted(entry["Id"] for entry in found["Successful"] + found["Failed"]) == ids and found["Failed"]
    assert [entry["Id"] for entry in found["Successful"]] == [entry["Id"] for _, content in Service.seen for entry in json.loads(content)["Entries"]]


def test_a_request_that_hangs_is_done_or_never_arrives(broken: Callable[..., Proxies]) -> None:
    proxies = broken(hang=100)
    address = urllib.parse.urlsplit(proxies.aws)
    for number in range(12):
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=0.1)
        with pytest.raises(TimeoutError):
            ask(connection, body=b"%d" % number)
        connection.close()
    assert 0 < len(Service.seen) < 12
    # The proxy itself does not hang.
    proxies.activate(False)
    assert ask(connect(proxies.aws)) == (200, b"hello")


def test_a_conflict_is_that_of_dynamodb_and_leaves_other_requests_alone(broken: Callable[..., Proxies]) -> None:
    connection = connect(broken(conflict=100).aws)
    status, body = ask(connection, X_Amz_Target="DynamoDB_20120810.UpdateItem", body=b"{}")
    assert status == 400 and json.loads(body)["__type"].endswith("#TransactionConflictException")
    status, body = ask(connection, X_Amz_Target="DynamoDB_20120810.TransactWriteItems", body=json.dumps({"TransactItems": [{}, {}, {}]}).encode())
    found = json.loads(body)
    assert status == 400 and found["__type"].endswith("#TransactionCanceledException") and "[TransactionConflict, None, None]" in found["Message"]
    assert [reason["Code"] for reason in found["CancellationReasons"]] == ["TransactionConflict", "None", "None"]
    assert Service.seen == []
    assert ask(connection, X_Amz_Target="DynamoDB_20120810.GetItem") == (200, b"hello")


def test_an_index_that_lags_leaves_out_rows_and_invents_none(broken: Callable[..., Proxies]) -> None:
    connection = connect(broken(lag=100).aws)
    for _ in range(5):
        found = json.loads(ask(connection, X_Amz_Target="DynamoDB_20120810.Query", body=b"{}")[1])
        assert found["Count"] == len(found["Items"]) < 20 and found["Items"] == sorted(found["Items"])
        assert found["LastEvaluatedKey"] == {"id": {"S": "x"}}


def test_a_seed_decides_what_breaks(broken: Callable[..., Proxies]) -> None:
    def fates(seed: int) -> list[int]:
        connection = connect(broken(seed=seed, throttle=30).aws)
        return [ask(connection, X_Amz_Target="DynamoDB_20120810.PutItem")[0] for _ in range(40)]

    first = fates(5)
    assert fates(5) == first != fates(6)
    assert 3 < first.count(400) < 25


def test_a_rate_is_met(broken: Callable[..., Proxies]) -> None:
    proxies = broken(throttle=5, error=5)
    connection = connect(proxies.aws)
    for _ in range(1000):
        ask(connection, X_Amz_Target="DynamoDB_20120810.PutItem")
    counts = proxies.statistics("aws")["faults"]["PutItem"]
    assert 25 < counts["throttle"] < 85 and 25 < counts["error"] < 85


def test_many_callers_at_once(broken: Callable[..., Proxies]) -> None:
    endpoint, wrong = broken().aws, []

    def call(caller: int) -> None:
        connection = connect(endpoint)
        for number in range(40):
            body = b"%d-%d" % (caller, number) * 50
            if ask(connection, body=body) != (200, body):
                wrong.append((caller, number))

    threads = [threading.Thread(target=call, args=(caller,)) for caller in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert wrong == [] and len(Service.seen) == 24 * 40


def test_a_caller_that_is_killed_leaves_the_others_alone(broken: Callable[..., Proxies]) -> None:
    proxies = broken()
    address = urllib.parse.urlsplit(proxies.aws)
    for data in (b"", b"POST /ec", b"POST /echo HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf"):
        caller = socket.create_connection((address.hostname, address.port))
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        caller.sendall(data)
        caller.close()
    assert ask(connect(proxies.aws)) == (200, b"hello")
    # Half a request is none.
    assert Service.seen == [("/echo", b"hello")]
