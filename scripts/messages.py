"""The message catalogues: collected from the code, translated in .po files, compiled to .mo.

    python scripts/messages.py update    the code's messages into each .po; then compile
    python scripts/messages.py check     fails where a .po and the code have drifted apart
    python scripts/messages.py compile   .po -> .mo

English is the source language. Click's own sentences (usage, errors) stand in the same catalogues,
marked by a comment, since click looks for them there.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "checker" / "locale"
_FROM_CLICK = "A sentence of click, the library for command lines."
_KEYWORDS = {"say": None, "_": None, "ngettext": (1, 2)}
_PLACEHOLDER = re.compile(r"\{[^{}]*\}|%\([a-z_]+\)[sd]")


def collect() -> Catalog:
    """Every message of the code and the checks, and click's."""
    template = Catalog(project="dockdojo", domain="dockdojo", fuzzy=False)
    sources = (
        (ROOT / "checker", "**.py", []),
        (ROOT / "lessons", "*/exercises.py", []),
        (Path(click.__file__).parent, "**.py", [_FROM_CLICK]),
    )
    for folder, pattern, comments in sources:
        for file, words in _found_in(folder, pattern):
            if words and (words not in template or not comments):
                locations = [] if comments else [(f"{folder.name}/{file}", 0)]
                template.add(words, locations=locations, auto_comments=comments)
    return template


def _found_in(folder: Path, pattern: str) -> list[tuple[str, Any]]:
    """Each file and message in the folder, in order."""
    with redirect_stderr(StringIO()):  # babel warns of empty messages, and `say("")` is one
        found = list(extract_from_dir(folder, [(pattern, "python")], keywords=_KEYWORDS))
    return [(file, words) for file, _, words, _, _ in sorted(found, key=lambda each: each[:2])]


def files() -> list[Path]:
    """The .po files, one for each language but English."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/dockdojo.po"))


def read(po: Path) -> Catalog:
    """The catalogue in `po`."""
    with po.open("rb") as source:
        return read_po(source, locale=po.parent.parent.name, domain="dockdojo")


def update(template: Catalog, po: Path) -> None:
    """Adds what is new in the code, and takes out what is no longer there."""
    catalogue = read(po)
    made = catalogue.creation_date
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.creation_date = made  # git knows when; a date would change with every run
    catalogue.project, catalogue.version = "dockdojo", "1"
    catalogue.msgid_bugs_address = catalogue.last_translator = ""
    with po.open("wb") as target:
        write_po(target, catalogue, width=100, sort_by_file=True, include_lineno=False)


def compile_one(po: Path) -> None:
    """Writes the .mo beside `po`, whole or not at all."""
    new = po.with_suffix(".mo.new")
    with new.open("wb") as target:
        write_mo(target, read(po))
    new.replace(po.with_suffix(".mo"))


def problems(template: Catalog, catalogue: Catalog) -> Iterator[str]:
    """What keeps the catalogue from saying everything that the code says; click's part is free."""
    for message in template:
        if not message.id or _FROM_CLICK in message.auto_comments:
            continue
        translated = catalogue.get(message.id)
        if translated is None:
            yield f"not there: {message.id!r}"
        elif translated.fuzzy or not translated.string:
            yield f"not translated: {message.id!r}"
        elif _placeholders(message.id) != _placeholders(translated.string):
            yield f"not the same placeholders: {message.id!r} {translated.string!r}"
    for message in catalogue:
        if message.id and _FROM_CLICK not in message.auto_comments and _lacks(template, message):
            yield f"no longer in the code: {message.id!r}"


def _lacks(template: Catalog, message: Message) -> bool:
    return template.get(message.id) is None


def _placeholders(words: str | tuple[str, ...] | list[str]) -> set[str]:
    return set(_PLACEHOLDER.findall(words if isinstance(words, str) else " ".join(words)))


def main(command: str) -> int:
    if command in ("update", "check"):
        template = collect()
    if command == "check":
        found = [f"{po.relative_to(ROOT)}: {line}" for po in files()
                 for line in problems(template, read(po))]  # fmt: skip
        if found:
            print("\n".join(found), file=sys.stderr)
            print("Run `make messages`, and translate what is new.", file=sys.stderr)
        return 1 if found else 0
    if command not in ("update", "compile"):
        print(__doc__, file=sys.stderr)
        return 2
    for po in files():
        if command == "update":
            update(template, po)
        compile_one(po)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) == 2 else ""))
