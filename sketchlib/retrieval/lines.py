"""What a retrieval network sees: lines, of a photo (its edges) or of a sketch, in one frame and one line width.

Both are cropped to the box of their lines and centred, the long side SPAN of the canvas. A sketch is drawn from its
vectors at each canvas anew, never resized [maity2025sketch].
"""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from cv2.typing import MatLike
from jaxtyping import Float32, UInt8
from numpy.typing import NDArray
from torch import Tensor

from sketchlib.models.inputs import flat
from sketchlib.models.strokes import FlatSketches
from sketchlib.raster import render_flat
from sketchlib.sketch import Sketch

SIDE = 256
"""Canvas of photos, and the largest of sketches, pixels."""
CANVASES = (32, 64, 128, SIDE)
SPAN = 0.88
"""Long side of the lines' box, of the canvas."""
SIGMA, LOW, HIGH = 1.5, 20.0, 60.0
"""Blur before the edges, pixels of SIDE; thresholds of their hysteresis, on an 8-bit Sobel gradient
[canny1986edges]."""
SOFTNESS = 0.5
"""Of the rim of a sketch's lines, pixels."""
CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)

Photo = UInt8[np.ndarray, "height width 3"]


def line_width(side: int) -> float:
    """Width of a sketch's lines on a canvas of `side` pixels, in pixels: 3 at 256, 1.25 at 32."""
    return 1 + side / 128


def photo_lines(
    photo: Photo, sigma: float = SIGMA, low: float = LOW, high: float = HIGH
) -> UInt8[np.ndarray, "256 256"]:
    """Edges of a photo (height, width, 3), 255 on 0, about 3 pixels wide; all 0 where there is none."""
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    height, width = grey.shape
    scale = SIDE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    found = _edges(small, sigma, low, high)
    if not found.any():
        return np.zeros((SIDE, SIDE), np.uint8)
    framed = cv2.warpAffine(
        small, _to_frame(found), (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return cv2.dilate(_edges(framed, sigma, low, high), CROSS)


def _edges(grey: MatLike, sigma: float, low: float, high: float) -> MatLike:
    smooth = cv2.GaussianBlur(grey, (0, 0), sigma)
    across, down = cv2.Sobel(smooth, cv2.CV_16S, 1, 0), cv2.Sobel(smooth, cv2.CV_16S, 0, 1)
    return cv2.Canny(across, down, low, high, L2gradient=True)


def _to_frame(edges: MatLike) -> NDArray[np.float32]:
    """(2, 3) what maps the box of the edges onto the frame."""
    rows, columns = np.flatnonzero(edges.any(axis=1)), np.flatnonzero(edges.any(axis=0))
    low, high = np.array([columns[0], rows[0]]), np.array([columns[-1] + 1, rows[-1] + 1])
    scale = SPAN * SIDE / (high - low).max()
    # The warp counts from the centre of the first pixel, the box from its corner.
    shift = SIDE / 2 - scale * (low + high) / 2 + (scale - 1) / 2
    return np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float32)


def sketch_lines(sketches: Sequence[Sketch], side: int) -> Float32[Tensor, "sketches 1 side side"]:
    """Sketches drawn on a canvas of `side` pixels, ink 1, paper 0."""
    return drawn_lines(flat(sketches).fitted(SPAN, 0.5), side)


def drawn_lines(
    sketches: FlatSketches, side: int, jitter: Tensor | None = None
) -> Float32[Tensor, "sketches 1 side side"]:
    """The same for sketches that are in their place already. jitter: (sketches,) factors of the line width."""
    width = line_width(side) / side
    widths = width if jitter is None else width * jitter.numpy()
    parts = (sketches.points.numpy(), sketches.stroke_ends.numpy(), sketches.sketch_ends.numpy())
    return torch.from_numpy(render_flat(*parts, side, widths, SOFTNESS / side))[:, None]
