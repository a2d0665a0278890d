"""Images without Docker: what the Dockerfile says, what is in the archive, and a registry that gets it and gives it back."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import urllib.request

import pytest
from conftest import ARCHITECTURE, PACKAGES, ROOT, package
from registry_server import TOKEN, RegistryServer

import image as command
from container import dockerfile, oci, registry

# A head of an ELF file for arm64 is all that a check wants of a program.
PROGRAM = b"\x7fELF\x02\x01" + bytes(12) + (183).to_bytes(2, "little") + os.urandom(50_000) + bytes(50_000)


@pytest.fixture
def context(tmp_path: pathlib.Path) -> pathlib.Path:
    folder = tmp_path / "context"
    folder.mkdir()
    (folder / "cost-agent").write_bytes(PROGRAM)
    (folder / "cacert.pem").write_text("roots")
    (folder / "passwd").write_text(command.PASSWD)
    return folder


@pytest.fixture
def made(context: pathlib.Path) -> oci.Image:
    return oci.image(command.instructions("CostAgent"), context, "arm64", "cost-agent")


def stored(made: oci.Image, folder: pathlib.Path) -> pathlib.Path:
    file = folder / "image.oci.tar"
    file.write_bytes(oci.archive(made))
    return file


# --- the Dockerfile


def test_the_dockerfile_is_what_agentcore_wants() -> None:
    told = command.instructions("CostAgent")
    assert told.ports == [8080] and told.entrypoint == ["/cost-agent"] and told.stop_signal == "SIGTERM"
    assert told.user != "" and not told.user.startswith("0:")
    assert {copy.source for copy in told.copies} == {"cost-agent", "cacert.pem", "passwd"}
    # Where the client looks for it without a variable.
    assert "/etc/ssl/certs/ca-certificates.crt" in (ROOT / "Sources/AWSClient/Core/Transport/CurlTransport.swift").read_text()
    assert "/etc/ssl/certs/ca-certificates.crt" in {copy.target for copy in told.copies}
    user = told.user.split(":")[0]
    assert f":x:{user}:" in command.PASSWD


@pytest.mark.parametrize("text", [
    "FROM debian:12\nCOPY --chmod=0755 a /a\nENTRYPOINT [\"/a\"]", "COPY --chmod=0755 a /a", "FROM scratch\nRUN make", "FROM scratch\nCOPY a /a",
    "FROM scratch\nCOPY --chmod=0755 ../a /a", "FROM scratch\nCOPY --chmod=0755 a /b/../a", "FROM scratch\nCOPY --chmod=0755 a b /c/",
    "FROM scratch\nCOPY --chmod=0755 a /a\nENTRYPOINT /a", "FROM scratch\nCOPY --chmod=0755 a /a\nUSER root", "FROM scratch\nENV A=\"b c\"",
])
def test_a_dockerfile_that_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(dockerfile.DockerfileError, match=r"line \d+ of the Dockerfile is '.*'; expected "):
        dockerfile.parse(text)


def test_a_dockerfile_without_an_image_is_refused() -> None:
    with pytest.raises(dockerfile.DockerfileError, match="has no image"):
        dockerfile.parse("# nothing\n")


# --- the image


def test_an_image_says_what_its_dockerfile_says(made: oci.Image, context: pathlib.Path) -> None:
    """The Dockerfile is what Docker would build by; the image is compared with its text, line by line."""
    settings = json.loads(made.configuration)
    lines = [line.partition(" ") for line in (ROOT / "Sources/Containers/CostAgent/Dockerfile").read_text().splitlines() if line and line[0] != "#"]
    said = {name: [rest for other, _, rest in lines if other == name] for name, _, _ in lines}
    assert (settings["architecture"], settings["os"]) == ("arm64", "linux")
    told = settings["config"]
    assert told["User"] == said["USER"][0] and list(told["ExposedPorts"]) == [f"{port}/tcp" for port in said["EXPOSE"]]
    assert told["Env"] == said["ENV"] and told["Entrypoint"] == json.loads(said["ENTRYPOINT"][0]) and told["StopSignal"] == said["STOPSIGNAL"][0]
    with tarfile.open(fileobj=io.BytesIO(made.layer)) as layer:
        files = {f"/{entry.name}": (oct(entry.mode), layer.extractfile(entry).read()) for entry in layer if entry.isfile()}
        assert all(entry.uid == entry.gid == 0 and entry.mtime == 0 and (entry.isfile() or (entry.isdir() and entry.mode == 0o755)) for entry in layer)
    copied = [(part.split(" "), part) for part in said["COPY"]]
    assert files == {words[2]: (oct(int(words[0].partition("=")[2], 8)), (context / words[1]).read_bytes()) for words, _ in copied}


def test_the_same_files_give_the_same_image(made: oci.Image, context: pathlib.Path) -> None:
    for name in ("cost-agent", "cacert.pem", "passwd"):
        os.utime(context / name, (1_700_000_000, 1_700_000_000))
        (context / name).chmod(0o600)
    again = oci.image(command.instructions("CostAgent"), context, "arm64", "cost-agent")
    assert oci.archive(again) == oci.archive(made)


def test_an_archive_is_read_back(made: oci.Image, tmp_path: pathlib.Path) -> None:
    assert oci.check(stored(made, tmp_path)) == made


def repacked(file: pathlib.Path, change) -> pathlib.Path:
    with tarfile.open(file) as archive:
        parts = [(entry.name, 0o644, archive.extractfile(entry).read()) for entry in archive if entry.isfile()]
    file.write_bytes(oci.tar([part for name, mode, content in parts if (part := change(name, mode, content))]))
    return file


def test_an_image_with_a_damaged_part_is_told(made: oci.Image, tmp_path: pathlib.Path) -> None:
    damaged = oci.digest(made.layer).removeprefix("sha256:")
    file = repacked(stored(made, tmp_path), lambda name, mode, content: (name, mode, content[:-1] if name.endswith(damaged) else content))
    with pytest.raises(oci.ImageError, match=f"{damaged} is damaged"):
        oci.check(file)


@pytest.mark.parametrize("part", ["layer", "configuration", "manifest"])
def test_an_image_without_a_part_is_told(made: oci.Image, tmp_path: pathlib.Path, part: str) -> None:
    gone = oci.digest(getattr(made, part)).removeprefix("sha256:")
    file = repacked(stored(made, tmp_path), lambda name, mode, content: None if name.endswith(gone) else (name, mode, content))
    with pytest.raises(oci.ImageError, match=f"{gone} is missing"):
        oci.check(file)


def test_an_image_for_another_processor_than_its_program_is_told(context: pathlib.Path, tmp_path: pathlib.Path) -> None:
    wrong = oci.image(command.instructions("CostAgent"), context, "x86_64", "cost-agent")
    with pytest.raises(oci.ImageError, match="its entry point is no program for amd64"):
        oci.check(stored(wrong, tmp_path))


@pytest.mark.parametrize("content", [b"", b"text", bytes(10_240), oci.tar([("index.json", 0o644, b"{}")])])
def test_a_file_that_is_no_image_is_told(content: bytes, tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(oci.ImageError, match="no archive of an image|no image that"):
        oci.check(tmp_path / "file")


def test_an_entry_point_that_is_not_there(context: pathlib.Path) -> None:
    told = dataclasses.replace(command.instructions("CostAgent"), entrypoint=["/other"])
    with pytest.raises(oci.ImageError, match="has no program /other"):
        oci.image(told, context, "arm64", "cost-agent")


# --- the registry


@pytest.fixture
def server():
    running = RegistryServer()
    yield running
    running.shutdown()
    running.server_close()


def to(server: RegistryServer, token: str = TOKEN) -> tuple[registry.Registry, list[float]]:
    waits: list[float] = []
    return registry.Registry(server.address, token, waits.append), waits


def pulled(server: RegistryServer, path: str) -> bytes:
    request = urllib.request.Request(f"{server.address}/v2/{server.repository}/{path}", headers={"Authorization": f"Basic {TOKEN}"})
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def test_an_image_is_pushed_and_pulled(server: RegistryServer, made: oci.Image) -> None:
    client, waits = to(server)
    pushed = client.push(made, server.repository, "1.0")
    assert (pushed.sent, pushed.there) == (len(made.layer) + len(made.configuration), 0)
    assert pushed.reference == f"{server.address.removeprefix('http://')}/{server.repository}@{made.digest}"
    manifest = pulled(server, "manifests/1.0")
    told = json.loads(manifest)
    assert manifest == made.manifest == pulled(server, f"manifests/{made.digest}")
    assert pulled(server, f"blobs/{told['layers'][0]['digest']}") == made.layer and pulled(server, f"blobs/{told['config']['digest']}") == made.configuration
    assert waits == []


def test_what_is_there_is_not_sent_again(server: RegistryServer, made: oci.Image) -> None:
    client, _ = to(server)
    client.push(made, server.repository, "1.0")
    server.requests.clear()
    again = client.push(made, server.repository, "1.1")
    assert (again.sent, again.there) == (0, len(made.layer) + len(made.configuration))
    assert [request.split(" ")[0] for request in server.requests] == ["HEAD", "HEAD", "PUT"]


@pytest.mark.parametrize("breaks", [[0], [1], [1_000], [20_000, 10_000, 1]])
def test_an_upload_that_breaks_off_goes_on(server: RegistryServer, made: oci.Image, breaks: list[int]) -> None:
    server.breaks = list(breaks)
    client, waits = to(server)
    client.push(made, server.repository, "1.0")
    assert server.blobs[oci.digest(made.layer)] == made.layer and waits[:len(breaks)] == [2**number for number in range(len(breaks))]


def test_an_upload_that_always_breaks_off_is_told(server: RegistryServer, made: oci.Image) -> None:
    server.breaks = [10] * 20
    client, _ = to(server)
    with pytest.raises(registry.RegistryError, match="broke off 5 times"):
        client.push(made, server.repository, "1.0")


def test_a_registry_that_is_busy_is_asked_again(server: RegistryServer, made: oci.Image) -> None:
    server.failures = [429, 503]
    client, waits = to(server)
    client.push(made, server.repository, "1.0")
    assert waits == [1, 2] and "1.0" in server.manifests


def test_a_registry_that_refuses_is_told(server: RegistryServer, made: oci.Image) -> None:
    with pytest.raises(registry.RegistryError, match="there is no repository other at .* make it with aws ecr create-repository"):
        to(server)[0].push(made, "other", "1.0")
    with pytest.raises(registry.RegistryError, match="does not let you push to arbiter/cost-agent"):
        to(server, "bm90aGluZw==")[0].push(made, server.repository, "1.0")
    with pytest.raises(registry.RegistryError, match="is no tag"):
        to(server)[0].push(made, server.repository, "a tag")
    with pytest.raises(registry.RegistryError, match="is no name of a repository"):
        to(server)[0].push(made, "Arbiter", "1.0")


def test_the_token_goes_to_no_other_host(server: RegistryServer, made: oci.Image) -> None:
    server.elsewhere = "http://127.0.0.1:9"
    with pytest.raises(registry.RegistryError, match="sends its uploads to 127.0.0.1:9, which does not get the credentials"):
        to(server)[0].push(made, server.repository, "1.0")


# --- the command


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, ROOT / "Scripts" / "image.py", *arguments], capture_output=True, text=True, check=False,
                          env={**os.environ, **variables})


def test_the_built_image_is_whole_and_small(tmp_path: pathlib.Path) -> None:
    done = run("build", "--json", "--output", str(tmp_path))
    assert done.returncode == 0, done.stderr
    row, = json.loads(done.stdout)
    assert row["image"] == "cost-agent" and row["architecture"] == ARCHITECTURE and row["layer"] < 7_000_000
    checked = run("check", row["file"])
    assert checked.returncode == 0 and row["digest"] in checked.stdout, checked.stderr
    assert sorted(path.name for path in (tmp_path / "cost-agent").iterdir()) == ["cacert.pem", "cost-agent", "passwd"]
    # What make image has built is the same. (Of two large texts that differ, pytest would look for the difference for minutes.)
    same = (PACKAGES / "cost-agent.oci.tar").read_bytes() == (tmp_path / "cost-agent.oci.tar").read_bytes()
    assert same, "dist has the image of another program: run Scripts/image.py build"


def test_errors_are_one_line(tmp_path: pathlib.Path) -> None:
    for done, text in [
        (run("build", "--built", str(tmp_path), "--output", str(tmp_path)), "is missing: run Scripts/build-functions.sh CostAgent first"),
        (run("build", "Supervisor"), "there is no container Supervisor; there are: CostAgent"),
        (run("build", ARCHITECTURE="mips"), "the architecture mips is not one that AgentCore or Lambda has"),
        (run("check", str(tmp_path / "none")), "No such file or directory"),
    ]:
        assert done.returncode == 1 and done.stdout == "" and done.stderr.count("\n") == 1 and text in done.stderr, done
