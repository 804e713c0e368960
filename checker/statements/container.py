"""All statements about a container that is there, running or not."""

from checker.statements.container_inside import InsideStatements
from checker.statements.container_making import MakingStatements


class PresentContainer(MakingStatements, InsideStatements):
    """A container that is on the engine; each method states one thing about it."""
