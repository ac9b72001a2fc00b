"""What an attack can prove from the answers it has."""

import numpy as np

from sketchlib.adversarial.parts import Mask
from sketchlib.adversarial.search import SLACK, Search
from sketchlib.adversarial.strategies import MOST_EXHAUSTIVE, allowed_subsets


def minimal(search: Search, keep: Mask) -> bool:
    """Whether no deletion of fewer strokes, nor one of as many with less ink, reaches the goal within the budget, as
    far as it was asked for; False where one was not."""
    size, ink = int((~keep).sum()), float(search.gone(keep[None])[0])
    rows = _allowed(search, size)
    if rows is None:
        return False
    sizes = (~rows).sum(axis=1)
    return _none_reaches(search, rows[(sizes < size) | ((sizes == size) & (search.gone(rows) < ink - SLACK))])


def impossible(search: Search) -> bool:
    """Whether every deletion within the budget was asked for, and none reaches the goal."""
    rows = _allowed(search, len(search.whole))
    return rows is not None and _none_reaches(search, rows)


def restoring(search: Search, keep: Mask) -> tuple[int, ...]:
    """Ids of the strokes each of which, added alone to those kept, brings the model back to the class it saw."""
    gone = np.flatnonzero(~keep)
    rows = np.repeat(keep[None], len(gone), axis=0)
    rows[np.arange(len(gone)), gone] = True
    back = search.logits(rows).argmax(axis=1) == search.goal.category
    return tuple(search.parts.sketch.ids[place] for place in gone[back])


def _allowed(search: Search, size: int) -> Mask | None:
    """All deletions of up to `size` strokes within the budget; None where they are too many to go through."""
    if len(search.whole) <= MOST_EXHAUSTIVE:
        return allowed_subsets(search)
    singles = ~np.eye(len(search.whole), dtype=bool)
    return singles[search.allowed(singles)] if size == 1 else None


def _none_reaches(search: Search, rows: Mask) -> bool:
    return search.knows(rows) and (not len(rows) or bool((search.margins(rows) >= 0).all()))
