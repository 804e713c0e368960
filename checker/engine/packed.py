"""What engines send packed: the frames of a log, and files of a container as a tar archive.

What is no archive, or was cut off, holds nothing more; it is never taken for another format.
"""

from __future__ import annotations

import io
import tarfile
from contextlib import suppress

HEAD = tarfile.BLOCKSIZE
"""Bytes that tell of a file, before its content."""


def unframed(body: bytes) -> bytes:
    """The log without its frames: 8 bytes of header (stream, size) before each piece.

    Source: https://docs.docker.com/reference/api/engine/ (ContainerAttach, stream format)
    """
    pieces, at = [], 0
    while at + 8 <= len(body):
        size = int.from_bytes(body[at + 4 : at + 8], "big")
        pieces.append(body[at + 8 : at + 8 + size])
        at += 8 + size
    return b"".join(pieces)


def only_file(archive: bytes) -> bytes | None:
    """The content of the regular file that an archive begins with."""
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
            member = tar.next()
            content = tar.extractfile(member) if member is not None and member.isfile() else None
            return content.read() if content is not None else None
    except (tarfile.TarError, EOFError):
        return None


def small_files(archive: bytes, most: int) -> list[tuple[str, bytes]]:
    """The regular files of at most `most` bytes, each with its path and content."""
    found = []
    with suppress(tarfile.TarError), tarfile.open(fileobj=io.BytesIO(archive), mode="r|") as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isfile() else None
            if content is not None and member.size <= most:
                found.append((member.name, content.read()))
    return found


def changed_at(head: bytes) -> int | None:
    """When the file was last written (seconds since 1970) that an archive begins with."""
    try:
        return int(tarfile.TarInfo.frombuf(head, "utf-8", "replace").mtime)
    except tarfile.TarError:
        return None
