"""The only door for untrusted data: every supported format to and from `Sketch`."""

from sketchlib.io.files import read_quickdraw, read_records
from sketchlib.io.files import read_quickdraw as read_sketches
from sketchlib.io.quickdraw import from_quickdraw, to_quickdraw

__all__ = ["from_quickdraw", "read_quickdraw", "read_records", "read_sketches", "to_quickdraw"]
