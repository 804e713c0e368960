"""Where learners' machines join and tell: within bounds, each for itself."""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tornado import web

from checker.classroom.members import Members, NotLetIn, Taken
from checker.classroom.proctor.told import parse
from checker.classroom.proctor.web import harmless
from checker.errors import DojoError, JournalError, Misuse
from checker.language import LANGUAGES, say

LARGEST_BODY = 1024 * 1024
_MOST_REMEMBERED = 5000


class Limits:
    """So much at once and so much a second for each of many; who has had enough waits."""

    def __init__(self, burst: float, a_second: float) -> None:
        self._burst, self._a_second = burst, a_second
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, who: str, amount: float) -> float:
        """Takes `amount`; or takes nothing, and says how many seconds to wait."""
        now = time.monotonic()
        left, at = self._left.get(who, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._a_second)
        enough = left >= min(amount, self._burst)
        self._left[who] = (left - amount if enough else left, now)
        self._left.move_to_end(who)
        while len(self._left) > _MOST_REMEMBERED:
            self._left.popitem(last=False)
        return 0.0 if enough else (amount - left) / self._a_second


@dataclass
class Door:
    """What the addresses share. `taken` hears, in some thread, of what has been written."""

    members: Members
    exercises: Set[str]
    taken: Callable[[Taken], None]
    lang: str
    workers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2, "telling"))
    joins: Limits = field(default_factory=lambda: Limits(100, 5))
    """Tries to join by one address: a whole class may sit behind it, and joins within a minute. No
    code is guessed for that: there are 10^23."""
    tells: Limits = field(default_factory=lambda: Limits(60, 2))
    sizes: Limits = field(default_factory=lambda: Limits(4 * LARGEST_BODY, 4096))
    """Bytes by one member. A busy learner's machine tells some 100 a second."""


def routes(door: Door) -> list[tuple[str, type[web.RequestHandler], dict[str, Any]]]:
    """Where machines join, tell and leave."""
    given = {"door": door}
    return [(r"/join", _Join, given), (r"/tell", _Tell, given), (r"/leave", _Leave, given)]


class _Machine(web.RequestHandler):
    """A learner's machine, which has no cookie and shows nothing."""

    def initialize(self, door: Door) -> None:
        self.door = door

    def set_default_headers(self) -> None:
        harmless(self)

    def write_error(self, status_code: int, **_: Any) -> None:
        self.finish({"message": f"HTTP {status_code}"})

    async def guarded(self, work: Callable[[], dict[str, Any]]) -> None:
        """Does the work in another thread; what goes wrong is told in both languages."""
        loop = asyncio.get_running_loop()
        try:
            self.write(await loop.run_in_executor(self.door.workers, work))
        except NotLetIn as problem:
            self.complain(403, problem)
        except Misuse as problem:
            self.complain(400, problem)
        except JournalError as problem:
            self.complain(503, problem)

    def complain(self, status: int, problem: DojoError) -> None:
        self.set_status(status)
        self.write({
            "message": problem.message.to_json(),
            "advice": problem.advice.to_json() if problem.advice else None,
        })  # fmt: skip

    def has_to_wait(self, limits: Limits, who: str, amount: float = 1) -> bool:
        """Whether it was told to come later."""
        seconds = limits.wait(who, amount)
        if seconds > 0:
            self.set_header("Retry-After", str(int(seconds) + 1))
            self.complain(429, Misuse(say("Too much at once; it is tried again later.")))
        return seconds > 0

    @property
    def token(self) -> str:
        kind, _, token = self.request.headers.get("Authorization", "").partition(" ")
        return token.strip() if kind.lower() == "bearer" else ""


class _Join(_Machine):
    def get(self) -> None:
        """For someone who opens the address in a browser: what to do with it."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        text = say("Type this in a terminal, with the whole address: dockdojo join 'ADDRESS'")
        self.write("\n".join(text.in_(lang) for lang in LANGUAGES) + "\n")

    async def post(self) -> None:
        if self.has_to_wait(self.door.joins, self.request.remote_ip or ""):
            return
        body = self.request.body

        def join() -> dict[str, Any]:
            try:
                data = json.loads(body)
                code, machine = str(data["code"])[:200], str(data["machine"])[:100]
            except (ValueError, KeyError, TypeError, RecursionError):
                raise Misuse(say("There is no code in what was sent.")) from None
            student, token = self.door.members.join(code, machine)
            return {"student": student, "token": token}

        await self.guarded(join)


class _Tell(_Machine):
    async def post(self) -> None:
        token, body = self.token, self.request.body
        who = token or self.request.remote_ip or ""
        if self.has_to_wait(self.door.tells, who) or self.has_to_wait(
            self.door.sizes, who, len(body)
        ):
            return

        def tell() -> dict[str, Any]:
            self.door.members.student_of(token)  # a stranger's words are not even read
            taken = self.door.members.take(token, parse(body, self.door.exercises))
            if taken.records or taken.answers:
                self.door.taken(taken)
            return {"numbers": dict(taken.numbers)}

        await self.guarded(tell)


class _Leave(_Machine):
    async def post(self) -> None:
        token = self.token

        def leave() -> dict[str, Any]:
            self.door.members.student_of(token)
            self.door.members.leave(token)
            return {}

        await self.guarded(leave)
