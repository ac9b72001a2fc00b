"""Published ImageNet weights of timm's MobileNetV2 and VGG16, under our names [wightman2019timm].

    start_from_imagenet(network.features, "timm/mobilenetv2_100.ra_in1k")
    start_from_imagenet(teacher.trunk, "timm/vgg16.tv_in1k")

No card of them ships: a card states the file's SHA-256 and the commit it is of, and both are the publisher's to say.
`published_card` asks for them. Differs: the published networks saw photos of mean 0 and deviation 1, ours see ink.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from sketchlib.errors import CheckpointError
from sketchlib.models.cards import Card, Preprocessing, card_tensors, find_card, published_weights
from sketchlib.models.mobilenet import STAGES, MobileNetV2

_NORM = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
FILE = "model.safetensors"


def start_from_imagenet(network: nn.Module, name: str | Path) -> Card:
    """Load what timm publishes into a `MobileNetV2` or the convolutions of `vgg16`; its classifier is left out.

    name: owner/name of a repository on the Hub, or a card. Returns the card, which says what was taken; written beside
    a run, it makes the next one start from the same.
    Raises CheckpointError for weights that are not the network's, and where they cannot be fetched as `card_tensors`.
    """
    card = published_card(str(name)) if _on_the_hub(name) else find_card(name)
    tensors = card_tensors(card)
    names = dict(mobilenet_names()) if isinstance(network, MobileNetV2) else {}
    wanted = {names.get(ours, f"features.{ours}"): value for ours, value in network.state_dict().items()}
    _check(wanted, tensors, "MobileNetV2" if names else "VGG16", name)
    with torch.no_grad():
        for their, ours in wanted.items():
            ours.copy_(tensors.get(their, ours))
    return card


def published_card(repository: str) -> Card:
    """A card of what the Hub serves now as owner/name, its commit and SHA-256 the Hub's word.

    Raises DownloadError where the Hub does not answer, see `published_weights`.
    """
    return Card(
        name=repository.rpartition("/")[2],
        version=1,
        builder="timm",
        licence="as published",
        trained_on="as published",
        command="fetched from the Hub",
        classes=(),
        config={},
        preprocessing=Preprocessing("none"),
        weights=published_weights(repository, FILE),
        paper="wightman2019timm",
    )


def _on_the_hub(name: str | Path) -> bool:
    """Whether it is owner/name, not a file of this machine."""
    return str(name).count("/") == 1 and not str(name).endswith(".toml")


def _check(wanted: Mapping[str, Tensor], tensors: Mapping[str, Tensor], kind: str, name: str | Path) -> None:
    counters = {their for their in wanted if their.endswith("num_batches_tracked")}
    lacking = [their for their in wanted if their not in tensors and their not in counters]
    if lacking:
        found = f"{lacking[0]}, one of {len(lacking)} that these weights lack"
        raise CheckpointError(f"timm's {kind} has a tensor {found}: {name}")
    for their in wanted.keys() & tensors.keys():
        shape, got = tuple(wanted[their].shape), tuple(tensors[their].shape)
        if shape != got:
            raise CheckpointError(f"timm's {kind} has {their} of {shape}, got {got}: {name}")


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
