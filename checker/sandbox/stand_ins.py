"""Stand-ins: images built from the system's own packages where Docker Hub can't be reached.

An image has two layers: the packages' files, shared by all tags of one recipe, and a small one
that says which image this stands in for. The same packages, recipe and name give the same digest.
"""

from __future__ import annotations

import hashlib
import re
import tarfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from checker.language import say
from checker.sandbox.course_images import CourseImage, machine_architecture
from checker.sandbox.distribution import Distribution, distribution
from checker.sandbox.oci import join_platforms, write_image
from checker.sandbox.packages import NotForThisArchitecture, Unpacked, package_names, unpack
from checker.sandbox.progress import Progress
from checker.sandbox.recipes import recipe_named
from checker.sandbox.recipes.recipe import Recipe
from checker.sandbox.rootfs import Layer, RootFs

_PLATFORMS = ("amd64", "arm64")


@dataclass(frozen=True)
class Built:
    """An image in skopeo's ``dir:`` form, the digest of its manifest and its architectures."""

    folder: Path
    digest: str
    architectures: tuple[str, ...]


@dataclass(frozen=True)
class _Base:
    layer: Layer
    packages: str  # a digest of the names and versions of the packages inside


class StandInBuilder:
    """Builds stand-ins under the folder `work`; tags of one recipe share what was fetched."""

    def __init__(self, work: Path, progress: Progress) -> None:
        self._work = work
        self._progress = progress
        self._bases: dict[tuple[str, str], _Base] = {}

    def build(self, image: CourseImage) -> Built:
        """Build the stand-in for `image`.

        Raises `SandboxError`; its subclass `NotForThisArchitecture` says that only this image
        can't be had. Where a recipe serves every platform, the machine's own is enough.
        """
        recipe = recipe_named(image.stand_in)
        parts: dict[str, Path] = {}
        wanted = wanted_architectures(image, recipe)
        doing = say("Building a stand-in for {image}", image=image.name)
        for done, architecture in enumerate(wanted):
            self._progress.step(doing, done, len(wanted))
            try:
                parts[architecture] = self._part(image, recipe, architecture)
            except NotForThisArchitecture:
                if image.arch or architecture == machine_architecture():
                    raise
        self._progress.step(doing, len(wanted), len(wanted))
        folder = self._work / _folder_name(image)
        return Built(folder, join_platforms(folder, parts), tuple(parts))

    def _part(self, image: CourseImage, recipe: Recipe, architecture: str) -> Path:
        base = self._base(recipe, architecture)
        folder = self._work / f"{_folder_name(image)}-{architecture}"
        folder.mkdir()
        blob = folder / base.layer.blob.name
        blob.hardlink_to(base.layer.blob)
        identity = RootFs()
        machine = distribution() if recipe.packages else None
        identity.add_file("usr/lib/os-release", _os_release(image, machine))
        layers = [replace(base.layer, blob=blob), identity.write_layer(folder)]
        note = recipe.what.in_("en")
        labels = {
            "org.opencontainers.image.title": f"dockdojo stand-in for {image.name}",
            "dockdojo.stand-in": image.name,
            "dockdojo.stand-in.note": f"Not the image of Docker Hub: {note}.",
            "dockdojo.stand-in.packages": base.packages,
        }
        write_image(
            folder, architecture, layers, replace(recipe.run, labels=labels), "dockdojo stand-in"
        )
        return folder

    def _base(self, recipe: Recipe, architecture: str) -> _Base:
        key = (recipe.name, architecture)
        if key not in self._bases:
            folder = self._work / f"base-{recipe.name}-{architecture}"
            folder.mkdir()
            self._bases[key] = _build_base(recipe, architecture, folder)
        return self._bases[key]


def wanted_architectures(image: CourseImage, recipe: Recipe) -> tuple[str, ...]:
    """The architectures that `image` should be there for, the machine's own first."""
    if image.arch:
        return (image.arch,)
    own = machine_architecture()
    others = tuple(a for a in _PLATFORMS if a != own) if recipe.every_platform else ()
    return (own, *others)


def _build_base(recipe: Recipe, architecture: str, folder: Path) -> _Base:
    files = RootFs()
    names: list[str] = []
    with ExitStack() as open_until_written:
        if recipe.packages:
            unpacked = unpack(recipe.packages, architecture, folder)
            archive = open_until_written.enter_context(tarfile.open(unpacked.archive))
            names = package_names(_listing(archive))
            files.add_packages(archive, recipe.keep)
            files.add_layout()
            files.add_link("etc/os-release", "../usr/lib/os-release")
        recipe.furnish(files, architecture)
        layer = files.write_layer(folder)
    (folder / "packages.tar").unlink(missing_ok=True)
    return _Base(layer, f"sha256:{hashlib.sha256(chr(10).join(names).encode()).hexdigest()}")


def _listing(archive: tarfile.TarFile) -> str:
    stream = archive.extractfile(f"./{Unpacked.LIST}")
    return stream.read().decode() if stream else ""


def _os_release(image: CourseImage, machine: Distribution | None) -> str:
    made_of = f"{machine.short} packages" if machine else "no packages"
    name = f"dockdojo stand-in for {image.name} ({made_of})"
    lines = [f'NAME="{name}"', f'PRETTY_NAME="{name}"']
    if machine:
        lines += [
            f"ID={machine.id}",
            f'VERSION_ID="{machine.version}"',
            f"VERSION_CODENAME={machine.codename}",
        ]
    return "\n".join(lines) + "\n"


def _folder_name(image: CourseImage) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", image.name)
