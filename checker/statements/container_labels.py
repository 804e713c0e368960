"""Statements about the labels that a container was given."""

from __future__ import annotations

from checker.language import say, verbatim
from checker.statements.container_subject import Subject


class LabelStatements(Subject):
    """Labels are fixed when a container is made; an image may bring some of its own."""

    def has_label(self, name: str, value: str) -> None:
        """It carries the label name=value."""
        found = self._box.labels.get(name)
        self._findings.hold(
            "container.label",
            "container.no-label" if found is None else "container.other-label",
            found == value,
            expected=verbatim(f"{name}={value}"),
            actual=say("none") if found is None else verbatim(f"{name}={found}"),
            claim=say("{name} has the label {label}.", name=self.name, label=f"{name}={value}"),
            problem=say(
                "{name} does not have the label {label}.", name=self.name, label=f"{name}={value}"
            ),
            hint=say(
                "Labels are fixed when a container is made: docker rm -f {name}, then run it again "
                "with --label {label}.",
                name=self.name,
                label=f"{name}={value}",
            ),
        )
