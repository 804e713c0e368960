"""An HTTP answer whose few headers are read by hand.

`http.client` gives each answer's headers to the e-mail parser, which takes as long as all the rest
of reading a small answer. Here they are lines with a colon; everything else is `http.client`'s.
Source: https://www.rfc-editor.org/rfc/rfc9112 (section 5: field syntax)
"""

from __future__ import annotations

import http.client
import re
from typing import Any

_LONGEST_LINE = 65536
_MOST_LINES = 100
_MOST_DIGITS = 18
_LONGEST_USUAL_HEAD = 8192
_USUAL_STATUS = re.compile(rb"HTTP/1\.1 ([2-5]\d\d) ([ -~]*)\r\n")
_NO_BODY = (http.client.NO_CONTENT, http.client.NOT_MODIFIED)
_LEGACY, _CURRENT = 10, 11


class Headers(dict[str, str]):
    """By name in lower case; of several of one name, all with commas between (RFC 9110, 5.3)."""

    def get_all(self, name: str, default: Any = None) -> Any:
        """As the e-mail parser's: http.client asks so."""
        return [self[name.lower()]] if name.lower() in self else default


class Response(http.client.HTTPResponse):
    """As its parent, for the answers of engines and services."""

    headers: Any
    msg: Any
    fp: Any
    code: int
    chunked: bool
    chunk_left: int | None
    will_close: bool
    length: int | None

    def begin(self) -> None:
        """Reads up to the body. Raises `HTTPException` for what is no HTTP."""
        if self.headers is not None:
            return
        headers = self._read_head_at_once()
        if headers is None:
            version, status, reason = self._read_status()  # type: ignore[attr-defined]
            while status == http.client.CONTINUE:
                self._read_headers()
                version, status, reason = self._read_status()  # type: ignore[attr-defined]
            if not version.startswith("HTTP/"):
                raise http.client.UnknownProtocol(version)
            self.code = self.status = status
            self.reason = reason.strip()
            self.version = _LEGACY if version in ("HTTP/1.0", "HTTP/0.9") else _CURRENT
            headers = self._read_headers()
        self.headers = self.msg = headers
        self.chunked = headers.get("transfer-encoding", "").lower() == "chunked"
        self.chunk_left = None
        self.will_close = self._check_close()  # type: ignore[attr-defined]
        self.length = self._announced_length()
        if not (self.will_close or self.chunked or self.length is not None):
            self.will_close = True

    def getheaders(self) -> list[tuple[str, str]]:
        return list(self.headers.items())

    def _announced_length(self) -> int | None:
        if self.status in _NO_BODY or self._method == "HEAD":  # type: ignore[attr-defined]
            return 0
        digits = self.headers.get("content-length", "")
        if self.chunked or not (digits.isascii() and digits.isdigit()):
            return None
        if len(digits) > _MOST_DIGITS:
            raise http.client.HTTPException("an endless length")
        return int(digits)

    def _read_head_at_once(self) -> Headers | None:
        """Reads a head that is as usual and came in one piece; anything else is left untouched."""
        came = self.fp.peek()
        end = came.find(b"\r\n\r\n", 0, _LONGEST_USUAL_HEAD)
        usual = _USUAL_STATUS.match(came) if end > 0 else None
        if usual is None:
            return None
        headers = Headers()
        for line in came[usual.end() : end].decode("iso-8859-1").split("\r\n"):
            name, colon, value = line.partition(":")
            name = name.strip().lower()
            if not colon or name in headers or "\n" in line:
                return None
            headers[name] = value.strip()
        if len(headers) >= _MOST_LINES:
            return None
        self.fp.read(end + 4)
        self.code = self.status = int(usual[1])
        self.reason, self.version = usual[2].decode("iso-8859-1").strip(), _CURRENT
        return headers

    def _read_headers(self) -> Headers:
        headers = Headers()
        for _ in range(_MOST_LINES):
            line = self.fp.readline(_LONGEST_LINE + 1)
            if len(line) > _LONGEST_LINE:
                raise http.client.LineTooLong("header line")
            text = line.decode("iso-8859-1").strip()
            if not text:
                return headers
            name, _, value = text.partition(":")
            name, value = name.strip().lower(), value.strip()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        raise http.client.HTTPException(f"got more than {_MOST_LINES} headers")
