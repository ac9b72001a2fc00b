"""`Recogniser`: a network, its classes and its preprocessing; sketches as drawn go in, logits come out."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from sketchlib.errors import CheckpointError, SketchError
from sketchlib.models.cards import Card, card_tensors, find_card
from sketchlib.models.inputs import flat, network_inputs
from sketchlib.models.mobilenet import MobileNetClassifier, MobileNetConfig
from sketchlib.models.published import from_published, is_published
from sketchlib.models.runtime import Exported
from sketchlib.models.sketchcnn import SketchCNN, SketchCNNConfig
from sketchlib.models.sketchxainet import SketchXAINet, SketchXAINetConfig
from sketchlib.simplify import canonical
from sketchlib.sketch import Sketch

CHUNK = 256


class Recogniser:
    """A network with its card.

    name: the card's title. classes: category of each logit. network: in eval mode. score_ink: ink (n, 1, side, side)
    -> logits without gradient by the faster runtime, for a network that reads ink.
    """

    def __init__(self, network: nn.Module, card: Card) -> None:
        self.name, self.classes, self.card = card.title, card.classes, card
        self.network = network.eval()
        self.score_ink = Exported(self.network)

    def logits(self, sketches: Sequence[Sketch]) -> NDArray[np.float32]:
        """(n, classes). Sketches of any origin: the card's simplification and fitting are applied here.

        Raises SketchError for a sketch without strokes.
        """
        prepared = [self.prepare(sketch, place) for place, sketch in enumerate(sketches)]
        order = np.argsort([len(sketch) for sketch in prepared], kind="stable")
        result = np.empty((len(prepared), len(self.classes)), dtype=np.float32)
        for first in range(0, len(order), CHUNK):
            rows = order[first : first + CHUNK]
            result[rows] = self._run([prepared[row] for row in rows])
        return result

    def probabilities(self, sketches: Sequence[Sketch]) -> NDArray[np.float32]:
        """(n, classes), rows sum to 1."""
        logits = self.logits(sketches)
        exponential = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(exponential / exponential.sum(axis=1, keepdims=True), dtype=np.float32)

    def predict(self, sketch: Sketch, k: int = 5) -> list[tuple[str, float]]:
        """The k most probable (category, probability), best first."""
        probabilities = self.probabilities([sketch])[0]
        return [(self.classes[i], float(probabilities[i])) for i in np.argsort(-probabilities)[:k]]

    def prepare(self, sketch: Sketch, place: int = 0) -> Sketch:
        """The sketch simplified as the card says; `place` is its number, from 0, in the error about an empty one."""
        if not sketch.strokes:
            raise SketchError(f"recognition needs at least one stroke, got an empty sketch (number {place + 1})")
        return canonical(sketch) if self.card.preprocessing.simplification == "quickdraw" else sketch

    @torch.inference_mode()
    def _run(self, sketches: Sequence[Sketch]) -> NDArray[np.float32]:
        device = next(self.network.parameters()).device
        inputs = network_inputs(flat(sketches), self.card.preprocessing).to(device)
        found = self.score_ink(inputs) if isinstance(inputs, torch.Tensor) else self.network(inputs)
        logits: NDArray[np.float32] = found.float().cpu().numpy()
        return logits


def build(builder: str, config: dict[str, object]) -> nn.Module:
    """A network with random weights by its builder's name; raises CheckpointError for an unknown one."""
    if builder == "sketchxainet":
        return SketchXAINet(SketchXAINetConfig(**config))  # type: ignore[arg-type]
    if builder == "sketchcnn":
        return SketchCNN(SketchCNNConfig(**config)).to(memory_format=torch.channels_last)  # type: ignore[arg-type,call-overload,no-any-return]
    if builder == "mobilenetv2":
        return MobileNetClassifier(MobileNetConfig(**config)).to(memory_format=torch.channels_last)  # type: ignore[arg-type,call-overload,no-any-return]
    raise CheckpointError(f"a builder is sketchxainet, sketchcnn or mobilenetv2, got {builder!r}")


def load(name: str | Path, weights: str | Path | None = None, progress: bool = True) -> Recogniser:
    """A recogniser by the title of a shipped card, or by the path of a card of one's own.

    weights: a local file or folder to read instead of the card's. Raises CheckpointError or DownloadError.
    """
    card = find_card(name)
    tensors = card_tensors(card, weights, progress)
    if is_published(tensors):
        tensors = from_published(tensors)
    network = build(card.builder, {"classes": len(card.classes), **card.config})
    try:
        network.load_state_dict(tensors)
    except RuntimeError as error:
        reason = " ".join(str(error).split())[:200]
        raise CheckpointError(f"the weights of {card.title} fit its network, got {reason}") from None
    return Recogniser(network, card)
