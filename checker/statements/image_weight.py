"""Statements about what a build reused, and about how much an image weighs."""

from __future__ import annotations

import re

from checker.language import say, verbatim
from checker.lazy import lazy
from checker.statements.dockerfile import Instruction
from checker.statements.image_subject import ImageSubject

_UNITS = ("B", "kB", "MB", "GB", "TB")

_REMOVES = re.compile(
    r"(?<![\w.-])(?:mv|rm|shred|truncate|unlink)(?![\w.-])|-delete\b|git clean"
    r"|\b(?:os\.(?:remove|rename|replace)|shutil\.(?:move|rmtree))\b"
    r"|\.unlink\b|\)\.(?:remove|rename)\b"
)
"""What a RUN may take a file away with."""


def human_size(size: int) -> str:
    """Bytes as docker prints them: three digits, units of a thousand (go-units HumanSize)."""
    number, unit = float(size), 0
    while number >= 1000 and unit < len(_UNITS) - 1:
        number, unit = number / 1000, unit + 1
    return f"{number:.3g}{_UNITS[unit]}"


class ImageWeight(ImageSubject):
    """Each method states one thing about layers and their sizes."""

    def sizes_of_run(self, script: str = "") -> list[str]:
        """How the size of the RUN of this script (without one: of the heaviest) may be written: as
        docker prints it, with a blank, and in bytes."""
        heaviest = self.run_of(script)
        if heaviest is None:
            return []
        shown = human_size(heaviest.step.size)
        number = shown.rstrip("kMGTB")
        return [shown, f"{number} {shown[len(number) :]}", str(heaviest.step.size)]

    @lazy
    def _weight(self) -> int:
        """Bytes of all its layers. What an engine calls an image's size is compressed on some."""
        return sum(step.size for step in self._view.history(self.image.id))

    def reused(self, earlier: ImageWeight, script: str = "") -> None:
        """Its build took the earlier image's RUN of this script (without one: the heaviest) from
        the cache, and made the rest anew."""
        heavy = earlier.run_of(script)
        if self.image.layers == earlier.image.layers:
            self._findings.hold(
                "build.reused",
                "build.nothing-new",
                False,
                expected=say("another content than that of {image}", image=earlier.name),
                actual=say("the same layers"),
                claim=say("{image} differs.", image=self.name),
                problem=say(
                    "{image} and {earlier} are the same: nothing was changed in between.",
                    image=self.name,
                    earlier=earlier.name,
                ),
                hint=say("Change a file that is copied late, then build {image} again.",
                         image=self.name),
            )  # fmt: skip
            return
        shared, anew = self._shared_with(earlier)
        if earlier.own and len(shared) == len(earlier.own):
            self._findings.hold(
                "build.reused",
                "build.on-top",
                False,
                expected=say("built from the folder again"),
                actual=say("all of {image}, and more on top", image=earlier.name),
                claim=say("{image} was built from the folder again.", image=self.name),
                problem=say(
                    "{image} has all of {earlier} below it, and more on top: it was built on that "
                    "image, not from the folder again.",
                    image=self.name,
                    earlier=earlier.name,
                ),
                hint=say(
                    "The FROM of the Dockerfile stays as it was. Change a file, then build {image} "
                    "from the folder.",
                    image=self.name,
                ),
            )
            return
        lines = {(one.word, one.rest) for one in shared}
        ok = heavy is not None and heavy.step.size > 0 and (heavy.word, heavy.rest) in lines
        all_new = (
            anew is not None
            and anew is self._first_heavy
            and (anew.word, anew.rest) in {(one.word, one.rest) for one in earlier.own}
        )
        step = anew.text if anew else ""
        self._findings.hold(
            "build.reused",
            "build.no-cache" if all_new else "build.cache-broken",
            ok,
            expected=say("“{step}” taken from the cache", step=heavy.text if heavy else "RUN …"),
            actual=say("made anew from “{step}” on", step=step),
            claim=say(
                "{image} took {count} steps of {earlier} from the cache, “{heavy}” among them; "
                "“{step}” is the first that was done again.",
                image=self.name,
                count=len(shared),
                earlier=earlier.name,
                heavy=heavy.text if heavy else "",
                step=step,
            ),
            problem=say(
                "Nothing of {earlier} was reused in {image}: even “{step}” was done again.",
                earlier=earlier.name,
                image=self.name,
                step=step,
            )
            if all_new
            else say(
                "From “{step}” on, everything in {image} was done again, the slow RUN included.",
                image=self.name,
                step=step,
            ),
            hint=say(
                "Build without --no-cache: {earlier} first, then change one file, then {image}. "
                "What changes often must be copied below the slow RUN.",
                earlier=earlier.name,
                image=self.name,
            )
            if all_new
            else say(
                "Copy what changes often below the slow RUN. Build {earlier} with that Dockerfile, "
                "change the file, then build {image}.",
                earlier=earlier.name,
                image=self.name,
            ),
        )

    def is_smaller_than(self, other: ImageWeight, script: str = "") -> None:
        """It lacks at least what the other one's RUN of this script (without one: its heaviest)
        added."""
        heavy = other.run_of(script)
        least = heavy.step.size if heavy else 1
        size, more = self._weight, other._weight
        ok = size <= more - max(least, 1)
        self._findings.hold(
            "image.smaller",
            "image.not-smaller",
            ok,
            expected=say("at least {size} less than {image}", size=human_size(least),
                         image=other.name),
            actual=verbatim(f"{human_size(size)} / {human_size(more)}"),
            claim=say(
                "{image} has {size}, {other} has {more}.",
                image=self.name,
                size=human_size(size),
                other=other.name,
                more=human_size(more),
            ),
            problem=say(
                "{image} has {size}, {other} has {more}: what only the build needs is still in it.",
                image=self.name,
                size=human_size(size),
                other=other.name,
                more=human_size(more),
            ),
            hint=say(
                "What a later RUN deletes stays in the layer below. Start a second stage with a "
                "second FROM, and COPY --from only what is needed to run."
            ),
        )  # fmt: skip

    def copies_everything(self) -> None:
        """A `COPY . …` took the whole build context into it."""
        copies = self.made("COPY")
        self._findings.hold(
            "image.copies-all",
            "image.copies-by-name" if copies else "image.no-copy",
            any(one.copies_everything for one in copies),
            expected=verbatim("COPY . ."),
            actual=verbatim(copies[-1].text) if copies else say("none"),
            claim=say("{image} was made with COPY of the whole folder.", image=self.name),
            problem=say("{image} was not made with a COPY of the whole folder.", image=self.name),
            hint=say(
                "Leave COPY . . as it is in the Dockerfile: what stays out is for .dockerignore to "
                "say."
            ),
        )

    def never_held(self, file: str) -> None:
        """No RUN of it took away this file, or any: what was removed is in the layer below."""
        removing = [
            one for one in self.made("RUN") if file in one.rest or _REMOVES.search(one.rest)
        ]
        self._findings.hold(
            "image.clean",
            "image.removed-later",
            not removing,
            expected=say("no RUN that removes"),
            actual=verbatim(removing[0].text) if removing else say("none"),
            claim=say("No step of {image} had to remove {file}.", image=self.name, file=file),
            problem=say(
                "“{step}” removes too late: the layer below still has {file}.",
                step=removing[0].text if removing else "",
                file=file,
            ),
            hint=say("Keep it out from the start: name it in .dockerignore."),
        )

    @property
    def _first_heavy(self) -> Instruction | None:
        return next((one for one in self.own if one.step.size), None)

    def _shared_with(self, earlier: ImageWeight) -> tuple[list[Instruction], Instruction | None]:
        """The first steps of both that are one and the same, and its own first other step.

        A step that added something is the same only with the same time: that is how a step from
        the cache is known. Steps without files are no sign: BuildKit dates them anew.
        """
        shared: list[Instruction] = []
        for mine, theirs in zip(self.own, earlier.own, strict=False):
            same = mine.step.created_by == theirs.step.created_by and (
                not mine.step.size or mine.step.created == theirs.step.created
            )
            # Two builds in one second have the same time, and containerd's store counts in blocks.
            layers = {self.layer_of.get(mine.step), earlier.layer_of.get(theirs.step)} - {None}
            if not same or mine.step.size != theirs.step.size or len(layers) > 1:
                return shared, mine
            shared.append(mine)
        return shared, next(iter(self.own[len(shared) :]), None)
