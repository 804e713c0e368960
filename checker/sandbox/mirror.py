"""The Hub mirror: every image of the course in a local registry, under Docker Hub's names.

The private engine has this registry as its mirror, so the learner's own ``docker pull
ubuntu:22.04`` really pulls, with or without Docker Hub, and a class stays below its rate limit.
Images are copied from Docker Hub where it answers; elsewhere stand-ins are built.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from checker import places
from checker.errors import SandboxError
from checker.language import Text, say
from checker.sandbox.course_images import CourseImage
from checker.sandbox.distribution import distribution
from checker.sandbox.hub import Hub, copy_from_hub, hub_from_environment, place
from checker.sandbox.image_store import ImageStore, Record
from checker.sandbox.image_tools import DiskFull, ToolFailed, require, run, translate_os_error
from checker.sandbox.packages import NotForThisArchitecture
from checker.sandbox.progress import NullProgress, Progress
from checker.sandbox.recipes import recipe_named, recipes_version
from checker.sandbox.registry_server import (
    Server,
    registry_argv,
    serving,
    write_registry_config,
)
from checker.sandbox.stand_ins import Built, StandInBuilder, wanted_architectures

#: Inside the private engine's own network namespace, where nothing else listens.
PORT = 49500
URL = f"http://127.0.0.1:{PORT}"
#: Answers 200 as soon as the mirror serves.
READY_URL = f"{URL}/v2/"

ImageSource = Literal["auto", "hub", "stand-ins"]

_PUSH_SECONDS = 600.0


@dataclass(frozen=True)
class PreparedImage:
    """One image of the course, as the mirror has it.

    `source` is "hub", "stand-in" or "missing"; `digest` is the manifest's ("" if missing);
    `origin` says where it came from and `what` what is inside. `problem` says why it could not be
    had, or why not from where it was wanted.
    """

    name: str
    source: str
    digest: str = ""
    architectures: tuple[str, ...] = ()
    origin: str = ""
    what: Text | None = None
    problem: Text | None = None


def store() -> ImageStore:
    """The mirror's images, in the cache folder."""
    return ImageStore(places.cache() / "mirror")


def stand_ins_store() -> ImageStore:
    """A store for stand-ins that takes no image of Docker Hub away from `store`."""
    if all(record.source == "stand-in" for record in store().records().values()):
        return store()
    return ImageStore(places.cache() / "stand-ins")


def mirror_argv(images_store: ImageStore | None = None) -> list[str]:
    """The command that serves the mirror on `PORT`, read-only; its configuration is written here.

    Raises `SandboxError` without docker-registry, or when the cache can't be written.
    """
    root = (images_store or store()).root
    config = root / "serve.yml"
    try:
        write_registry_config(config, root, PORT, readonly=True)
    except OSError as error:
        raise translate_os_error(error, root) from error
    return registry_argv(config)


def prepare_images(
    images: Sequence[CourseImage],
    *,
    source: ImageSource = "auto",
    progress: Progress | None = None,
    recheck_hub: bool = False,
    hub: Hub | None = None,
    images_store: ImageStore | None = None,
) -> list[PreparedImage]:
    """Put what is missing into the mirror and say what is there; needs no engine.

    Where all is there this only reads a file. `source` "auto" takes Docker Hub where it answers,
    else stand-ins; `recheck_hub` asks it again (2 seconds at most) even if stand-ins are there.
    Two at once are safe, and so is a kill -9: the next run continues. An image that can't be had
    for its architecture is reported as a `problem`; everything else raises `SandboxError`.
    """
    listener = progress or NullProgress()
    hub = hub or hub_from_environment()
    images_store = images_store or store()
    if not recheck_hub and not _to_do(images, images_store, source):
        return _prepared(images, images_store, {})
    use_hub = source != "stand-ins" and hub.answers()
    if source == "hub" and not use_hub:
        raise SandboxError(
            say("{place} does not answer.", place=place(hub)),
            say("Check the network, or let dockdojo build stand-ins."),
        )
    better: ImageSource = "hub" if use_hub else source
    if not _to_do(images, images_store, better):
        return _prepared(images, images_store, {})
    require("skopeo", "docker-registry")
    with (
        images_store.being_changed(listener),
        serving(images_store.root, images_store.work) as server,
    ):
        # Asked again under the lock: another process may have done it meanwhile.
        todo = _to_do(images, images_store, better)
        filling = _Filling(images_store, server, listener, hub if use_hub else None, source)
        problems = filling.fill(todo)
    return _prepared(images, images_store, problems)


def describe(images: Sequence[CourseImage]) -> list[PreparedImage]:
    """What the mirror has of `images`, for ``dockdojo doctor``; prepares nothing."""
    return _prepared(images, store(), {})


@dataclass
class _Filling:
    """Puts images into the store, one after the other."""

    store: ImageStore
    server: Server
    progress: Progress
    hub: Hub | None
    source: ImageSource

    def fill(self, images: Sequence[CourseImage]) -> dict[str, Text]:
        """Prepare `images`; the problems of those that could not be had, by name."""
        builder = StandInBuilder(self.store.fresh_work("stand-ins"), self.progress)
        problems: dict[str, Text] = {}
        doing = say("Preparing the images of the course")
        for done, image in enumerate(images):
            self.progress.step(doing, done, len(images))
            try:
                self._one(image, builder, problems)
            except NotForThisArchitecture as error:
                problems[image.name] = error.message
            except DiskFull:
                self.store.discard_leftovers()
                raise
        self.progress.step(doing, len(images), len(images))
        return problems

    def _one(self, image: CourseImage, builder: StandInBuilder, problems: dict[str, Text]) -> None:
        if self.hub is not None:
            work = self.store.fresh_work("hub")
            wanted = wanted_architectures(image, recipe_named(image.stand_in))
            try:
                built = copy_from_hub(self.hub, image, wanted, work, self.progress)
            except ToolFailed as failure:
                if self.source == "hub":
                    raise
                problems[image.name] = failure.message
                if "manifest unknown" not in failure.reason:
                    self.hub = None  # rate limit or broken line: don't let every image wait for it
            else:
                self._put(image, built, "hub", place(self.hub))
                return
        known = self.store.records().get(image.name)
        if known is None or not _is_current(image, known, self.store, "stand-ins"):
            self._put(image, builder.build(image), "stand-in", distribution_name())

    def _put(self, image: CourseImage, built: Built, source: str, origin: str) -> None:
        target = f"docker://127.0.0.1:{self.server.port}/{image.repository}:{image.tag}"
        try:
            run(
                ["skopeo", "--insecure-policy", "copy", "--all", "--preserve-digests",
                 "--dest-tls-verify=false", f"dir:{built.folder}", target],
                folder=self.store.root,
                seconds=_PUSH_SECONDS,
            )  # fmt: skip
        except ToolFailed as failure:
            # The registry answers "unknown error"; its own log says that the disk is full.
            if "no space left" in self.server.complaints().lower():
                raise DiskFull(self.store.root) from failure
            raise
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        key = input_key(image, source)
        record = Record(source, origin, built.digest, built.architectures, key, made_at)
        self.store.record(image, record)


def distribution_name() -> str:
    """The system whose packages stand-ins are made of: "Debian 12"."""
    return distribution().short


def input_key(image: CourseImage, source: str) -> str:
    """Changes with everything that an image is made from, as far as it is known without network.

    Newer package versions alone do not change it: a course stays what it was until it is cleared.
    """
    wanted = ",".join(wanted_architectures(image, recipe_named(image.stand_in)))
    parts = [source, image.name, wanted]
    if source == "stand-in":
        parts += [image.stand_in, recipes_version(), distribution().codename]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _to_do(
    images: Sequence[CourseImage], images_store: ImageStore, source: ImageSource
) -> list[CourseImage]:
    records = images_store.records()
    return [
        image
        for image in images
        if image.name not in records
        or not _is_current(image, records[image.name], images_store, source)
    ]


def _is_current(
    image: CourseImage, record: Record, images_store: ImageStore, source: ImageSource
) -> bool:
    right_source = {"auto": record.source, "hub": "hub", "stand-ins": "stand-in"}[source]
    return (
        record.source == right_source
        and record.key == input_key(image, record.source)
        and images_store.holds(image, record)
    )


def _prepared(
    images: Sequence[CourseImage], images_store: ImageStore, problems: dict[str, Text]
) -> list[PreparedImage]:
    records = images_store.records()
    return [_one_prepared(image, records, images_store, problems) for image in images]


def _one_prepared(
    image: CourseImage,
    records: dict[str, Record],
    images_store: ImageStore,
    problems: dict[str, Text],
) -> PreparedImage:
    record = records.get(image.name)
    problem = problems.get(image.name)
    if record is None or not images_store.holds(image, record):
        return PreparedImage(image.name, "missing", problem=problem)
    stand_in = record.source == "stand-in"
    return PreparedImage(
        image.name,
        record.source,
        record.digest,
        record.architectures,
        record.origin,
        recipe_named(image.stand_in).what if stand_in else say("the image of Docker Hub"),
        problem,
    )
