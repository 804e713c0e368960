"""Layers of a RUN that wrote nothing: they are known by their content, which is always the same.

With containerd's store such a layer is an archive that is only its end. Podman's builder leaves in
it the empty files that it mounts something on, with the time of the RUN, so its archive can be
written again and compared. So it was seen with podman 5.4 (buildah 1.39); what differs just isn't
known for empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from itertools import combinations, product

_BLOCK = 512
_END = bytes(2 * _BLOCK)
_MOUNTED_ON = ("etc/hostname", "etc/hosts", "etc/resolv.conf")
"""What podman makes for a RUN, where the base does not have it."""

_LONGEST = 10
"""Seconds that a RUN may have taken to be known for one that wrote nothing."""


@lru_cache(maxsize=256)
def wrote_nothing(layer: str, size: int, made: int) -> bool:
    """Whether the layer of this digest and size (bytes) is that of a RUN that wrote nothing and
    ended at that time (seconds since 1970)."""
    digests = (f"sha256:{sha256(archive + _END).hexdigest()}" for archive in _archives(size, made))
    return layer in digests


def _archives(size: int, made: int) -> Iterator[bytes]:
    yield b""
    files = size // _BLOCK - 4  # besides the two folders and the end
    if size % _BLOCK or not -1 <= files <= len(_MOUNTED_ON) or files == 0:
        return
    choices = combinations(_MOUNTED_ON, files) if files > 0 else [()]
    begun = range(made - _LONGEST, made + 1)
    for names, first in product(choices, begun):
        for last in range(first, made + 1):
            for archive in _with_etc(names, first) if names else [b""]:
                yield archive + _entry("run/", last)


def _with_etc(names: tuple[str, ...], begun: int) -> Iterator[bytes]:
    """The folder with these files, all made within a second, which may be the turn of one."""
    for times in product((begun, begun + 1), repeat=len(names) + 1):
        entries = zip(("etc/", *names), times, strict=True)
        yield b"".join(_entry(name, at) for name, at in entries)


@lru_cache(maxsize=256)
def _entry(name: str, at: int) -> bytes:
    """The block of an empty file, or of a folder ("etc/"), of root's, as Go writes it (ustar)."""
    mode, kind = ("755", "5") if name.endswith("/") else ("644", "0")
    head = name.encode().ljust(100, b"\0")
    head += f"{mode:0>7}\0{0:07}\0{0:07}\0{0:011}\0{at:011o}\0".encode()
    tail = kind.encode().ljust(101, b"\0") + b"ustar\x0000" + bytes(64) + b"0000000\0" * 2
    checksum = sum(head) + sum(tail) + 8 * ord(" ")
    return (head + f"{checksum:06o}\0 ".encode() + tail).ljust(_BLOCK, b"\0")
