"""dockdojo picture: what is on the engine, in words on the terminal or as a drawing in a file."""

from __future__ import annotations

import html
from pathlib import Path

import click

from checker.cli.app import App, current_language, engine_option, pass_app, words
from checker.engine.reader import Reader
from checker.engine.view import View
from checker.errors import Misuse
from checker.language import say
from checker.picture import Scene, describe, draw, read_scene

_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
</head>
<body>
{picture}
<details><summary>{summary}</summary><pre>{text}</pre></details>
</body>
</html>
"""


@click.command(
    help=words(
        say(
            "What is on the engine: images, containers on their networks, registries. "
            "In words here; as a drawing in a file."
        )
    )
)
@engine_option
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.svg|FILE.html",
    help=say("Draw it into this file.").in_(current_language()),
)
@pass_app
def picture(app: App, engine: str, output: Path | None) -> None:
    if output is not None and output.suffix.lower() not in (".svg", ".html"):
        raise Misuse(
            say("A picture can't be written as {file}.", file=output),
            say("Give a file whose name ends in .svg or .html."),
        )
    reader = Reader(app.address(engine))
    try:
        scene = read_scene(View(reader))
    finally:
        reader.close()
    if output is None:
        click.echo(describe(scene, app.lang))
    else:
        _write(output, scene, app.lang)


def _write(file: Path, scene: Scene, lang: str) -> None:
    drawn = draw(scene, lang)
    if file.suffix.lower() == ".html":
        drawn = _PAGE.format(
            lang=lang,
            title=say("What is on the engine").in_(lang),
            picture=drawn,
            summary=say("In words").in_(lang),
            text=html.escape(describe(scene, lang)),
        )
    try:
        file.write_text(drawn, "utf-8")
    except OSError as failure:
        raise Misuse(
            say(
                "{file} can't be written ({reason}).", file=file, reason=failure.strerror or failure
            ),
            say("Give another file with --output."),
        ) from failure
