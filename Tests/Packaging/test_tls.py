"""The trimmed OpenSSL of the functions with what the endpoints of AWS offer: each kind of certificate, key exchange, cipher and version.

Scripts/static-link/openssl-provider.c lists what is linked; what is tested here must not leave that list.
"""

from __future__ import annotations

import pathlib

import isolation
from authority import KEYS, Authority
from conftest import case
from test_empty_root import EVENTS

# Version, key exchange, cipher as OpenSSL names them; an empty cipher is the server's choice, which is all that TLS 1.3 leaves to a client.
CONNECTIONS = [
    ("TLSv1_3", "X25519", ""),
    ("TLSv1_3", "prime256v1", ""),
    ("TLSv1_3", "secp384r1", ""),
    ("TLSv1_3", "secp521r1", ""),
    ("TLSv1_2", "X25519", "ECDHE+AESGCM+AES128"),
    ("TLSv1_2", "prime256v1", "ECDHE+AESGCM+AES256"),
    ("TLSv1_2", "secp384r1", "ECDHE+CHACHA20"),
    # What a proxy that opens TLS may still ask for.
    ("TLSv1_2", "prime256v1", "ECDHE+AES128+SHA256:!AESGCM:!CHACHA20:!AESCCM"),
    ("TLSv1_2", "prime256v1", "ECDHE+AES256+SHA1"),
]


def test_connections(arbiter: pathlib.Path, authority: Authority) -> None:
    certificates = {kind: authority.certificate(f"server-{kind}", kind) for kind in KEYS}
    cases = {
        (kind, *connection): case(arbiter, "Supervisor", EVENTS["Supervisor"], certificate, authority,
                                  version=connection[0], group=connection[1], cipher=connection[2])
        for kind, certificate in certificates.items() for connection in CONNECTIONS
    }
    results = dict(zip(cases, isolation.run(list(cases.values()))))
    for name, result in results.items():
        assert result["told"] and result["told"]["problem"] is None and result["requests"], (name, result)
    assert {request["version"] for result in results.values() for request in result["requests"]} == {"TLSv1.2", "TLSv1.3"}
    ciphers = {request["cipher"] for result in results.values() for request in result["requests"]}
    assert {"ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305", "TLS_AES_256_GCM_SHA384"} <= ciphers, ciphers


def test_the_ciphers_of_tls_1_3(arbiter: pathlib.Path, authority: Authority, tmp_path: pathlib.Path) -> None:
    certificate = authority.certificate("server-ciphers", "rsa-2048")
    for cipher in ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"):
        configuration = tmp_path / "openssl.cnf"
        configuration.write_text(f"openssl_conf = start\n[start]\nssl_conf = all\n[all]\nsystem_default = default\n[default]\nCiphersuites = {cipher}\n")
        # Python cannot choose them, the configuration of the server's OpenSSL can.
        result, = isolation.run([case(arbiter, "Supervisor", EVENTS["Supervisor"], certificate, authority)], OPENSSL_CONF=str(configuration))
        assert {request["cipher"] for request in result["requests"]} == {cipher}, result


def test_an_authority_with_an_elliptic_key(arbiter: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """Amazon Root CA 3 and 4 have keys on P-256 and P-384."""
    for kind in ("p-256", "p-384"):
        authority = Authority(tmp_path / kind, kind)
        result, = isolation.run([case(arbiter, "Supervisor", EVENTS["Supervisor"], authority.certificate("server", kind), authority)])
        assert result["told"] and result["told"]["problem"] is None and result["requests"], result
