"""The raster in plain torch: readable, on any device, the oracle of the other paths.

Two passes keep the memory at O(H W) whatever the number of segments: without gradients, find each pixel's winning
segment; with gradients, compute the ink of the winners alone, at the pixels they reach.
"""

import itertools
from typing import NamedTuple

import torch
from torch import Tensor


class Bounds(NamedTuple):
    """Where each stroke begins in the points and the segments, and each sketch in the strokes; the last is the end."""

    strokes: list[int]
    segments: list[int]
    sketches: list[int]


def segment_ink(centres: Tensor, start: Tensor, end: Tensor, line_width: Tensor, softness: float) -> Tensor:
    """Ink of segments at pixel centres, all in canvas units, (..., 2) and broadcast against each other.

    The nearest point of the segment is held fixed: moving it along the segment does not change a least distance.
    """
    with torch.no_grad():
        direction = end - start
        length_sq = direction.square().sum(-1)
        along = ((centres - start) * direction).sum(-1) / length_sq.clamp_min(torch.finfo(length_sq.dtype).tiny)
        along = along.clamp(0, 1)[..., None]
    distance_sq = (centres - start - along * (end - start)).square().sum(-1)
    distance = distance_sq.clamp_min(1e-24).sqrt()
    t = ((line_width / 2 + softness - distance) / (2 * softness)).clamp(0, 1)
    return t * t * (3 - 2 * t)


def _winners(
    centres: Tensor, start: Tensor, end: Tensor, opacity: Tensor, line_width: Tensor, softness: float
) -> tuple[Tensor, Tensor]:
    """Indices of the pixels a stroke reaches, and the segment that shows there."""
    ink = torch.zeros_like(centres[:, 0])
    winner = torch.full_like(ink, -1, dtype=torch.long)
    for number in range(len(start)):
        covered = segment_ink(centres, start[number], end[number], line_width, softness)
        wins = (opacity[number] * covered > ink) | ((winner < 0) & (covered > 0))
        ink = torch.where(wins, opacity[number] * covered, ink)
        winner = torch.where(wins, number, winner)
    pixels = torch.nonzero(winner >= 0)[:, 0]
    return pixels, winner[pixels]


def _stroke(
    image: Tensor,
    centres: Tensor,
    vertices: Tensor,
    opacities: Tensor,
    stroke_opacity: Tensor,
    line_width: Tensor,
    softness: float,
) -> Tensor:
    """The flat image (H W,) with one more stroke on it."""
    start, end = vertices[: len(opacities)], vertices[len(vertices) - len(opacities) :]
    with torch.no_grad():
        pixels, winner = _winners(centres, start, end, opacities, line_width, softness)
    covered = segment_ink(centres[pixels], start[winner], end[winner], line_width, softness)
    ink = stroke_opacity * opacities[winner] * covered
    return image.index_add(0, pixels, ink * (1 - image[pixels]))


def rasterise(
    points: Tensor,
    bounds: Bounds,
    side: int,
    softness: float,
    line_width: Tensor,
    stroke_opacity: Tensor,
    segment_opacity: Tensor,
) -> Tensor:
    """Ink (B, side, side) of a checked scene: points (P, 2), line width (B,), opacities (S,) and (M,)."""
    axis = (torch.arange(side, dtype=points.dtype, device=points.device) + 0.5) / side
    centres = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), dim=-1).reshape(-1, 2)
    blank = torch.zeros_like(centres[:, 0]) + 0 * points.sum()  # so that an empty sketch is in the graph like any other
    images = [blank for _ in line_width]
    for sketch, (first, last) in enumerate(itertools.pairwise(bounds.sketches)):
        for k in range(first, last):
            vertices = points[bounds.strokes[k] : bounds.strokes[k + 1]]
            opacities = segment_opacity[bounds.segments[k] : bounds.segments[k + 1]]
            images[sketch] = _stroke(
                images[sketch], centres, vertices, opacities, stroke_opacity[k], line_width[sketch], softness
            )
    return torch.stack(images).reshape(-1, side, side) if images else points.new_zeros((0, side, side))
