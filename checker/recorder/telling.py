"""Telling the class what was decided here: through all weather, nothing lost and nothing twice.

What is told are the journal's own rows, in order, by their numbers; the class says up to which it
knows them. So whatever breaks off in between is told again, and taken once.
"""

from __future__ import annotations

import json
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checker import places
from checker.errors import DojoError, JournalError
from checker.journal.store import Journal
from checker.language import Text, say
from checker.recorder.membership import Invitation, Membership, load, machine

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

SECONDS = 15.0
"""For one request."""

GATHER = 0.1
"""Seconds between hearing that something was decided, and telling it."""

_LOOK = 3.0
"""Seconds between two looks at what other processes wrote."""

_ROWS = 40
_LARGEST = 512 * 1024
LONGEST_ANSWER = 1000
"""Characters: the class keeps no longer ones."""

_FIRST_RETRY, _LONGEST_RETRY = 2.0, 120.0
_PATIENCE = 60.0
"""Seconds that joining waits its turn."""

_LATER = say(
    "Nothing is lost: what you do is told as soon as it answers. If it has another address now: "
    "dockdojo join URL"
)


class ClassUnreachable(DojoError):
    """The class does not answer just now."""


class ClassBusy(ClassUnreachable):
    """The class has had enough for now; after `seconds` it is worth another try."""

    seconds = 1.0


class ClassRefuses(DojoError):
    """The class does not take what it was told."""


def join(invitation: Invitation) -> Membership:
    """Joins; the code is used up then. Raises `ClassUnreachable` or `ClassRefuses`.

    Where too many join at once it waits its turn, a minute at most.
    """
    asked = {"code": invitation.code, "machine": machine()}
    until = time.monotonic() + _PATIENCE
    try:
        while True:
            try:
                told = _post(invitation.url, invitation.fingerprint, "/join", asked, "")
                break
            except ClassBusy as busy:
                if time.monotonic() + busy.seconds > until:
                    raise _too_many() from busy
                time.sleep(busy.seconds)
    except ClassUnreachable as failure:
        if failure.advice is not _LATER:
            raise
        advice = say(
            "You have not joined. Compare the address with your instructor's, and ask whether "
            "`dockdojo proctor` is open; then try again."
        )
        raise ClassUnreachable(failure.message, advice) from failure
    token, student = told.get("token"), told.get("student")
    if not isinstance(token, str) or not isinstance(student, str):
        raise _no_class(invitation.url)
    return Membership(invitation.url, token, student, invitation.fingerprint)


def leave(membership: Membership) -> None:
    """Tells the class that this machine tells no more. Raises as `join`."""
    _post(membership.url, membership.fingerprint, "/leave", {}, membership.token)


class Teller:
    """Tells what is in `journal` of this membership. One thread's own."""

    def __init__(self, membership: Membership, journal: Journal) -> None:
        self._membership = membership
        self._journal = journal
        self._known: dict[str, int] | None = None

    def tell(self) -> int:
        """Tells all that is new; returns how many rows that were.

        Raises `ClassUnreachable`, `ClassRefuses` or `JournalError`; it may be called again then.
        """
        self.greet()
        count = 0
        while rows := self._next():
            self._known = self._send(rows)
            count += sum(len(of_a_kind) for of_a_kind in rows.values())
        return count

    def greet(self) -> None:
        """Asks the class what it knows already. Raises as `tell`."""
        if self._known is None:
            self._known = self._send({"verdicts": [], "answers": [], "help": []})

    def has_news(self) -> bool:
        """Whether there is something that the class does not know."""
        return self._known is None or bool(self._next(most=1))

    def _next(self, most: int = _ROWS) -> dict[str, list[dict[str, Any]]]:
        """The next rows of each kind; empty where there are none."""
        assert self._known is not None
        ask = self._journal.query
        verdicts = [
            {"number": row[0], "exercise": row[1], "verdict": row[2], "at": row[5],
             "findings": json.loads(row[3]), "evidence": json.loads(row[4])}
            for row in ask(
                "SELECT number, exercise, verdict, findings, evidence, at FROM verdict"
                " WHERE number > ? ORDER BY number LIMIT ?", self._known["verdict"], most)
        ]  # fmt: skip
        while len(verdicts) > 1 and len(json.dumps(verdicts)) > _LARGEST:
            del verdicts[len(verdicts) // 2 :]
        answers = [
            {"number": row[0], "exercise": row[1], "value": row[2]}
            for row in ask(
                "SELECT number, exercise, substr(value, 1, ?) FROM answer WHERE number > ?"
                " ORDER BY number LIMIT ?", LONGEST_ANSWER, self._known["answer"], most)
        ]  # fmt: skip
        helped = [
            {"number": row[0], "exercise": row[1], "kind": row[2], "step": row[3], "at": row[4]}
            for row in ask(
                "SELECT number, exercise, kind, step, at FROM help WHERE number > ?"
                " ORDER BY number LIMIT ?", self._known["help"], most)
        ]  # fmt: skip
        rows = {"verdicts": verdicts, "answers": answers, "help": helped}
        return rows if any(rows.values()) else {}

    def _send(self, rows: dict[str, list[dict[str, Any]]]) -> dict[str, int]:
        name = self._journal.learner
        told = {"journal": self._journal.identity, "learner": name, **rows}
        mine = self._membership
        answer = _post(mine.url, mine.fingerprint, "/tell", told, mine.token)
        numbers = answer.get("numbers")
        if not isinstance(numbers, dict) or any(type(n) is not int for n in numbers.values()):
            raise _no_class(mine.url)
        known = dict(self._known or {})
        for kind in ("verdict", "answer", "help"):
            sent = rows[{"verdict": "verdicts", "answer": "answers"}.get(kind, kind)]
            newest = max((row["number"] for row in sent), default=0)
            # Rows of exercises that the class does not have are behind us, too.
            known[kind] = max(numbers.get(kind, 0), newest, known.get(kind, 0))
        return known


class Telling(threading.Thread):
    """Tells by itself while a recorder runs; never in anybody's way."""

    def __init__(self, path: Path | None = None) -> None:
        super().__init__(name="telling", daemon=True)
        self._path = path or places.journal()
        self._news = threading.Event()
        self._stopped = threading.Event()

    def wake(self, *_: object) -> None:
        """Something was decided: it is told soon. May be called from any thread."""
        self._news.set()

    def stop(self) -> None:
        """Ends it soon."""
        self._stopped.set()
        self._news.set()

    def run(self) -> None:
        try:
            membership = load()
        except JournalError:
            return  # `dockdojo join --status` says why
        if membership is None:
            return
        retry = _FIRST_RETRY
        while not self._stopped.is_set():
            try:
                with Journal(self._path) as journal:
                    self._tell(Teller(membership, journal))
                    return
            except ClassRefuses:
                return  # no member any more, or other versions: `dockdojo join --status` says why
            except (ClassUnreachable, JournalError):
                pass  # later; what is told late is not lost
            self._stopped.wait(retry)
            retry = min(2 * retry, _LONGEST_RETRY)

    def _tell(self, teller: Teller) -> None:
        """Tells until it is stopped."""
        while not self._stopped.is_set():
            if teller.has_news():
                teller.tell()
            if self._news.wait(_LOOK):
                self._news.clear()
                self._stopped.wait(GATHER)


def _post(url: str, fingerprint: str, path: str, data: Any, token: str) -> dict[str, Any]:
    import urllib3

    pinned = {"cert_reqs": "CERT_NONE", "assert_fingerprint": fingerprint} if fingerprint else {}
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    timeout = urllib3.Timeout(total=SECONDS)
    try:
        with closing(urllib3.connection_from_url(url, timeout=timeout, **pinned)) as pool:
            answer = pool.request(
                "POST", path, body=json.dumps(data), headers=headers, retries=False, redirect=False
            )
    except urllib3.exceptions.HTTPError as failure:
        raise _stranger(url, failure) or _unreachable(url, failure) from failure
    return _answered(url, answer)


def _answered(url: str, answer: BaseHTTPResponse) -> dict[str, Any]:
    try:
        told = answer.json()
        if answer.status == 200 and isinstance(told, dict):
            return told
        message = Text.from_json(told["message"])
        advice = Text.from_json(told["advice"]) if told.get("advice") else None
        refused = ClassRefuses(message, advice)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _unreachable(url, f"HTTP {answer.status}") from None
    if answer.status == 429:
        busy = ClassBusy(message, advice)
        with suppress(ValueError):
            busy.seconds = max(1.0, float(answer.headers.get("Retry-After", "")))
        raise busy
    if answer.status == 503:
        raise ClassUnreachable(message, advice)
    raise refused


def _unreachable(url: str, reason: object) -> ClassUnreachable:
    return ClassUnreachable(
        say("The class at {url} does not answer ({reason}).", url=url, reason=str(reason)[:300]),
        _LATER,
    )


def _too_many() -> ClassUnreachable:
    return ClassUnreachable(
        say("Too many join this class at once."),
        say("Try again in a minute: the code is still good."),
    )


def _no_class(url: str) -> ClassUnreachable:
    return ClassUnreachable(
        say("What answers at {url} is no class.", url=url),
        say("Compare the address with your instructor's; another program may be there now."),
    )


def _stranger(url: str, failure: Exception) -> ClassUnreachable | None:
    """Where something answers that can't be told to be the class: it has been sent nothing."""
    if "Fingerprints did not match" in str(failure):
        return ClassUnreachable(
            say("What answers at {url} has another certificate than your class.", url=url),
            say("Ask your instructor: where it was renewed, leave (--leave), and join anew."),
        )
    if "CERTIFICATE_VERIFY_FAILED" in str(failure):
        return ClassUnreachable(
            say("The certificate at {url} proves nothing to this machine.", url=url),
            say(
                "Join with the whole code as it was given to you, with all that follows its dot; "
                "where it has none, ask your instructor for a new one."
            ),
        )
    return None
