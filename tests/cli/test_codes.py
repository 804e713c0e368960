"""dockdojo codes and join: what is typed wrong is told before any code is made or used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checker.classroom.proctor.certificates import self_made
from tests.classroom.proctoring import run


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    path = tmp_path / "class.csv"
    path.write_text("id,name\n007,Bond\n")
    return path


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--url", "ftp://lab"), "not the address of a class"),
        (("--url", "https://lab:99999"), "not the address of a class"),
        (("--url", "https://0.0.0.0:8443"), "only means to listen"),
        (("--url", "https://[::]:8443"), "only means to listen"),
        (("--url", "http://lab:8443"), "with https only"),
        (("--valid", "99999d"), "no length of time"),
        (("--valid", "0h"), "no length of time"),
        (("8",), "no student with the ID “8”"),
    ],
)
def test_what_no_learner_could_use_is_refused(
    roster: Path, words: tuple[str, ...], message: str
) -> None:
    ended = run("codes", str(roster), *words)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert message in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("url", ["https://lab:8443", "lab:8443", "https://lab:8443/join"])
def test_an_address_is_handed_out_as_join_takes_it(roster: Path, url: str) -> None:
    ended = run("codes", str(roster), "--url", url, "--valid", "366d", "--json")
    assert json.loads(ended.stdout)[0]["code"].startswith("https://lab:8443/join#")


def test_a_certificate_of_the_instructor_s_own_is_known_by_its_fingerprint(
    roster: Path, tmp_path: Path
) -> None:
    """One that signs itself; of one that an authority signed the machine needs to know nothing."""
    own = self_made(tmp_path / "own.pem", [])
    words = ("codes", str(roster), "--json", "--certificate")
    (code,) = json.loads(run(*words, str(own.certificate)).stdout)
    assert code["code"].endswith(f".{own.fingerprint}")
    missing = run(*words, str(tmp_path / "nothing.pem"))
    assert (missing.returncode, missing.stdout) == (2, "")


@pytest.mark.parametrize("content", ["", "[]", '{"url": "https://lab"}'])
def test_a_damaged_membership_can_be_left(tmp_path: Path, content: str) -> None:
    (tmp_path / "class.json").write_text(content)
    told = run("join", "--status", home=tmp_path)
    assert (told.returncode, told.stderr.count("\n")) == (2, 1)
    assert "--leave" in told.stderr
    assert run("join", "--leave", home=tmp_path).returncode == 0
    assert "You have joined no class." in run("join", "--status", home=tmp_path).stdout
