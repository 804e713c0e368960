"""Statements about how an image was made: on which base, by which instructions."""

from __future__ import annotations

import posixpath
import re

from checker.language import Text, say, verbatim
from checker.statements.image_subject import ImageSubject

_HINTS = {
    "COPY": say("COPY WHAT WHERE takes files from the folder that you build in into the image."),
    "RUN": say("RUN COMMAND runs while the image is built; what it writes becomes a layer."),
}


class ImageMaking(ImageSubject):
    """Each method states one thing that the Dockerfile laid down."""

    def was_built(self) -> None:
        """`docker build` made it, on a base that was pulled, by instructions of its own."""
        expected = say("built here, on {base}", base=self.base_name)
        findings = self._findings
        if not self.bases_here and not self.was_committed and not self._is_from_scratch:
            findings.unknown(
                "image.base-unknown",
                expected=expected,
                problem=say(
                    "{base} itself is not here, so {image} can't be compared with it.",
                    base=self.base_name,
                    image=self.name,
                ),
                hint=say("docker pull {base}, then check again.", base=self.base_name),
            )
            return
        first = self.own[0].text if self.own else ""
        if self.base is None and not self._is_from_scratch:
            code, actual = "image.other-base", say("other layers at the bottom")
            problem = say(
                "{image} does not begin with the layers of {base}.",
                image=self.name,
                base=self.base_name,
            )
            hint = say(
                "The first line of its Dockerfile: FROM {base}. An image that was imported has "
                "lost the layers it came from.",
                base=self.base_name,
            )
        elif self.was_committed:
            code, actual = "image.committed", say("made by docker commit")
            problem = say(
                "{image} was not built: a container was turned into it by docker commit.",
                image=self.name,
            )
            hint = say(
                "Write it into a Dockerfile, then build from its folder: docker build -t "
                "{image} FOLDER",
                image=self.name,
            )
        else:
            code, actual = "image.only-tagged", say("the base itself")
            problem = say(
                "{image} is only another name for {base}: nothing was done on top of it.",
                image=self.name,
                base=self.base_name,
            )
            hint = say(
                "Add an instruction below FROM, then build again: docker build -t {image} FOLDER",
                image=self.name,
            )
        on = self.base is not None or self._is_from_scratch
        ok = on and bool(self.own) and not self.was_committed
        findings.hold(
            "image.built",
            code,
            ok,
            expected=expected,
            actual=verbatim(first) if ok else actual,
            claim=say(
                "{image} was built on {base}, from “{first}” on.",
                image=self.name,
                base="scratch" if self._is_from_scratch else self.base_name,
                first=first,
            ),
            problem=problem,
            hint=hint,
        )

    def has_instruction(self, word: str) -> None:
        """An instruction of this kind was done on top of the base."""
        found = self.made(word)
        self._findings.hold(
            f"image.has-{word.lower()}",
            f"image.no-{word.lower()}",
            bool(found),
            expected=verbatim(f"{word} …"),
            actual=verbatim(found[-1].text) if found else say("none"),
            claim=say(
                "{image} was made with “{instruction}”.",
                image=self.name,
                instruction=found[-1].text if found else "",
            ),
            problem=self._has_no(word),
            hint=_HINTS[word],
        )

    @property
    def _is_from_scratch(self) -> bool:
        """Whether it was begun with nothing (FROM scratch), where any base will do: its first step
        copied files, which an import's does not. Podman's says that it did, and names the layer."""
        begun = self.base is None and not self._repositories and bool(self.own)
        layer = self.image.layers[0].removeprefix("sha256:") if self.image.layers else ""
        imported = begun and self.own[0].rest.startswith(f"file:{layer} ")
        return begun and self.own[0].word in ("COPY", "ADD") and not imported

    def has_run_of(self, script: str) -> None:
        """A RUN on top of the base runs this script, and left something."""
        runs = self.made("RUN")
        found = self.run_of(script)
        told = found or (runs[-1] if runs else None)
        self._findings.hold(
            "image.has-run",
            "image.other-run" if runs else "image.no-run",
            found is not None,
            expected=verbatim(f"RUN … {script} …"),
            actual=verbatim(told.text) if told else say("none"),
            claim=say(
                "{image} was made with “{instruction}”.",
                image=self.name,
                instruction=told.text if told else "",
            ),
            problem=say(
                "No RUN of {image} runs {script} and leaves what it wrote: the last one is "
                "“{instruction}”.",
                image=self.name,
                script=script,
                instruction=told.text if told else "",
            )
            if runs
            else self._has_no("RUN"),
            hint=say("RUN python3 {script}, below the COPY that brings it.", script=script)
            if runs
            else _HINTS["RUN"],
        )

    def was_not_written_by_hand(self, text: str) -> None:
        """No RUN, ENTRYPOINT or CMD of it has this text in its line, or a variable that has it: the
        text should come out of a file."""
        holders = [name for name, value in self.image.environment.items() if text in value]
        told = re.compile("|".join([re.escape(text), *(rf"\b{re.escape(n)}\b" for n in holders)]))
        lines = [one for word in ("RUN", "ENTRYPOINT", "CMD") for one in self.made(word)]
        found = [one for one in lines if told.search(one.step.created_by)]
        self._findings.hold(
            "image.not-written",
            "image.written",
            not found,
            expected=say("no line that was told {text}", text=text),
            actual=verbatim(found[0].text) if found else say("none"),
            claim=say("No RUN, ENTRYPOINT or CMD of {image} was told {text}.", image=self.name,
                      text=text),
            problem=say(
                "“{instruction}” writes {text} by hand, instead of taking it from your file.",
                instruction=found[0].text if found else "",
                text=text,
            ),
            hint=say("Take that line out of the Dockerfile; {text} is in this lesson's files.",
                     text=text),
        )  # fmt: skip

    def _has_no(self, word: str) -> Text:
        return say(
            "No {word} of yours went into {image}: docker history {image} shows what did.",
            word=word,
            image=self.name,
        )

    def has_two_commands(self) -> None:
        """Two CMD instructions were given; the last one is the image's command."""
        found = self.made("CMD")
        commands = {one.rest for one in found}
        self._findings.hold(
            "image.two-commands",
            "image.one-command" if found else "image.no-cmd",
            len(commands) > 1,
            expected=say("two different CMD lines"),
            actual=verbatim(found[-1].text) if found else say("none"),
            claim=say(
                "{image} was given {count} CMD lines; the last one holds: {command}",
                image=self.name,
                count=len(found),
                command=" ".join(self.image.command),
            ),
            problem=say("{image} was given only one CMD line.", image=self.name)
            if found
            else self._has_no("CMD"),
            hint=say(
                "Write two lines that begin with CMD into the Dockerfile, each with another "
                "command, then build again: docker build -t {image} FOLDER",
                image=self.name,
            ),
        )

    def has_command(self) -> None:
        """It has a command of its own: a CMD was given on top of the base."""
        found = self.made("CMD")
        self._findings.hold(
            "image.has-cmd",
            "image.no-cmd",
            bool(found) and bool(self.image.command),
            expected=verbatim("CMD …"),
            actual=verbatim(" ".join(self.image.command)) if self.image.command else say("none"),
            claim=say(
                "{image} knows what to run: {command}",
                image=self.name,
                command=" ".join(self.image.command),
            ),
            problem=self._has_no("CMD"),
            hint=say(
                'CMD ["PROGRAM", "ARGUMENT"] says what a container of it starts with.',
            ),
        )

    def has_fixed_entrypoint(self) -> None:
        """Its ENTRYPOINT is a list of words, so that arguments come after it."""
        words = self.image.entrypoint
        in_shell = len(words) == 3 and words[0].endswith("sh") and words[1] == "-c"
        self._findings.hold(
            "image.entrypoint",
            "image.shell-entrypoint" if in_shell else "image.no-entrypoint",
            bool(words) and not in_shell,
            expected=verbatim('ENTRYPOINT ["…", "…"]'),
            actual=verbatim(" ".join(words)) if words else say("none"),
            claim=say(
                "{image} always starts “{entrypoint}”.",
                image=self.name,
                entrypoint=" ".join(words),
            ),
            problem=say(
                "The ENTRYPOINT of {image} is a line for a shell, and a shell lets no arguments "
                "through.",
                image=self.name,
            )
            if in_shell
            else say("{image} has no ENTRYPOINT.", image=self.name),
            hint=say(
                'Write it as a list, in square brackets and double quotes: ENTRYPOINT ["sh", "…"]'
            ),
        )

    def works_in(self, folder: str) -> None:
        """Its WORKDIR is this folder."""
        found = self.image.working_folder
        self._findings.hold(
            "image.workdir",
            "image.wrong-workdir",
            bool(found) and posixpath.normpath(found) == folder,
            expected=verbatim(folder),
            actual=verbatim(found) if found else say("none"),
            claim=say("{image} works in {folder}.", image=self.name, folder=folder),
            problem=say(
                "{image} works in {found}, not in {folder}.",
                image=self.name,
                found=found or "/",
                folder=folder,
            ),
            hint=say("WORKDIR {folder}, above the COPY that needs it.", folder=folder),
        )

    def setting(self, variable: str) -> str:
        """The value that its containers find in this variable; "" where it is not set."""
        return self.image.environment.get(variable, "")

    def sets(self, variable: str) -> None:
        """Its containers find this variable in their environment, with some value."""
        value = self.setting(variable)
        self._findings.hold(
            "image.variable",
            "image.no-variable",
            bool(value),
            expected=verbatim(f"{variable}=…"),
            actual=verbatim(f"{variable}={value}") if value else say("not set"),
            claim=say("{image} sets {variable}.", image=self.name, variable=variable),
            problem=say("{image} does not set {variable}.", image=self.name, variable=variable),
            hint=say(
                "ENV {variable}=… in the Dockerfile. What docker run -e sets is in one container "
                "only, not in the image.",
                variable=variable,
            ),
        )

    def documents_port(self, port: int) -> None:
        """Its EXPOSE names this TCP port."""
        found = self.image.exposed_ports
        self._findings.hold(
            "image.port",
            "image.wrong-port" if found else "image.no-port",
            self.image.documents(port),
            expected=verbatim(f"{port}/tcp"),
            actual=verbatim(", ".join(found)) if found else say("none"),
            claim=say("{image} says that it serves on port {port}.", image=self.name, port=port),
            problem=say(
                "{image} says that it serves on {found}, not on {port}/tcp.",
                image=self.name,
                found=", ".join(found),
                port=port,
            )
            if found
            else say("{image} names no port.", image=self.name),
            hint=say(
                "EXPOSE {port} in the Dockerfile; TCP is meant where nothing else is said.",
                port=port,
            ),
        )
