"""What assisted drawing finds."""

from dataclasses import dataclass
from typing import Any

from sketchlib.sketch import Array, Sketch


@dataclass(frozen=True, eq=False)
class Assistance:
    """Strokes of a drawing that do not match the photo that is drawn.

    sketch: what was judged. method: "fast" or "gates". scores: (strokes,) the higher, the less a stroke belongs; fast:
    the likeness that it costs, gates: the share of restarts' chance that it is dropped, 0 to 1. threshold: what a
    flagged stroke's score is above. flagged: ids of those strokes, never all. rank_before, rank_after: of the photo
    among `photos`, 1 the best, with and without them. likeness_before, likeness_after: the cosine. calls: inputs that
    the network read.
    """

    sketch: Sketch
    method: str
    scores: Array
    threshold: float
    flagged: tuple[int, ...]
    rank_before: int
    rank_after: int
    photos: int
    likeness_before: float
    likeness_after: float
    calls: int

    @property
    def remaining(self) -> Sketch:
        """The sketch without the flagged strokes."""
        return self.sketch.without(self.flagged)

    @property
    def note(self) -> str:
        """A sentence."""
        alike = f"likeness {self.likeness_before:.3f}"
        rank = f", rank {self.rank_before} of {self.photos}" if self.photos > 1 else ""
        if not self.flagged:
            return f"None of {len(self.sketch)} strokes is flagged: {alike}{rank}."
        after = f", rank {self.rank_after}" if self.photos > 1 else ""
        many = f"{len(self.flagged)} of {len(self.sketch)} strokes {'is' if len(self.flagged) == 1 else 'are'} flagged"
        return f"{many}: {alike}{rank}; without: {self.likeness_after:.3f}{after}."

    def as_json(self) -> dict[str, Any]:
        """Plain values for json.dumps."""
        strokes = [
            {"id": stroke.id, "score": float(score), "flagged": stroke.id in self.flagged}
            for stroke, score in zip(self.sketch, self.scores, strict=True)
        ]
        return {
            "method": self.method,
            "threshold": self.threshold,
            "strokes": strokes,
            "flagged": list(self.flagged),
            "rank_before": self.rank_before,
            "rank_after": self.rank_after,
            "photos": self.photos,
            "likeness_before": self.likeness_before,
            "likeness_after": self.likeness_after,
            "calls": self.calls,
        }
