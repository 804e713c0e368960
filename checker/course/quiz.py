"""Quizzes: things to sort into places, drawn afresh for each learner.

A lesson keeps its pool in a TOML file::

    [places.collect]
    ko = "데이터 수집"
    en = "collecting data"

    [[items]]
    name = "kafka"
    title = "Kafka"                        # or { ko = "…", en = "…" }
    places = ["collect"]                   # every place that is right
    why = { ko = "…", en = "…" }           # one sentence: shown after an answer, right or wrong
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checker.course.toml import read_toml
from checker.errors import CourseError, Misuse
from checker.language import Text, bilingual, say
from checker.learner import Learner
from checker.statements.sorting import Item


@dataclass(frozen=True)
class Sorting:
    """Some items of a pool, to be sorted into places."""

    exercise: str
    places: Mapping[str, Text]
    pool: tuple[Item, ...]
    count: int

    def drawn(self, learner: Learner) -> list[Item]:
        """This learner's items."""
        return [self.pool[i] for i in learner.draw(self.exercise, self.count, len(self.pool))]

    def right_answer(self, learner: Learner) -> str:
        """The answer that puts each of this learner's items where it belongs."""
        return " ".join(
            f"{item.name}={min(item.places & self.places.keys())}" for item in self.drawn(learner)
        )

    def wrong_answer(self, learner: Learner) -> str:
        """Right but for one item."""
        first, *rest = self.right_answer(learner).split()
        item = self.drawn(learner)[0]
        place = next(place for place in self.places if place not in item.places)
        return " ".join([f"{first.partition('=')[0]}={place}", *rest])

    def read(self, answer: str) -> dict[str, str]:
        """An answer like "kafka=collect mysql=store" as a table. Raises `Misuse`.

        Upper case does not matter, and commas may stand between.
        """
        pairs = [word.partition("=") for word in answer.casefold().replace(",", " ").split()]
        names = {item.name for item in self.pool}
        wrong = [
            word + equals + place
            for word, equals, place in pairs
            if not equals or word not in names or place not in self.places
        ]
        if wrong or not pairs:
            raise Misuse(
                say("“{answer}” can't be read as name=place.", answer=(wrong or [answer])[0]),
                say(
                    "Write name=place for each, with one of these places: {places}. "
                    "`dockdojo quiz` asks one after the other.",
                    places=", ".join(self.places),
                ),
            )
        return {name: place for name, _, place in pairs}

    def place(self, typed: str) -> str:
        """The place that is meant by its number (from 1), its name or its title; "" for none."""
        word = typed.strip().casefold()
        names = list(self.places)
        if word.isdecimal() and 1 <= int(word) <= len(names):
            return names[int(word) - 1]
        for name, title in self.places.items():
            if word in (name, title.in_("ko").casefold(), title.in_("en").casefold()):
                return name
        return ""

    def settled(self, learner: Learner, answer: str | None) -> dict[str, str]:
        """What an earlier answer has right already, of this learner's items."""
        given = self._given(learner, answer)
        return {
            item.name: given[item.name]
            for item in self.drawn(learner)
            if given.get(item.name) in item.places
        }

    def _given(self, learner: Learner, answer: str | None) -> dict[str, str]:
        """Where an earlier answer puts this learner's items."""
        try:
            given = self.read(answer or "")
        except Misuse:
            return {}
        own = {item.name for item in self.drawn(learner)}
        return {name: place for name, place in given.items() if name in own}

    def over(self, learner: Learner, before: str | None, answer: str) -> str:
        """`answer`, laid over the answer before it: what it leaves out stays where it was.

        Raises `Misuse` where `answer` can't be read or sorts what is not this learner's; an
        earlier one that can't be read is none.
        """
        new = self.read(answer)
        own = {item.name for item in self.drawn(learner)}
        others = [name for name in new if name not in own]
        if others:
            raise Misuse(
                say("These are not among your things to sort: {names}.", names=", ".join(others)),
                say(
                    "Everybody gets their own: {items}.",
                    items=", ".join(item.name for item in self.drawn(learner)),
                ),
            )
        return self.written(self._given(learner, before) | new)

    @staticmethod
    def written(given: Mapping[str, str]) -> str:
        """The answer that `read` reads as this table."""
        return " ".join(f"{name}={place}" for name, place in given.items())


def read_sorting(file: Path, exercise: str, *, places: Iterable[str], count: int) -> Sorting:
    """`count` items of the pool in `file` that belong to one of `places`.

    Raises `CourseError` with what the author should mend.
    """
    data = read_toml(file)
    wanted = list(places)
    try:
        words = {name: bilingual(data["places"][name]) for name in wanted}
        items = [_item(row) for row in data["items"]]
    except (KeyError, TypeError, AttributeError) as failure:
        raise CourseError(
            say("{path} is not a pool to draw from ({reason}).", path=file, reason=failure),
            say("It needs [places.NAME] and [[items]] with name, title, places and why."),
        ) from failure
    pool = tuple(item for item in items if item.places & set(wanted))
    if len(pool) < count:
        raise CourseError(
            say("{path} has too few items for {exercise}.", path=file, exercise=exercise),
            say("Draw fewer, or add items."),
        )
    return Sorting(exercise, words, pool, count)


def _item(row: Mapping[str, Any]) -> Item:
    title = row["title"]
    return Item(
        row["name"],
        bilingual(title if isinstance(title, dict) else {"ko": title, "en": title}),
        frozenset(row["places"]),
        bilingual(row["why"]),
    )
