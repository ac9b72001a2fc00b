"""MobileNetV2: inverted residuals with linear bottlenecks [sandler2018mobilenetv2, Table 2].

paper                    here
expansion factor t       `Inverted(expansion=t)`
output channels c, stride s, repeats n   rows of `STAGES`
"""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor, nn

STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 2, 3),
    (6, 64, 2, 4),
    (6, 96, 1, 3),
    (6, 160, 2, 3),
    (6, 320, 1, 1),
)
"""Expansion, channels, stride of the first block, blocks."""
FEATURES = 1280


class MobileNetV2(nn.Module):
    """Pooled features (batch, 1280) of images (batch, channels, height, width), any side from 32 pixels on."""

    def __init__(self, channels: int = 3) -> None:
        super().__init__()
        self.stem = _convolution(channels, 32, 3, 2)
        blocks, before = [], 32
        for expansion, width, stride, count in STAGES:
            for number in range(count):
                blocks.append(Inverted(before, width, stride if number == 0 else 1, expansion))
                before = width
        self.blocks = nn.Sequential(*blocks)
        self.head = _convolution(before, FEATURES, 1, 1)

    def forward(self, image: Float[Tensor, "batch channels height width"]) -> Float[Tensor, "batch 1280"]:
        pooled: Tensor = self.head(self.blocks(self.stem(image))).mean(dim=(2, 3))
        return pooled


@dataclass(frozen=True)
class MobileNetConfig:
    """classes: of the classifier. dropout: before its linear layer."""

    classes: int
    dropout: float = 0.2


class MobileNetClassifier(nn.Module):
    """Logits (batch, classes) from ink (batch, 1, height, width), the same in all three channels."""

    def __init__(self, config: MobileNetConfig) -> None:
        super().__init__()
        self.config = config
        self.features = MobileNetV2(channels=3)
        self.dropout = nn.Dropout(config.dropout)
        self.head = nn.Linear(FEATURES, config.classes)

    def forward(self, ink: Float[Tensor, "batch 1 height width"]) -> Float[Tensor, "batch classes"]:
        logits: Tensor = self.head(self.dropout(self.features(ink.expand(-1, 3, -1, -1))))
        return logits


class Inverted(nn.Module):
    """Widen, filter each channel, narrow; with a shortcut where the shape stays."""

    def __init__(self, before: int, width: int, stride: int, expansion: int) -> None:
        super().__init__()
        middle = before * expansion
        widen = [_convolution(before, middle, 1, 1)] if expansion > 1 else []
        self.layers = nn.Sequential(
            *widen,
            _convolution(middle, middle, 3, stride, groups=middle),
            nn.Conv2d(middle, width, 1, bias=False),
            nn.BatchNorm2d(width),
        )
        self.shortcut = stride == 1 and before == width

    def forward(self, image: Tensor) -> Tensor:
        change: Tensor = self.layers(image)
        return image + change if self.shortcut else change


def _convolution(before: int, width: int, kernel: int, stride: int, groups: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, width, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU6(inplace=True),
    )
