"""Where the mirror's images are kept: a registry's storage folder, and a note of what is in it.

::

    mirror/
      docker/registry/v2/   the registry's own storage
      images.json           name → where it came from, digest, key of its inputs
      lock                  held while images are put in
      unfinished            there while something is being put in; after a kill -9 it is found
      work/                 what is being built; of no use to anybody else
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import tenacity

from checker.errors import SandboxError
from checker.language import say
from checker.sandbox.course_images import CourseImage
from checker.sandbox.image_tools import translate_os_error
from checker.sandbox.progress import Progress

_LOCK_POLL_SECONDS = 0.2
_LOCK_SECONDS = 3600.0
_CHUNK = 1 << 20
_LINK_BYTES = len("sha256:") + 64


@dataclass(frozen=True)
class Record:
    """What is known of one image in the store.

    `source` is "hub" or "stand-in"; `origin` where exactly it came from, in words; `key` changes
    with everything it was made from; `made_at` is in ISO 8601, UTC.
    """

    source: str
    origin: str
    digest: str
    architectures: tuple[str, ...]
    key: str
    made_at: str


class ImageStore:
    """The folder `root`. Reading needs no lock; putting images in does."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.work = root / "work"
        self._note = root / "images.json"
        self._unfinished = root / "unfinished"
        self._storage = root / "docker" / "registry" / "v2"

    def records(self) -> dict[str, Record]:
        """What is in the store, by image name. A damaged note counts as none."""
        try:
            data = json.loads(self._note.read_text(encoding="utf-8"))
            return {
                name: Record(**{**entry, "architectures": tuple(entry["architectures"])})
                for name, entry in data.items()
            }
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise translate_os_error(error, self.root) from error
        except (ValueError, TypeError, KeyError, AttributeError):
            return {}

    def holds(self, image: CourseImage, record: Record) -> bool:
        """Whether the registry's storage really has the image that the note speaks of."""
        tag = self._storage / "repositories" / image.repository / "_manifests" / "tags" / image.tag
        blob = self._blob(record.digest)
        try:
            link = (tag / "current" / "link").read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError):
            return False
        return link == record.digest and blob.exists()

    def record(self, image: CourseImage, record: Record) -> None:
        """Note an image that is in the storage, whole."""
        records = {name: asdict(known) for name, known in self.records().items()}
        records[image.name] = asdict(record)
        fresh = self._note.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(records, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._note)

    @contextmanager
    def being_changed(self, progress: Progress) -> Iterator[None]:
        """Hold the store's lock, with an empty work folder and no leftovers in the storage."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            lock = (self.root / "lock").open("w")
        except OSError as error:
            raise translate_os_error(error, self.root) from error
        with lock:
            _take(lock.fileno(), progress)
            if self._unfinished.exists():
                self._heal()
            try:
                self._empty_work()
                self._unfinished.touch()
                yield
            except OSError as error:
                raise translate_os_error(error, self.root) from error
            finally:
                # Also after an error: nothing half-made may stay, and a full disk gets its room.
                shutil.rmtree(self.work, ignore_errors=True)
            self._unfinished.unlink(missing_ok=True)

    def fresh_work(self, name: str) -> Path:
        """A new folder to build in. It goes when the lock does."""
        # A name of its own: after a kill -9, a tool's child may still write to the last run's.
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.work))

    def discard_leftovers(self) -> None:
        """Remove what an interrupted push left in the storage."""
        self._heal()

    def _heal(self) -> None:
        """Remove unfinished uploads, blobs that are not what their name says, and empty links.

        A registry takes a blob that is there for whole, so a truncated one would stay for ever.
        """
        for link in self._storage.glob("repositories/**/link"):
            if link.stat().st_size < _LINK_BYTES:
                link.unlink()
        for uploads in self._storage.glob("repositories/**/_uploads"):
            shutil.rmtree(uploads, ignore_errors=True)
        for blob in self._storage.glob("blobs/sha256/*/*"):
            if _sha256(blob / "data") != blob.name:
                shutil.rmtree(blob, ignore_errors=True)

    def _empty_work(self) -> None:
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(exist_ok=True)

    def _blob(self, digest: str) -> Path:
        name = digest.partition(":")[2]
        return self._storage / "blobs" / "sha256" / name[:2] / name / "data"


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    try:
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        return ""
    return digest.hexdigest()


def _take(lock: int, progress: Progress) -> None:
    """Lock the file; wait while another process holds it, and say so."""
    waiting = say("Another dockdojo is preparing the images; waiting for it")

    def tell(_state: tenacity.RetryCallState) -> None:
        progress.step(waiting, 0, 1)

    attempts = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(BlockingIOError),
        wait=tenacity.wait_fixed(_LOCK_POLL_SECONDS),
        stop=tenacity.stop_after_delay(_LOCK_SECONDS),
        before_sleep=tell,
    )
    try:
        attempts(fcntl.flock, lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except tenacity.RetryError:
        raise SandboxError(
            say("Another dockdojo has been preparing the images for an hour."),
            say("End it, then try again."),
        ) from None
    if attempts.statistics["attempt_number"] > 1:
        progress.step(waiting, 1, 1)
