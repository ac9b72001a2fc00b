"""Keep or drop as straight-through Gumbel-Softmax gates [jang2017gumbel], the way of [bandyopadhyay2024explainability].

What is known of the paper is its outline; the loss, the schedule and the constants are ours, see docs/equations.md.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from sketchlib.assist.reader import Reader
from sketchlib.attribution import InkGame
from sketchlib.errors import InputError, ModelError
from sketchlib.sketch import Array, Sketch

EVEN = 0.5
"""A stroke is flagged where it is dropped more often than kept."""


@dataclass(frozen=True)
class Schedule:
    """steps: of Adam, each one look a restart. restarts: that go side by side. rate: of Adam, in logits.
    hot, cold: temperature at the first and the last step, geometric between. kept: logit of keeping at the start.
    sparsity: likeness that one dropped stroke costs.
    """

    steps: int = 30
    restarts: int = 2
    rate: float = 0.2
    hot: float = 1.0
    cold: float = 0.1
    kept: float = 2.0
    sparsity: float = 0.01

    def __post_init__(self) -> None:
        if self.steps < 1 or self.restarts < 1 or not 0 < self.cold <= self.hot or not self.rate > 0:
            raise InputError(f"gates have steps, restarts, a rate and temperatures that do not rise, got {self}")

    @property
    def calls(self) -> int:
        """Inputs that the network reads."""
        return self.steps * self.restarts

    def temperature(self, step: int) -> float:
        """Of a step from 0 on."""
        return float(self.hot * (self.cold / self.hot) ** (step / max(self.steps - 1, 1)))


def dropped(sketch: Sketch, reader: Reader, direction: Array, schedule: Schedule, lot: torch.Generator) -> Array:
    """(strokes,) chance of each to be dropped after gates were fitted to a direction (dimension,), mean of restarts.

    A gate is its stroke's opacity, in the frame of the whole drawing. Raises ModelError without a finite gradient.
    """
    along = torch.from_numpy(direction).float()
    game = InkGame(lambda ink: reader.look(ink) @ along, sketch, reader.canvas, sketch.fitted(reader.margin))
    logits = torch.full((schedule.restarts, len(sketch)), schedule.kept, requires_grad=True)
    adam = torch.optim.Adam([logits], lr=schedule.rate)
    for step in range(schedule.steps):
        keep = straight_through(logits, schedule.temperature(step), lot)
        loss = (schedule.sparsity * (1 - keep).sum(dim=1) - game.values(keep)).sum()
        (slope,) = torch.autograd.grad(loss, logits)
        if not torch.isfinite(slope).all():
            raise ModelError("gates need a finite gradient of the network, got NaN or infinity")
        logits.grad = slope
        adam.step()
    chance: Array = (1 - logits.detach().double().sigmoid()).mean(dim=0).numpy()
    return chance


def straight_through(logits: Tensor, temperature: float, lot: torch.Generator) -> Tensor:
    """Gates like logits, 0 or 1, drawn with chance sigmoid(logits), with the gradient of their softened twin.

    The difference of two Gumbel variables is logistic, so two classes need one logit and one variable.
    """
    even = torch.rand(logits.shape, generator=lot).clamp(1e-6, 1 - 1e-6)
    soft = ((logits + even.logit()) / temperature).sigmoid()
    return (soft > EVEN).float() + soft - soft.detach()
