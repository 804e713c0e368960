"""The statement that an image was removed and then fetched again from where it had been pushed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from checker.engine import references
from checker.engine.events import Event
from checker.engine.images import ImageRow
from checker.engine.references import Reference
from checker.engine.view import View
from checker.journal.history import History
from checker.language import say, verbatim
from checker.statements.findings import Findings
from checker.statements.registry_names import Address


def state_pulled_back(
    view: View,
    history: History,
    findings: Findings,
    place: Address,
    known: Iterable[Reference],
    was_there: Callable[[int], bool] = lambda _: True,
) -> None:
    """An image of that place is here; before it was pulled, its content was gone.

    `known` are the names that may be the place's: of images here, and of what was pushed.
    `was_there`: whether it was there at that time (nanoseconds), or another had its address.
    """
    right = place.among(known)
    repositories = {name.repository for name in right}
    here = _here(view, repositories)
    all_pulls = [
        event
        for event in history.image_events("pull")
        if references.parse(event.subject).repository in repositories
    ]
    pulls = [event for event in all_pulls if was_there(event.at)]
    brought = [(row, pull) for row in here for pull in _bringing(row, pulls, history)]
    back = brought[0] if brought else None
    tagged = [str(one) for one in right if one.tag]
    name = back[1].subject if back else tagged[0] if tagged else place.wanted
    expected = say("removed, then pulled again")
    if back is None and not (history.is_whole() and _tells_removals(view, history, here)):
        findings.unknown(
            "pull-back.unknown",
            expected=expected,
            problem=say("Whether {image} was ever gone from here can't be seen any more.",
                        image=name),
            hint=say("docker rmi, then docker pull once more; then it will be seen."),
        )  # fmt: skip
        return
    if back is not None:
        findings.note("images", name, id=back[0].id, pulled=back[1].at)
    if not here:
        code, actual = "pull-back.not-here", say("not here")
        problem = say("{image} is not here.", image=name)
        hint = say("docker pull {image}", image=name)
    elif all_pulls and not pulls:
        code, actual = "pull-back.from-another", say("pulled from another registry")
        problem = say(
            "{image} was pulled when another registry had that address, not this one.",
            image=name,
        )
        hint = say("Remove it with all its names (docker rmi {names}), then pull it.",
                   names=_names(here))  # fmt: skip
    elif not pulls:
        code, actual = "pull-back.not-pulled", say("here, but not pulled")
        problem = say(
            "{image} is here because you made it here; it did not come from the registry.",
            image=name,
        )
        hint = say("Remove it with all its names (docker rmi {names}), then pull it.",
                   names=_names(here))  # fmt: skip
    else:
        code, actual = "pull-back.never-gone", say("pulled, but it had never been gone")
        problem = say(
            "{image} was pulled, but its content had never left: a name still held it.",
            image=name,
        )
        hint = say("Remove it with all its names (docker rmi {names}), then pull it.",
                   names=_names(here))  # fmt: skip
    findings.hold(
        "pull-back.done",
        code,
        back is not None,
        expected=expected,
        actual=verbatim(name) if back else actual,
        claim=say("{image} was gone, and came back from the registry.", image=name),
        problem=problem,
        hint=hint,
    )


def _bringing(row: ImageRow, pulls: Iterable[Event], history: History) -> list[Event]:
    """Those pulls that brought the image's content: it was deleted before, and not back yet."""
    # One engine calls the same content by the same ID, before it was removed and after.
    deleted = history.deletions(row.id, row.tags)
    given = [event.name for event in history.image_events("tag") if event.subject == row.id]
    names = [*row.tags, *row.origins, *map(references.parse, given)]
    repositories = {name.repository for name in names}
    present = [
        event.at
        for action in ("push", "pull")
        for event in history.image_events(action)
        if references.parse(event.subject).repository in repositories
    ]
    present += [event.at for event in history.image_events("load") if event.subject == row.id]

    def brought(pull: Event) -> bool:
        away = max((at for at in deleted if at < pull.at), default=None)
        return away is not None and not any(away < at < pull.at for at in present)

    return [pull for pull in pulls if brought(pull)]


def _tells_removals(view: View, history: History, here: Iterable[ImageRow]) -> bool:
    """Whether no name of these images went away without an event, as `docker image prune` takes
    them on containerd's store (seen with Docker 26.1). An untag tells the image, not the name."""
    ids = {row.id for row in here}
    named = {name for row in view.images() for name in row.tags}
    last: dict[Reference, tuple[int, str]] = {}
    for event in history.image_events("tag"):
        name = references.parse(event.name)
        last[name] = max(last.get(name, (0, "")), (event.at, event.subject))
    gone = [name for name, (_, image) in last.items() if image in ids and name not in named]
    told = [event for event in history.image_events("untag") if event.subject in ids]
    return len(gone) <= len(told)


def _here(view: View, repositories: Collection[str]) -> list[ImageRow]:
    def is_one(row: ImageRow) -> bool:
        if any(tag.repository in repositories for tag in row.tags):
            return True
        # One from Docker Hub that was once pushed there, too, is an image of its own.
        others = [one for one in row.origins if one.repository not in repositories]
        return len(others) < len(row.origins) and all(one.host for one in others)

    return [row for row in view.images() if is_one(row)]


def _names(rows: list[ImageRow]) -> str:
    return " ".join(str(tag) for tag in rows[0].tags) or rows[0].id
