"""Reading histories. They were recorded on real engines: Docker 20.10 with its legacy builder and
with its BuildKit; the spellings of newer BuildKits (which can't be had here) are from Docker's
documentation and issues."""

from __future__ import annotations

import pytest

from checker.engine.images import Step
from checker.statements.dockerfile import after, instructions

_BASE = [
    {"Created": 1704067200, "CreatedBy": "dockdojo stand-in", "Size": 187},
    {"Created": 1704067200, "CreatedBy": "dockdojo stand-in", "Size": 52984513},
]
_LEGACY = [
    {"Created": 9, "CreatedBy": '/bin/sh -c #(nop)  CMD ["echo" "two"]'},
    {"Created": 9, "CreatedBy": '/bin/sh -c #(nop)  CMD ["echo" "one"]'},
    {"Created": 8, "CreatedBy": "/bin/sh -c #(nop)  EXPOSE 8000"},
    {"Created": 8, "CreatedBy": "/bin/sh -c #(nop)  ENV GREETING=Hi there"},
    {"Created": 7, "CreatedBy": "/bin/sh -c mkdir /made && echo 1 > /made/x", "Size": 2},
    {"Created": 6, "CreatedBy": "/bin/sh -c #(nop) COPY dir:c76e340b42 in . ", "Size": 171},
    {"Created": 6, "CreatedBy": "/bin/sh -c #(nop) COPY file:2cc6f75217 in . ", "Size": 3},
    {"Created": 6, "CreatedBy": "/bin/sh -c #(nop) WORKDIR /app"},
]
_BUILDKIT = [
    {"Created": 9, "CreatedBy": 'CMD ["echo" "two"]'},
    {"Created": 9, "CreatedBy": 'CMD ["echo" "one"]'},
    {"Created": 9, "CreatedBy": "EXPOSE map[8000/tcp:{}]"},
    {"Created": 9, "CreatedBy": "ENV GREETING=Hi there"},
    {"Created": 9, "CreatedBy": "RUN /bin/sh -c mkdir /made && echo 1 > /made/x # buildkit"},
    {"Created": 8, "CreatedBy": "COPY . . # buildkit", "Size": 171},
    {"Created": 8, "CreatedBy": "COPY a.txt . # buildkit", "Size": 3},
    {"Created": 8, "CreatedBy": "WORKDIR /app"},
]
_WORDS = ["WORKDIR", "COPY", "COPY", "RUN", "ENV", "EXPOSE", "CMD", "CMD"]


def steps(rows: list[dict[str, object]]) -> list[Step]:
    return [Step(row) for row in rows]


@pytest.mark.parametrize("rows", [_LEGACY, _BUILDKIT])
def test_both_builders_histories_read_as_the_dockerfile(rows: list[dict[str, object]]) -> None:
    own = after(steps(_BASE), steps(rows + _BASE))
    assert [one.word for one in own] == _WORDS
    assert [one.copies_everything for one in own] == [False, False, True, *[False] * 5]
    assert "mkdir /made" in own[3].rest
    assert own[-1].text == 'CMD ["echo" "two"]'


def test_without_a_base_every_step_is_told() -> None:
    assert len(instructions(steps(_LEGACY + _BASE))) == len(_LEGACY) + len(_BASE)


def test_a_base_of_another_time_is_no_base() -> None:
    other = [row | {"Created": 5} for row in _BASE]
    assert len(after(steps(other), steps(_LEGACY + _BASE))) == len(_LEGACY) + len(_BASE)


@pytest.mark.parametrize(
    ("created_by", "word"),
    [
        ("EXPOSE [8000/tcp]", "EXPOSE"),
        ("COPY --chown=1000:1000 . /app/ # buildkit", "COPY"),
        ("COPY /site/public /www # buildkit", "COPY"),
        ("ADD https://example.org/a.tar.gz / # buildkit", "ADD"),
        ("RUN /bin/bash -o pipefail -c echo a | cat # buildkit", "RUN"),
        ("RUN |1 WHO=you /bin/sh -c echo $WHO # buildkit", "RUN"),
        ("|1 WHO=you /bin/sh -c echo $WHO > who.txt", "RUN"),
        ("/bin/bash -o pipefail -c echo a | cat", "RUN"),
        ("/bin/bash -c #(nop) WORKDIR /app", "WORKDIR"),
        ("/bin/sh -c #(nop) cmd echo two", "CMD"),
        ("cmd echo two", ""),
        ("/bin/bash", ""),
        ("python3", ""),
        ("sh -c mkdir /x", ""),
        ("python3 prepare.py", ""),
        ("RUNNER --now", ""),
        ("", ""),
    ],
)
def test_what_kind_of_step_it_is(created_by: str, word: str) -> None:
    assert instructions(steps([{"CreatedBy": created_by}]))[0].word == word


@pytest.mark.parametrize(
    ("created_by", "everything"),
    [
        ("COPY . /app # buildkit", True),
        ("COPY ./ . # buildkit", True),
        ("COPY --chown=me . . # buildkit", True),
        ("COPY page.txt render.py ./ # buildkit", False),
        ("COPY ./page.txt . # buildkit", False),
        ("COPY .env . # buildkit", False),
        ("/bin/sh -c #(nop) COPY dir:12ab in /app ", True),
        ("/bin/sh -c #(nop) COPY multi:12ab in ./ ", False),
        ("/bin/sh -c #(nop) COPY file:12ab in . ", False),
        ("/bin/sh -c #(nop) ADD dir:12ab in . ", True),
    ],
)
def test_whether_the_whole_folder_was_copied(created_by: str, everything: bool) -> None:
    assert instructions(steps([{"CreatedBy": created_by}]))[0].copies_everything is everything


@pytest.mark.parametrize(
    ("line", "runs"),
    [
        ("/bin/sh -c python3 make.py", True),
        ("RUN /bin/sh -c python3 make.py # buildkit", True),
        ("RUN |2 A=a b SCRIPT=make.py /bin/bash -exc cd / && python3 $SCRIPT # buildkit", True),
        ("|1 SCRIPT=make.py /bin/sh -c python3 $SCRIPT", True),
        ("python3 -m make", True),
        ("RUN python3 -c import make # buildkit", True),
        ("/bin/sh -c chmod +x make.py; ./make.py", True),
        ("/bin/sh -c cat make.py | python3", True),
        ("/bin/sh -c find -name make.py -exec python3 {} +", True),
        ("/bin/sh -c if test -f make.py; then python3 make.py; fi", True),
        ("/bin/sh -c echo make.py > /x", False),
        ("/bin/sh -c touch /x # python3 make.py", False),
        ("/bin/sh -c cp make.py /x", False),
        ("|1 SCRIPT=make.py /bin/sh -c python3 --version > /x", False),
        ("RUN /bin/sh -c printf 'make.py' | tee /x # buildkit", False),
    ],
)
def test_a_run_that_starts_a_script_and_one_that_only_speaks_of_it(line: str, runs: bool) -> None:
    (one,) = instructions(steps([{"CreatedBy": line}]))
    assert one.runs("make") is runs
