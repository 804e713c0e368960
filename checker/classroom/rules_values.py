"""What may stand in grading.toml: times, durations, numbers, exercises and students."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from checker.classroom.gradebook import Student
from checker.classroom.roster import Roster
from checker.classroom.roster_problems import did_you_mean
from checker.classroom.roster_toml import Document
from checker.classroom.rules_times import Due, Late, is_skipped, zone_of
from checker.course.model import Course, Exercise, Lesson
from checker.errors import Misuse
from checker.language import Text, say

_T = TypeVar("_T")
Place = Sequence[str | int]
"""The way to a value: keys, and places in arrays."""

_DURATION = re.compile(r"(\d{1,5})\s*(min|h|d)")
_UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_MOST_GRACE = timedelta(days=100)
_SHORT_ZONE = 4
_EARLIEST, _LATEST = 2000, 2200  # years: a slip of a digit is told, and no sum can overflow


class Values:
    """Takes values out of a document. What is wrong is told there, and None comes back."""

    def __init__(self, document: Document, course: Course, roster: Roster) -> None:
        self.document = document
        self.course = course
        self.roster = roster
        self.zone = self._zone()

    def table(self, found: object, place: Place) -> Mapping[str, Any]:
        """A table; an empty one for anything else."""
        if isinstance(found, dict):
            return found
        if found is not None:
            self.document.tell(place, say("This is no table of keys and values."))
        return {}

    def array(self, found: object, place: Place) -> Sequence[Any]:
        """An array; an empty one for anything else."""
        if isinstance(found, list):
            return found
        if found is not None:
            self.document.tell(place, say("This is no list."), say('Write ["…", "…"].'))
        return ()

    def text(self, found: object, place: Place) -> str | None:
        """A text that says something."""
        if isinstance(found, str) and found.strip():
            return " ".join(found.split())
        if isinstance(found, str):
            self.document.tell(place, say("This text is empty."))
        else:
            self.document.tell(place, say("This is no text."), say("Put it in quotes."))
        return None

    def number(self, found: object, place: Place, most: float) -> float | None:
        """A number from 0 to `most`."""
        if isinstance(found, int | float) and not isinstance(found, bool) and 0 <= found <= most:
            return float(found)
        self.document.tell(place, say("This is no number from 0 to {most}.", most=f"{most:g}"))
        return None

    def share(self, found: object, place: Place) -> float | None:
        """A share from 0 to 1."""
        if isinstance(found, int | float) and 1 < found <= 100:
            text = say("A share is from 0 to 1: {found} is too much.", found=found)
            advice = say("For {found} % write {share}.", found=found, share=f"{found / 100:g}")
            self.document.tell(place, text, advice)
            return None
        return self.number(found, place, 1)

    def exercise(self, found: object, place: Place) -> Exercise | None:
        """One exercise, by its ID or its name."""
        return self._named(found, place, self.course.exercise)

    def exercises(self, found: object, place: Place) -> Sequence[Exercise]:
        """The exercises that the name of a lesson or an exercise means."""
        return self._named(found, place, lambda name: self.course.select([name])) or ()

    def lesson(self, found: object, place: Place) -> Lesson | None:
        return self._named(found, place, self.course.lesson)

    def student(self, found: object, place: Place) -> Student | None:
        name = str(found) if type(found) is int else found
        left = say("Where the student has left the class, take this out of the rules.")
        return self._named(name, place, self.roster.student, left)

    def due(self, found: object, place: Place) -> Due | None:
        """A time with a zone, or one on the clocks of the document's own."""
        if not isinstance(found, datetime):
            self.document.tell(
                place,
                say("A day alone is no due time.")
                if isinstance(found, date)
                else say("This is no time."),
                say(
                    "Write 2026-12-01T23:59:00+09:00 without quotes, or without +09:00 (timezone)."
                ),
            )
            return None
        if not _EARLIEST <= found.year < _LATEST:
            self.document.tell(place, say("The year {year} can't be meant.", year=found.year))
            return None
        if found.tzinfo is not None:
            return Due(found.replace(tzinfo=None), zone_of(found))
        if self.zone is None:
            if "timezone" not in self.document.table:
                self.document.tell(
                    place,
                    say("This time has no zone."),
                    say('Begin the file with timezone = "Asia/Seoul", or add +09:00 to the time.'),
                )
            return None
        if is_skipped(found, self.zone):
            self.document.tell(
                place,
                say("In {zone} the clocks go forward over this time.", zone=self.zone),
                say("Take one that there is, such as an hour later."),
            )
            return None
        return Due(found, self.zone)

    def late(self, found: object, place: Place, otherwise: Late) -> Late:
        """What a late pass costs; what the table does not say is as in `otherwise`."""
        table = self.table(found, place)
        self.document.tell_unknown(table, ["per_day", "most", "grace"], *place)
        values: dict[str, Any] = {
            name: share
            for name in ("per_day", "most")
            if name in table and (share := self.share(table[name], (*place, name))) is not None
        }
        if "grace" in table and (grace := self._duration(table["grace"], (*place, "grace"))):
            values["grace"] = grace
        return Late(**{**vars(otherwise), **values})

    def _duration(self, found: object, place: Place) -> timedelta | None:
        match = _DURATION.fullmatch(found.strip()) if isinstance(found, str) else None
        if match and (length := int(match[1]) * _UNITS[match[2]]) <= _MOST_GRACE:
            return length
        text = say("This is no length of time.")
        self.document.tell(place, text, say('Write "15 min", "2 h" or "1 d".'))
        return None

    def _zone(self) -> tzinfo | None:
        name = self.document.table.get("timezone")
        if name is None:
            return None
        known = available_timezones()
        if isinstance(name, str) and name in known:
            return ZoneInfo(name)
        if name == "UTC":
            return UTC
        self.document.tell(
            ("timezone",),
            say("There is no time zone “{name}”.", name=name),
            # KST is nobody's MST: of short names no other one is meant.
            did_you_mean(
                str(name),
                () if len(str(name)) <= _SHORT_ZONE else known,
                say("Write it as Asia/Seoul or Europe/Berlin."),
            ),
        )
        return None

    def _named(
        self, found: object, place: Place, find: Callable[[str], _T], advice: Text | None = None
    ) -> _T | None:
        if not isinstance(found, str):
            self.text(found, place)
            return None
        try:
            return find(found)
        except Misuse as error:
            self.document.tell(place, error.message, advice or error.advice)
            return None
