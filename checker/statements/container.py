"""All statements about a container that is there, running or not."""

from checker.statements.container_ending import EndingStatements
from checker.statements.container_from_image import FromImageStatements
from checker.statements.container_given import GivenStatements
from checker.statements.container_labels import LabelStatements
from checker.statements.container_limits import LimitStatements
from checker.statements.container_making import MakingStatements
from checker.statements.container_mounts import MountStatements
from checker.statements.container_networking import NetworkingStatements
from checker.statements.container_program import ProgramStatements
from checker.statements.container_space import SpaceStatements


class PresentContainer(
    MakingStatements,
    FromImageStatements,
    EndingStatements,
    LimitStatements,
    LabelStatements,
    SpaceStatements,
    NetworkingStatements,
    MountStatements,
    GivenStatements,
    ProgramStatements,
):
    """A container that is on the engine; each method states one thing about it."""
