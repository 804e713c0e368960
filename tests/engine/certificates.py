"""A certificate authority for one test run, made by openssl: a pair for server and client each."""

from __future__ import annotations

import subprocess
from pathlib import Path

_EXTENSIONS = "subjectAltName=DNS:localhost,IP:127.0.0.1"


def make_certificates(folder: Path) -> Path:
    """`ca.pem`, `server-*.pem`, and a client's `cert.pem` and `key.pem`, as Docker names them."""
    folder.mkdir(parents=True)
    _openssl(
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-days", "2", "-subj", "/CN=test authority", "-addext", "keyUsage=keyCertSign",
        "-keyout", str(folder / "ca-key.pem"), "-out", str(folder / "ca.pem"),
    )  # fmt: skip
    _sign(folder, "localhost", "server-cert.pem", "server-key.pem")
    _sign(folder, "learner", "cert.pem", "key.pem")
    return folder


def _sign(folder: Path, name: str, certificate: str, key: str) -> None:
    _openssl(
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-days", "2", "-subj", f"/CN={name}", "-addext", _EXTENSIONS,
        "-addext", "basicConstraints=critical,CA:FALSE",
        "-CA", str(folder / "ca.pem"), "-CAkey", str(folder / "ca-key.pem"),
        "-keyout", str(folder / key), "-out", str(folder / certificate),
    )  # fmt: skip


def _openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True, timeout=30)
