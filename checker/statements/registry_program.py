"""Whether the registry server itself runs in a container, and not something that answers for it."""

from __future__ import annotations

from checker.engine.registry_settings import Settings, settings_of
from checker.language import Text, say, verbatim
from checker.lazy import lazy
from checker.statements.container_making import MakingStatements
from checker.statements.image_files import covers

REGISTRY = (
    "registry",
    "distribution/distribution",
    "amd64/registry",
    "arm32v7/registry",
    "arm64v8/registry",
)
"""The repositories on Docker Hub that the registry server comes from."""

_PROGRAMS = ("entrypoint.sh", "registry", "docker-registry")
_SHELL = ("sh", "busybox")
"""What the image's entrypoint is read by."""
_FOLDERS = ("", "/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")
_FILES = tuple(f"{folder}/{name}" for folder in _FOLDERS for name in (*_PROGRAMS, *_SHELL))
_VARIABLES = ("PATH", "LD_PRELOAD")
"""Variables that decide what a program's name leads to."""


class ProgramStatements(MakingStatements):
    """What runs in a container that is to be a registry."""

    @lazy
    def _settings(self) -> Settings:
        return settings_of(self._view, self._box)

    @property
    def _port(self) -> int:
        """Where it listens in its container."""
        return self._settings.port

    @property
    def _outside(self) -> list[int]:
        """The ports of the engine's machine that lead to it."""
        if self._box.is_on_the_machines_network:
            return [self._port] if self._box.status == "running" else []
        return sorted({outside for _, outside in self._box.published(self._port)})

    def is_the_server(self) -> bool:
        """The image's own program runs in it, as a registry of its own. Only a no is written."""
        if not self._starts_the_server():
            return self._something_else(
                "registry.other-program",
                " ".join(self._box.words)[:200],
                say(
                    "{name} does not run the registry server, but “{command}”.",
                    name=self.name,
                    command=" ".join(self._box.words)[:200],
                ),
            )
        if (place := self._what_was_replaced()) is not None:
            return self._something_else(
                "registry.replaced-program",
                place,
                say(
                    "{name} starts something else in place of the image's own program: {path} is "
                    "not as the image has it.",
                    name=self.name,
                    path=place,
                ),
            )
        if self._is_built_over():
            return self._something_else(
                "registry.built-over",
                self._box.image_name,
                say(
                    "{image}, which {name} was made from, was built on the registry's image and "
                    "is not that image itself.",
                    image=self._box.image_name,
                    name=self.name,
                ),
            )
        if self._settings.passes_on:
            return self._something_else(
                "registry.passes-on",
                "proxy.remoteurl",
                say(
                    "{name} has nothing of its own: it passes on what another registry has.",
                    name=self.name,
                ),
            )
        return True

    def _starts_the_server(self) -> bool:
        words = self._box.words
        rest = words[1:]
        folder, slash, program = words[0].rpartition("/") if words else ("", "", "")
        return (
            program in _PROGRAMS
            and (not slash or folder in _FOLDERS)
            and (
                not rest
                or rest[0] in ("serve", "registry")
                or rest[0].startswith("-")
                or rest[0].endswith((".yml", ".yaml"))
            )
        )

    def _what_was_replaced(self) -> str | None:
        """The variable, or the path, by which another program takes the place of the image's."""
        image = self._view.image(self._box.image_id)
        if image is not None:
            own, given = image.environment, self._box.environment
            for variable in _VARIABLES:
                if given.get(variable) != own.get(variable):
                    return variable
        for point in self._box.mount_points:
            if any(covers(point, file) for file in _FILES):
                return point
        return next((path for path in self._view.changes(self.id) if path in _FILES), None)

    def _is_built_over(self) -> bool:
        image = self._view.image(self._box.image_id)
        if image is None or any(origin.repository in REGISTRY for origin in image.origins):
            return False
        return self._descends_from(image, REGISTRY)

    def _something_else(self, code: str, actual: str, problem: Text) -> bool:
        return self._findings.hold(
            "registry.server",
            code,
            False,
            expected=say("the program that the image starts"),
            actual=verbatim(actual),
            claim=say("{name} runs the registry server.", name=self.name),
            problem=problem,
            hint=say(
                "docker rm -f {name}, then run it again from registry:2 with nothing after the "
                "image's name.",
                name=self.name,
            ),
        )
