"""Showing, on the command line. Each command is a module of this folder, imported when it is used.

`main` is the program `dockdojo`; a `DojoError` becomes one sentence on standard error, exit code 2.
"""

from checker.cli.root import main

__all__ = ["main"]
