"""All statements about an image that the learner built.

Nothing is said about the text of a Dockerfile: only what the engine shows of the image counts, its
layers, its history and its configuration, and so both builders and every way to call them do.
"""

from checker.statements.image_files import ImageFiles
from checker.statements.image_making import ImageMaking
from checker.statements.image_weight import ImageWeight


class BuiltImage(ImageMaking, ImageFiles, ImageWeight):
    """An image that is here under a name; each method states one thing about it."""
