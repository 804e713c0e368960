"""JSON, read and written fast: a class's grading spends more on that than on anything else.

What orjson takes for none (halves of characters, numbers beyond 64 bits), the standard library's
own `json` reads and writes as it always did.
"""

from __future__ import annotations

import json
from typing import Any

import orjson


def loads(text: str | bytes) -> Any:
    """What JSON text holds. Raises `ValueError` or `RecursionError` where it is none."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def dumps(data: Any) -> str:
    """The data as JSON text, without spaces."""
    try:
        return orjson.dumps(data).decode()
    except TypeError:
        return json.dumps(data)
