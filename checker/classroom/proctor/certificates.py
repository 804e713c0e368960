"""The class's certificate: the instructor's own, or one that the class makes for itself.

Learners' machines know the self-made one by its SHA-256, which travels with their one-time code.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from checker.errors import Misuse
from checker.language import say

if TYPE_CHECKING:
    from cryptography.x509 import GeneralName

_DAYS = 400


@dataclass(frozen=True)
class Certificate:
    """Files with a certificate and its key. `fingerprint` is its SHA-256 in hexadecimal.

    `is_self_made` is the class's own. One that `is_self_signed` proves nothing by itself, so that
    learners' machines have to know its fingerprint.
    """

    certificate: Path
    key: Path
    fingerprint: str
    names: Sequence[str]
    is_self_made: bool
    is_self_signed: bool

    def context(self) -> ssl.SSLContext:
        """For the server's side. Raises `Misuse` where the files do not fit."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as failure:
            raise _unusable(self.certificate, failure) from failure
        return context


def given(certificate: Path, key: Path | None) -> Certificate:
    """The instructor's own; the key may be in the same file. Raises `Misuse`."""
    return _read(certificate, key or certificate, is_self_made=False)


def self_made(path: Path, names: Sequence[str]) -> Certificate:
    """The class's own at `path`; made there where it is missing or out of date.

    Raises `Misuse` where it can't be made.
    """
    if path.exists():
        found = _read(path, path, is_self_made=True)
        if not _is_over(path):
            return found
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(_make(names))
    except OSError as failure:
        raise _unusable(path, failure) from failure
    return _read(path, path, is_self_made=True)


def _make(names: Sequence[str]) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dockdojo class")])
    now = datetime.now(UTC)
    known = dict.fromkeys(("localhost", "127.0.0.1", "::1", socket.gethostname(), *names))
    built = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(
            x509.SubjectAlternativeName([_general_name(name) for name in known if name]), False
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    return built.public_bytes(pem) + private


def _general_name(name: str) -> GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _read(certificate: Path, key: Path, *, is_self_made: bool) -> Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
    except (OSError, ValueError) as failure:
        raise _unusable(certificate, failure) from failure
    try:
        extension = found.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        names = extension.value.get_values_for_type(x509.DNSName)
    except x509.ExtensionNotFound:
        names = []
    fingerprint = found.fingerprint(hashes.SHA256()).hex()
    is_self_signed = found.issuer == found.subject
    return Certificate(certificate, key, fingerprint, names, is_self_made, is_self_signed)


def _is_over(path: Path) -> bool:
    from cryptography import x509

    found = x509.load_pem_x509_certificate(path.read_bytes())
    return found.not_valid_after_utc < datetime.now(UTC) + timedelta(days=1)


def _unusable(path: Path, failure: Exception) -> Misuse:
    reason = getattr(failure, "strerror", None) or str(failure) or type(failure).__name__
    return Misuse(
        say("The certificate {path} can't be used ({reason}).", path=path, reason=reason),
        say(
            "Give a PEM file with --certificate, and its key with --key; without them the class "
            "makes a certificate of its own."
        ),
    )
