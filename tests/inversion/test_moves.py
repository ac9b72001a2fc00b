"""Swaps and leaps against trying all of them one by one."""

import itertools

import numpy as np
import pytest
import torch

from sketchlib.inversion.layouts import Layouts, Pose
from sketchlib.inversion.moves import leaps, leapt, swapped
from sketchlib.inversion.optimisers import LARGEST, STRETCH, log_odds
from sketchlib.models.inputs import flat
from sketchlib.models.strokes import SPAN, stroke_batch
from tests.inversion.toys import FOUR, TWO, doubled, model

TARGET = torch.tensor([1, 2])
BOTH = torch.tensor([True, True])


def louder(made):
    """In float64, with orders that matter."""
    own = doubled(made)
    with torch.no_grad():
        own.network.order.weight[:4] = 3 * torch.randn(4, 24, generator=torch.Generator().manual_seed(1))
    return own


OWN = louder(model())


def pose(columns, places=(0, 1, 2, 3)):
    """Two runs, one of four strokes and one of two."""
    random = torch.Generator().manual_seed(columns)
    variables = 0.3 * torch.randn(2, 4, columns, generator=random, dtype=torch.float64)
    variables[1, 2:] = 0
    return Pose(variables, torch.tensor([places, range(4)]))


def generators():
    return [torch.Generator().manual_seed(run) for run in (5, 6)]


def odds(sketch, places, order, target):
    """Log odds of one sketch's target, shapes as drawn, by the network itself."""
    read, drawn = stroke_batch(flat([sketch])).like(OWN.network.cls), np.argsort(order[: len(sketch)])
    with torch.no_grad():
        shape, place = OWN.network.shape(read)[:, drawn], places[None, : len(sketch)][:, drawn]
        return log_odds(OWN.network.classify(shape, place, read.present), target[None]).item()


@pytest.mark.parametrize("places", [(0, 1, 2, 3), (2, 0, 3, 1)])
def test_the_swap_made_is_the_best_of_all(places):
    before = pose(2, places)
    after = swapped(Layouts(OWN, [FOUR, TWO]), before, TARGET, BOTH)
    assert torch.equal(after.variables, before.variables)
    assert not torch.equal(after.order, before.order)
    for run, sketch in enumerate((FOUR, TWO)):
        orders = [before.order[run].tolist()]
        for i, j in itertools.combinations(range(len(sketch)), 2):
            orders.append(list(orders[0]))
            orders[-1][i], orders[-1][j] = orders[0][j], orders[0][i]
        best = max(
            orders, key=lambda order, run=run, sketch=sketch: odds(sketch, before.variables[run], order, TARGET[run])
        )
        assert after.order[run].tolist() == best


def test_the_leap_made_is_the_best_of_those_drawn():
    before = pose(2)
    after = leapt(Layouts(OWN, [FOUR, TWO]), before, TARGET, generators(), BOTH)
    assert torch.equal(after.order, before.order)
    for run, sketch in enumerate((FOUR, TWO)):
        random, poses = torch.Generator().manual_seed((5, 6)[run]), [before.variables[run]]
        for _ in range(leaps(len(sketch))):
            lots = torch.rand(len(sketch), 6, generator=random, dtype=torch.float64)
            for stroke in range(len(sketch)):
                poses.append(before.variables[run].clone())
                poses[-1][stroke] = (lots[stroke, 1:3] - 0.5) * SPAN
        order = before.order[run].tolist()
        best = max(poses, key=lambda each, run=run, sketch=sketch, order=order: odds(sketch, each, order, TARGET[run]))
        torch.testing.assert_close(after.variables[run], best)


@pytest.mark.parametrize("who", [0, 1])
def test_runs_that_want_nothing_stay_and_leave_the_others_theirs(who):
    layouts, before, wanting = Layouts(OWN, [FOUR, TWO]), pose(5, (2, 0, 3, 1)), torch.arange(2) == who
    for move in (lambda own: leapt(layouts, before, TARGET, generators(), own),
                 lambda own: swapped(layouts, before, TARGET, own)):  # fmt: skip
        after, both, none = move(wanting), move(BOTH), move(~BOTH)
        for part in ("variables", "order"):
            was, some, all_ = (getattr(each, part) for each in (before, after, both))
            assert torch.equal(some[1 - who], was[1 - who])
            torch.testing.assert_close(some[who], all_[who])
            assert torch.equal(getattr(none, part), was)


def test_single_strokes_are_embedded_as_they_are_among_all():
    layouts, variables = Layouts(OWN, [FOUR, TWO]), pose(5).variables
    every = layouts.shapes(variables)
    run, stroke = torch.tensor([[1, 0, 0, 1, 0, 0, 0], [1, 3, 0, 0, 2, 3, 1]])
    found = layouts.shapes_of(run, stroke, variables[run, stroke])
    torch.testing.assert_close(found, every[run, stroke].detach())
    places = pose(2).variables
    torch.testing.assert_close(layouts.shapes_of(run, stroke, places[run, stroke]), layouts.shape[run, stroke])


def test_few_strokes_leap_more_often_in_the_same_time():
    tokens = [leaps(strokes) * strokes * (strokes + 1) for strokes in range(2, 33)]
    assert [leaps(strokes) for strokes in (1, 2, 3, 5, 9, 11, 32)] == [64, 64, 64, 26, 8, 6, 6]
    assert all(one <= 800 for one in tokens[:9])


def test_a_leap_of_a_free_stroke_changes_it_alone_within_bounds_for_the_better():
    layouts, random, now = Layouts(OWN, [FOUR, TWO]), generators(), pose(5)
    kinds, gained = set(), torch.zeros(2, dtype=torch.float64)
    for _ in range(12):
        then = leapt(layouts, now, TARGET, random, BOTH)
        changed = then.variables != now.variables
        moved = torch.stack([changed[..., :2].any(dim=2), changed[..., 2:].any(dim=2)], dim=2)
        assert (moved.any(dim=2).sum(dim=1) <= 1).all()
        assert not moved[1, 2:].any()
        kinds |= {tuple(kind) for kind in moved.flatten(0, 1).tolist()}
        before, after = (log_odds(layouts.logits(each)[0].detach(), TARGET) for each in (now, then))
        assert (after >= before - 1e-12).all()  # a dot's shape makes no odds but for rounding
        gained += after - before
        for column, bound in ((2, LARGEST), (4, STRETCH)):
            assert then.variables[..., column].abs().max() <= max(bound, now.variables[..., column].abs().max())
        now = then
    assert (gained > 1).all()
    assert kinds == {(False, False), (True, False), (False, True), (True, True)}
