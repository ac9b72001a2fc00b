"""The raster: distance to segments -> soft ink -> composite. `render` needs no torch."""

from sketchlib.raster.plain import LINE_WIDTH, SOFTNESS, flatten, render, render_flat

__all__ = ["LINE_WIDTH", "SOFTNESS", "flatten", "render", "render_flat"]
