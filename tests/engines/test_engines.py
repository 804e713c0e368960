"""The course on other engines than the machine's own. All of it is slow: `make test-all`.

`make engines` plays more of it, with a word for each play.

A machine where such an engine can't be had says so in the reason of the skip.
"""

from __future__ import annotations

import pytest

from checker.course.loading import load_course
from tests.engines.kinds import KINDS
from tests.engines.playing import play
from tests.engines.programs import NotHereError

_MOST = 3
"""Alternatives and mistakes of each exercise; `make engines` plays all of them."""

pytestmark = [pytest.mark.engine, pytest.mark.slow]

_OWN = "docker"
"""The rehearsal of the machine's own Docker is in tests/rehearsal."""


@pytest.mark.timeout(5400)
@pytest.mark.parametrize("lesson", [lesson.id for lesson in load_course().lessons])
@pytest.mark.parametrize("name", [name for name in KINDS if name != _OWN])
def test_a_lesson_comes_out_as_written_or_unchecked(name: str, lesson: str) -> None:
    course = load_course()
    try:
        played = play(KINDS[name], course, course.lesson(lesson).exercises, most=_MOST)
    except NotHereError as failure:
        pytest.skip(f"NOT REHEARSED on {KINDS[name].title}: {failure}")
    print(played.count())
    assert [f"{o.exercise.id} {o.play.name}: {o.trouble}" for o in played.odd] == []
