"""What is inside the stand-ins, read from the mirror as an engine reads it."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker.sandbox.course_images import CourseImage, machine_architecture
from checker.sandbox.mirror import prepare_images
from checker.sandbox.recipes.common import busybox_applets

from .conftest import BUSYBOX, HELLO, UBUNTU_ARM, Filled, Reader

_ELF_MACHINE = {"amd64": 62, "arm64": 183}
_MEGABYTE = 1_000_000


@pytest.fixture
def reader(filled: Filled, read_cache: Callable[[Path], Reader]) -> Reader:
    return read_cache(filled.cache)


def layer_files(reader: Reader, image: CourseImage, manifest: dict[str, Any]) -> tarfile.TarFile:
    """The image's first layer, which has the packages' files."""
    return tarfile.open(fileobj=io.BytesIO(reader.blob(image, manifest["layers"][0]["digest"])))


def read_file(tar: tarfile.TarFile, path: str) -> bytes:
    stream = tar.extractfile(path)
    assert stream is not None
    return stream.read()


def test_every_image_is_served_under_its_hub_name_for_its_architecture(
    reader: Reader, course: list[CourseImage], filled: Filled
) -> None:
    for image in course:
        _, digest = reader.manifest(image)
        assert digest == filled.images[image.name].digest, image.name
        architectures = set(reader.platforms(image))
        assert (image.arch or machine_architecture()) in architectures, image.name
        assert architectures == set(filled.images[image.name].architectures), image.name


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("image", [BUSYBOX, UBUNTU_ARM, HELLO], ids=lambda image: image.name)
def test_built_again_elsewhere_an_image_has_the_same_digest(
    image: CourseImage, filled: Filled
) -> None:
    (again,) = prepare_images([image], source="stand-ins")
    assert again.digest == filled.images[image.name].digest


@pytest.mark.parametrize(
    ("image", "program"), [(UBUNTU_ARM, "usr/bin/bash"), (BUSYBOX, "usr/bin/busybox")],
    ids=lambda value: getattr(value, "name", ""),
)  # fmt: skip
def test_programs_are_of_the_architecture_that_the_image_records(
    reader: Reader, image: CourseImage, program: str
) -> None:
    for architecture, manifest in reader.platforms(image).items():
        elf = read_file(layer_files(reader, image, manifest), program)
        assert elf[:4] == b"\x7fELF"
        assert int.from_bytes(elf[18:20], "little") == _ELF_MACHINE[architecture]


def test_tags_of_one_recipe_share_their_packages_and_differ_in_what_they_say(
    reader: Reader,
) -> None:
    old, new = CourseImage("ubuntu:22.04", "ubuntu"), CourseImage("ubuntu:24.04", "ubuntu")
    (one,), (other,) = reader.platforms(old).values(), reader.platforms(new).values()
    assert one["layers"][0] == other["layers"][0]
    assert one["config"]["digest"] != other["config"]["digest"]


def test_a_stand_in_says_what_it_is(reader: Reader, course: list[CourseImage]) -> None:
    for image in course:
        for manifest in reader.platforms(image).values():
            labels = manifest["configuration"]["config"]["Labels"]
            assert labels["dockdojo.stand-in"] == image.name
            assert "Not the image of Docker Hub" in labels["dockdojo.stand-in.note"]
            identity = reader.blob(image, manifest["layers"][-1]["digest"])
            with tarfile.open(fileobj=io.BytesIO(identity)) as tar:
                release = read_file(tar, "usr/lib/os-release").decode()
            assert f"dockdojo stand-in for {image.name}" in release


def test_images_are_lean(reader: Reader, course: list[CourseImage]) -> None:
    for image in course:
        for manifest in reader.platforms(image).values():
            packed = sum(layer["size"] for layer in manifest["layers"])
            assert packed < 30 * _MEGABYTE, image.name


def test_the_commands_read_from_busybox_are_those_it_lists(reader: Reader) -> None:
    manifest = reader.platforms(BUSYBOX)[machine_architecture()]
    files = layer_files(reader, BUSYBOX, manifest)
    applets = busybox_applets(read_file(files, "usr/bin/busybox"))
    assert {"sh", "date", "sleep", "ls", "wget"} <= set(applets)
    assert "busybox" not in applets
    assert files.getmember("usr/bin/sh").linkname == "busybox"
