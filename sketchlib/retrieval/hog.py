"""The baseline without learning: histograms of oriented gradients of lines [dalal2005hog]."""

import cv2
import numpy as np
from jaxtyping import Float32, UInt8
from numpy.typing import NDArray

SIDE, CELL, BINS = 128, 16, 9


def hog(lines: UInt8[np.ndarray, "height width"]) -> Float32[np.ndarray, " dimension"]:
    """Lines, 255 on 0 -> a vector of length 1: 9 unsigned orientations, cells of 16 of 128 pixels, blocks of 2 x 2."""
    image = cv2.GaussianBlur(cv2.resize(lines, (SIDE, SIDE), interpolation=cv2.INTER_AREA), (0, 0), 1.5) / 255
    down, across = np.gradient(image)
    size, angle = np.hypot(across, down), np.arctan2(down, across) % np.pi
    cell = np.add.outer(np.arange(SIDE) // CELL * (SIDE // CELL), np.arange(SIDE) // CELL)
    place = cell * BINS + np.minimum((angle / np.pi * BINS).astype(int), BINS - 1)
    count = SIDE // CELL
    counted = np.bincount(place.ravel(), size.ravel(), minlength=count * count * BINS).reshape(count, count, BINS)
    blocks = np.concatenate([counted[:-1, :-1], counted[1:, :-1], counted[:-1, 1:], counted[1:, 1:]], axis=2)
    blocks = blocks / (np.linalg.norm(blocks, axis=2, keepdims=True) + 1e-2)
    vector: NDArray[np.float32] = blocks.ravel().astype(np.float32)
    return vector / max(float(np.linalg.norm(vector)), 1e-12)
