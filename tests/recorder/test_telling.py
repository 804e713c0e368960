"""Telling the class, as the learner's machine does it: what answers may be anything at all."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from checker.classroom.proctor.certificates import Certificate, self_made
from checker.errors import DojoError, Misuse
from checker.journal.store import Journal
from checker.language import say
from checker.recorder import telling
from checker.recorder.membership import Invitation, Membership, invitation
from checker.recorder.telling import ClassUnreachable, Teller

_CODE = "ABCD-EFGH-JKLM-NPQR"
_DEMO2 = "docker-commands/demo2"

Answers = Callable[..., str]
"""Starts a fake class that answers with this document; returns its address."""


@pytest.fixture
def answers() -> Iterator[Answers]:
    """A fake, as a real class answers with nothing else than what it should."""
    servers = []

    def start(document: object, certificate: Certificate | None = None) -> str:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                told = document(json.loads(body)) if callable(document) else document
                status, told = told if isinstance(told, tuple) else (200, told)
                content = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Retry-After", "1")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if certificate is not None:
            server.socket = certificate.context().wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http{'s' if certificate else ''}://localhost:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    "url",
    ["https://[", "https://h:99999", "https://h:x", "https://h:0", "https://a b:1", "https://",
     "ftp://h", "https:// ", "https://h\\x"],
)  # fmt: skip
def test_what_is_no_address_is_told_at_once(url: str) -> None:
    with pytest.raises(Misuse, match="not the address of a class"):
        invitation(url, _CODE)


@pytest.mark.parametrize(
    ("url", "known"),
    [
        (f"https://lab:8443/join#{_CODE}", "https://lab:8443"),
        ("lab:8443", "https://lab:8443"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        ("https://수업.example.kr", "https://수업.example.kr"),
    ],
)
def test_an_address_is_taken_as_it_was_given(url: str, known: str) -> None:
    assert invitation(url, "" if "#" in url else _CODE).url == known


@pytest.mark.parametrize("document", [{}, {"token": 1, "student": "s"}, {"token": "t"}])
def test_another_program_is_no_class(answers: Answers, document: object) -> None:
    with pytest.raises(ClassUnreachable, match="is no class"):
        telling.join(Invitation(answers(document), _CODE, ""))


@pytest.mark.parametrize("document", [{}, {"numbers": 1}, {"numbers": {"verdict": "x"}}])
def test_another_program_in_the_class_s_place_is_told(
    answers: Answers, document: object, tmp_path: Path
) -> None:
    with Journal(tmp_path / "journal.sqlite") as journal:
        teller = Teller(Membership(answers(document), "t", "mina"), journal)
        with pytest.raises(ClassUnreachable, match="is no class"):
            teller.tell()


def test_who_has_not_joined_is_not_told_that_nothing_is_lost() -> None:
    with pytest.raises(ClassUnreachable) as caught:
        telling.join(Invitation("http://localhost:1", _CODE, ""))
    assert _advice(caught.value).startswith("You have not joined.")


def test_joining_waits_its_turn(answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = (429, {"message": say("Too much at once; it is tried again later.").to_json()})
    asked = []

    def first_busy(told: dict[str, Any]) -> object:
        asked.append(told["code"])
        return {"token": "t", "student": "mina"} if len(asked) > 1 else busy

    assert telling.join(Invitation(answers(first_busy), _CODE, "")).student == "mina"
    monkeypatch.setattr(telling, "_PATIENCE", 0.0)
    with pytest.raises(ClassUnreachable, match="Too many join") as caught:
        telling.join(Invitation(answers(busy), _CODE, ""))
    assert "the code is still good" in _advice(caught.value)


def test_a_certificate_that_changed_is_called_by_its_name(answers: Answers, tmp_path: Path) -> None:
    old, new = (self_made(tmp_path / name, []) for name in ("old.pem", "new.pem"))
    url = answers({"token": "t", "student": "mina"}, new)
    with pytest.raises(ClassUnreachable, match="another certificate"):
        telling.join(Invitation(url, _CODE, old.fingerprint))
    with pytest.raises(ClassUnreachable, match="proves nothing"):
        telling.join(Invitation(url, _CODE, ""))
    assert telling.join(Invitation(url, _CODE, new.fingerprint)).student == "mina"


def test_plain_words_where_tls_was_meant_are_no_other_certificate(answers: Answers) -> None:
    url = answers({}).replace("http:", "https:")
    with pytest.raises(ClassUnreachable, match="does not answer"):
        telling.join(Invitation(url, _CODE, "0" * 64))


def test_long_answers_are_told_shortened(answers: Answers, tmp_path: Path) -> None:
    sent: list[dict[str, Any]] = []

    def take(told: dict[str, Any]) -> dict[str, Any]:
        sent.extend(told["answers"])
        return {"numbers": {"verdict": 0, "answer": 0, "help": 0}}

    with Journal(tmp_path / "journal.sqlite") as journal:
        for _ in range(30):
            journal.add_answer(_DEMO2, "많" * 30_000)
        assert Teller(Membership(answers(take), "t", "mina"), journal).tell() == 30
    assert len(json.dumps(sent)) < 512 * 1024


def _advice(problem: DojoError) -> str:
    assert problem.advice is not None
    return problem.advice.in_("en")
