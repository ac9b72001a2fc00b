"""`judge`: planted strokes flagged in every way, and queries filtered, over the drawings of held-out photos."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sketchlib.assist.assist import THRESHOLD, assist, flags
from sketchlib.assist.filtering import filtered
from sketchlib.assist.planting import Planted, plant
from sketchlib.assist.reader import Aim, Mask, Reader
from sketchlib.assist.scores import (
    AssistScores,
    Flagged,
    best_threshold,
    flag_scores,
    found_scores,
)
from sketchlib.assist.views import Views, views
from sketchlib.attribution import InkGame, explain
from sketchlib.errors import InputError
from sketchlib.sketch import Array, Sketch

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Questions:
    """vectors: (photos, dimension) of photos. sketches: drawings of them. photo_of: index of each drawing's photo."""

    vectors: NDArray[Any]
    sketches: Sequence[Sketch]
    photo_of: Sequence[int]


@dataclass(frozen=True, eq=False)
class _Trial:
    """A drawing with what was planted in it: ways by name, its own ranks, and what was left out of queries."""

    drawn: Planted
    ranks: tuple[int, int]
    ways: Mapping[str, Flagged]
    clean: tuple[int, int]
    queries: Mapping[str, Mapping[str, tuple[int, int]]]


def judge(
    encoder: str,
    reader: Reader,
    training: Questions,
    held_out: Questions,
    gates: int = 60,
    tuning: int = 120,
    seed: int = 0,
    progress: Progress | None = None,
) -> AssistScores:
    """Scores on held-out photos; training photos only say what threshold would have been best there.

    gates: drawings on which gates are tried, the first ones. tuning: drawings of training photos. Raises InputError.
    """
    lot = torch.Generator().manual_seed(seed)
    best = _tuned(reader, training, tuning, lot)
    drawn = plant(held_out.sketches, held_out.photo_of, lot)
    if not drawn:
        raise InputError("assistance is judged on sketches of at least two strokes, got none")
    trials = []
    for number, each in enumerate(drawn):
        trials.append(_tried(each, reader, held_out.vectors, number < gates, lot))
        if progress:
            progress(number + 1, len(drawn))
    return _summed(encoder, trials, len(held_out.vectors), tuning, best)


def _tuned(reader: Reader, training: Questions, count: int, lot: torch.Generator) -> float:
    drawn = plant(training.sketches, training.photo_of, lot)[:count]
    scores = [views(each.sketch, reader).mismatch(Aim(training.vectors, each.photo).direction) for each in drawn]
    return best_threshold(np.concatenate(scores), np.concatenate([each.strange for each in drawn]))


def _tried(drawn: Planted, reader: Reader, vectors: NDArray[Any], gates: bool, lot: torch.Generator) -> _Trial:
    aim, seen = Aim(vectors, drawn.photo), views(drawn.sketch, reader)
    scores = _scores(drawn.sketch, reader, aim, seen, lot)
    fast = flags(scores["fast"], THRESHOLD)
    marks = {name: fast if name == "fast" else highest(each, int(fast.sum())) for name, each in scores.items()}
    if gates:
        found = assist(drawn.sketch, reader, aim, "gates", generator=lot)
        scores["gates"], marks["gates"] = found.scores, flags(found.scores, found.threshold)
    whole, planted, *rest = _ranks(
        reader, aim, [drawn.source, drawn.sketch, *(_without(drawn.sketch, marks[name]) for name in marks)]
    )
    ways = {name: Flagged(scores[name], marks[name], rank) for name, rank in zip(marks, rest, strict=True)}
    own = views(drawn.source, reader)
    queries = {
        "as_drawn": _queries(drawn.source, reader, aim, own, lot),
        "planted": _queries(drawn.sketch, reader, aim, seen, lot),
    }
    return _Trial(drawn, (whole, planted), ways, queries["as_drawn"]["oracle"], queries)


def _scores(sketch: Sketch, reader: Reader, aim: Aim, seen: Views, lot: torch.Generator) -> dict[str, Array]:
    """(strokes,) of each way that only scores, the higher the stranger."""
    own = np.asarray(aim.vectors[aim.index], np.float64)
    anew = reader.embed([sketch, *(sketch.without([stroke.id]) for stroke in sketch)])
    along = torch.from_numpy(own).float()
    game = InkGame(lambda ink: reader.look(ink) @ along, sketch, reader.canvas, sketch.fitted(reader.margin))
    return {
        "fast": seen.mismatch(aim.direction),
        "leave_one_out": -seen.last(own),
        "refitted": aim.likeness(anew[1:]) - aim.likeness(anew[:1]),
        "sla": -explain(sketch, game, "sla").values,
        "shortest": -np.array([stroke.length for stroke in sketch]),
        "random": torch.rand(len(sketch), generator=lot).double().numpy(),
    }


def highest(scores: Array, count: int) -> Mask:
    """(strokes,) the `count` highest scores; of equal ones the earlier."""
    marked = np.zeros(len(scores), bool)
    marked[np.argsort(-scores, kind="stable")[:count]] = True
    return marked


def _queries(sketch: Sketch, reader: Reader, aim: Aim, seen: Views, lot: torch.Generator) -> dict[str, tuple[int, int]]:
    """(strokes left out, rank) by what chose them; the controls leave out as many as the filter does."""
    kept = filtered(sketch, reader, aim.vectors, seen=seen)
    out = np.isin(sketch.ids, kept.dropped)
    lengths = np.array([stroke.length for stroke in sketch])
    chosen = {
        "filtered": out,
        "random": highest(torch.rand(len(sketch), generator=lot).double().numpy(), int(out.sum())),
        "shortest": highest(-lengths, int(out.sum())),
        "oracle": flags(seen.mismatch(aim.direction), THRESHOLD),
    }
    ranks = _ranks(reader, aim, [_without(sketch, each) for each in chosen.values()])
    return {name: (int(chosen[name].sum()), rank) for name, rank in zip(chosen, ranks, strict=True)}


def _ranks(reader: Reader, aim: Aim, sketches: Sequence[Sketch]) -> list[int]:
    return aim.ranks(reader.embed(sketches))


def _without(sketch: Sketch, marked: Mask) -> Sketch:
    return sketch.without([stroke.id for stroke, out in zip(sketch, marked, strict=True) if out])


def _summed(encoder: str, trials: Sequence[_Trial], photos: int, tuning: int, best: float) -> AssistScores:
    groups = np.array([trial.drawn.photo for trial in trials])
    own, planted = zip(*(trial.ranks for trial in trials), strict=True)
    marked = {}
    for name in trials[0].ways:
        these = [trial for trial in trials if name in trial.ways]
        truth, fast = [trial.drawn.strange for trial in these], [trial.ways["fast"] for trial in these]
        marked[name] = flag_scores([trial.ways[name] for trial in these], truth, groups[: len(these)], fast)
    return AssistScores(
        encoder=encoder,
        n_sketches=len(trials),
        n_photos=photos,
        n_training=tuning,
        threshold=THRESHOLD,
        best_threshold=best,
        planted={"as_drawn": found_scores(own, groups), "planted": found_scores(planted, groups)},
        flags=marked,
        clean=_left_out([trial.clean for trial in trials], groups),
        filtering={
            kind: {
                name: _left_out([trial.queries[kind][name] for trial in trials], groups)
                for name in trials[0].queries[kind]
            }
            for kind in ("as_drawn", "planted")
        },
    )


def _left_out(pairs: Sequence[tuple[int, int]], groups: NDArray[Any]) -> dict[str, Any]:
    counts, ranks = zip(*pairs, strict=True)
    return {"strokes": float(np.mean(counts)), "found": found_scores(ranks, groups)}
