"""The learner's engine: the private engine `course`, with the images' mirror beside it."""

from __future__ import annotations

from checker import places
from checker.sandbox import mirror
from checker.sandbox.course_images import load_course_images
from checker.sandbox.mirror import PreparedImage
from checker.sandbox.private_engine import Helper, PrivateEngine
from checker.sandbox.progress import Progress


def course_engine() -> PrivateEngine:
    """The learner's private engine; starts nothing. Raises SandboxError without the mirror's tools.

    Tests and rehearsals that want the same images use `mirror_helper` in an engine of their own.
    """
    return PrivateEngine(registry_mirror=mirror.URL, helpers=[mirror_helper()])


def mirror_helper() -> Helper:
    """The images' mirror, as an engine's helper; it serves whatever is in the cache folder."""
    return Helper("mirror", tuple(mirror.mirror_argv()), mirror.READY_URL)


def prepare_course_images(progress: Progress | None = None) -> list[PreparedImage]:
    """Puts the course's images into the mirror, as far as they are not there yet."""
    images = load_course_images(places.lessons() / "course.toml")
    return mirror.prepare_images(images, progress=progress)
