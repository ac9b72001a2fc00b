"""Histograms of oriented gradients of lines: the baseline without learning, and a part of both networks [dalal2005hog].

A few hundred photos with sketches cannot teach a network what these say for nothing: where a line lies, and which way
it runs. They change little from canvas to canvas, so that even 32 pixels find most photos.
"""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

CELLS, BINS = 12, 9
DIMENSION = CELLS * CELLS * BINS
BLUR = 0.02
"""Standard deviation, of the image's side."""


def oriented_gradients(lines: Float[Tensor, "batch 1 side side"]) -> Float[Tensor, "batch 1296"]:
    """Rows of length 1: 12 x 12 cells of 9 unsigned orientations; a blank image gives zeros.

    A cell is the mean over a square of twice the cells' spacing, and divided by the size of each of the four blocks of
    2 x 2 cells that it is in; the mean of the four is kept [felzenszwalb2010dpm, Sec. 6]. Differs: a pixel of direction
    a votes for the bin of direction b with size (cos 2(a - b) - cos 2 pi / 9), where that is positive.
    """
    smooth = _blurred(lines.float(), BLUR * lines.shape[-1])
    wide = F.pad(smooth, (1, 1, 1, 1), mode="replicate")
    across = wide[:, :, 1:-1, 2:] - wide[:, :, 1:-1, :-2]
    down = wide[:, :, 2:, 1:-1] - wide[:, :, :-2, 1:-1]
    size = torch.sqrt(across.square() + down.square() + 1e-12)
    angle = torch.arange(BINS, device=lines.device).view(1, -1, 1, 1) * (2 * math.pi / BINS)
    along = ((across.square() - down.square()) * angle.cos() + 2 * across * down * angle.sin()) / size
    votes = (along - math.cos(2 * math.pi / BINS) * size).clamp_min(0)
    gather = _windows(lines.shape[-1]).to(votes)
    cells = gather @ votes @ gather.T
    energy = F.pad(cells.square().sum(dim=1, keepdim=True), (1, 1, 1, 1), mode="replicate")
    blocks = 1 / (torch.sqrt(4 * F.avg_pool2d(energy, 2, 1) + 1e-10) + 1e-3)
    return F.normalize((cells * F.avg_pool2d(blocks, 2, 1)).flatten(1), dim=1)


def gradients_flops(side: int) -> int:
    """Twice the MACs of one image: the blur, a vote for each orientation of each pixel, gathering the cells."""
    taps = 2 * (2 * math.ceil(3 * BLUR * side) + 1)
    gathered = BINS * CELLS * side * (side + CELLS)
    return 2 * (side * side * (taps + 2 * BINS) + gathered)


def _windows(side: int) -> Float[Tensor, "12 side"]:
    """Row i takes the mean over twice the spacing, from half a spacing before cell i; what lies outside counts as 0."""
    spacing = side / CELLS
    start = (torch.arange(CELLS)[:, None] - 0.5) * spacing
    pixel = torch.arange(side)[None]
    covered = torch.minimum(start + 2 * spacing, pixel + 1) - torch.maximum(start, pixel)
    return covered.clamp_min(0) / (2 * spacing)


def _blurred(images: Tensor, sigma: float) -> Tensor:
    reach = math.ceil(3 * sigma)
    places = torch.arange(-reach, reach + 1, device=images.device, dtype=images.dtype)
    bell = torch.exp(-places.square() / (2 * sigma**2))
    bell = bell / bell.sum()
    rows = F.conv2d(images, bell.view(1, 1, 1, -1), padding=(0, reach))
    return F.conv2d(rows, bell.view(1, 1, -1, 1), padding=(reach, 0))
