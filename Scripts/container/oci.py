"""Images in the format of the Open Container Initiative: made of files, written as one archive, read again and checked.

https://github.com/opencontainers/image-spec (manifest.md, config.md, layer.md, image-layout.md). Nothing in an image differs from one machine or
minute to the next.
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import io
import json
import pathlib
import re
import struct
import tarfile
import zlib

import package

from .dockerfile import Dockerfile

ARCHITECTURES = {"x86_64": "amd64", "arm64": "arm64"}
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIGURATION = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
INDEX = "application/vnd.oci.image.index.v1+json"
# The time of everything in an image.
EPOCH = "1970-01-01T00:00:00Z"
# AgentCore's largest image is 2 GB; ours has a program in it.
LARGEST = 200_000_000


class ImageError(Exception):
    """An image cannot be made, or is not whole; the message says what is wrong with it."""


@dataclasses.dataclass(frozen=True)
class Image:
    """The three parts of an image, as bytes."""

    name: str
    layer: bytes
    configuration: bytes
    manifest: bytes

    @property
    def digest(self) -> str:
        return digest(self.manifest)

    @property
    def blobs(self) -> list[bytes]:
        """What the manifest names, the layer first."""
        return [self.layer, self.configuration]


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def as_json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode("utf-8")


def descriptor(kind: str, content: bytes, **more: object) -> dict:
    return {"mediaType": kind, "digest": digest(content), "size": len(content), **more}


def tar(files: list[tuple[str, int, bytes]]) -> bytes:
    """A tar of regular files (place, mode, content) and the folders above them, all root's."""
    folders = sorted({str(parent) for place, _, _ in files for parent in pathlib.PurePosixPath(place.lstrip("/")).parents if str(parent) != "."})
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for folder in folders:
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(entry)
        for place, mode, content in sorted(files):
            entry = tarfile.TarInfo(place.lstrip("/"))
            entry.mode, entry.size = mode, len(content)
            archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


def compressed(content: bytes) -> bytes:
    """The content as a gzip file without a time or a name in it. RFC 1952."""
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff" + package.deflate(content) + struct.pack("<II", zlib.crc32(content), len(content) % 2**32)


def image(instructions: Dockerfile, context: pathlib.Path, architecture: str, name: str) -> Image:
    """The image that the instructions make of the files of a folder."""
    files = [(copy.target, copy.mode, (context / copy.source).read_bytes()) for copy in instructions.copies]
    if instructions.entrypoint[0] not in [place for place, mode, _ in files if mode & 0o111]:
        raise ImageError(f"{name} has no program {instructions.entrypoint[0]}: ENTRYPOINT of its Dockerfile has to name a file that COPY makes executable")
    content = tar(files)
    layer = compressed(content)
    configuration = as_json({
        "architecture": ARCHITECTURES[architecture], "os": "linux", "created": EPOCH,
        "config": {
            "User": instructions.user, "ExposedPorts": {f"{port}/tcp": {} for port in instructions.ports},
            "Env": [f"{key}={value}" for key, value in instructions.variables.items()], "Entrypoint": instructions.entrypoint,
            "StopSignal": instructions.stop_signal, "WorkingDir": "/",
        },
        "rootfs": {"type": "layers", "diff_ids": [digest(content)]},
        "history": [{"created": EPOCH, "created_by": "Scripts/image.py"}],
    })
    manifest = as_json({"schemaVersion": 2, "mediaType": MANIFEST, "config": descriptor(CONFIGURATION, configuration),
                        "layers": [descriptor(LAYER, layer)]})
    return Image(name, layer, configuration, manifest)


def archive(image: Image) -> bytes:
    """The image as an archive that docker load, podman, skopeo and crane read: image-layout.md."""
    platform = json.loads(image.configuration)
    index = as_json({"schemaVersion": 2, "mediaType": INDEX, "manifests": [descriptor(
        MANIFEST, image.manifest, platform={"architecture": platform["architecture"], "os": platform["os"]},
        annotations={"org.opencontainers.image.ref.name": "latest", "io.containerd.image.name": f"{image.name}:latest"})]})
    blobs = [(f"blobs/sha256/{digest(content).removeprefix('sha256:')}", 0o644, content) for content in (*image.blobs, image.manifest)]
    return tar([("oci-layout", 0o644, as_json({"imageLayoutVersion": "1.0.0"})), ("index.json", 0o644, index), *blobs])


def check(file: pathlib.Path) -> Image:
    """The image of an archive; raises ImageError when a part is missing, is not what its digest says, or does not fit the others."""
    try:
        with tarfile.open(file) as archive:
            parts = {entry.name: archive.extractfile(entry).read() for entry in archive if entry.isfile() and entry.size <= LARGEST}
    except (tarfile.TarError, EOFError) as error:
        raise ImageError(f"{file} is no archive of an image ({error}): build it again with make image") from error

    def blob(part: dict, kind: str) -> bytes:
        name = part.get("digest", "")
        if part.get("mediaType") != kind or not re.fullmatch(r"sha256:[0-9a-f]{64}", name):
            raise ImageError(f"{file}: a part is {part.get('mediaType')} {name}, and should be {kind} with a SHA-256")
        content = parts.get(f"blobs/sha256/{name.removeprefix('sha256:')}")
        if content is None:
            raise ImageError(f"{file}: {name} is missing")
        if digest(content) != name or len(content) != part.get("size"):
            raise ImageError(f"{file}: {name} is damaged: its content has the digest {digest(content)} and {len(content)} bytes")
        return content

    try:
        listed = json.loads(parts["index.json"])["manifests"]
        if len(listed) != 1 or json.loads(parts["oci-layout"])["imageLayoutVersion"] != "1.0.0":
            raise ImageError(f"{file} holds {len(listed)} images; one is expected")
        manifest = blob(listed[0], MANIFEST)
        told = json.loads(manifest)
        configuration, layers = blob(told["config"], CONFIGURATION), told["layers"]
        if len(layers) != 1:
            raise ImageError(f"{file} has {len(layers)} layers; one is expected")
        layer = blob(layers[0], LAYER)
        content = gzip.decompress(layer)
        settings = json.loads(configuration)
        if settings["rootfs"]["diff_ids"] != [digest(content)]:
            raise ImageError(f"{file}: the configuration names another layer than there is")
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            programs = {f"/{entry.name}": archive.extractfile(entry).read(20) for entry in archive if entry.isfile() and entry.mode & 0o111}
        program = programs.get(settings["config"]["Entrypoint"][0])
        # https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html : e_machine, two bytes at 18.
        machine = {"amd64": 62, "arm64": 183}.get(settings["architecture"])
        if program is None or program[:4] != b"\x7fELF" or int.from_bytes(program[18:20], "little") != machine:
            raise ImageError(f"{file}: its entry point is no program for {settings['architecture']}")
        name = listed[0]["annotations"]["io.containerd.image.name"].removesuffix(":latest")
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, zlib.error, EOFError, tarfile.TarError) as error:
        raise ImageError(f"{file} is no image that Scripts/image.py has built ({type(error).__name__}: {error})") from error
    return Image(name, layer, configuration, manifest)
