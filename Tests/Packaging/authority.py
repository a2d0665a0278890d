"""Certificates for tests: an authority of the test's own, and what it signs. Made with OpenSSL's command line tool, in a folder of the test's."""

from __future__ import annotations

import dataclasses
import pathlib
import subprocess

HOSTS = ("*.amazonaws.com", "*.us-east-1.amazonaws.com")
KEYS = {
    "rsa-2048": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
    "rsa-4096": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"),
    "p-256": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
    "p-384": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"),
}


@dataclasses.dataclass(frozen=True)
class Certificate:
    chain: pathlib.Path
    key: pathlib.Path


def openssl(*arguments: str | pathlib.Path) -> None:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"openssl {arguments[0]} failed:\n{done.stderr}"


class Authority:
    """A root, an intermediate authority below it, and the certificates of servers: the shape of AWS's own chains."""

    def __init__(self, folder: pathlib.Path, kind: str = "rsa-2048") -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.root = folder / "root.pem"
        self._key("root", kind)
        openssl("req", "-x509", "-new", "-key", folder / "root.key", "-days", "30", "-subj", "/CN=Test root", "-out", self.root,
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        self._key("intermediate", kind)
        self._sign("intermediate", "root", "Test authority", "30", "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n")

    def certificate(self, name: str, kind: str = "p-256", hosts: tuple[str, ...] = HOSTS, days: str = "30") -> Certificate:
        """A server's certificate with its chain. Negative days: one that has expired."""
        self._key(name, kind)
        names = ",".join(f"DNS:{host}" for host in hosts)
        self._sign(name, "intermediate", name, days, f"basicConstraints=CA:FALSE\nkeyUsage=digitalSignature,keyEncipherment\n"
                                                     f"extendedKeyUsage=serverAuth\nsubjectAltName={names}\n")
        chain = self.folder / f"{name}-chain.pem"
        chain.write_text((self.folder / f"{name}.pem").read_text() + (self.folder / "intermediate.pem").read_text())
        return Certificate(chain, self.folder / f"{name}.key")

    def _key(self, name: str, kind: str) -> None:
        openssl("genpkey", *KEYS[kind], "-out", self.folder / f"{name}.key")

    def _sign(self, name: str, issuer: str, subject: str, days: str, extensions: str) -> None:
        request, extension_file = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        openssl("req", "-new", "-key", self.folder / f"{name}.key", "-subj", f"/CN={subject}", "-out", request)
        extension_file.write_text(extensions)
        openssl("x509", "-req", "-in", request, "-CA", self.folder / f"{issuer}.pem", "-CAkey", self.folder / f"{issuer}.key", "-CAcreateserial",
                "-days", days, "-extfile", extension_file, "-out", self.folder / f"{name}.pem")
