"""Asking an engine. A `Reader` has no way to send anything but GET (and HEAD) requests.

Every foreign failure is translated here into the `EngineError` family: the rest of the project
never sees a socket or HTTP exception.
"""

from __future__ import annotations

import http.client
import json
import math
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from checker.engine.address import Address
from checker.engine.transport import Connection
from checker.engine.turns import Turn
from checker.errors import (
    EngineConfused,
    EngineDenied,
    EngineError,
    EngineTooMuch,
    EngineTooSlow,
    EngineUnreachable,
)
from checker.language import say

TIME_LIMIT = 10.0
"""Seconds for one whole answer."""

SIZE_LIMIT = 32 * 1024 * 1024
"""Bytes of one answer; an engine with thousands of containers stays far below. Read as JSON, the
worst of them takes some 30 times that memory."""

LINE_LIMIT = 1024 * 1024
"""Bytes of one line of an endless answer; a longer one comes in pieces."""

_EVENTS_AT_ONCE = 8 * 1024
"""Bytes that are read of an endless answer at once: it is kept open, for each of a class."""

_PODMAN = "libpod-api-version"
"""A header that only podman's answers have."""


@dataclass
class Allowance:
    """What a reader may take in all, where many engines are read and none may cost the others.

    `ends_at` is in monotonic seconds; `bytes_left` counts the bodies of all answers.
    """

    ends_at: float
    bytes_left: int


_FAILURES = (OSError, http.client.HTTPException, ssl.SSLError)


class Reader:
    """Reads one engine over one kept-open connection. Not for sharing between threads.

    Paths carry no API version, so each engine answers in its own current one; what is read here
    is the same from API 1.24 to 1.50 (https://docs.docker.com/reference/api/engine/).
    """

    def __init__(
        self,
        address: Address,
        *,
        time_limit: float = TIME_LIMIT,
        allowance: Allowance | None = None,
        turn: Turn | None = None,
        loads: Callable[[bytes], Any] = json.loads,
    ) -> None:
        self.address = address
        self.loads = loads
        """Reads JSON; raises `ValueError` or `RecursionError` for what is none."""
        self.turn = turn
        """Given up in each longer wait."""
        self._time_limit = time_limit
        self._allowance = allowance
        self._connection = Connection(address, turn=turn)
        self.is_podman = False
        """Whether it is podman that answers (known from the first answer on)."""
        self.last_date = ("", 0.0)
        """The last answer's date as HTTP has it, by the engine's clock, and when it came (monotonic
        seconds)."""

    @property
    def connections(self) -> int:
        """How many there were until now: one more means that the engine may have been restarted."""
        return self._connection.opened

    def close(self) -> None:
        """Ends the connection; the next read opens a new one."""
        self._connection.close()

    def get(
        self, path: str, query: Mapping[str, str] | None = None, start: int | None = None
    ) -> bytes | None:
        """The body of the answer, or None where the engine says that there is no such thing.

        With `start`, just its first bytes; the rest is left where it is.

        Raises `EngineError` where there is no usable answer within the time and size limits.
        """
        target = f"{path}?{urlencode(query)}" if query else path
        try:
            response = self._ask(target, self._deadline())
            self.last_date = (response.headers.get("date", ""), time.monotonic())
            self.is_podman = _PODMAN in response.headers
            if start is None:
                body = self._read_all(response)
            else:
                body = self._read(response, start)
                if not response.isclosed():
                    self._connection.close()
        except _FAILURES as failure:
            self._connection.close()
            raise self._translated(failure) from failure
        except EngineError:
            self._connection.close()
            raise
        return self._accepted(response.status, body, target)

    def get_json(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """The answer's JSON, or None where there is no such thing."""
        body = self.get(path, query)
        return None if body is None else self.json_of(path, body)

    def json_of(self, path: str, body: bytes) -> Any:
        """The JSON in the answer to `path`. Raises `EngineConfused` where it is none."""
        try:
            return self.loads(body)
        except (ValueError, RecursionError) as failure:
            raise self._confused(f"GET {path}: not JSON") from failure

    def unusable(self, path: str) -> EngineConfused:
        """What to raise where the answer to `path` is JSON, but says nothing of its kind."""
        return self._confused(f"GET {path}: parts are missing")

    def stream(
        self, path: str, query: Mapping[str, str], started: Callable[[], None] = lambda: None
    ) -> Iterator[bytes]:
        """The lines of an endless answer, on a connection of its own, until the engine ends it."""
        connection = Connection(self.address, _EVENTS_AT_ONCE)
        connection.set_deadline(time.monotonic() + self._time_limit)
        try:
            response = connection.get(f"{path}?{urlencode(query)}")
            self.is_podman = _PODMAN in response.headers
            if response.status != http.client.OK:
                self._accepted(response.status, self._read_all(response), path)
                return
            connection.set_deadline(None)
            started()
            while line := response.readline(LINE_LIMIT):
                yield line
        except _FAILURES as failure:
            raise self._translated(failure) from failure
        finally:
            connection.close()

    def allow(self, allowance: Allowance) -> None:
        """Gives a new allowance, in place of what is left of the one before."""
        self._allowance = allowance

    def waiting(self) -> AbstractContextManager[None]:
        """For waiting on somebody else than the engine: others may work meanwhile."""
        return self.turn.given_up() if self.turn is not None else nullcontext()

    def seconds_left(self) -> float:
        """What the allowance leaves of time; without one, no end."""
        return self._allowance.ends_at - time.monotonic() if self._allowance else math.inf

    def _deadline(self) -> float:
        return time.monotonic() + min(self._time_limit, self.seconds_left())

    def _read(self, response: http.client.HTTPResponse, size: int) -> bytes:
        """At most `size` bytes, which are taken off the allowance."""
        allowance = self._allowance
        body = _read(response, size if allowance is None else min(size, allowance.bytes_left + 1))
        if allowance is not None:
            allowance.bytes_left -= len(body)
            if allowance.bytes_left < 0:
                raise EngineTooMuch(
                    say("The engine at {engine} answers with too much.", engine=self.address),
                    say("Remove what the course does not need from that engine; then try again."),
                )
        return body

    def _read_all(self, response: http.client.HTTPResponse) -> bytes:
        body = self._read(response, SIZE_LIMIT + 1)
        if len(body) > SIZE_LIMIT:
            raise EngineConfused(
                say("The engine's answer is larger than {limit} MiB.", limit=SIZE_LIMIT >> 20),
                say("Remove what you don't need on that engine, or use the course's own."),
            )
        return body

    def _ask(self, target: str, deadline: float) -> http.client.HTTPResponse:
        connection = self._connection
        reused = connection.is_open
        connection.set_deadline(deadline)
        try:
            return connection.get(target)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # An idle connection may have been closed by the engine since; a GET can be repeated.
            if not reused:
                raise
            connection.close()
            return connection.get(target)

    def _accepted(self, status: int, body: bytes, target: str) -> bytes | None:
        if status == http.client.OK:
            return body
        if status == http.client.NOT_FOUND:
            return None
        reason = _error_message(body)
        if status in (http.client.UNAUTHORIZED, http.client.FORBIDDEN):
            raise EngineDenied(
                say("The engine at {engine} refused: {reason}", engine=self.address, reason=reason),
                say("Ask whoever runs that engine, or use another one with --engine."),
            )
        raise self._confused(f"GET {target}: {status} {reason}")

    def _confused(self, what: str) -> EngineConfused:
        return EngineConfused(
            say(
                "The engine at {engine} gave an answer that can't be used ({what}).",
                engine=self.address,
                what=what[:300],
            ),
            say("Try again; if it stays so, restart the engine (dockdojo engine down, then up)."),
        )

    def _translated(self, failure: Exception) -> EngineError:
        engine = self.address
        if isinstance(failure, TimeoutError) and self.seconds_left() <= 0:
            return EngineTooSlow(
                say("The engine at {engine} is too slow: its time is up.", engine=engine),
                say("It may be busy or stuck: try again, with more time (--seconds)."),
            )
        if isinstance(failure, TimeoutError):
            return EngineTooSlow(
                say(
                    "The engine at {engine} did not answer within {seconds} s.",
                    engine=engine,
                    seconds=f"{self._time_limit:g}",
                ),
                say("It may be busy or stuck: try again, or run `dockdojo doctor`."),
            )
        if isinstance(failure, PermissionError):
            return EngineDenied(
                say("You may not talk to the engine at {engine}.", engine=engine),
                say(
                    "Join the docker group (sudo usermod -aG docker $USER) and log in again, "
                    "or run this with sudo."
                ),
            )
        if isinstance(failure, http.client.HTTPException) and not isinstance(
            failure, http.client.RemoteDisconnected
        ):
            return self._confused(type(failure).__name__)
        reason = getattr(failure, "strerror", None) or str(failure) or type(failure).__name__
        if named := getattr(failure, "filename", None):
            reason = f"{reason}: {named}"
        return EngineUnreachable(
            say("No engine answers at {engine} ({reason}).", engine=engine, reason=reason),
            say("Start the course's engine with `dockdojo engine up`, or run `dockdojo doctor`."),
        )


def _read(response: http.client.HTTPResponse, size: int) -> bytes:
    """At most `size` bytes. What breaks off before its announced length is not taken for whole."""
    body = response.read(size)
    if len(body) < size and response.length:
        raise http.client.IncompleteRead(body, response.length)
    return body


def _error_message(body: bytes) -> str:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    message = data.get("message") if isinstance(data, dict) else None
    return str(message)[:200] if message else ""
