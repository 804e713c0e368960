"""The page's server: its few addresses, and what each answer forbids the browser.

Nothing of a learner's is ever put into HTML here: the page gets it as JSON and shows it as text; a
picture is an image of its own, in which nothing can run.
"""

from __future__ import annotations

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tornado import web
from tornado.iostream import StreamClosedError

from checker.classroom.proctor import rows
from checker.classroom.proctor.board import Board
from checker.classroom.proctor.feed import Feed, Listener
from checker.classroom.proctor.gate import Gate
from checker.classroom.proctor.pictures import Pictures
from checker.errors import EngineError
from checker.language import LANGUAGES, say
from checker.showing import tame

_STATIC = Path(__file__).with_name("static")
_FILES = {"page.js": "text/javascript", "page.css": "text/css"}

GATHER = 0.05
"""Seconds between two messages to one page."""

SILENCE = 15.0
"""Seconds after which a page that has nothing to hear hears that the line is still there."""

STUCK = 30.0
"""Seconds for which a browser may read nothing before it is let go; it comes again by itself."""

_NARROWEST, _WIDEST = 280, 1600

_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)
_PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@dataclass
class Showing:
    """What the page shows, and to whom."""

    board: Board
    feed: Feed
    gate: Gate
    title: str
    lang: str
    pictures: Pictures = field(default_factory=Pictures)
    workers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(6, "picture"))


def routes(showing: Showing) -> list[tuple[str, type[web.RequestHandler], dict[str, Any]]]:
    """The page's addresses."""
    given = {"showing": showing}
    return [
        (r"/", _Page, given),
        (r"/(page\.js|page\.css)", _File, given),
        (r"/favicon\.ico", _NoIcon, {}),
        (r"/live", _Live, given),
        (r"/learner/(\d{1,6})", _Learner, given),
        (r"/picture/(\d{1,6})", _Picture, given),
    ]


def harmless(handler: web.RequestHandler, policy: str = _POLICY) -> None:
    """What every answer says: nothing from elsewhere, nothing guessed, nothing told on."""
    handler.set_header("Content-Security-Policy", policy)
    handler.set_header("X-Content-Type-Options", "nosniff")
    handler.set_header("Referrer-Policy", "no-referrer")
    handler.set_header("X-Frame-Options", "DENY")
    handler.set_header("Cross-Origin-Opener-Policy", "same-origin")
    handler.set_header("Cross-Origin-Resource-Policy", "same-origin")
    handler.set_header("Cache-Control", "no-store")
    handler.clear_header("Server")


class _Guarded(web.RequestHandler):
    """Only for those who know the token, at the page's own address."""

    def initialize(self, showing: Showing) -> None:
        self.showing = showing

    def set_default_headers(self) -> None:
        harmless(self)

    def prepare(self) -> None:
        gate = self.showing.gate
        if not gate.is_own_host(self.request.headers.get("Host", "")):
            raise web.HTTPError(421)
        if not gate.knows(self.get_cookie(gate.cookie)):
            self._let_in()

    def _let_in(self) -> None:
        raise web.HTTPError(403)

    def write_error(self, status_code: int, **_: Any) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        texts = {
            403: say("Open the address that `dockdojo proctor` printed: it holds the token."),
            404: say("There is nothing here."),
            421: say("This page is not called that; open the address that was printed."),
        }
        text = texts.get(status_code)
        words = text.in_(self.showing.lang) if text else f"HTTP {status_code}"
        self.finish(words + "\n")

    @property
    def lang(self) -> str:
        """The language that the page asks for."""
        asked = self.get_query_argument("lang", "")
        return asked if asked in LANGUAGES else self.showing.lang

    def number(self, text: str) -> int:
        """The row of that number. Raises 404 where there is none."""
        if int(text) >= len(self.showing.board.desks):
            raise web.HTTPError(404)
        return int(text)


class _Page(_Guarded):
    def _let_in(self) -> None:
        """The token moves from the address into a cookie."""
        gate = self.showing.gate
        if not gate.knows(self.get_query_argument("token", None)):
            raise web.HTTPError(403)
        self.set_cookie(
            gate.cookie,
            gate.token,
            httponly=True,
            samesite="Strict",
            secure=gate.is_secure,
            path="/",
        )
        self.redirect("/")

    def get(self) -> None:
        if self.get_query_argument("token", None) is not None:
            self.redirect("/")  # not to be left in the address bar on a second visit either
            return
        page = (_STATIC / "page.html").read_text("utf-8")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.write(page.replace("LANG", self.lang))


class _NoIcon(web.RequestHandler):
    """Browsers ask for one."""

    def get(self) -> None:
        harmless(self)
        self.set_status(204)


class _File(_Guarded):
    def get(self, name: str) -> None:
        self.set_header("Content-Type", f"{_FILES[name]}; charset=utf-8")
        self.write((_STATIC / name).read_bytes())


class _Live(_Guarded):
    """Server-sent events: the class, all its rows, then each row that changes."""

    _listener: Listener | None = None

    async def get(self) -> None:
        self.set_header("Content-Type", "text/event-stream")
        self.set_header("X-Accel-Buffering", "no")
        feed, board = self.showing.feed, self.showing.board
        self._listener = listener = feed.listen()
        try:
            self.write("retry: 1000\n\n")
            await self._send("class", rows.the_class(board, self.showing.title, self.lang))
            await self._send_rows(range(len(board.desks)))
            while not (listener.is_closed or feed.is_closed):
                numbers = await listener.next(SILENCE)
                if numbers:
                    await self._send_rows(numbers)
                else:
                    await self._send("still", {})
                await asyncio.sleep(GATHER)
        except (StreamClosedError, TimeoutError):
            return  # the browser left, or reads nothing any more
        finally:
            feed.leave(listener)

    def send_error(self, status_code: int = 500, **reason: Any) -> None:
        """There is no way to say it once the stream has begun: the page comes again by itself."""
        if not self._headers_written:
            super().send_error(status_code, **reason)

    def on_connection_close(self) -> None:
        if self._listener is not None:
            self._listener.close()

    async def _send_rows(self, numbers: Any) -> None:
        board, lang = self.showing.board, self.lang
        await self._send(
            "rows",
            {
                "now": time.time_ns() // 1_000_000,
                "rows": [rows.row(board, number, lang) for number in numbers],
            },
        )

    async def _send(self, kind: str, data: dict[str, Any]) -> None:
        self.write(f"event: {kind}\ndata: {json.dumps(data)}\n\n")
        async with asyncio.timeout(STUCK):
            await self.flush()


class _Learner(_Guarded):
    def get(self, number: str) -> None:
        self.write(rows.learner(self.showing.board, self.number(number), self.lang))


class _Picture(_Guarded):
    """The picture as an image; with `words`, the same in words, or why there is none."""

    async def get(self, number: str) -> None:
        desk = self.showing.board.desks[self.number(number)]
        width = self.get_query_argument("width", "")
        pixels = min(max(int(width) if width.isdigit() else 0, _NARROWEST), _WIDEST)
        if not desk.student.engine:
            raise web.HTTPError(404)
        try:
            drawn, told = await asyncio.get_running_loop().run_in_executor(
                self.showing.workers, self.showing.pictures.drawn, desk, self.lang, pixels
            )
        except EngineError as problem:
            if not self.get_query_argument("words", ""):
                raise web.HTTPError(404) from None
            self.write({"problem": tame(problem.message.in_(self.lang))})
            return
        if self.get_query_argument("words", ""):
            self.write({"words": tame(told)})
            return
        harmless(self, _PICTURE_POLICY)
        self.set_header("Content-Type", "image/svg+xml; charset=utf-8")
        self.write(drawn)
