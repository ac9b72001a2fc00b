"""`Game`: what a method may ask of a model and a sketch, and `Counted`, which asks it."""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sketchlib.attribution.result import Array
from sketchlib.errors import ModelError
from sketchlib.sketch import Sketch


@runtime_checkable
class Game(Protocol):
    """Players that take part wholly, partly or not, and the score that comes of it."""

    @property
    def players(self) -> int:
        """How many; a gate each."""

    def values(self, gates: Tensor) -> Tensor:
        """Scores (n,) of gates (n, players) in [0, 1]: 1 takes part, 0 is absent; differentiable in the gates.

        Rows are independent of each other. Without a gradient, methods that only remove still work.
        """


@runtime_checkable
class DrawnGame(Game, Protocol):
    """A game whose players are the strokes of a sketch."""

    @property
    def sketch(self) -> Sketch:
        """The strokes as the model reads them, where they were drawn."""

    def segments(self) -> Game:
        """The same with the segments as players, in drawing order."""

    def moved(self, offsets: Tensor) -> Tensor:
        """Score () with each point of `sketch` moved by offsets (points, 2), canvas units; differentiable at 0."""


class Found(NamedTuple):
    """A method's values (n,) and, where they are sampled, their standard errors (n,)."""

    values: Array
    standard_error: Array | None = None


class Counted:
    """Asks a game in batches, counts, keeps what it knows, and refuses scores that are not finite numbers.

    sketch: the strokes that play. calls: inputs scored so far.
    """

    def __init__(self, game: Game, sketch: Sketch, batch: int) -> None:
        self.game, self.players, self.sketch, self.batch, self.calls = game, game.players, sketch, batch, 0
        self._known: dict[bytes, float] = {}

    def subsets(self, keep: NDArray[np.bool_]) -> Array:
        """Scores (n,) of subsets of the players (n, players); each different subset is asked for once."""
        keys = [row.tobytes() for row in np.packbits(keep, axis=1)]
        new = {key: row for row, key in enumerate(keys) if key not in self._known}
        for first in range(0, len(new), self.batch):
            chunk = list(new.items())[first : first + self.batch]
            gates = torch.from_numpy(keep[[row for _, row in chunk]]).float()
            scores = self.scores(self.game.values, gates).tolist()
            self._known.update(zip((key for key, _ in chunk), scores, strict=True))
        return np.array([self._known[key] for key in keys])

    def scores(self, score: Callable[[Tensor], Tensor], inputs: Tensor) -> Array:
        """Scores (n,) of inputs (n, ...), without gradient."""
        with torch.no_grad():
            found = [self._checked(score(rows), len(rows)) for rows in inputs.split(self.batch)]
        return torch.cat(found).double().cpu().numpy()

    def full(self) -> float:
        """Score of everybody."""
        return float(self.subsets(np.ones((1, self.players), dtype=bool))[0])

    def blank(self) -> float:
        """Score of nobody."""
        return float(self.subsets(np.zeros((1, self.players), dtype=bool))[0])

    def gradients(self, score: Callable[[Tensor], Tensor], inputs: Tensor) -> Array:
        """Gradients like `inputs` of the scores (n,) of inputs (n, ...), each row's in itself."""
        slopes = [self._gradient(score, rows.detach().requires_grad_()) for rows in inputs.split(self.batch)]
        return np.concatenate(slopes)

    def gradient_at_full(self, score: Callable[[Tensor], Tensor], full: Tensor) -> Array:
        """`gradients` of one input (1, ...) that stands for everybody, so that its score need not be asked again."""
        everybody = np.packbits(np.ones(self.players, dtype=bool)).tobytes()

        def noted(rows: Tensor) -> Tensor:
            scores = score(rows)
            self._known[everybody] = float(self._checked(scores, 1, calls=0).detach()[0])
            return scores

        slope: Array = self.gradients(noted, full)[0]
        return slope

    def _gradient(self, score: Callable[[Tensor], Tensor], rows: Tensor) -> NDArray[Any]:
        with torch.enable_grad():
            scores = self._checked(score(rows), len(rows))
        if not scores.requires_grad:
            raise ModelError("this method needs a score with a gradient, got one without: try leave_one_out or shapley")
        (slope,) = torch.autograd.grad(scores.sum(), rows)
        if not torch.isfinite(slope).all():
            raise ModelError(f"a gradient is finite, got {_odd(slope)} NaN or infinite values of {slope.numel()}")
        return slope.double().cpu().numpy()

    def _checked(self, scores: Tensor, count: int, calls: int | None = None) -> Tensor:
        if not isinstance(scores, Tensor) or scores.shape != (count,):
            got = f"shape {tuple(scores.shape)}" if isinstance(scores, Tensor) else type(scores).__name__
            raise ModelError(f"a score is a tensor with one number for each input of the batch ({count},), got {got}")
        if not torch.isfinite(scores).all():
            raise ModelError(f"a score is a finite number, got NaN or infinity for {_odd(scores)} of {count} inputs")
        self.calls += count if calls is None else calls
        return scores


def _odd(values: Tensor) -> int:
    return int((~torch.isfinite(values)).sum())
