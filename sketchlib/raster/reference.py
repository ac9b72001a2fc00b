"""The raster in plain torch: readable, on any device, the oracle of the other paths.

Two passes keep the memory at O(H W) whatever the number of segments: without gradients, find each pixel's winning segment;
with gradients, compute the ink of the winners alone, at the pixels they reach.
"""

import torch
from torch import Tensor

Ends = tuple[int, ...]


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


def rasterise(
    points: Tensor,
    strokes: Ends,
    segments: Ends,
    sketches: Ends,
    side: int,
    softness: float,
    line_width: Tensor,
    stroke_opacity: Tensor,
    segment_opacity: Tensor,
) -> Tensor:
    """Ink (B, side, side) of a checked scene; strokes, segments and sketches begin with 0, as in `Scene`."""
    axis = (torch.arange(side, dtype=points.dtype, device=points.device) + 0.5) / side
    centres = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), dim=-1).reshape(-1, 2)
    images = []
    for sketch in range(len(sketches) - 1):
        image = torch.zeros_like(centres[:, 0])
        for k in range(sketches[sketch], sketches[sketch + 1]):
            vertices, opacity = points[strokes[k] : strokes[k + 1]], segment_opacity[segments[k] : segments[k + 1]]
            start = vertices[: len(opacity)]
            end = vertices[-len(opacity) :] if len(opacity) else start
            with torch.no_grad():
                pixels, winner = _winners(centres, start, end, opacity, line_width[sketch], softness)
            covered = segment_ink(centres[pixels], start[winner], end[winner], line_width[sketch], softness)
            ink = stroke_opacity[k] * opacity[winner] * covered
            image = image.index_add(0, pixels, ink * (1 - image[pixels]))
        images.append(image.reshape(side, side))
    return torch.stack(images) if images else points.new_zeros((0, side, side))
