"""Results as pictures; one scale of colours for all of them. Needs no torch."""

from sketchlib.viz.colours import FLOOR, SCALES, colour, limit_of
from sketchlib.viz.heat import Heat, Stretch, heat, number, raw_range
from sketchlib.viz.order import order_colours
from sketchlib.viz.picture import Picture, heat_svg
from sketchlib.viz.storyboard import storyboard_svg
from sketchlib.viz.video import video

__all__ = [
    "FLOOR",
    "SCALES",
    "Heat",
    "Picture",
    "Stretch",
    "colour",
    "heat",
    "heat_svg",
    "limit_of",
    "number",
    "order_colours",
    "raw_range",
    "storyboard_svg",
    "video",
]
