"""Statements about containers that are no longer there: their lives, told by events."""

from __future__ import annotations

from checker.engine import references
from checker.engine.view import View
from checker.journal.history import History, Life
from checker.language import Text, say, verbatim
from checker.statements.findings import Findings
from checker.statements.unseen import history_unseen


class PastContainer:
    """A container of one name that was here once."""

    def __init__(self, name: str, view: View, history: History, findings: Findings) -> None:
        self._name = name
        self._view = view
        self._history = history
        self._findings = findings

    def ran_and_was_removed(self, exercise: str = "", *repositories: str) -> None:
        """It ran at some time, and `docker rm` took it away since.

        With an `exercise` (LESSON/NAME), it must have been what that one asks for: a container from
        one of these repositories that somebody sat at. A try that failed does not count; the
        container that the exercise passed with does, and each after it.
        """
        name = self._name
        lives = self._history.lives(name)
        gone = [life for life in lives if life.removed and (exercise or life.name == name)]
        fits = [self._fits(life, exercise, repositories) for life in gone]
        ran = next((life for life, fit in zip(gone, fits, strict=True) if fit), None)
        expected = say("run, then removed")
        here = self._view.container(name)
        still_here = here is not None and here.name == name
        # Removed just now: the state is newer than the events that were read before it.
        late = any(life.removed is None and life.name == name for life in lives)
        if ran is None and not still_here and None in fits:
            self._findings.unknown(
                "past.unclear",
                expected=expected,
                problem=say(
                    "{name} is gone before {exercise} had passed, and whether it was what that one "
                    "asks for can't be seen any more.",
                    name=name,
                    exercise=exercise,
                ),
                hint=_first(exercise, name),
            )
            return
        if ran is None and not still_here and (late or not self._history.is_whole()):
            self._findings.unknown(
                "past.unknown",
                expected=expected,
                problem=say(
                    "{name} is not here, and whether it ever was can't be seen any more.", name=name
                ),
                hint=say("Run {name} once more, then docker rm {name}.", name=name),
            )
            return
        if ran is not None:
            self._findings.note("containers", name, id=ran.id, removed=ran.removed)
        if still_here:
            code, actual = "past.still-here", say("still here")
            problem = say("{name} is still here.", name=name)
            hint = say("docker rm {name} (stop it first if it runs).", name=name)
            if exercise:
                # The same before and after its pass, which nothing tells this check of.
                hint = say(
                    "Once {exercise} has passed: docker rm {name} (stop it first if it runs).",
                    exercise=exercise,
                    name=name,
                )
        elif any(life.starts for life in gone):
            code, actual = "past.failed-try", say("a try that failed")
            problem = say(
                "The {name} that was removed had ended at once, without a terminal: that is not "
                "what {exercise} asks for.",
                name=name,
                exercise=exercise,
            )
            hint = _first(exercise, name)
        elif gone:
            code, actual = "past.never-ran", say("removed without having run")
            problem = say("{name} was removed, but it had never run.", name=name)
            hint = say("Run it first (docker run --name {name} …), then docker rm.", name=name)
        elif any(life.name != name for life in lives):
            code, actual = "past.renamed", say("renamed")
            problem = say("{name} was renamed, not removed.", name=name)
            hint = say("docker ps -a shows what it is called now; docker rm takes it away.")
        else:
            code, actual = "past.never-here", say("no record of it")
            problem = say("There is no record of a container named {name}.", name=name)
            hint = say("Make and run {name} first; then remove it with docker rm.", name=name)
        self._findings.hold(
            "past.removed",
            code,
            ran is not None and not still_here,
            expected=expected,
            actual=expected if ran is not None and not still_here else actual,
            claim=say("{name} ran and has been removed.", name=name),
            problem=problem,
            hint=hint,
        )

    def _fits(self, life: Life, exercise: str, repositories: tuple[str, ...]) -> bool | None:
        """Whether this one was what the exercise asks for; None where events don't tell."""
        if not life.starts:
            return False
        if not exercise:
            return True
        passed = self._history.first_pass(exercise)
        if passed is not None:
            seen = passed.evidence.get("containers", {}).get(self._name, {})
            if seen.get("id") == life.id or passed.at < (life.removed or 0):
                return True
        if life.only_flashed:
            return None if life.resized else False
        named = references.parse(life.image).repository in repositories
        return True if life.resized and named else None


def _first(exercise: str, name: str) -> Text:
    return say(
        "Do {exercise} first; once it has passed, docker rm {name} counts.",
        exercise=exercise,
        name=name,
    )


class PastRun:
    """One run of an image whose container is gone already (docker run --rm)."""

    def __init__(self, life: Life, view: View, history: History, findings: Findings) -> None:
        self._life = life
        self._view = view
        self._history = history
        self._findings = findings
        findings.note("containers", life.name, id=life.id, image=life.image, removed=life.removed)

    def comes_from(self, *repositories: str) -> None:
        """An image of one of these repositories was pulled (the container itself is gone)."""
        pulls = [
            event.at
            for event in self._history.image_events("pull")
            if references.parse(event.subject).repository in repositories
        ]
        pulled = bool(pulls) or any(
            origin.repository in repositories
            for row in self._view.pulled_images()
            for origin in row.origins
        )
        # Podman tells of no name that a build gave.
        late = self._history.partial and bool(pulls) and min(pulls) > (self._life.created or 0)
        expected = say("an image from {repository}", repository=repositories[0])
        tagged = self._tagged_with_its_name()
        named = self._view.image(tagged) if tagged else None
        doubt = any(
            origin.repository in repositories
            for row in self._view.doubtful_images()
            for origin in row.doubtful_origins
        )
        if tagged and named is None:
            self._name_has_moved(repositories[0], expected)
            return
        if named is not None:
            pulled = any(origin.repository in repositories for origin in named.origins)
        elif late or (not pulled and (doubt or not self._history.is_whole())):
            history_unseen(self._findings, "container.unknown-image", self._life.name, expected)
            return
        self._findings.hold(
            "container.image",
            "image.only-named",
            pulled,
            expected=expected,
            actual=verbatim(self._life.image),
            claim=say(
                "{name} comes from {repository}.", name=self._life.name, repository=repositories[0]
            ),
            problem=say(
                "The image behind {image} was never pulled from {repository}: it only has "
                "the name.",
                image=self._life.image,
                repository=repositories[0],
            ),
            hint=say("docker pull {repository}, then run it again.", repository=repositories[0]),
        )

    def _name_has_moved(self, repository: str, expected: Text) -> None:
        self._findings.unknown(
            "container.unknown-image",
            expected=expected,
            problem=say(
                "The name {image} had been given by hand when {name} ran, and the image that had "
                "it then is not here any more: what that was can't be seen.",
                image=self._life.image,
                name=self._life.name,
            ),
            hint=say("docker pull {repository}, then run it again.", repository=repository),
        )

    def _tagged_with_its_name(self) -> str:
        """The ID of the image that its image's name had last been given to by hand (docker tag)
        when it was made; "" where that was none."""
        wanted = _whole(self._life.image)
        given = [
            event
            for action in ("pull", "tag")
            for event in self._history.image_events(action)
            if event.at <= (self._life.created or 0)
            and _whole(event.subject if action == "pull" else event.name) == wanted
        ]
        last = max(given, key=lambda event: event.at, default=None)
        return last.subject if last and last.action == "tag" else ""

    def ended_well(self) -> None:
        """It ran to its end, with exit code 0."""
        codes = self._life.exit_codes
        expected = say("exited with code {code}", code=0)
        if 0 not in codes and not self._history.knows_since(self._life.created):
            history_unseen(self._findings, "container.unknown-end", self._life.name, expected)
            return
        self._findings.hold(
            "container.ended",
            "container.failed",
            0 in codes,
            expected=expected,
            actual=say("exited with code {code}", code=codes[-1]) if codes else say("running"),
            claim=say("{name} ran to its end with exit code 0.", name=self._life.name),
            problem=say("{name} did not end with exit code 0.", name=self._life.name),
            hint=say("Run it once more and read what it says."),
        )


def _whole(name: str) -> tuple[str, str]:
    named = references.parse(name)
    return named.repository, named.tag or "latest"
