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
    def forward(ctx: Any, *inputs: Any) -> Tensor:
        *given, ctx.scene, ctx.path = inputs
        ctx.shapes = [value.shape if isinstance(value, Tensor) else None for value in given]
        ctx.save_for_backward(*(value for value in given if isinstance(value, Tensor)))
        threads = torch.get_num_threads()
        images, ctx.records = plain.draw(ctx.scene, threads, ctx.path, any(ctx.needs_input_grad))
        return torch.from_numpy(images[:, None])

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        _ = ctx.saved_tensors  # raises where an input was changed in place since the forward pass
        array = np.ascontiguousarray(gradient.numpy()[:, 0])
        results = plain.backward(ctx.scene, ctx.records, array, torch.get_num_threads(), ctx.path)
        needed = zip(results, ctx.shapes, ctx.needs_input_grad, strict=False)
        tensors = [torch.from_numpy(result).sum_to_size(shape) if needs else None for result, shape, needs in needed]
        return *tensors, None, None


def _integers(ends: Ends) -> np.ndarray[Any, Any]:
    return np.asarray(ends.cpu() if isinstance(ends, Tensor) else ends, dtype=np.int64)


def _array(value: Tensor | float) -> Any:
    return value.detach().cpu().numpy() if isinstance(value, Tensor) else value


def _like(value: Tensor | float, count: int, points: Tensor) -> Tensor:
    return torch.as_tensor(value, dtype=points.dtype, device=points.device).expand(count)


def _chosen(path: str, points: Tensor) -> Path:
    if points.dtype not in (torch.float32, torch.float64):
        raise InputError(f"points to rasterise are float32 or float64, got {points.dtype}")
    if path not in PATHS:
        raise InputError(f"the raster's path is one of {', '.join(PATHS)}, got {path!r}")
    if path == "auto":
        path = "torch" if points.device.type != "cpu" else "numpy" if not plain.compiles() else "kernel"
    if path == "kernel" and not plain.compiles():
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
    given = (line_width, stroke_opacity, segment_opacity)
    width, stroke, segment = map(_array, given)
    scene = Scene.checked(_array(points), strokes, sketches, side, width, softness, stroke, segment)
    if path != "torch":
        inputs = points, stroke_opacity, segment_opacity, line_width, scene, path
        return cast(Tensor, _Raster.apply(*inputs))  # type: ignore[no-untyped-call]
    width, stroke, segment = (
        _like(value, len(array), points)
        for value, array in zip(given, (scene.line_width, scene.stroke_opacity, scene.segment_opacity), strict=True)
    )
    bounds = reference.Bounds(scene.strokes.tolist(), scene.segments.tolist(), scene.sketches.tolist())
    return reference.rasterise(points, bounds, side, softness, width, stroke, segment)[:, None]


def stroke_maps(points: Tensor, stroke_ends: Ends, side: int, **options: Any) -> Tensor:
    """The ink of every stroke alone (S, 1, side, side); options as for `rasterise`, line width one number or (S,)."""
    strokes = _integers(stroke_ends)
    return rasterise(points, strokes, np.arange(1, len(strokes) + 1), side, **options)


def compose(maps: Tensor, keep: Tensor) -> Tensor:
    """Images (n, 1, H, W) of n subsets of strokes: stroke maps (S, 1, H, W), keep (n, S) of ones and zeros.

    One matrix product in log space: 1 - exp(keep @ log(1 - maps)). Full ink is held at 1 - 1e-7 to keep the log finite.
    For fractions of a stroke use `stroke_opacity`: the log makes them powers.
    Raises InputError for other shapes.
    """
    if maps.ndim != 4 or keep.ndim != 2 or keep.shape[1] != len(maps):
        raise InputError(f"keep is (n, {len(maps)}) for {len(maps)} stroke maps, got shape {tuple(keep.shape)}")
    logs = torch.log1p(-maps.clamp(max=1 - 1e-7)).flatten(1)
    return -torch.expm1(keep.to(maps.dtype) @ logs).reshape(len(keep), *maps.shape[1:])
