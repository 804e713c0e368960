"""Which distribution this machine runs, and where it gets its packages, as apt is told to.

Nothing is guessed: the package mirror is the one in the machine's own apt configuration (both the
one-line and the deb822 form, see sources.list(5)), and only the distribution's own entries count,
so that a third party's packages never end up in an image.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from checker.errors import SandboxError
from checker.language import say

_DISTRIBUTIONS = ("debian", "ubuntu")


@dataclass(frozen=True)
class Distribution:
    """What ``/etc/os-release`` says: "debian", "12", "bookworm", "Debian GNU/Linux"."""

    id: str
    version: str
    codename: str
    name: str

    @property
    def short(self) -> str:
        """In a few words: "Debian 12"."""
        return f"{self.id.capitalize()} {self.version}".strip()


@dataclass(frozen=True)
class Source:
    """One entry of apt's configuration that offers binary packages."""

    uris: tuple[str, ...]
    suites: tuple[str, ...]
    components: tuple[str, ...]
    architectures: tuple[str, ...] = ()
    signed_by: str = ""
    trusted: str = ""

    def deb822(self) -> str:
        """The entry as a stanza of a ``.sources`` file, for any architecture."""
        lines = [
            "Types: deb",
            f"URIs: {' '.join(self.uris)}",
            f"Suites: {' '.join(self.suites)}",
            f"Components: {' '.join(self.components)}",
        ]
        lines += [f"Signed-By:{self.signed_by}"] if self.signed_by else []
        lines += [f"Trusted: {self.trusted}"] if self.trusted else []
        return "\n".join(lines) + "\n"


def distribution(os_release: Path = Path("/etc/os-release")) -> Distribution:
    """This machine's distribution. Raises `SandboxError` unless it is Debian or Ubuntu."""
    try:
        text = os_release.read_text(encoding="utf-8")
    except OSError:
        text = ""
    said = dict(re.findall(r'^([A-Z_]+)="?([^"\n]*)"?$', text, re.MULTILINE))
    if said.get("ID") not in _DISTRIBUTIONS or not said.get("VERSION_CODENAME"):
        raise SandboxError(
            say("Stand-in images are built from the packages of Debian or Ubuntu, "
                "and this machine runs {system}.",
                system=said.get("PRETTY_NAME") or "another system"),
            say("Use a machine that can reach Docker Hub, or Debian or Ubuntu."),
        )  # fmt: skip
    return Distribution(
        said["ID"], said.get("VERSION_ID", ""), said["VERSION_CODENAME"], said.get("NAME", "")
    )


def package_sources(
    machine: Distribution, architecture: str, apt: Path = Path("/etc/apt")
) -> list[Source]:
    """The entries of the machine's apt configuration that are the distribution's own.

    Entries that are limited to other architectures than `architecture` ("arm64") are left out.
    Raises `SandboxError` when none is left.
    """
    found = []
    for source in _configured(apt):
        suites = tuple(suite for suite in source.suites if _is_own_suite(suite, machine))
        fits = not source.architectures or architecture in source.architectures
        if suites and fits and "main" in source.components and _is_own_key(source.signed_by):
            found.append(replace(source, suites=suites))
    if not found:
        raise SandboxError(
            say("apt's configuration has no entry for the packages of {system} ({arch}).",
                system=machine.short, arch=architecture),
            say("Add the distribution's own mirror to /etc/apt/sources.list.d."),
        )  # fmt: skip
    return found


def _is_own_suite(suite: str, machine: Distribution) -> bool:
    ends = ("", "-updates", "-security")
    return suite.rstrip("/") in {machine.codename + end for end in ends}


def _is_own_key(signed_by: str) -> bool:
    # No key named: apt's trusted keys hold. A key in the file itself can't be judged by its name.
    return not signed_by or "-archive-" in signed_by or "BEGIN PGP" in signed_by


def _configured(apt: Path) -> Iterator[Source]:
    parts = sorted((apt / "sources.list.d").glob("*"))
    for file in [apt / "sources.list", *parts]:
        if not file.is_file():
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        if file.suffix == ".list":
            yield from filter(None, map(_one_line, text.splitlines()))
        elif file.suffix == ".sources":
            yield from filter(None, map(_stanza, re.split(r"\n[ \t]*\n", text)))


def _one_line(line: str) -> Source | None:
    form = re.match(r"\s*deb\s+(?:\[([^]]*)\]\s*)?(\S+)\s+(\S+)\s*([^#]*)", line)
    if form is None:
        return None
    options = dict(re.findall(r"([\w-]+)=(\S+)", form[1] or ""))
    signed_by = options.get("signed-by", "")
    return Source(
        uris=(form[2],),
        suites=(form[3],),
        components=tuple(form[4].split()),
        architectures=tuple(filter(None, options.get("arch", "").split(","))),
        signed_by=f" {signed_by}" if signed_by else "",
        trusted=options.get("trusted", ""),
    )


def _stanza(text: str) -> Source | None:
    fields: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        if line[:1].isspace():
            fields[name] = fields.get(name, "") + "\n" + line
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.lower()
            fields[name] = f" {value.strip()}" if value.strip() else ""
    if "deb" not in fields.get("types", "").split():
        return None
    if fields.get("enabled", "").strip().lower() in ("no", "false", "0"):
        return None
    return Source(
        uris=tuple(fields.get("uris", "").split()),
        suites=tuple(fields.get("suites", "").split()),
        components=tuple(fields.get("components", "").split()),
        architectures=tuple(fields.get("architectures", "").split()),
        signed_by=fields.get("signed-by", ""),
        trusted=fields.get("trusted", "").strip(),
    )
