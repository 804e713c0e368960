"""The picture: what is on the engine, drawn live, and told in words.

`reading` makes a `scene` of one engine, out of `nodes`; `layout` gives each thing its place,
`drawing` makes an SVG of it, and `describing` says the same in text. Nothing here keeps anything:
who follows an engine gives the scene before to `read_scene` (things keep their place) and to `draw`
(what is new, changed or gone is marked)::

    now = read_scene(view, before)
    svg = draw(now, "ko", before, width=900)
    text = describe(now, "ko", before)
"""

from checker.picture.describing import describe
from checker.picture.drawing import draw
from checker.picture.reading import read_scene
from checker.picture.scene import Scene

__all__ = ["Scene", "describe", "draw", "read_scene"]
