"""Words for people: every message is a `Text`, rendered in Korean or English when it is shown.

English is the source language (the gettext message IDs); the Korean sentences live in
``checker/locale/ko/LC_MESSAGES/dockdojo.po``. A `Text` keeps its message ID and its values
apart, so that a verdict written to the journal today can be read in the other language tomorrow.

Korean particles follow the sound of the word before them, so Korean sentences put a fixed noun
after a value ("{name} 컨테이너가"), never a particle right after one.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

LANGUAGES = ("ko", "en")
_LOCALE = Path(__file__).parent / "locale"


@dataclass(frozen=True, slots=True)
class Text:
    """A message and its values. Values may be Texts themselves."""

    msgid: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def in_(self, lang: str) -> str:
        """The message in the language `lang` ("ko" or "en")."""
        values = {k: _spoken(v, lang) for k, v in self.values.items()}
        return _catalogue(lang).gettext(self.msgid).format_map(values) if self.msgid else ""

    def to_json(self) -> dict[str, Any]:
        """A form for the journal; `from_json` reads it back. It may be shared: change nothing."""
        values = self.values
        if not values:
            return _bare(self.msgid)
        if len(values) == 1:
            ((name, value),) = values.items()
            if type(value) is str:
                return _about_one(self.msgid, name, value)
        plain = {k: v if type(v) is str else _plain(v) for k, v in values.items()}
        return {"msgid": self.msgid, "values": plain}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Text:
        """The Text that `to_json` wrote."""
        values = data["values"]
        if values:
            values = {
                k: Text.from_json(v) if type(v) is dict and "msgid" in v else v
                for k, v in values.items()
            }
        return Text(data["msgid"], values)


@lru_cache(maxsize=4096)
def _bare(msgid: str) -> dict[str, Any]:
    """Most messages are the same for many exercises and learners: made once, in memory once."""
    return {"msgid": msgid, "values": {}}


@lru_cache(maxsize=4096)
def _about_one(msgid: str, name: str, value: str) -> dict[str, Any]:
    return {"msgid": msgid, "values": {name: value}}


def _plain(value: Any) -> Any:
    """A value as JSON can hold it: addresses, paths and exceptions as they read."""
    if isinstance(value, Text):
        return value.to_json()
    return value if isinstance(value, str | int | float | dict | None) else str(value)


def say(msgid: str, /, **values: Any) -> Text:
    """A Text; the message extraction looks for calls of this name."""
    return Text(msgid, values)


def verbatim(value: object) -> Text:
    """A value that reads the same in every language."""
    return Text("{value}", {"value": str(value)})


def bilingual(words: Mapping[str, str]) -> Text:
    """What a lesson says in each language itself: {"ko": …, "en": …}."""
    return Text("{value}", {"value": dict(words)})


def default_language(environ: Mapping[str, str] = os.environ) -> str:
    """Korean where the locale says so, else English (POSIX order: LC_ALL, LC_MESSAGES, LANG)."""
    for name in ("DOCKDOJO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            return "ko" if value.lower().startswith("ko") else "en"
    return "en"


def is_ours(msgid: str) -> bool:
    """Whether this is a message of dockdojo's own, which has a translation."""
    return bool(msgid) and _catalogue("ko").gettext(msgid) != msgid


def catalogue_folder() -> Path:
    """Where the compiled message catalogues are."""
    return _LOCALE


def _spoken(value: Any, lang: str) -> Any:
    if isinstance(value, Text):
        return value.in_(lang)
    if isinstance(value, dict):
        return value.get(lang) or value.get("en", "")
    return value


@cache
def _catalogue(lang: str) -> gettext.NullTranslations:
    if lang == "en":
        return gettext.NullTranslations()
    return gettext.translation("dockdojo", _LOCALE, languages=[lang])
