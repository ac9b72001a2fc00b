"""The one diverging scale of evidence, against - neutral - for: blue, grey and orange, safe for colour-blind eyes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchlib.errors import InputError

Array = NDArray[np.float64]
Paper = Literal["light", "dark"]

FLOOR = 1.0
"""Least value of full colour, in logits: it multiplies the odds of a class by e. Where all is less, all is pale."""


@dataclass(frozen=True)
class Scale:
    """Both ends and the middle, as #rrggbb."""

    against: str
    neutral: str
    towards: str


SCALES: Mapping[Paper, Scale] = MappingProxyType(
    {"light": Scale("#1f66b0", "#a8a399", "#d4500c"), "dark": Scale("#6cb0ee", "#6b6861", "#ff8f52")}
)
"""On light paper the middle is the palest, on dark paper the dimmest."""

# OKLab, a space in which equal steps look equal: linear sRGB -> cone responses -> (lightness, two opponent axes).
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_AXES = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def limit_of(values: ArrayLike, floor: float = FLOOR) -> float:
    """The value of full colour: the largest absolute of (n,) values, at least `floor`, in their unit.

    Raises InputError for a floor that is not above 0.
    """
    if not floor > 0:
        raise InputError(f"the floor of a colour scale is above 0, got {floor}")
    return max(float(np.abs(np.asarray(values, dtype=np.float64)).max(initial=0.0)), floor)


@cache
def colour(share: float, paper: Paper = "light") -> str:
    """The #rrggbb of a share in [-1, 1] of full colour, interpolated in OKLab; beyond the ends it is theirs."""
    scale, share = SCALES[paper], float(np.clip(share, -1.0, 1.0))
    return blend(scale.neutral, scale.towards if share > 0 else scale.against, abs(share))


def blend(first: str, second: str, share: float) -> str:
    """The #rrggbb of a share in [0, 1] of the way from one #rrggbb to another, straight in OKLab."""
    return _hexadecimal(_oklab(first) + share * (_oklab(second) - _oklab(first)))


def _oklab(code: str) -> Array:
    encoded = np.array([int(code[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    lab: Array = _AXES @ np.cbrt(_CONES @ linear)
    return lab


def _hexadecimal(lab: Array) -> str:
    linear = np.clip(np.linalg.solve(_CONES, np.linalg.solve(_AXES, lab) ** 3), 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * float(channel)):02x}" for channel in encoded)
