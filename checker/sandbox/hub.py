"""Docker Hub: whether it answers, and copies of its images.

``DOCKDOJO_HUB`` (``http://host:port``) names another registry that has Docker Hub's images under
Docker Hub's names: a classroom's proxy, or in the tests a registry that plays Docker Hub's part.
"""

from __future__ import annotations

import http.client
import json
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from checker.errors import SandboxError
from checker.language import say
from checker.sandbox.course_images import CourseImage
from checker.sandbox.image_tools import ToolFailed, run
from checker.sandbox.oci import join_platforms
from checker.sandbox.progress import Progress
from checker.sandbox.stand_ins import Built

_DOCKER_HUB = "https://registry-1.docker.io"
_PROBE_SECONDS = 2.0
_COPY_SECONDS = 1800.0
_INSPECT_SECONDS = 60.0


@dataclass(frozen=True)
class Hub:
    """Docker Hub, or the registry at `url` that is used in its place."""

    url: str = _DOCKER_HUB

    @property
    def is_docker_hub(self) -> bool:
        """Whether this is Docker's own."""
        return self.url == _DOCKER_HUB

    def reference(self, image: CourseImage) -> str:
        """The image in skopeo's words."""
        host = "docker.io" if self.is_docker_hub else self.url.partition("://")[2].strip("/")
        return f"docker://{host}/{image.repository}:{image.tag}"

    def answers(self, seconds: float = _PROBE_SECONDS) -> bool:
        """Whether a registry answers there, known after `seconds` at the latest."""
        heard = threading.Event()
        # In a thread, since looking up a name has no time limit of its own.
        threading.Thread(target=self._probe, args=(seconds, heard), daemon=True).start()
        return heard.wait(seconds)

    def _probe(self, seconds: float, heard: threading.Event) -> None:
        try:
            with urllib.request.urlopen(f"{self.url}/v2/", timeout=seconds) as answer:
                headers = answer.headers
        except urllib.error.HTTPError as refusal:
            headers = refusal.headers  # Docker Hub asks who we are (401), so it is there
        except (OSError, http.client.HTTPException, ValueError):
            return
        # A hotel's log-in page also answers, but not as a registry.
        if headers.get("Docker-Distribution-Api-Version"):
            heard.set()


def hub_from_environment(environ: Mapping[str, str] = os.environ) -> Hub:
    """Docker Hub, or what ``DOCKDOJO_HUB`` names. Raises `SandboxError` if that is no address."""
    url = environ.get("DOCKDOJO_HUB", "").rstrip("/")
    if not url:
        return Hub()
    if not url.startswith(("http://", "https://")):
        raise SandboxError(
            say("DOCKDOJO_HUB is {value}, which is no address of a registry.", value=url),
            say("Write it as http://HOST:PORT, or unset it to use Docker Hub."),
        )
    return Hub(url)


def copy_from_hub(
    hub: Hub, image: CourseImage, architectures: Sequence[str], work: Path, progress: Progress
) -> Built:
    """Fetch `image` for each of `architectures`; the first one must be there.

    Only these are fetched, to spare the class's line. Raises `ToolFailed` (no such image, rate
    limit, line broken), `DiskFull` or `SandboxError`.
    """
    parts: dict[str, Path] = {}
    for architecture in architectures:
        folder = work / f"hub-{image.tag}-{architecture}"
        try:
            parts[architecture] = _copy(hub, image, architecture, folder, progress)
        except ToolFailed:
            if not parts:
                raise
    target = work / "hub-image"
    return Built(target, join_platforms(target, parts), tuple(parts))


def _copy(
    hub: Hub, image: CourseImage, architecture: str, folder: Path, progress: Progress
) -> Path:
    skopeo = [
        "skopeo",
        "--insecure-policy",
        f"--override-arch={architecture}",
        "--override-os=linux",
    ]
    tls = [] if hub.url.startswith("https://") else ["--tls-verify=false"]
    total = _download_size(skopeo, tls, hub.reference(image), work=folder.parent)
    doing = say("Copying {image} ({arch}) from {place}",
                image=image.name, arch=architecture, place=place(hub))  # fmt: skip

    def report() -> None:
        have = sum(file.stat().st_size for file in folder.glob("*")) if folder.exists() else 0
        progress.step(doing, min(have, total - 1), total)

    report()
    source_tls = [option.replace("--tls", "--src-tls") for option in tls]
    run(
        [*skopeo, "copy", "--preserve-digests", *source_tls, hub.reference(image), f"dir:{folder}"],
        folder=folder.parent,
        seconds=_COPY_SECONDS,
        watch=report,
    )
    progress.step(doing, total, total)
    return folder


def place(hub: Hub) -> str:
    """The hub's name for people."""
    return "Docker Hub" if hub.is_docker_hub else hub.url


def _download_size(skopeo: Sequence[str], tls: Sequence[str], reference: str, work: Path) -> int:
    """Bytes of the image's layers and configuration. Raises `ToolFailed` without such an image."""
    answer = run(
        [*skopeo, "inspect", "--no-tags", *tls, reference],
        folder=work,
        seconds=_INSPECT_SECONDS,
    )
    # Older releases of skopeo tell no sizes; then the bar only knows "started" and "ended".
    layers = json.loads(answer).get("LayersData") or []
    return sum(int(layer["Size"]) for layer in layers) + 1
