"""The raster: distance to segments -> soft ink -> composite. `render` needs no torch."""

from sketchlib.raster.plain import render, render_flat
from sketchlib.raster.scene import LINE_WIDTH, SOFTNESS, flatten

__all__ = ["LINE_WIDTH", "SOFTNESS", "flatten", "render", "render_flat"]
