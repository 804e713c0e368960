"""Words that come from an engine do no harm on any screen of the command line.

First on a real engine, which lets nearly everything into labels, commands, variables and logs;
then with a fake that puts it into names, too, which Docker does not allow.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import docker
import pytest

from checker.journal.store import Journal
from tests.cli.conftest import Dojo
from tests.conftest import TestEngine
from tests.faults.lying import NAMES, lies
from tests.faults.playing import Playing, played, remember
from tests.hostile import EVIL, harm, is_only_a_drawing


def _no_screen_is_harmed(dojo: Dojo, tmp_path: Path) -> None:
    for lang in ("ko", "en"):
        for words in (("check", "--again"), ("report",), ("lessons",), ("picture",)):
            said = dojo(*words, "--lang", lang)
            assert said.out, (words, said.err)
            assert harm(said.out + said.err) == set(), words
    for words in (("check", "--json"), ("report", "--json")):
        said = dojo(*words)
        assert json.loads(said.out)
        assert harm(said.out + said.err) == set(), words
    drawing = tmp_path / "drawing.svg"
    assert dojo("picture", "--output", str(drawing)).code == 0
    is_only_a_drawing(drawing.read_text("utf-8"))


@pytest.fixture
def evil_engine(clean_engine: TestEngine) -> TestEngine:
    """Containers and images with all of it in whatever Docker lets it into."""
    clean_engine.docker("pull", "-q", "busybox")
    words = [each.replace("\0", "") for each in EVIL]
    with closing(docker.APIClient(clean_engine.address, timeout=60)) as api:
        labels = {f"evil{number} {each[:200]}": each for number, each in enumerate(words)}
        for name in ("demo1", "demo4", "client", "greet-default", "repro1", "site"):
            made = api.create_container(
                "busybox",
                ["printf", "%s\\n\\000\\377\\n", *words, name],
                name=name,
                labels=labels,
                environment={"EVIL": "\n".join(words)},
            )
            api.start(made["Id"])
            clean_engine.docker("wait", name)
        for image in ("hello-image", "greeter", "my-image:v1.0.0"):
            repository, _, tag = image.partition(":")
            api.commit(
                made["Id"],
                repository,
                tag or "latest",
                message="\n".join(words)[:5000],
                author=words[0],
                conf={"Labels": labels, "Cmd": words, "Env": [f"A={words[3]}"]},
            )
    return clean_engine


@pytest.mark.engine
@pytest.mark.usefixtures("evil_engine")
def test_on_a_real_engine(dojo: Dojo, tmp_path: Path) -> None:
    _no_screen_is_harmed(dojo, tmp_path)


@pytest.fixture
def lying(tmp_path: Path) -> Iterator[Playing]:
    folder = tmp_path / "lying"
    folder.mkdir()
    with played(folder) as made:
        yield made


_QUICK = [("".join(EVIL[:16]), NAMES), ("\ud800\udfff", ()), (EVIL[16], NAMES)]
_SLOW = [pytest.param(each, kept, marks=pytest.mark.slow) for each in EVIL for kept in (NAMES, ())]


@pytest.mark.parametrize(
    ("evil", "kept"), [*_QUICK, *_SLOW], ids=lambda each: ascii(each[:12]) if each else "all"
)
def test_with_an_engine_that_lies(
    lying: Playing,
    home: Path,
    tmp_path: Path,
    evil: str,
    kept: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DOCKDOJO_HUB", "http://127.0.0.1:1")
    with Journal(home / "journal.sqlite", learner="2026-001") as journal:
        remember(journal, lying.address)
    lying.spoil = lying.spoil_service = lies(f"mark{evil}", kept=kept)
    dojo = Dojo({"DOCKDOJO_HOME": str(home), "DOCKDOJO_ENGINE": lying.address})
    for words in (("check", "--again"), ("report",), ("check", "--again", "--json")):
        said = dojo(*words)
        assert not kept or "mark" in said.out
        assert harm(said.out + said.err) == set(), words
    for words in (("picture",), ("picture", "--output", str(tmp_path / "d.svg"))):
        said = dojo(*words)
        assert harm(said.out + said.err) == set(), words
    if (tmp_path / "d.svg").exists():  # such an engine may be one that can't be read
        is_only_a_drawing((tmp_path / "d.svg").read_text("utf-8"))
