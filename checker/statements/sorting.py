"""Statements about things that a learner sorted into places; each says why, right or wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checker.language import Text, say
from checker.statements.findings import Findings


@dataclass(frozen=True)
class Item:
    """One thing to sort. Every one of `places` is right; `why` is one sentence that teaches."""

    name: str
    title: Text
    places: frozenset[str]
    why: Text


def state_sorted(
    findings: Findings,
    items: Sequence[Item],
    places: Mapping[str, Text],
    given: Mapping[str, str],
) -> None:
    """One statement for each item: it lies where it belongs."""
    for item in items:
        place = given.get(item.name, "")
        right = places[min(item.places & places.keys())]
        if not place:
            findings.hold(
                "sorting.right",
                "sorting.missing",
                False,
                expected=say("a place for {item}", item=item.title),
                actual=say("none"),
                claim=item.why,
                problem=say("No place yet: {item}", item=item.title),
                hint=say("Give it a place, too: {name}=PLACE", name=item.name),
            )
            continue
        findings.hold(
            "sorting.right",
            "sorting.wrong",
            place in item.places,
            expected=right,
            actual=places.get(place, Text("{value}", {"value": place})),
            claim=say("{item}: {why}", item=item.title, why=item.why),
            problem=say(
                "{item}: not “{place}”. {why}",
                item=item.title,
                place=places.get(place, Text("{value}", {"value": place})),
                why=item.why,
            ),
            hint=say("Think it over, and choose again."),
        )
