"""Writing: a file is there whole or as it was before, also when the disk is full in the middle.

A folder is written file by file. It may be the instructor's own, with other things in it: only
what an earlier export of the same kind wrote there is taken away again, as listed in a file.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from checker.errors import DojoError
from checker.language import say

LIST = ".dockdojo-export.json"
"""In a folder: what the last export wrote there."""

_UNSAFE = re.compile(r"[^\w.@+-]|^[.-]")
_LONGEST_NAME = 80


class ExportError(DojoError):
    """A file or folder of an export can't be written."""


def write_file(target: Path, content: bytes) -> None:
    """Writes `target` in one go. Raises `ExportError`."""
    with replacing(target) as new:
        new.write_bytes(content)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path beside `target` that takes its place when the block ends well, and goes otherwise.

    What the block's files raise (`OSError`) becomes an `ExportError`.
    """
    new = target.with_name(f".{target.name[:_LONGEST_NAME]}.{os.getpid()}.new")
    try:
        if target.is_dir():
            raise IsADirectoryError(21, os.strerror(21))
        target.parent.mkdir(parents=True, exist_ok=True)
        yield new
        with new.open("rb") as written:
            os.fsync(written.fileno())
        new.replace(target)
    except OSError as failure:
        raise _unwritable(target, failure) from failure
    finally:
        # Where even this fails there is nothing left to do; the first failure was told.
        if new.is_file():
            new.unlink()


def write_folder(target: Path, contents: Mapping[str, bytes]) -> None:
    """Writes files by their paths within the folder, with `/`; the last one comes last of all.

    What an earlier call wrote and this one does not is removed. Raises `ExportError`.
    """
    if target.exists() and not target.is_dir():
        raise _unwritable(target, NotADirectoryError(20, os.strerror(20)))
    before = _listed(target)
    names = list(contents)
    # The list names old and new files until the old ones are gone: a cut in between loses none.
    write_file(target / LIST, _list({*before, *names}))
    for name in names:
        write_file(target / name, contents[name])
    for name in before - set(names):
        try:
            (target / name).unlink(missing_ok=True)
        except OSError as failure:
            raise _unwritable(target / name, failure) from failure
    write_file(target / LIST, _list(names))


def file_name(student: str) -> str:
    """A file's name for a student's ID: the ID itself wherever that is one, and never two alike.

    What a file's name can't hold is written as %XX. A long one is cut; its hash keeps it apart.
    """
    safe = _UNSAFE.sub(
        lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "surrogatepass")),
        student,
    )
    if len(safe.encode("utf-8")) <= _LONGEST_NAME and safe:
        return safe
    return f"{safe[: _LONGEST_NAME // 4]}~{hashlib.sha256(safe.encode()).hexdigest()[:16]}"


def _list(names: Iterable[str]) -> bytes:
    return json.dumps(sorted(names), ensure_ascii=False, indent=1).encode()


def _listed(folder: Path) -> set[str]:
    """What the list in `folder` names; a list that someone else made up names nothing outside."""
    try:
        names = json.loads((folder / LIST).read_text("utf-8"))
    except (OSError, ValueError):
        return set()
    return {name for name in names if isinstance(name, str) and _is_inside(name)}


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def _unwritable(path: Path, failure: OSError) -> ExportError:
    return ExportError(
        say(
            "{path} can't be written ({reason}).",
            path=path,
            reason=failure.strerror or type(failure).__name__,
        ),
        say("Name another place, or make this one writable."),
    )
