"""What exercises are about: the containers, networks, runs and images that checks ask for."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from checker.course.model import Exercise
from checker.engine.images import Image
from checker.engine.objects import Container, Network
from checker.engine.view import View
from checker.journal.history import History
from checker.learner import Learner
from checker.statements.built_image import BuiltImage
from checker.statements.container import PresentContainer
from checker.statements.engine import Engine
from checker.statements.findings import Findings, Stop, Subject
from checker.statements.image import PulledImage
from checker.statements.past import PastRun

_ANY_ANSWER = "-"
_ANYBODY = Learner("")
_NO_ID = "0" * 64


def subjects(exercises: Iterable[Exercise], view: View, history: History) -> set[Subject]:
    """What these exercises are about, by a dry run of their checks: nothing is decided or kept.

    Raises `EngineError` where the engine can't be read.
    """
    about: set[Subject] = set()
    for exercise in exercises:
        findings = Findings()
        with suppress(Stop):
            exercise.check(_Asked(view, history, findings, _ANY_ANSWER, _ANYBODY))
        about |= findings.about
    return about


class _Asked(Engine):
    """Goes on where a thing is missing, with one that no engine has, to hear what comes next."""

    def container(self, name: str, **wanted: Iterable[str]) -> PresentContainer:
        try:
            return super().container(name, **wanted)
        except Stop:
            return self._no_container(name)

    def network(self, name: str) -> Network:
        try:
            return super().network(name)
        except Stop:
            return Network({})

    def run_of(self, *repositories: str) -> PresentContainer | PastRun:
        try:
            return super().run_of(*repositories)
        except Stop:
            return self._no_container("")

    def pulled_image(self, *repositories: str, tag: str = "") -> PulledImage:
        try:
            return super().pulled_image(*repositories, tag=tag)
        except Stop:
            return self._no_image()

    def built_image(self, name: str, *bases: str) -> BuiltImage:
        try:
            return super().built_image(name, *bases)
        except Stop:
            nothing = Image({"Id": f"sha256:{_NO_ID}"})
            return BuiltImage(name, nothing, bases, self.view, self.history, self.findings)

    def image_for_another_platform(self, *repositories: str) -> PulledImage:
        try:
            return super().image_for_another_platform(*repositories)
        except Stop:
            return self._no_image()

    def _no_container(self, name: str) -> PresentContainer:
        nothing = Container({"Id": _NO_ID, "Name": name, "Image": f"sha256:{_NO_ID}"})
        return PresentContainer(nothing, self.view, self.history, self.findings)

    def _no_image(self) -> PulledImage:
        return PulledImage(Image({"Id": f"sha256:{_NO_ID}"}), self.view, self.findings)
