"""`--help`, wrapped by what a terminal shows: a Korean character takes two columns, not one."""

from __future__ import annotations

from collections.abc import Iterable

import click

_NARROWEST = 20


class HelpPage(click.HelpFormatter):
    """Click's page, with text and lists broken at the width of the terminal."""

    def write_text(self, text: str) -> None:
        margin = " " * self.current_indent
        for line in _wrap(" ".join(text.split()), self.width - self.current_indent):
            self.write(f"{margin}{line}\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        rows = list(rows)
        margin = " " * self.current_indent
        column = min(max(len(name) for name, _ in rows), col_max) + col_spacing
        for name, text in rows:
            first, *others = _wrap(text, self.width - self.current_indent - column) or [""]
            if len(name) + col_spacing > column:
                self.write(f"{margin}{name}\n")
                first, others = "", [first, *others]
            else:
                first = f"{name:<{column}}{first}"
            for line in [first] * bool(first) + [" " * column + line for line in others]:
                self.write(f"{margin}{line}".rstrip() + "\n")


class Context(click.Context):
    """A call whose help is such a page."""

    formatter_class = HelpPage


def _wrap(text: str, width: int) -> list[str]:
    from rich.text import Text

    from checker.cli.output import console

    lines = Text(text).wrap(console(), max(_NARROWEST, width))
    return [line.plain.rstrip() for line in lines]
