"""`lesson("docker-commands")`: the first cell of every notebook."""

from __future__ import annotations

import os

from checker.course.loading import load_course
from checker.course.model import Lesson
from checker.errors import DojoError
from checker.language import LANGUAGES, default_language
from checker.notebook.pages import Page, complaint, overview
from checker.session import open_journal


def lesson(name: str, lang: str | None = None) -> Page:
    """Opens a lesson in this kernel: the magics %check, %hint, %answer and %solution work from
    now on, and speak `lang` ("ko" or "en"; default: the locale's), as `dockdojo` does in cells.

    Shows the lesson's exercises and how each stands. In a notebook with widgets that follows the
    engine by itself (see `panel`); everywhere else it is what the journal knows.
    """
    lang = lang if lang in LANGUAGES else default_language()
    try:
        opened = load_course().lesson(name)
        page = overview(opened, _standing(opened), lang)
    except DojoError as error:
        return complaint(error, lang)
    os.environ["DOCKDOJO_LANG"] = lang
    try:
        page = _live(opened, page, lang)
    except DojoError as error:
        page = complaint(error, lang)
    _register_magics(opened, lang)
    return page


def _live(opened: Lesson, page: Page, lang: str) -> Page:
    """The page as a panel that follows the engine, where there is a kernel with widgets."""
    try:
        from checker.notebook.panel import open_panel
    except ImportError:  # the extra `lab` is not installed
        return page
    panel = open_panel(opened, lang, engine_of_the_kernel())
    return page if panel is None else panel.page(page)


def engine_of_the_kernel() -> str:
    """What `--engine` would be here: `private`, `host` or a URL."""
    return os.environ.get("DOCKDOJO_ENGINE") or "private"


def _standing(opened: Lesson) -> dict[str, str]:
    """The verdicts that count, by exercise ID: what was passed once stays passed."""
    with open_journal() as journal:
        records = journal.latest() | journal.passes()
    return {e.id: records[e.id].verdict for e in opened.exercises if e.id in records}


def _register_magics(opened: Lesson, lang: str) -> None:
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:  # plain Python: there is no cell to type a magic into
        return
    shell = get_ipython()
    if shell is not None:
        from checker.notebook.magics import DojoMagics

        shell.register_magics(DojoMagics(shell, opened, lang))
