"""dockdojo picture: words on the terminal, a drawing in a file."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.conftest import Dojo
from tests.conftest import TestEngine


@pytest.mark.engine
def test_it_is_told_and_drawn(dojo: Dojo, test_engine: TestEngine, tmp_path: Path) -> None:
    test_engine.docker("pull", "-q", "busybox")
    test_engine.docker("create", "--name", "demo2", "busybox")
    said = dojo("picture")
    assert (said.code, said.err) == (0, "")
    assert "  ○ demo2: created\n    made from: busybox:latest\n" in said.out
    assert "이미지 1개" in dojo("picture", "--lang", "ko").out

    svg, page = tmp_path / "now.svg", tmp_path / "now.html"
    assert dojo("picture", "--output", str(svg)).out == ""
    assert ElementTree.parse(svg).getroot().get("role") == "img"
    dojo("picture", "--output", str(page), "--lang", "ko")
    assert '<html lang="ko">' in page.read_text("utf-8")


def test_what_can_not_be_done_is_said(unstarted: Dojo) -> None:
    said = unstarted("picture", "--output", "x.png")
    assert "Give a file whose name ends in .svg" in said.sentence
    assert "dockdojo engine up" in unstarted("picture").sentence


@pytest.mark.engine
def test_a_file_that_can_not_be_written_is_said(dojo: Dojo, tmp_path: Path) -> None:
    said = dojo("picture", "--output", str(tmp_path / "no" / "x.svg"))
    assert "can't be written" in said.sentence
