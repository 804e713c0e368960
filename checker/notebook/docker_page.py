"""A docker command in a cell as it is saved: text and HTML, in which nothing is alive."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from checker.language import Text, say
from checker.notebook.docker_progress import Standing
from checker.notebook.pages import Page
from checker.showing import MARKS, tame

GOING, DONE, FAILED, INTERRUPTED = "going", "done", "failed", "interrupted"

VERBS = {
    "pull": {
        GOING: say("pulling"),
        DONE: say("pulled"),
        FAILED: say("pull stopped"),
        INTERRUPTED: say("pull interrupted"),
    },
    "push": {
        GOING: say("pushing"),
        DONE: say("pushed"),
        FAILED: say("push stopped"),
        INTERRUPTED: say("push interrupted"),
    },
    "build": {
        GOING: say("building"),
        DONE: say("built"),
        FAILED: say("build stopped"),
        INTERRUPTED: say("build interrupted"),
    },
}
_MARKS = {
    GOING: "…",
    DONE: MARKS["passed"],
    FAILED: MARKS["failed"],
    INTERRUPTED: MARKS["failed"],
}
_COLOURS = {
    GOING: "var(--jp-brand-color1, #1976d2)",
    DONE: "var(--jp-success-color0, #2e7d32)",
    FAILED: "var(--jp-error-color0, #c62828)",
    INTERRUPTED: "var(--jp-warn-color0, #b26a00)",
}
# Turned round, so that the end of a long output is seen first.
_FRAME = "display:flex;flex-direction:column-reverse;max-height:24em;overflow:auto"
_PRE = (
    "flex:none;margin:2px 0;overflow:visible;padding:0;"
    "font-family:var(--jp-code-font-family, monospace);white-space:"
)


@dataclass(frozen=True)
class DockerState:
    """A command at one moment. `kind` is "" where there is no bar to draw; `code` is its exit
    code once it has one; `output` is tame, and `dropped` lines came before it."""

    label: str
    kind: str
    state: str
    standing: Standing
    output: str
    dropped: int = 0
    code: int | None = None

    def how_far(self, lang: str) -> str:
        """The verb and how much of it, such as “pulling · 4 of 6 layers”; "" without a bar."""
        if not self.kind:
            return ""
        words = (VERBS[self.kind][self.state], self.standing.words)
        return " · ".join(filter(None, (text.in_(lang) for text in words)))

    def mark(self) -> str:
        """A character for the state."""
        return _MARKS[self.state]

    def shown_output(self, lang: str) -> str:
        """The output, and how much came before it where it is not all there is."""
        before = say("… {n} earlier lines are not kept", n=self.dropped).in_(lang)
        output = self.output.rstrip("\n")
        return f"{before}\n{output}" if self.dropped else output

    def ending(self, lang: str) -> str:
        """How it ended, where it did not end well, or not as far as is known."""
        sentence: Text | None = None
        if self.state == GOING and self.kind:
            sentence = say("It was still under way when this was written.")
        elif self.state == INTERRUPTED:
            sentence = say(
                "You stopped it here. What it had begun on the engine may still be there: "
                "%docker ps -a shows it."
            )
        elif self.state == FAILED and self.code is not None and self.code < 0:
            sentence = say("docker was ended from outside (signal {n}).", n=-self.code)
        elif self.state == FAILED:
            sentence = say("docker ended with exit code {code}.", code=self.code)
        return sentence.in_(lang) if sentence else ""


def still(state: DockerState, lang: str) -> Page:
    """The page of a command that has ended, or that will be seen no further."""
    return Page({"text/html": _html(state, lang), "text/plain": _plain(state, lang)})


def _plain(state: DockerState, lang: str) -> str:
    head = f"{state.mark()} {tame(state.label)}: {state.how_far(lang)}" if state.kind else ""
    ending = state.ending(lang)
    end = f"{state.mark()} {ending}" if ending else ""
    return "\n".join(filter(None, [head, state.shown_output(lang), end]))


def _html(state: DockerState, lang: str) -> str:
    parts = [_bar(state, lang)] if state.kind else []
    if output := state.shown_output(lang):
        # Tables keep their columns; sentences are read without scrolling sideways.
        wrap = "pre-wrap" if state.kind or state.state in (FAILED, INTERRUPTED) else "pre"
        parts.append(
            f'<div tabindex="0" style="{_FRAME}">'
            f'<pre style="{_PRE}{wrap}">{escape(output)}</pre></div>'
        )
    if ending := state.ending(lang):
        parts.append(
            f'<div role="alert" style="border-left:4px solid {_COLOURS[state.state]};'
            f'padding:2px 0 2px 10px">{state.mark()} {escape(ending)}</div>'
        )
    return f'<div lang="{lang}">{"".join(parts)}</div>'


def _bar(state: DockerState, lang: str) -> str:
    total = max(state.standing.total, 1)
    done = total if state.state == DONE else min(state.standing.done, total)
    label, far = escape(tame(state.label)), escape(state.how_far(lang))
    colour = _COLOURS[state.state]
    # What stopped is hatched as well: colour alone says nothing.
    fill = (
        colour
        if state.state in (GOING, DONE)
        else f"repeating-linear-gradient(135deg, {colour} 0 6px, transparent 6px 10px)"
    )
    return (
        '<div role="status" style="display:flex;flex-wrap:wrap;gap:0 12px;align-items:baseline">'
        f'<code style="background:none;font-weight:600;padding:0">{label}</code>'
        f'<span><span aria-hidden="true" style="color:{colour};font-weight:bold">'
        f"{state.mark()}</span> {far}</span></div>"
        f'<div role="progressbar" aria-label="{label}" aria-valuemin="0" aria-valuemax="{total}" '
        f'aria-valuenow="{done}" aria-valuetext="{far}" style="border:1px solid {colour};'
        'border-radius:3px;height:8px;margin:2px 0 6px;max-width:40rem;overflow:hidden">'
        f'<div style="background:{fill};height:100%;width:{100 * done // total}%"></div></div>'
    )
