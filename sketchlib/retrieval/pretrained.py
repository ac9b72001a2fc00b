"""Published ImageNet weights of timm's MobileNetV2 and VGG16, under our names [wightman2019timm].

No card of them ships: a card states the file's SHA-256 and the commit it is of, and both are the publisher's to say.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from torch import Tensor, nn

from sketchlib.errors import CheckpointError
from sketchlib.models.cards import card_tensors, find_card
from sketchlib.models.mobilenet import STAGES, MobileNetV2

_NORM = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")


def start_from_imagenet(network: nn.Module, card: str | Path) -> None:
    """Load what timm publishes into a `MobileNetV2` or the convolutions of `vgg16`; its classifier is left out."""
    tensors = card_tensors(find_card(card))
    names = dict(mobilenet_names()) if isinstance(network, MobileNetV2) else {}
    wanted = network.state_dict()
    renamed = {ours: tensors[theirs] for ours in wanted if (theirs := names.get(ours, f"features.{ours}")) in tensors}
    missing = [name for name in wanted if name not in renamed and not name.endswith("num_batches_tracked")]
    if missing:
        raise CheckpointError(f"ImageNet weights have a tensor for {missing[0]}, one of {len(missing)} missing: {card}")
    _load(network, wanted | renamed, card)


def _load(network: nn.Module, tensors: Mapping[str, Tensor], card: str | Path) -> None:
    try:
        network.load_state_dict(tensors)
    except RuntimeError as error:
        raise CheckpointError(
            f"ImageNet weights fit the network, got {' '.join(str(error).split())[:200]}: {card}"
        ) from None


def mobilenet_names() -> Iterator[tuple[str, str]]:
    """(ours, timm's) of every tensor of MobileNetV2's features."""
    yield from _pair("stem", "conv_stem", "bn1")
    number = 0
    for stage, (expansion, _, _, count) in enumerate(STAGES):
        for block in range(count):
            theirs = f"blocks.{stage}.{block}"
            convolutions = ("conv_pw", "conv_dw") if expansion > 1 else ("conv_dw",)
            for place, name in enumerate(convolutions):
                yield from _pair(f"blocks.{number}.layers.{place}", f"{theirs}.{name}", f"{theirs}.bn{place + 1}")
            last = len(convolutions)
            narrow = "conv_pwl" if expansion > 1 else "conv_pw"
            yield f"blocks.{number}.layers.{last}.weight", f"{theirs}.{narrow}.weight"
            yield from ((f"blocks.{number}.layers.{last + 1}.{p}", f"{theirs}.bn{last + 1}.{p}") for p in _NORM)
            number += 1
    yield from _pair("head", "conv_head", "bn2")


def _pair(ours: str, convolution: str, norm: str) -> Iterator[tuple[str, str]]:
    yield f"{ours}.0.weight", f"{convolution}.weight"
    yield from ((f"{ours}.1.{part}", f"{norm}.{part}") for part in _NORM)
