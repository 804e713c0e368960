"""The class that this learner has joined: where it is, and the token that lets this machine tell.

A file in the learner's home that only its owner may read.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from checker import places
from checker.errors import JournalError, Misuse
from checker.language import say

_CODE = re.compile(r"([0-9A-Za-z-]{12,40})(?:\.([0-9a-fA-F]{64}))?")
_HOST = re.compile(r"[^\s/?#@\\]+")


@dataclass(frozen=True)
class Membership:
    """`url` is the class's, without a path; `fingerprint` its certificate's SHA-256, or ""."""

    url: str
    token: str
    student: str
    fingerprint: str = ""


@dataclass(frozen=True)
class Invitation:
    """What an instructor hands out: where the class is, and a code that is good once."""

    url: str
    code: str
    fingerprint: str


def path() -> Path:
    """Where the membership is kept."""
    return places.home() / "class.json"


def load() -> Membership | None:
    """The class that was joined, or None. Raises `JournalError` where the file can't be read."""
    try:
        data = json.loads(path().read_text("utf-8"))
        return Membership(**{name: str(data[name]) for name in Membership.__dataclass_fields__})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as failure:
        raise _unusable(failure) from failure


def mark() -> float:
    """Differs after another class was joined, or this one was left."""
    try:
        return path().stat().st_mtime
    except OSError:
        return 0.0


def save(membership: Membership) -> None:
    """Keeps it. Raises `JournalError` where the file can't be written."""
    whole = path().with_suffix(".new")
    try:
        whole.parent.mkdir(parents=True, exist_ok=True)
        whole.unlink(missing_ok=True)
        descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(membership), file)
        whole.replace(path())
    except OSError as failure:
        raise _unusable(failure) from failure


def forget() -> None:
    """Removes it, whatever is in it; from then on nothing is told."""
    with suppress(FileNotFoundError):
        path().unlink()


def invitation(url: str, code: str = "") -> Invitation:
    """What `dockdojo join URL [CODE]` was given; the URL may hold the code after a #.

    Raises `Misuse` where one is missing, or where the class could be listened in to.
    """
    parts = _parts(url)
    found = _CODE.fullmatch((code or parts.fragment).strip())
    if found is None:
        raise Misuse(
            say("There is no code, or not a whole one."),
            say("Ask your instructor for one, then: dockdojo join URL CODE"),
        )
    # A class on this very machine may do without TLS, and then there is no certificate to know.
    fingerprint = (found[2] or "").lower() if parts.scheme == "https" else ""
    return Invitation(_base(parts), found[1], fingerprint)


def moved(membership: Membership, url: str) -> Membership:
    """The same class at another address. Raises `Misuse` as `invitation` does."""
    return replace(membership, url=_base(_parts(url)))


def _base(parts: SplitResult) -> str:
    """The address without a path, where nobody can listen in."""
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise Misuse(
            say("A class elsewhere is joined with https only."),
            say("Use the address that your instructor gave you, with https://."),
        )
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        is_one = parts.scheme in ("https", "http") and _HOST.fullmatch(parts.hostname or "")
        if is_one and parts.port != 0:  # which raises where it can't be one
            return parts
    except ValueError:
        pass
    raise Misuse(
        say("“{url}” is not the address of a class.", url=url),
        say("It looks like this: https://HOST:PORT/join#CODE"),
    )


def machine() -> str:
    """A name of this machine that tells nothing else of it."""
    for file in (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id")):
        with suppress(OSError):
            if identity := file.read_text("ascii", "replace").strip():
                return hashlib.sha256(f"dockdojo/{identity}".encode()).hexdigest()[:32]
    return ""


def _unusable(failure: Exception) -> JournalError:
    return JournalError(
        say("What is known of your class can't be used ({reason}).", reason=failure),
        say(
            "Leave it with `dockdojo join --leave`, and join with a new code. It is kept in "
            "{path}.",
            path=path(),
        ),
    )
