"""A container's files, gathered from packages and by hand, and written as a reproducible layer.

The same files give the same bytes: entries sorted, one fixed time, owners by number only, and a
gzip stream without name and time. Like today's Debian and Ubuntu, ``/bin``, ``/sbin`` and ``/lib``
are links into ``/usr``, whichever way the packages have their files.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import posixpath
import re
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

#: When everything in a stand-in was made, by its own account: 2024-01-01T00:00:00Z.
MADE_AT = 1704067200
MADE_AT_TEXT = "2024-01-01T00:00:00Z"

_MERGED = ("bin", "sbin", "lib", "lib64")
_GZIP_LEVEL = 4  # a third of level 9's time for a few per cent more bytes, on loopback
_LEFT_OUT = re.compile(
    r"(dev|proc|sys|boot|home|media|mnt|run|srv|tmp)/.*"
    r"|etc/(apt|dpkg|init\.d|default|cron\.\w+|logrotate\.d|systemd|alternatives)(/.*)?"
    r"|etc/(hostname|hosts|resolv\.conf|machine-id|fstab|os-release)"
    r"|usr/lib/(os-release|systemd(/.*)?|lsb(/.*)?|[^/]+/(gconv|perl|perl-base|audit)(/.*)?)"
    r"|usr/lib/[^/]+/libperl\.so.*|usr/bin/perl.*"
    r"|usr/share/(doc|man|info|locale|lintian|bug|perl|perl5|bash-completion|menu|doc-base)(/.*)?"
    r"|dockdojo\.packages|var/(cache|log|lib/apt|lib/dpkg|lib/systemd)(/.*)?"
)
_FOLDERS = {
    "": 0o755, "dev": 0o755, "etc": 0o755, "home": 0o755, "proc": 0o555, "root": 0o700,
    "run": 0o755, "sys": 0o555, "tmp": 0o1777, "usr": 0o755, "usr/bin": 0o755, "usr/lib": 0o755,
    "usr/local": 0o755, "usr/local/bin": 0o755, "usr/sbin": 0o755, "var": 0o755,
    "var/tmp": 0o1777,
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One file, folder or link: its header, and its content if it has any."""

    info: tarfile.TarInfo
    content: Callable[[], IO[bytes] | None] = lambda: None


@dataclass(frozen=True)
class Layer:
    """A written layer: the digest of its compressed and of its plain bytes, and its size."""

    blob: Path
    digest: str
    diff_id: str
    size: int


class RootFs:
    """Files by path, without a leading slash. A later file replaces an earlier one."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def __contains__(self, path: str) -> bool:
        return path in self._entries

    def add_packages(self, archive: tarfile.TarFile, keep: re.Pattern[str] | None = None) -> None:
        """Take the packages' files, without documentation, logs, devices and apt's own state.

        `keep`, matched against the whole path after ``/bin`` became ``/usr/bin``, limits what is
        taken. The archive must stay open until the layer is written.
        """
        for member in archive.getmembers():
            path = _merged(_plain(member.name))
            if _LEFT_OUT.fullmatch(path) or path in _MERGED or member.isdev():
                continue
            if keep is None or keep.fullmatch(path) or (member.isdir() and path in _FOLDERS):
                self._take(archive, member, path)

    def add_layout(self) -> None:
        """The folders of every Linux system, and the links into ``/usr``."""
        for path, mode in _FOLDERS.items():
            self.add_folder(path, mode)
        for name in _MERGED:
            if name != "lib64" or any(path.startswith("usr/lib64/") for path in self._entries):
                self.add_link(name, f"usr/{name}")

    def add_folder(self, path: str, mode: int = 0o755) -> None:
        """A folder, owned by root."""
        self._entries[path] = Entry(_header(path, tarfile.DIRTYPE, mode))

    def add_file(self, path: str, content: bytes | str, mode: int = 0o644) -> None:
        """A file, owned by root; text is written as UTF-8."""
        data = content.encode() if isinstance(content, str) else content
        info = _header(path, tarfile.REGTYPE, mode)
        info.size = len(data)
        self._entries[path] = Entry(info, lambda: io.BytesIO(data))

    def add_link(self, path: str, target: str) -> None:
        """A symbolic link."""
        info = _header(path, tarfile.SYMTYPE, 0o777)
        info.linkname = target
        self._entries[path] = Entry(info)

    def read(self, path: str) -> bytes:
        """A file's content. Raises `KeyError` where there is no such file."""
        stream = self._entries[path].content()
        if stream is None:
            raise KeyError(path)
        with stream:
            return stream.read()

    def write_layer(self, folder: Path) -> Layer:
        """Write the files as a layer into `folder`, named by its digest as a registry has it."""
        unfinished = folder / "layer.tar.gz"
        with unfinished.open("wb") as file:
            packed = _Hashing(file)
            with gzip.GzipFile("", "wb", _GZIP_LEVEL, packed, mtime=0) as stream:
                plain = _Hashing(stream)
                with tarfile.open(mode="w", fileobj=plain, format=tarfile.PAX_FORMAT) as tar:
                    for entry in sorted(self._entries.values(), key=_order):
                        with entry.content() or io.BytesIO() as content:
                            tar.addfile(entry.info, content if entry.info.isreg() else None)
        layer = Layer(
            folder / packed.hexdigest(),
            f"sha256:{packed.hexdigest()}",
            f"sha256:{plain.hexdigest()}",
            packed.size,
        )
        unfinished.rename(layer.blob)
        return layer

    def _take(self, archive: tarfile.TarFile, member: tarfile.TarInfo, path: str) -> None:
        info = _header(path, member.type, member.mode)
        info.uid, info.gid = member.uid, member.gid
        if member.issym():
            info.linkname = _link_target(member, path)
            if _resolved(path, info.linkname) == path or path in self._entries:
                return  # the other half of a file that one package has in /bin and in /usr/bin
        elif member.islnk():
            info.linkname = _merged(_plain(member.linkname))
        elif member.isreg():
            info.size = member.size
        self._entries[path] = Entry(
            info, lambda: archive.extractfile(member) if member.isreg() else None
        )


class _Hashing(io.RawIOBase):
    """Passes bytes on, and knows their SHA-256 and how many there were."""

    def __init__(self, onward: IO[bytes] | gzip.GzipFile) -> None:
        self._onward = onward
        self._sha256 = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.size

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        self._onward.write(data)
        self._sha256.update(data)
        self.size += len(data)
        return len(data)

    def hexdigest(self) -> str:
        """The digest of all bytes so far."""
        return self._sha256.hexdigest()


def _header(path: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(path or ".")
    info.type, info.mode, info.mtime = kind, mode, MADE_AT
    return info


def _order(entry: Entry) -> tuple[bool, str]:
    # A hard link has to come after the file it names.
    return entry.info.islnk(), entry.info.name


def _plain(name: str) -> str:
    """A path without leading "./" or "/"; the root folder is ""."""
    return posixpath.normpath(f"/{name}").lstrip("/")


def _merged(path: str) -> str:
    return f"usr/{path}" if path.partition("/")[0] in _MERGED and "/" in path else path


def _link_target(member: tarfile.TarInfo, path: str) -> str:
    """The link's target, such that it still leads there after its folder moved into ``/usr``."""
    old = _plain(member.name)
    if old == path or "/" not in member.linkname or member.linkname.startswith("/"):
        return member.linkname
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(old), member.linkname))


def _resolved(path: str, target: str) -> str:
    absolute = posixpath.normpath(posixpath.join("/", posixpath.dirname(path), target))
    return _merged(absolute.lstrip("/"))
