"""The only door for untrusted data: every supported format to and from `Sketch`."""

from sketchlib.io.archives import read_archive
from sketchlib.io.files import read_quickdraw, read_records, read_sketches, write_sketches
from sketchlib.io.limits import MAXIMUM_POINTS, MAXIMUM_STROKES, MAXIMUM_SVG_BYTES
from sketchlib.io.pad import from_pad, from_token, to_pad, to_token
from sketchlib.io.quickdraw import from_quickdraw, to_quickdraw
from sketchlib.io.stroke_rows import from_rows, from_stroke3, from_stroke5, to_stroke3, to_stroke5
from sketchlib.io.svg import from_svg, to_svg

__all__ = [
    "MAXIMUM_POINTS",
    "MAXIMUM_STROKES",
    "MAXIMUM_SVG_BYTES",
    "from_pad",
    "from_quickdraw",
    "from_rows",
    "from_stroke3",
    "from_stroke5",
    "from_svg",
    "from_token",
    "read_archive",
    "read_quickdraw",
    "read_records",
    "read_sketches",
    "to_pad",
    "to_quickdraw",
    "to_stroke3",
    "to_stroke5",
    "to_svg",
    "to_token",
    "write_sketches",
]
