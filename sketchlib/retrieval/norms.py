"""Batch norm for a network that reads several canvases: one set of statistics and scales for each.

A line of 1.25 pixels on 32 and one of 3 on 256 give the same filter other means; the filters are shared, the norms are
not [wang2020switchable].
"""

import copy
import math
from typing import TypeVar

from jaxtyping import Float
from torch import Tensor, nn

from sketchlib.retrieval.lines import CANVASES

Network = TypeVar("Network", bound=nn.Module)


class CanvasNorm(nn.Module):
    """Copies of a batch norm, one a canvas. stride: pixels of the canvas a place of its input stands for."""

    def __init__(self, norm: nn.BatchNorm2d, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.norms = nn.ModuleList(copy.deepcopy(norm) for _ in CANVASES)

    def forward(self, image: Float[Tensor, "batch channels side side"]) -> Float[Tensor, "batch channels side side"]:
        """The norm of the canvas that this side belongs to, or of the one nearest to it."""
        side = int(image.shape[-1]) * self.stride
        nearest = min(range(len(CANVASES)), key=lambda index: abs(math.log(side / CANVASES[index])))
        normed: Tensor = self.norms[nearest](image)
        return normed


def with_canvas_norms(network: Network) -> Network:
    """The same network, each BatchNorm2d a `CanvasNorm`; its layers are registered in the order they run."""
    stride = 1
    for name, module in list(network.named_modules()):
        if isinstance(module, nn.Conv2d):
            stride *= module.stride[0]
        elif isinstance(module, nn.BatchNorm2d):
            parent, _, last = name.rpartition(".")
            setattr(network.get_submodule(parent), last, CanvasNorm(module, stride))
    return network


def spread_over_canvases(state: dict[str, Tensor], network: nn.Module) -> dict[str, Tensor]:
    """A state for `network`, each of its norms from the one norm of a state that has no canvases, or from its own."""
    names = {name: _without_canvas(name) for name in network.state_dict()}
    return {name: state[name if name in state else plain] for name, plain in names.items()}


def _without_canvas(name: str) -> str:
    head, norms, tail = name.partition(".norms.")
    return f"{head}.{tail.partition('.')[2]}" if norms else name
