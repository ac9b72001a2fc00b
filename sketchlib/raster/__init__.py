"""The raster: distance to segments -> soft ink -> composite, in canvas units.

Ink of a segment is a smoothstep of the distance to it, 1/2 at half the line width. A stroke shows, at each pixel, the
greatest of its segments' ink times opacity, times its own; strokes meet as 1 - prod(1 - ink). docs/equations.md has the
equations and the reasons.

`render` and `render_flat` need no torch. `rasterise`, `stroke_maps` and `compose` work on tensors, with gradients.
"""

from typing import TYPE_CHECKING, Any

from sketchlib.raster.plain import render, render_flat
from sketchlib.raster.scene import LINE_WIDTH, SOFTNESS, flatten

if TYPE_CHECKING:
    from sketchlib.raster.differentiable import compose, rasterise, stroke_maps

__all__ = ["LINE_WIDTH", "SOFTNESS", "compose", "flatten", "rasterise", "render", "render_flat", "stroke_maps"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from sketchlib.raster import differentiable

    return getattr(differentiable, name)
