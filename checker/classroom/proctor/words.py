"""The page's own words, in its language."""

from __future__ import annotations

from checker.language import say

_WORDS = {
    "student": say("Student"),
    "at": say("At"),
    "since": say("For"),
    "passed": say("Passed"),
    "all_sections": say("All sections"),
    "section": say("Section"),
    "find": say("Find a student"),
    "sort": say("Order"),
    "sort_stuck": say("Stuck first"),
    "sort_name": say("By name"),
    "sort_roster": say("As in the roster"),
    "sort_passed": say("Least passed first"),
    "show": say("Show"),
    "show_all": say("Everyone"),
    "show_stuck": say("Those who are stuck"),
    "show_flags": say("Those with flags"),
    "show_away": say("Those who can't be read"),
    "stuck": say("stuck"),
    "working": say("working"),
    "waiting": say("not begun"),
    "idle": say("away"),
    "done": say("done"),
    "unread": say("can't be read"),
    "flags": say("flags"),
    "flag": say("Flag"),
    "v_p": say("passed"),
    "v_f": say("failed"),
    "v_u": say("unchecked"),
    "v_": say("not looked at yet"),
    "read": say("read"),
    "told": say("told"),
    "told_long": say("told by the learner's machine, which can be forged"),
    "read_long": say("read from the learner's engine"),
    "connected": say("live"),
    "lost": say("Connection lost; trying again…"),
    "locked": say("Open the address that `dockdojo proctor` printed last."),
    "minutes": say("{n} min"),
    "hours": say("{n} h"),
    "now": say("now"),
    "points": say("{n} of {most} points"),
    "p": say("{n} p"),
    "picture": say("On the engine now"),
    "no_picture": say("Only this learner's machine tells of it: there is no picture."),
    "in_words": say("In words"),
    "findings": say("What is in the way"),
    "nothing_open": say("Nothing is in the way."),
    "close": say("Close"),
    "open_lesson": say("Show or hide the exercises of this lesson"),
    "legend": say("Legend"),
    "nobody": say("Nobody is like that."),
    "all": say("Show all exercises"),
    "none": say("Only lessons"),
    "trying": say("connecting"),
}


def words(lang: str) -> dict[str, str]:
    """Every word of the page by its name."""
    return {name: _spoken(name, lang) for name in _WORDS}


def _spoken(name: str, lang: str) -> str:
    """The word; where it holds a number, with its place left for the page to fill."""
    text = _WORDS[name]
    return (
        say(text.msgid, n="{n}", most="{most}").in_(lang) if "{n}" in text.msgid else text.in_(lang)
    )
