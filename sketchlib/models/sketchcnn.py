"""SketchCNN: a small residual network that reads ink, (batch, 1, height, width), ink 1, paper 0.

Chosen over MobileNetV2 after measuring both (docs/equations.md, "SketchCNN"): dense 3x3 convolutions keep a CPU's
matrix units busy, so that it learns about four times as many sketches a second.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


@dataclass(frozen=True)
class SketchCNNConfig:
    """Shape of the network.

    widths: channels of the stem and of each stage. blocks: residual blocks of each stage. Stem and
        stages halve the side.
    """

    classes: int
    widths: Sequence[int] = (32, 64, 128, 256)
    blocks: Sequence[int] = (1, 2, 1)
    dropout: float = 0.2


class Residual(nn.Module):
    """Two 3x3 convolutions and a shortcut (average-pooled where the side halves)."""

    def __init__(self, channels_in: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.shortcut = nn.Sequential()
        if stride > 1 or channels_in != channels:
            pool = nn.AvgPool2d(stride, ceil_mode=True) if stride > 1 else nn.Identity()
            self.shortcut = nn.Sequential(
                pool, nn.Conv2d(channels_in, channels, 1, bias=False), nn.BatchNorm2d(channels)
            )

    def forward(self, image: Tensor) -> Tensor:
        change = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(image)))))
        return F.relu(change + self.shortcut(image))


class SketchCNN(nn.Module):
    """Logits (batch, classes) from ink (batch, 1, height, width)."""

    def __init__(self, config: SketchCNNConfig) -> None:
        super().__init__()
        self.config = config
        stem, *widths = config.widths
        self.stem = nn.Sequential(nn.Conv2d(1, stem, 5, 2, 2, bias=False), nn.BatchNorm2d(stem), nn.ReLU())
        before = [stem, *widths]
        stages = [_stage(before[i], width, config.blocks[i]) for i, width in enumerate(widths)]
        self.stages = nn.Sequential(*stages)
        self.dropout = nn.Dropout(config.dropout)
        self.head = nn.Linear(widths[-1], config.classes)

    def features(self, ink: Float[Tensor, "batch 1 height width"]) -> Float[Tensor, "batch features"]:
        """Pooled features (batch, widths[-1])."""
        pooled: Tensor = self.stages(self.stem(ink)).mean(dim=(2, 3))
        return pooled

    def forward(self, ink: Float[Tensor, "batch 1 height width"]) -> Float[Tensor, "batch classes"]:
        logits: Tensor = self.head(self.dropout(self.features(ink)))
        return logits


def _stage(channels_in: int, channels: int, blocks: int) -> nn.Sequential:
    first = Residual(channels_in, channels, stride=2)
    return nn.Sequential(first, *(Residual(channels, channels, stride=1) for _ in range(blocks - 1)))
