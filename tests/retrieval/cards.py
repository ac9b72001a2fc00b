"""Cards of networks with random weights, as a training run writes them."""

from pathlib import Path

import torch

from sketchlib.models.cards import Card, Preprocessing, Weights, save_tensors, write_card
from sketchlib.retrieval.model import build

STUDENT = {"teacher": "toy-teacher-v1", "hidden": 6}
TEACHER = {"side": 96}


def write_student(folder: Path, seed: int = 0) -> Path:
    """A student with its teacher beside it."""
    write(folder, "retrieval_teacher", TEACHER, "toy-teacher")
    return write(folder, "sketchynet", STUDENT, seed=seed)


def write(folder: Path, builder: str, config: dict[str, object], name: str = "toy", seed: int = 0) -> Path:
    """<folder>/<name>-v1.toml with weights beside it."""
    torch.manual_seed(seed)
    path = folder / f"{name}-v1.toml"
    weights = save_tensors(build(builder, config).state_dict(), path.with_suffix(".safetensors"))
    card = Card(
        name=name,
        version=1,
        builder=builder,
        licence="CC0-1.0",
        trained_on="nothing",
        command="true",
        classes=(),
        config=config,
        preprocessing=Preprocessing("none"),
        weights=Weights(weights),
    )
    write_card(card, path)
    return path
