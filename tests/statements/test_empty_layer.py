"""Layers of a RUN that wrote nothing, by their digests."""

from __future__ import annotations

from hashlib import sha256

import pytest

from checker.statements.empty_layer import wrote_nothing

PODMANS_TIME = 1796134026
"""When podman 5.4 made the layers below."""

PODMANS_FIRST = "c890c140b97ffe441ab3011ba9a1a89472de09af1dd9b6496366b7b67dbb678d"
"""Of the first RUN on a base: etc/ with three empty files, and run/."""

PODMANS_SECOND = "584c8556ee94f431a831f3920861c913c15c90d0a4f07535507c716b33e13b0f"
"""Of a RUN after it, a second later: run/ alone."""

_END = sha256(bytes(1024)).hexdigest()


@pytest.mark.parametrize(
    ("layer", "size", "ended", "wrote_none"),
    [
        (_END, 4096, PODMANS_TIME, True),
        (PODMANS_FIRST, 3584, PODMANS_TIME, True),
        (PODMANS_FIRST, 3584, PODMANS_TIME + 4, True),  # it took a while
        (PODMANS_FIRST, 3584, PODMANS_TIME - 1, False),
        (PODMANS_FIRST, 3072, PODMANS_TIME, False),
        (PODMANS_SECOND, 1536, PODMANS_TIME + 1, True),
        (PODMANS_SECOND, 3584, PODMANS_TIME + 1, False),
        (sha256(b"x").hexdigest(), 1536, PODMANS_TIME, False),
        (sha256(b"x").hexdigest(), 3584, PODMANS_TIME, False),
        (sha256(b"x").hexdigest(), 1536, 0, False),
        (sha256(b"x").hexdigest(), 512, PODMANS_TIME, False),
        (sha256(b"x").hexdigest(), 10**9, PODMANS_TIME, False),
    ],
)
def test_a_layer_that_holds_nothing_is_known(
    layer: str, size: int, ended: int, wrote_none: bool
) -> None:
    assert wrote_nothing(f"sha256:{layer}", size, ended) is wrote_none
