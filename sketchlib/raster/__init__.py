"""The raster: distance to segments -> soft ink -> composite.

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
