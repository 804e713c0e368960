"""grading.toml: read, with what is wrong in it line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from checker.classroom.gradebook import Override
from checker.classroom.roster import Roster
from checker.classroom.roster_problems import Problem
from checker.classroom.roster_toml import Document
from checker.classroom.rules_model import Decision, Rules
from checker.classroom.rules_times import Due, Late
from checker.classroom.rules_values import Place, Values
from checker.course.model import Course, Exercise, Lesson
from checker.language import say

_KEYS = ("timezone", "late", "lessons", "exercises", "drop", "extra", "extensions", "overrides")
_MOST_POINTS = 1000
_FORM = say(
    "Texts are in quotes, and so is an exercise's LESSON/NAME; a time has seconds, as in "
    "2026-12-01T23:59:00."
)


def read_rules(path: Path, course: Course, roster: Roster) -> tuple[Rules, list[Problem]]:
    """The rules, and all that is wrong with them; then the rules are not to be used."""
    document = Document(path, _FORM)
    if document.problems:
        return Rules(), document.problems
    document.tell_unknown(document.table, _KEYS)
    return _Reading(Values(document, course, roster)).rules(), document.problems


class _Reading:
    """One file. What is said of an exercise outweighs what is said of its lesson."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._table = values.document.table
        self._tell = values.document.tell
        self._dues: dict[str, Due] = {}
        self._points: dict[str, float] = {}
        self._drop_lowest: dict[str, int] = {}
        self._late = values.late(self._table.get("late"), ("late",), Late())
        self._lates = {exercise.id: self._late for exercise in values.course.exercises}

    def rules(self) -> Rules:
        for lesson, table, place in self._lessons():
            self._read_lesson(lesson, table, place)
        for exercise, table, place in self._exercises():
            self._read_exercise(exercise, table, place)
        dropped = self._names("drop")
        extra = self._names("extra")
        for name in dropped & extra:
            self._tell(("extra",), say("{name} is dropped, so that it can't be extra.", name=name))
        self._check_drop_lowest(dropped | extra)
        return Rules(
            self._dues,
            self._lates,
            self._points,
            dropped,
            extra,
            self._drop_lowest,
            dict(self._extensions()),
            dict(self._overrides(dropped)),
        )

    def _lessons(self) -> Iterator[tuple[Lesson, Mapping[str, Any], Place]]:
        for name, found in self._values.table(self._table.get("lessons"), ("lessons",)).items():
            place = ("lessons", name)
            if lesson := self._values.lesson(name, place):
                yield lesson, self._values.table(found, place), place

    def _exercises(self) -> Iterator[tuple[Exercise, Mapping[str, Any], Place]]:
        seen: set[str] = set()
        found = self._values.table(self._table.get("exercises"), ("exercises",))
        for name, table in found.items():
            place = ("exercises", name)
            exercise = self._values.exercise(name, place)
            if exercise is None:
                continue
            if exercise.id in seen:
                self._tell(place, say("{name} is here twice.", name=exercise.id))
            seen.add(exercise.id)
            yield exercise, self._values.table(table, place), place

    def _read_lesson(self, lesson: Lesson, table: Mapping[str, Any], place: Place) -> None:
        self._values.document.tell_unknown(table, ["due", "late", "drop_lowest"], *place)
        if "due" in table and (due := self._values.due(table["due"], (*place, "due"))):
            self._dues |= dict.fromkeys((e.id for e in lesson.exercises), due)
        if "late" in table:
            late = self._values.late(table["late"], (*place, "late"), self._late)
            self._lates |= dict.fromkeys((e.id for e in lesson.exercises), late)
        if "drop_lowest" in table:
            count = table["drop_lowest"]
            if type(count) is int and count >= 0:
                self._drop_lowest[lesson.id] = count
            else:
                self._tell((*place, "drop_lowest"), say("This is no number of exercises."))

    def _read_exercise(self, exercise: Exercise, table: Mapping[str, Any], place: Place) -> None:
        self._values.document.tell_unknown(table, ["due", "late", "points"], *place)
        if "due" in table and (due := self._values.due(table["due"], (*place, "due"))):
            self._dues[exercise.id] = due
        if "late" in table:
            before = self._lates[exercise.id]
            self._lates[exercise.id] = self._values.late(table["late"], (*place, "late"), before)
        if "points" in table:
            points = self._values.number(table["points"], (*place, "points"), _MOST_POINTS)
            if points is not None:
                self._points[exercise.id] = points

    def _names(self, key: str) -> frozenset[str]:
        found = self._values.array(self._table.get(key), (key,))
        return frozenset(
            exercise.id
            for place, name in enumerate(found)
            for exercise in self._values.exercises(name, (key, place))
        )

    def _check_drop_lowest(self, not_counting: frozenset[str]) -> None:
        for name, count in self._drop_lowest.items():
            lesson = self._values.course.lesson(name)
            weights = {e.id: self._points.get(e.id, e.points) for e in lesson.exercises}
            counting = sum(bool(weights[each]) for each in weights.keys() - not_counting)
            if count and count >= counting:
                self._tell(
                    ("lessons", name, "drop_lowest"),
                    say("Of this lesson {counting} count, so {count} can't be dropped.",
                        counting=counting, count=count),
                )  # fmt: skip

    def _extensions(self) -> Iterator[tuple[Decision, Due]]:
        """Those of a lesson first, so that an exercise's own outweighs its lesson's."""
        found = self._decisions("extensions", ("student", "due"), ("lesson", "exercise", "reason"))
        seen: set[tuple[str, str]] = set()
        for table, place in sorted(found, key=lambda each: "exercise" in each[0]):
            student = self._values.student(table["student"], (*place, "student"))
            exercises = self._extended(table, place)
            due = self._values.due(table["due"], (*place, "due"))
            if due is None or student is None or not exercises:
                continue
            decision = (student.id, str(table.get("lesson") or exercises[0].id))
            if decision in seen:
                self._tell(place, say("This is decided twice."))
            seen.add(decision)
            befores = [self._dues[e.id] for e in exercises if e.id in self._dues]
            if not befores:
                self._tell(place, say("There is no due time to put off."))
            elif all(due.at <= before.at for before in befores):
                self._tell((*place, "due"), say("This is no later than the class's own due time."))
            yield from (((student.id, e.id), due) for e in exercises if e.id in self._dues)

    def _extended(self, table: Mapping[str, Any], place: Place) -> list[Exercise]:
        named = [key for key in ("lesson", "exercise") if key in table]
        if len(named) != 1:
            text = say("An extension is for one lesson or one exercise.")
            self._tell(place, text, say('Write lesson = "…" or exercise = "LESSON/NAME".'))
            return []
        if named == ["lesson"]:
            lesson = self._values.lesson(table["lesson"], (*place, "lesson"))
            return lesson.exercises if lesson else []
        exercise = self._values.exercise(table["exercise"], (*place, "exercise"))
        return [exercise] if exercise else []

    def _overrides(self, dropped: frozenset[str]) -> Iterator[tuple[Decision, Override]]:
        seen: set[Decision] = set()
        needed = ("student", "exercise", "points")
        for table, place in self._decisions("overrides", needed, ("reason", "by")):
            student = self._values.student(table["student"], (*place, "student"))
            exercise = self._values.exercise(table["exercise"], (*place, "exercise"))
            override = self._override(table, place, exercise)
            if student is None or exercise is None or override is None:
                continue
            decision = (student.id, exercise.id)
            if decision in seen:
                self._tell(place, say("This is decided twice."))
            if exercise.id in dropped:
                text = say(
                    "{name} is dropped, so that points for it change nothing.", name=exercise.id
                )
                self._tell(place, text)
            seen.add(decision)
            yield decision, override

    def _override(
        self, table: Mapping[str, Any], place: Place, exercise: Exercise | None
    ) -> Override | None:
        if "reason" not in table:
            text = say("An override has no reason.")
            self._tell(place, text, say('Add reason = "…": it stays visible beside the points.'))
            return None
        reason = self._values.text(table["reason"], (*place, "reason"))
        by = self._values.text(table["by"], (*place, "by")) if "by" in table else ""
        if exercise is None:
            return None
        most = self._points.get(exercise.id, float(exercise.points))
        points = self._values.number(table["points"], (*place, "points"), most)
        if points is None or reason is None or by is None:
            return None
        return Override(points, reason, by)

    def _decisions(
        self, key: str, needed: tuple[str, ...], others: tuple[str, ...]
    ) -> Iterator[tuple[Mapping[str, Any], Place]]:
        """The tables of an array of tables that have all they need, each with its place."""
        for number, found in enumerate(self._values.array(self._table.get(key), (key,))):
            place = (key, number)
            table = self._values.table(found, place)
            self._values.document.tell_unknown(table, needed + others, *place)
            missing = [name for name in needed if name not in table]
            for name in missing:
                self._tell(place, say("The key “{key}” is missing.", key=name))
            if not missing:
                yield table, place
