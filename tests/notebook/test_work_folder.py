"""A learner's own notebooks: never overwritten, and up to date where nobody changed them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checker.errors import Misuse
from checker.notebook.notebook_file import Cell, dump, load, make
from checker.notebook.work_folder import fill


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "built"
    folder.mkdir()
    for name in ("01-one", "02-two"):
        _write(folder / f"{name}.ipynb", f"%check {name}")
    return folder


def test_it_begins_with_copies(built: Path, tmp_path: Path) -> None:
    assert fill(tmp_path / "work", built) == ["01-one.ipynb", "02-two.ipynb"]
    assert _source(tmp_path / "work" / "02-two.ipynb") == "%check 02-two"


def test_pictures_come_with_them(built: Path, tmp_path: Path) -> None:
    picture = built / "pictures" / "flow.svg"
    picture.parent.mkdir()
    picture.write_text("<svg/>")
    fill(tmp_path / "work", built)
    picture.write_text("<svg></svg>")

    fill(tmp_path / "work", built)

    assert (tmp_path / "work" / "pictures" / "flow.svg").read_text() == "<svg></svg>"


def test_what_the_learner_changed_stays(built: Path, tmp_path: Path) -> None:
    fill(tmp_path / "work", built)
    _write(tmp_path / "work" / "01-one.ipynb", "my own")
    _write(built / "01-one.ipynb", "%check new")

    fill(tmp_path / "work", built)

    assert _source(tmp_path / "work" / "01-one.ipynb") == "my own"


def test_what_was_only_opened_follows_the_course(built: Path, tmp_path: Path) -> None:
    fill(tmp_path / "work", built)
    opened = load(tmp_path / "work" / "01-one.ipynb")
    opened["metadata"] = {"language_info": {"version": "3.11.2"}}
    (tmp_path / "work" / "01-one.ipynb").write_text(json.dumps(opened))
    _write(built / "01-one.ipynb", "%check new")

    fill(tmp_path / "work", built)

    assert _source(tmp_path / "work" / "01-one.ipynb") == "%check new"


def test_a_notebook_of_unknown_origin_stays(built: Path, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "01-one.ipynb").write_text("not even a notebook")

    fill(tmp_path / "work", built)

    assert (tmp_path / "work" / "01-one.ipynb").read_text() == "not even a notebook"


def test_a_course_without_notebooks_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="There are no notebooks"):
        fill(tmp_path / "work", tmp_path)


def _write(path: Path, source: str) -> None:
    path.write_bytes(dump(make([Cell("code", source)])))


def _source(path: Path) -> str:
    return "".join(load(path)["cells"][0]["source"])
