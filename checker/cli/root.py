"""The program `dockdojo`: its list of commands, `--lang` everywhere, errors as sentences."""

from __future__ import annotations

import difflib
import gettext
import importlib
import os
import signal
import sys
from typing import Any

import click

from checker import __version__, errors
from checker.cli.app import App, current_language, use_language
from checker.cli.help_page import Context
from checker.cli.output import complain
from checker.language import LANGUAGES, Text, catalogue_folder, say

COMMANDS: dict[str, tuple[str, Text]] = {
    "lab": ("lab:lab", say("Start the engine and JupyterLab on the course.")),
    "engine": ("engine:engine", say("The course's own Docker engine: up, down, status.")),
    "doctor": (
        "doctor:doctor",
        say("What is in the way: engine, permission, ports, disk, images."),
    ),
    "lessons": ("lessons:lessons", say("Lessons, exercises and your progress.")),
    "check": ("check:check", say("Check exercises on the engine, once.")),
    "watch": ("watch:watch", say("Watch: verdicts change as you type docker commands.")),
    "answer": ("answer:answer", say("Answer a question.")),
    "quiz": ("quiz:quiz", say("Ask the questions of a lesson, one after the other.")),
    "hint": ("help:hint", say("One more step of help.")),
    "solution": ("help:solution", say("How the author would do it.")),
    "picture": ("picture:picture", say("What is on the engine, in words or as a drawing.")),
    "files": ("files:files", say("The files that a lesson starts from.")),
    "reset": ("reset:reset", say("Take away what an exercise made, to start it over.")),
    "report": ("report:report", say("What has been passed, with evidence.")),
    "roster": ("roster:roster", say("Who is in the class: what is wrong with a roster.")),
    "proctor": ("proctor:proctor", say("Show a class live.")),
    "grade": ("grade:grade", say("Grade a class, once (for instructors).")),
    "codes": ("codes:codes", say("One-time codes by which learners join a class.")),
    "join": ("join:join", say("Join a class: it is told what you pass.")),
    "rehearse": ("rehearse:rehearse", say("Test the checks themselves (for authors).")),
    "build": ("build:build", say("Build the notebooks from the lessons (for authors).")),
    "class": ("class_:class_", say("One server: an engine for each learner, walled off.")),
    "completion": ("completion:completion", say("Shell completion for bash, zsh or fish.")),
}


class Root(click.Group):
    """Knows its commands by name and imports only the one that is called."""

    context_class = Context

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(f"checker.cli.{module}"), name)
        assert isinstance(command, click.Command)
        return _speaking(command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            near = difflib.get_close_matches(name, COMMANDS, n=1)
            raise errors.Misuse(
                say("There is no command “{name}”.", name=name),
                say("Did you mean {near}?", near=near[0])
                if near
                else say("dockdojo --help lists them all."),
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        rows = [(name, text.in_(current_language())) for name, (_, text) in COMMANDS.items()]
        with formatter.section(gettext.gettext("Commands")):
            formatter.write_dl(rows)


def _speaking(command: click.Command) -> click.Command:
    """The command, and any commands below it, with `--lang` and readable help."""
    command.context_class = Context
    if not any(param.name == "lang" for param in command.params):
        command.params.append(_lang_option())
    if isinstance(command, click.Group):
        for below in command.commands.values():
            _speaking(below)
    return command


def _lang_option() -> click.Option:
    def keep(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
        if value:
            ctx.ensure_object(App).lang = value

    return click.Option(
        ["--lang"],
        type=click.Choice(LANGUAGES),
        expose_value=False,
        callback=keep,
        help=say("The language (default: the locale's).").in_(current_language()),
    )


def main(arguments: list[str] | None = None) -> None:
    """Runs the program and exits with its code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    lang = use_language(arguments)
    _translate_click(lang)
    signal.signal(signal.SIGTERM, _end)
    root = Root(
        "dockdojo",
        help=say(
            "dockdojo: Docker courseware that grades itself on the real engine. "
            "Begin with `dockdojo lab`, or with `dockdojo engine up` and `dockdojo lessons`."
        ).in_(lang),
        params=[
            _lang_option(),
            click.Option(
                ["--version"],
                is_flag=True,
                expose_value=False,
                is_eager=True,
                callback=_print_version,
                help=say("Print the version.").in_(lang),
            ),
        ],
        context_settings={"help_option_names": ["-h", "--help"], "obj": App(lang)},
        invoke_without_command=True,
        callback=_show_help,
    )
    try:
        code = root.main(arguments, "dockdojo", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as usage:
        click.echo(usage.format_message())
        code = 0
    except click.ClickException as misuse:
        misuse.show()
        code = 2
    except errors.DojoError as error:
        complain(error, lang)
        code = 2
    except (KeyboardInterrupt, click.Abort):
        code = 130
    _say_the_rest()
    sys.exit(code if isinstance(code, int) else 0)


def _say_the_rest() -> None:
    """Writes what is still to be written; `dockdojo report | head` ends quietly.

    Not by the signal SIGPIPE: an engine that hangs up while it is asked would end the program, too.
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _end(number: int, _: object) -> None:
    """A polite end: what was started is ended on the way out, as with Ctrl-C."""
    sys.exit(128 + number)


@click.pass_context
def _show_help(ctx: click.Context) -> None:
    """`dockdojo` alone, or with nothing but a language, tells what there is."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def _print_version(ctx: click.Context, _: click.Parameter, wanted: Any) -> None:
    if wanted:
        click.echo(f"dockdojo {__version__}")
        ctx.exit()


def _translate_click(lang: str) -> None:
    """Click speaks through gettext's global domain; ours holds its sentences too."""
    os.environ["LANGUAGE"] = lang
    gettext.bindtextdomain("dockdojo", str(catalogue_folder()))
    gettext.textdomain("dockdojo")
