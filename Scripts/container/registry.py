"""Pushes images to a registry by its HTTP API.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md. What the registry has is not sent again; an upload that breaks off goes on where
the registry says that it is.
"""

from __future__ import annotations

import dataclasses
import http.client
import json
import re
import time
import urllib.parse

from . import oci

ATTEMPTS = 5
TIMEOUT_SECONDS = 60


class RegistryError(Exception):
    """The registry did not take an image; the message has what it said, and what to do."""


@dataclasses.dataclass(frozen=True)
class Pushed:
    """Where an image is, and the bytes of its parts that were sent, or were there already."""

    repository: str
    digest: str
    sent: int
    there: int

    @property
    def reference(self) -> str:
        """The image by its digest."""
        return f"{self.repository}@{self.digest}"


class Registry:
    def __init__(self, address: str, token: str, pause=time.sleep) -> None:
        """The address has a scheme and a host; the token is the one of HTTP Basic, name and password in base 64."""
        parts = urllib.parse.urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise RegistryError(f"'{address}' is no address of a registry; expected https://HOST")
        self.parts, self.token, self.pause = parts, token, pause

    def request(self, method: str, target: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """The target is a path, or the whole address that the registry gave as a Location: of this host, for it gets the token."""
        url = urllib.parse.urlsplit(urllib.parse.urljoin(f"{self.parts.scheme}://{self.parts.netloc}", target))
        if (url.scheme, url.netloc) != (self.parts.scheme, self.parts.netloc):
            raise RegistryError(f"the registry {self.parts.netloc} sends its uploads to {url.netloc}, which does not get the credentials")
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection = kind(url.netloc, timeout=TIMEOUT_SECONDS)
        try:
            fields = {"Authorization": f"Basic {self.token}", "Content-Length": str(len(body)), **{name.replace("_", "-"): value for name, value in headers.items()}}
            connection.request(method, f"{url.path}{'?' + url.query if url.query else ''}", body, fields)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def patiently(self, method: str, target: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """As `request`, again after a connection that broke off, a 429 or an error of the registry's own."""
        for attempt in range(ATTEMPTS):
            try:
                answer = self.request(method, target, body, **headers)
                if (answer[0] != 429 and answer[0] < 500) or attempt == ATTEMPTS - 1:
                    return answer
            except (OSError, http.client.HTTPException) as error:
                if attempt == ATTEMPTS - 1:
                    raise RegistryError(f"{self.parts.netloc} cannot be reached: {error or type(error).__name__}") from error
            self.pause(2**attempt)
        raise AssertionError("unreachable")

    def push(self, image: oci.Image, repository: str, tag: str) -> Pushed:
        """Sends what the registry does not have, then the manifest under the tag."""
        if not re.fullmatch(r"[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*", repository):
            raise RegistryError(f"'{repository}' is no name of a repository; expected small letters and digits, such as arbiter/cost-agent")
        if not re.fullmatch(r"\w[\w.-]{0,127}", tag, re.ASCII):
            raise RegistryError(f"'{tag}' is no tag; expected at most 128 letters, digits, '.', '-' and '_'")
        sent = there = 0
        for blob in image.blobs:
            name = oci.digest(blob)
            status, _, body = self.patiently("HEAD", f"/v2/{repository}/blobs/{name}")
            if status == 200:
                there += len(blob)
            elif status == 404:
                self.upload(repository, blob)
                sent += len(blob)
            else:
                raise self.refusal(repository, status, body)
        status, headers, body = self.patiently("PUT", f"/v2/{repository}/manifests/{tag}", image.manifest, Content_Type=oci.MANIFEST)
        if status != 201:
            raise self.refusal(repository, status, body)
        if (stored := headers.get("docker-content-digest", image.digest)) != image.digest:
            raise RegistryError(f"the registry keeps {stored}, and {image.digest} was sent")
        return Pushed(f"{self.parts.netloc}/{repository}", image.digest, sent, there)

    def upload(self, repository: str, blob: bytes) -> None:
        status, headers, body = self.patiently("POST", f"/v2/{repository}/blobs/uploads/")
        if status != 202 or "location" not in headers:
            raise self.refusal(repository, status, body)
        location, offset, status = headers["location"], 0, 0
        for attempt in range(ATTEMPTS):
            try:
                rest = blob[offset:]
                status, headers, body = self.request("PATCH", location, rest, Content_Type="application/octet-stream",
                                                     Content_Range=f"{offset}-{offset + len(rest) - 1}")
                if status == 202:
                    location, offset = headers.get("location", location), len(blob)
                    break
                if status != 416 and status != 429 and status < 500:
                    raise self.refusal(repository, status, body)
                problem = f"it answers {status}"
            except (OSError, http.client.HTTPException) as error:
                status, problem = 0, str(error) or type(error).__name__
            if attempt == ATTEMPTS - 1:
                raise RegistryError(f"the upload to {self.parts.netloc} broke off {ATTEMPTS} times: {problem}")
            self.pause(2**attempt)
            location, offset = self.where(location, refused=status == 416)
        separator = "&" if "?" in location else "?"
        status, _, body = self.patiently("PUT", f"{location}{separator}digest={urllib.parse.quote(oci.digest(blob))}")
        if status != 201:
            raise self.refusal(repository, status, body)

    def where(self, location: str, refused: bool) -> tuple[str, int]:
        """Where an upload goes on, and at which byte; `refused` when the registry did not want the byte that it was given."""
        status, headers, body = self.patiently("GET", location)
        if status != 204:
            raise RegistryError(f"the upload to {self.parts.netloc} cannot go on: {self.said(status, body)}")
        last = re.fullmatch(r"(?:bytes=)?0-(\d+)", headers.get("range", ""))
        # "0-0" is one byte at some registries, and nothing at others, which is tried first.
        return headers.get("location", location), int(last[1]) + 1 if last and (last[1] != "0" or refused) else 0

    def refusal(self, repository: str, status: int, body: bytes) -> RegistryError:
        said = self.said(status, body)
        if status in (401, 403):
            return RegistryError(f"{self.parts.netloc} does not let you push to {repository} ({said}): check the credentials and their policy (ecr:PutImage and the uploads)")
        if status == 404:
            return RegistryError(f"there is no repository {repository} at {self.parts.netloc} ({said}): make it with aws ecr create-repository")
        return RegistryError(f"{self.parts.netloc} did not take the image for {repository}: {said}")

    @staticmethod
    def said(status: int, body: bytes) -> str:
        try:
            problem = json.loads(body)["errors"][0]
            return f"{status} {problem['code']}: {problem.get('message', '')}".strip()
        except (ValueError, KeyError, IndexError, TypeError):
            return f"{status} {body[:200].decode(errors='replace')}".strip()


def amazon(region: str | None, profile: str | None) -> tuple[str, str]:
    """Address and token of the account's registry. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html"""
    try:
        import boto3
        import botocore.exceptions
    except ImportError as error:
        raise RegistryError("boto3 is missing: run Scripts/setup.sh local, and this script with .venv/bin/python") from error
    try:
        found = boto3.Session(region_name=region, profile_name=profile).client("ecr").get_authorization_token()["authorizationData"][0]
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        raise RegistryError(f"Amazon ECR gives no token: {error}") from error
    return found["proxyEndpoint"], found["authorizationToken"]
