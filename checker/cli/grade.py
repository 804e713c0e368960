"""dockdojo grade: a whole class, once, all engines side by side."""

from __future__ import annotations

import gc
import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from checker.cli.app import App, json_option, pass_app, selection_argument, words
from checker.cli.class_options import journal_option, load_class_parts
from checker.cli.output import complain, console, tame, trimmed
from checker.cli.roster import engines_option, roster_argument, rules_option
from checker.errors import DojoError, Misuse
from checker.language import Text, say
from checker.showing import a_few

if TYPE_CHECKING:
    from checker.classroom.gradebook import Gradebook, Student, StudentGrades

_OBJECTS = 500_000
"""New objects until Python looks for circles among them; by default 700."""

_UNKNOWN = 2
"""Exit code: somebody's engine could not be read, or not all could be written."""


def _targets(
    _: click.Context, __: click.Parameter, values: Sequence[str]
) -> list[tuple[str, Path]]:
    from checker.classroom.exports import export

    targets = []
    for value in values:
        name, equals, path = value.partition("=")
        export(name)
        if not equals or not path:
            raise Misuse(
                say("--export needs a path: {name}=PATH", name=name),
                say("For example: --export csv=grades.csv"),
            )
        target = Path(path)
        if not target.absolute().parent.is_dir():
            raise Misuse(
                say("There is no folder {folder} for {path}.", folder=target.parent, path=target),
                say("Make it first, so that a whole class is not graded in vain."),
            )
        targets.append((name, target))
    return targets


@click.command(
    help=words(
        say(
            "Grade a class: each learner's engine is read from here, side by side. Run it again at "
            "any time: it goes on from what it knows. Exit code 0: every engine could be read; 2: "
            "one could not, which is never a zero, or an export could not be written."
        )
    )
)
@roster_argument
@selection_argument
@engines_option
@rules_option
@journal_option
@click.option(
    "--export",
    "targets",
    multiple=True,
    metavar="FORMAT=PATH",
    callback=_targets,
    help=words(
        say(
            "Write the grades as well; may be given several times: csv, csv-excel, json, junit, "
            "gradescope, canvas, moodle, nbgrader, github, html."
        )
    ),
)
@click.option(
    "--seconds",
    type=click.FloatRange(1, 3600),
    default=60.0,
    show_default=True,
    help=words(say("How long one learner's engine may take in all.")),
)
@click.option(
    "--known",
    is_flag=True,
    help=words(say("Read no engine: what is known already, for another export.")),
)
@json_option
@pass_app
def grade(
    app: App,
    roster: Path,
    names: Sequence[str],
    engines: str,
    rules: Path | None,
    journal: str | None,
    targets: list[tuple[str, Path]],
    seconds: float,
    known: bool,
    as_json: bool,
) -> None:
    _require_apart(targets, _ours(roster, engines, rules, journal))
    _tidy_seldom()
    with load_class_parts(app, roster, names, engines, rules, journal) as parts:
        students = parts.roster.students
        verdicts = None
        if known:
            problems = {name: problem for name, (problem, _) in parts.journal.contacts().items()}
        else:
            from checker.classroom.grading import ClassGrader

            grader = ClassGrader(parts.journal, parts.exercises, seconds=seconds)
            with _progress(app, len([s for s in students if s.engine])) as told:
                problems = grader.grade(students, told)
            verdicts = grader.kept
        gradebook = parts.assembler.gradebook(students, problems, parts.flags(), verdicts)
        ids = {student.id for student in students}
        strangers = [] if as_json else sorted(parts.journal.remembered() - ids)
    failures = _write(app, gradebook, targets)
    if as_json:
        for piece in gradebook.json_text(app.lang):
            click.echo(piece, nl=False)
    else:
        _show(app, gradebook, [one for one in targets if one not in failures], strangers)
    for failure in failures.values():
        complain(failure, app.lang)
    gc.freeze()  # nor is anything looked through at the end
    is_lacking = failures or any(student.problem for student in gradebook.students)
    sys.exit(_UNKNOWN if is_lacking else 0)


def _ours(roster: Path, engines: str, rules: Path | None, journal: str | None) -> list[Path]:
    """The files that the class lives in."""
    from checker.classroom import places
    from checker.classroom import rules as grading_rules

    kept = Path(journal) if journal else places.default_journal(roster)
    found = [roster, kept, places.certificate(roster), places.opening(roster)]
    found += [Path(engines)] if engines else []
    ruled = grading_rules.beside(roster, rules)
    return [*found, ruled] if ruled else found


def _require_apart(targets: Sequence[tuple[str, Path]], ours: Sequence[Path]) -> None:
    """Raises `Misuse` where an export would take the place of the class's own files, or of another
    export."""
    taken = {path.resolve(): say("It is a file of the class itself.") for path in ours}
    for name, target in targets:
        if why := taken.get(target.resolve()):
            raise Misuse(
                say("{name} can't be written to {path}. {why}", name=name, path=target, why=why),
                say("Name another place for it."),
            )
        taken[target.resolve()] = say("It is another export's, too.")


def _write(
    app: App, gradebook: Gradebook, targets: Sequence[tuple[str, Path]]
) -> dict[tuple[str, Path], DojoError]:
    """Writes them all, and returns what could not be: one bad place costs nobody the grades."""
    from checker.classroom import exports

    failures = {}
    for name, target in targets:
        try:
            exports.write(name, gradebook, target, app.lang)
        except DojoError as failure:
            failures[name, target] = failure
    return failures


def _tidy_seldom() -> None:
    """What this program makes hardly ever refers to itself in a circle, and Python's search for
    what does took a fifth of a class's time: it is done less often from now on."""
    gc.freeze()
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])


@contextmanager
def _progress(app: App, total: int) -> Iterator[Callable[[Student, DojoError | None], None]]:
    """A bar on a terminal; elsewhere nothing but the beginning and the end."""
    from checker.sandbox.progress import RichProgress

    done = itertools.count(1)
    with RichProgress(app.lang) as bars:
        yield lambda student, problem: bars.step(say("Learners"), next(done), total)  # noqa: ARG005


def _show(
    app: App,
    gradebook: Gradebook,
    targets: Sequence[tuple[str, Path]],
    strangers: Sequence[str],
) -> None:
    from rich.table import Table

    screen = console()
    table = Table(box=None, pad_edge=False)
    for title in (say("id"), say("name"), say("score"), say("by"), say("to look at")):
        table.add_column(title.in_(app.lang), overflow="fold")
    for student in gradebook.students:
        table.add_row(
            tame(student.student.id),
            tame(student.student.name),
            f"{student.score:g}/{student.max_score:g}",
            _ways(student).in_(app.lang),
            tame("; ".join(text.in_(app.lang) for text in _remarks(student))),
        )
    trimmed(screen, table)
    for line in _summary(gradebook, strangers):
        screen.print(tame(line.in_(app.lang)), style="dim")
    for name, target in targets:
        screen.print(say("{format}: {path}", format=name, path=target).in_(app.lang), style="dim")


def _ways(student: StudentGrades) -> Text:
    return say("told") if student.via == "told" else say("read")


def _remarks(student: StudentGrades) -> list[Text]:
    """What an instructor should look at: unreadable engines, flags, overrides."""
    remarks = []
    if student.problem is not None:
        remarks.append(student.problem.message)
    elif unknown := sum(grade.is_unknown for grade in student.grades):
        is_silent = student.via == "told" and all(grade.at is None for grade in student.grades)
        remarks.append(
            say("nothing told yet") if is_silent else say("not checked: {count}", count=unknown)
        )
    flags = len(student.flags) + sum(len(grade.flags) for grade in student.grades)
    if flags:
        remarks.append(say("flags: {count}", count=flags))
    overridden = sum(grade.override is not None for grade in student.grades)
    if overridden:
        remarks.append(say("overrides: {count}", count=overridden))
    return remarks


def _summary(gradebook: Gradebook, strangers: Sequence[str]) -> list[Text]:
    total = len(gradebook.students)
    lost = sum(student.problem is not None for student in gradebook.students)
    lines = [say("learners: {count}", count=total)]
    if lost:
        lines.append(
            say("could not be checked: {count}; their open exercises are no zeros", count=lost)
        )
    if any(student.via == "told" for student in gradebook.students):
        lines.append(say("“told”: the learner's own machine says so; that can be forged"))
    if strangers:
        lines.append(
            say(
                "in the class journal, but not on the roster: {count} ({ids}); has an ID changed?",
                count=len(strangers),
                ids=a_few(strangers),
            )
        )
    return lines
