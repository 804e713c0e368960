"""What a registry holds is read over HTTP, or, where it wants a password, in its storage."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from checker.engine.images import Image
from checker.engine.reader import Reader
from checker.engine.registry import (
    OpenShelf,
    StoredShelf,
    digest_of,
    look_up,
    shelf_of,
)
from checker.engine.registry_settings import settings_of
from checker.engine.view import View
from tests.conftest import TestEngine
from tests.engine.registries import IMAGE, build_image, push, run_registry


@pytest.mark.engine
def test_both_ways_tell_the_same(clean_engine: TestEngine, reader: Reader) -> None:
    run_registry(clean_engine)
    build_image(clean_engine)
    digest = push(clean_engine, f"localhost:5001/{IMAGE}")
    view = View(reader)
    box = view.container("registry")
    built = view.image(IMAGE)
    assert box is not None
    assert built is not None
    settings = settings_of(view, box)
    stored, served = StoredShelf(view, box, settings), OpenShelf(view, box, settings)
    assert isinstance(shelf_of(view, box, settings), OpenShelf)
    for shelf in (served, stored):
        found = look_up(shelf, "my-image", "v1.0.0")
        assert found is not None
        assert found.digest == digest
        assert found.is_the_content_of(built)
        assert look_up(shelf, "my-image", "v2") is None
        assert look_up(shelf, "other", "v1.0.0") is None
    assert stored.is_there()
    assert abs(stored.named_at("my-image", "v1.0.0") - time.time()) < 60
    assert stored.named_at("my-image", "v2") == 0
    assert served.repositories() == ["my-image"]
    assert served.tags("my-image") == ["v1.0.0"]


@pytest.mark.engine
def test_a_registry_that_keeps_nothing_has_no_storage(
    clean_engine: TestEngine, reader: Reader
) -> None:
    clean_engine.docker("create", "--name", "registry", "registry:2")
    view = View(reader)
    box = view.container("registry")
    assert box is not None
    assert not StoredShelf(view, box, settings_of(view, box)).is_there()


class PaperShelf:
    """Not a registry: content by name, for what a registry would not take or not tell."""

    def __init__(self, content: Mapping[str, bytes]) -> None:
        self._content = content

    def repositories(self) -> list[str]:
        return []

    def tags(self, repository: str) -> list[str]:  # noqa: ARG002
        return []

    def manifest(self, repository: str, reference: str) -> bytes | None:  # noqa: ARG002
        return self._content.get(reference)

    def blob(self, repository: str, digest: str) -> bytes | None:  # noqa: ARG002
        return self._content.get(digest)


CONFIG = b'{"config": {"Cmd": ["true"]}, "rootfs": {"diff_ids": ["sha256:aa"]}}'
MANIFEST = b'{"config": {"digest": "%s"}}' % digest_of(CONFIG).encode()
BUILT = Image({"RootFS": {"Layers": ["sha256:aa"]}, "Config": {"Cmd": ["true"], "Env": None}})


def _found(content: Mapping[str, bytes], image: Image = BUILT) -> bool:
    stored = look_up(PaperShelf(content), "my-image", "v1")
    assert stored is not None
    return stored.is_the_content_of(image)


def test_a_list_of_platforms_holds_the_image_that_one_of_them_is() -> None:
    """Images of BuildKit are lists; among them is one that describes the build itself."""
    rows = [digest_of(b"{}"), digest_of(MANIFEST), "sha256:gone"]
    index = '{{"manifests": [{}]}}'.format(", ".join(f'{{"digest": "{row}"}}' for row in rows))
    content = {"v1": index.encode(), rows[0]: b"{}", rows[1]: MANIFEST, digest_of(CONFIG): CONFIG}
    assert _found(content)


@pytest.mark.parametrize(
    "image",
    [
        Image({"RootFS": {"Layers": ["sha256:bb"]}, "Config": {"Cmd": ["true"]}}),
        Image({"RootFS": {"Layers": ["sha256:aa"]}, "Config": {"Cmd": ["false"]}}),
        Image({"RootFS": {"Layers": ["sha256:aa"]}, "Config": {"Cmd": ["true"], "User": "me"}}),
        Image({}),
    ],
)
def test_other_layers_or_settings_are_another_image(image: Image) -> None:
    assert not _found({"v1": MANIFEST, digest_of(CONFIG): CONFIG}, image)


@pytest.mark.parametrize(
    "content",
    [
        {"v1": b"no JSON"},
        {"v1": b"[]"},
        {"v1": b'{"config": "sha256:aa"}'},
        {"v1": MANIFEST},
        {"v1": MANIFEST, digest_of(CONFIG): CONFIG + b" "},
        {"v1": b'{"manifests": [{"digest": "sha256:aa"}, 1]}', "sha256:aa": MANIFEST},
    ],
)
def test_what_is_not_what_its_digest_says_does_not_count(content: Mapping[str, bytes]) -> None:
    assert not _found(content)
