"""What turns photos into vectors."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class PhotoEncoder(Protocol):
    """A network that reads photos, ready to use."""

    @property
    def identity(self) -> str:
        """Name, version and the start of the weights' sha256, such as "sketchynet-v4 3f2a91c0d4e5"."""

    @property
    def dimension(self) -> int:
        """Length of its vectors."""

    def embed_photos(self, photos: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Photos of (height, width, 3) each, any size -> (photos, dimension), rows of length 1."""
