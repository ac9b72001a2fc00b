"""The differentiable raster: `rasterise`, `stroke_maps` and `compose`, on torch tensors."""

from typing import Any, Literal, cast

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from sketchlib.errors import InputError
from sketchlib.raster import plain, reference
from sketchlib.raster.scene import LINE_WIDTH, SOFTNESS, Scene

Path = Literal["auto", "kernel", "numpy", "torch"]
PATHS = ("auto", "kernel", "numpy", "torch")
Ends = Any


class _Raster(torch.autograd.Function):
    """The CPU paths; the gradient is the analytic one of `plain.backward`."""

    @staticmethod
    def forward(  # type: ignore[override]
        ctx: Any, points: Tensor, width: Tensor, stroke: Tensor, segment: Tensor, scene: Scene, path: Path
    ) -> Tensor:
        keep = any(ctx.needs_input_grad)
        images, ctx.records = plain.draw(scene, torch.get_num_threads(), path, keep)
        ctx.scene, ctx.path = scene, path
        return torch.from_numpy(images)

    @staticmethod
    @once_differentiable  # type: ignore[untyped-decorator]
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        array = np.ascontiguousarray(gradient.numpy())
        results = plain.backward(ctx.scene, ctx.records, array, torch.get_num_threads(), ctx.path)
        points, stroke, segment, width = (torch.from_numpy(result) for result in results)
        return points, width, stroke, segment, None, None


def _integers(ends: Ends) -> np.ndarray[Any, Any]:
    return np.asarray(ends.cpu() if isinstance(ends, Tensor) else ends, dtype=np.int64)


def _array(tensor: Tensor) -> np.ndarray[Any, Any]:
    return cast(np.ndarray[Any, Any], tensor.detach().cpu().numpy())


def _like(values: Tensor | float, count: int, points: Tensor, name: str) -> Tensor:
    tensor = torch.as_tensor(values, dtype=points.dtype, device=points.device)
    if tensor.shape not in ((), (count,)):
        raise InputError(f"{name} is one number or has shape ({count},), got shape {tuple(tensor.shape)}")
    return tensor.expand(count)


def _chosen(path: str, points: Tensor) -> Path:
    if path not in PATHS:
        raise InputError(f"the raster's path is one of {', '.join(PATHS)}, got {path!r}")
    if path == "auto":
        path = "torch" if points.device.type != "cpu" else "numpy" if plain.kernel is None else "kernel"
    if path == "kernel" and plain.kernel is None:
        raise InputError("the raster's path 'kernel' needs numba, which is not installed: use 'auto'")
    return cast(Path, path)


def rasterise(
    points: Tensor,
    stroke_ends: Ends,
    sketch_ends: Ends,
    side: int,
    *,
    line_width: Tensor | float = LINE_WIDTH,
    softness: float = SOFTNESS,
    stroke_opacity: Tensor | float = 1.0,
    segment_opacity: Tensor | float = 1.0,
    path: Path = "auto",
) -> Tensor:
    """A flat batch of sketches as ink (B, 1, side, side), ink 1, paper 0; gradients reach every tensor given.

    points: (P, 2) x, y in canvas units, float32 or float64. stroke_ends: (S,) end of each stroke in points.
    sketch_ends: (B,) end of each sketch in strokes. line_width: one number or (B,), canvas units, as is softness.
    stroke_opacity: one number or (S,). segment_opacity: one number or (M,), n - 1 per stroke of n points, one per dot.
    path: `kernel` (numba), `numpy`, `torch` (any device; the slow reference) or `auto`; all give the same numbers.
    Not differentiable twice, but for `torch`. Raises InputError where shapes or ends do not fit.
    """
    path = _chosen(path, points)
    strokes, sketches = _integers(stroke_ends), _integers(sketch_ends)
    scene = Scene.checked(_array(points), strokes, sketches, side, 0.0, softness)
    width = _like(line_width, len(sketches), points, "line width")
    stroke = _like(stroke_opacity, len(strokes), points, "stroke opacity")
    segment = _like(segment_opacity, int(scene.segments[-1]), points, "segment opacity")
    if path == "torch":
        bounds = (tuple(ends.tolist()) for ends in (scene.strokes, scene.segments, scene.sketches))
        return reference.rasterise(points, *bounds, side, width, softness, stroke, segment)[:, None]
    arrays = [_array(tensor) for tensor in (width, stroke, segment)]
    scene = Scene.checked(_array(points), strokes, sketches, side, arrays[0], softness, *arrays[1:])
    return cast(Tensor, _Raster.apply(points, width, stroke, segment, scene, path))[:, None]


def stroke_maps(points: Tensor, stroke_ends: Ends, side: int, **options: Any) -> Tensor:
    """The ink of every stroke alone (S, 1, side, side); options as for `rasterise`, line width one number or (S,)."""
    strokes = _integers(stroke_ends)
    return rasterise(points, strokes, np.arange(1, len(strokes) + 1), side, **options)


def compose(maps: Tensor, keep: Tensor) -> Tensor:
    """Images (n, 1, H, W) of n subsets of strokes: stroke maps (S, 1, H, W), keep (n, S) of ones and zeros.

    One matrix product in log space: 1 - exp(keep @ log(1 - maps)). Full ink is held at 1 - 1e-7 to keep the log finite.
    For fractions of a stroke use `stroke_opacity`: the log makes them powers.
    """
    if maps.ndim != 4 or keep.ndim != 2 or keep.shape[1] != len(maps):
        raise InputError(f"keep is (n, {len(maps)}) for {len(maps)} stroke maps, got shape {tuple(keep.shape)}")
    logs = torch.log1p(-maps.clamp(max=1 - 1e-7)).flatten(1)
    return -torch.expm1(keep.to(maps.dtype) @ logs).reshape(len(keep), *maps.shape[1:])
