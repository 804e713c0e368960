"""dockdojo completion: the script that a shell sources."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from checker.cli.app import words
from checker.language import say


@click.command(help=words(say('Print the completion script: eval "$(dockdojo completion bash)".')))
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    found = get_completion_class(shell)
    assert found is not None  # click knows the three shells that the argument allows
    root = ctx.find_root().command
    click.echo(found(root, {}, "dockdojo", "_DOCKDOJO_COMPLETE").source())
