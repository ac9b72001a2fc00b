"""`Attack`: what was deleted, and the proof that it fools the model."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sketchlib.sketch import Array, Sketch

PartName = Literal["strokes", "segments"]


@dataclass(frozen=True, eq=False)
class Step:
    """A sketch after some deletions; the first step of an attack is the sketch itself.

    remaining: what is left, where it was drawn. deleted: what this deletion took, with the ids of the strokes it came
    from; pieces of one stroke beyond the first have ids of their own. ink: share of the sketch's ink gone so far.
    probabilities: (classes,) of what is left, from the model, read-only. top: the class it sees.
    """

    remaining: Sketch
    deleted: Sketch
    ink: float
    probabilities: Array
    top: str


@dataclass(frozen=True, eq=False)
class Attack:
    """A deletion that was found, or the best that was tried.

    category: what the model saw. target: the class to reach, or None for any other.
    flipped: whether what is left is seen as asked for, by a pass of its own over that one drawing.
    minimal: whether it is proven that no deletion of fewer strokes, nor one of as many with less ink, does it within
        the budget; False also where nobody knows.
    impossible: whether it is proven that no deletion within the budget does it.
    budget: share of ink that was allowed to go.
    steps: the sketch, then one step a deletion.
    margin: of what is left, in logits, from that same pass: below 0 where flipped.
    calls: different inputs that the search asked the model for. proof_calls: of the last pass and of `restored`.
    restored: ids of the deleted strokes each of which, put back alone, brings `category` back; () of segments.
    """

    sketch: Sketch
    category: str
    target: str | None
    strategy: str
    parts: PartName
    budget: float
    steps: tuple[Step, ...]
    flipped: bool
    minimal: bool
    impossible: bool
    margin: float
    calls: int
    proof_calls: int
    restored: tuple[int, ...]
    classes: tuple[str, ...]

    @property
    def final(self) -> Step:
        """The last step."""
        return self.steps[-1]

    @property
    def ink(self) -> float:
        """Share of the ink that is gone."""
        return self.final.ink

    @property
    def deleted(self) -> tuple[int, ...]:
        """Ids of the strokes that went, or of the pieces of them, in order."""
        return tuple(stroke.id for step in self.steps[1:] for stroke in step.deleted)

    @property
    def note(self) -> str:
        """What came of it, a sentence."""
        wanted = f"{self.target}" if self.target else f"anything but {self.category}"
        if self.impossible:
            return f"No deletion within {self.budget:.0%} of the ink makes the model see {wanted}."
        if not self.flipped:
            return f"{self.strategy} found no deletion within {self.budget:.0%} of the ink that shows {wanted}."
        count, proven = len(self.steps) - 1, ", and no smaller one does" if self.minimal else ""
        what = "stroke" if self.parts == "strokes" else "run"
        many = f"{count} {what}{'' if count == 1 else 's'}"
        return f"Without {many} ({self.ink:.1%} of the ink) the model sees {self.final.top}{proven}."

    def as_json(self) -> dict[str, Any]:
        """Plain values for json.dumps; of the probabilities those of the category, the target and the class seen."""
        names = [self.category, *([self.target] if self.target else [])]
        steps = [
            {
                "deleted": [stroke.id for stroke in step.deleted],
                "points": [stroke.points.round(5).tolist() for stroke in step.deleted],
                "ink": step.ink,
                "top": step.top,
                "probabilities": {
                    name: float(step.probabilities[self.classes.index(name)])
                    for name in dict.fromkeys([*names, step.top])
                },
            }
            for step in self.steps
        ]
        plain = ("category", "target", "strategy", "parts", "budget", "flipped", "minimal", "impossible", "margin")
        beside = ("calls", "proof_calls", "ink", "note")
        return {
            **{name: getattr(self, name) for name in (*plain, *beside)},
            "restored": list(self.restored),
            "steps": steps,
        }


def probabilities(logits: NDArray[Any]) -> Array:
    """Softmax (classes,) of logits (classes,), read-only."""
    exponential = np.exp(logits - logits.max())
    shares: Array = exponential / exponential.sum()
    shares.flags.writeable = False
    return shares
