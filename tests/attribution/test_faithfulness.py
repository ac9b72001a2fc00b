"""Curves, agreement and disturbance against their definitions, written slowly."""

import itertools

import numpy as np
import pytest
import scipy.stats
import torch

from sketchlib.attribution import explain, game_for, logit
from sketchlib.attribution.faithfulness import (
    all_removals,
    area,
    cascade,
    deletion_curve,
    infidelity,
    infidelity_normalised,
    insertion_curve,
    jittered,
    max_sensitivity,
    planted,
    planted_auc,
    randomised,
    sensitivity_n,
    spearman,
)
from sketchlib.attribution.faithfulness.cases import Remembered
from sketchlib.attribution.faithfulness.curves import resampled
from sketchlib.attribution.faithfulness.disturbance import stages
from sketchlib.attribution.games import Counted
from sketchlib.errors import InputError, ModelError
from sketchlib.sketch import Sketch
from tests.attribution.oracle import CANVAS, CROSSING, LinearGame, TableGame, recogniser, smooth, strokes, table

VALUES = [0.3, -1.0, 2.0, 0.3]
SCORES = table(4, seed=3)


def number(players) -> int:
    """Index in a table of the subset of these players."""
    return sum(1 << player for player in players)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


# --- curves


def test_deletion_takes_the_highest_value_first_and_the_earlier_of_equal_ones():
    left = [{0, 1, 2, 3}, {0, 1, 3}, {1, 3}, {1}, set()]
    assert deletion_curve(TableGame(SCORES), VALUES) == pytest.approx([SCORES[number(who)] for who in left], abs=1e-6)


def test_insertion_brings_the_highest_value_first():
    there = [set(), {2}, {0, 2}, {0, 2, 3}, {0, 1, 2, 3}]
    assert insertion_curve(TableGame(SCORES), VALUES) == pytest.approx([SCORES[number(who)] for who in there], abs=1e-6)


def test_only_the_ranking_counts_for_a_curve():
    game = TableGame(SCORES)
    assert np.array_equal(deletion_curve(game, VALUES), deletion_curve(game, np.exp(VALUES)))
    assert not np.allclose(deletion_curve(game, VALUES), deletion_curve(game, np.negative(VALUES)))


def test_exact_values_of_a_sum_delete_fastest_and_insert_fastest():
    weights = [0.5, -1.0, 2.0, 0.1]
    game = LinearGame(weights)
    orders = [np.array(order, dtype=float) for order in itertools.permutations(range(4))]
    assert area(deletion_curve(game, weights)) == pytest.approx(min(area(deletion_curve(game, o)) for o in orders))
    assert area(insertion_curve(game, weights)) == pytest.approx(max(area(insertion_curve(game, o)) for o in orders))


def watched(game):
    """The game, and how many scores it was asked for at a time."""
    asked, answer = [], game.values

    def values(gates):
        asked.append(len(gates))
        return answer(gates)

    game.values = values
    return game, asked


def test_a_curve_asks_once_for_each_step():
    game, asked = watched(LinearGame([1.0, 2.0, 3.0]))
    deletion_curve(game, [1, 2, 3])
    assert sum(asked) == 4


def test_several_rankings_give_a_curve_each_and_ask_once_for_what_they_share():
    rankings = np.array([[VALUES, np.negative(VALUES)], [np.arange(4.0), np.array(VALUES)]])
    for curve in (deletion_curve, insertion_curve):
        game, asked = watched(TableGame(SCORES))
        together = curve(game, rankings)
        assert 5 <= sum(asked) <= 3 * 3 + 2
        assert together.shape == (2, 2, 5)
        for place in np.ndindex(2, 2):
            assert together[place] == pytest.approx(curve(TableGame(SCORES), rankings[place]))


def test_area_is_that_of_the_polygon():
    assert area([1.0, 0.5, 0.0]) == pytest.approx(0.5)
    assert area([1.0, 0.0, 0.0, 0.0]) == pytest.approx(1 / 6)
    heights = np.random.default_rng(0).normal(size=9)
    assert area(heights) == pytest.approx(np.trapezoid(heights, dx=1 / 8))


def test_resampling_keeps_ends_and_straight_lines():
    assert resampled([1.0, 0.0], 5) == pytest.approx([1, 0.75, 0.5, 0.25, 0])
    assert resampled([3.0, 1.0, 2.0], 3) == pytest.approx([3, 1, 2])


@pytest.mark.parametrize("values", [[1.0, 2.0], [1.0, 2.0, 3.0, float("nan")], [[1.0, 2.0], [3.0, 4.0]], 1.0])
def test_a_ranking_that_does_not_fit_is_refused(values):
    with pytest.raises(InputError, match="one finite value per stroke"):
        deletion_curve(TableGame(SCORES), values)


def test_a_model_that_gives_no_number_is_named():
    with pytest.raises(ModelError, match="finite number"):
        insertion_curve(LinearGame([float("nan"), 1.0]), [1, 2])


def test_a_curve_of_a_drawing_is_what_the_model_says_of_fewer_strokes():
    game = game_for(CROSSING, smooth, CANVAS)
    curve = deletion_curve(game, VALUES)
    rest = CROSSING.without([2, 0])
    assert curve[2] == pytest.approx(explain(rest, smooth, "random", canvas=CANVAS).score, abs=1e-5)


# --- agreement


def subsets(players):
    return [set(who) for size in range(players + 1) for who in itertools.combinations(range(players), size)]


def drop(gone):
    return SCORES[15] - SCORES[number({0, 1, 2, 3} - gone)]


def test_removals_are_all_subsets_and_what_they_cost():
    removals = all_removals(TableGame(SCORES))
    found = {frozenset(np.flatnonzero(row).tolist()): cost for row, cost in zip(*removals, strict=True)}
    assert found == pytest.approx({frozenset(gone): drop(gone) for gone in subsets(4)}, abs=1e-6)


def test_removals_of_many_strokes_are_refused():
    with pytest.raises(InputError, match="at most 12 strokes, got 13"):
        all_removals(LinearGame([1.0] * 13))


def test_sensitivity_n_is_the_correlation_at_each_size():
    expected = []
    for size in (1, 2, 3):
        pairs = [(sum(VALUES[k] for k in gone), drop(gone)) for gone in subsets(4) if len(gone) == size]
        expected.append(scipy.stats.pearsonr(*zip(*pairs, strict=True)).statistic)
    assert sensitivity_n(all_removals(TableGame(SCORES)), VALUES) == pytest.approx(expected, abs=1e-5)


def test_infidelity_is_the_mean_square_of_what_the_values_miss():
    missed = [(sum(VALUES[k] for k in gone) - drop(gone)) ** 2 for gone in subsets(4)]
    assert infidelity(all_removals(TableGame(SCORES)), VALUES) == pytest.approx(np.mean(missed), rel=1e-5)


def test_normalised_infidelity_is_the_best_a_factor_can_do():
    removals, values = all_removals(TableGame(SCORES)), np.negative(VALUES)
    nothing = infidelity(removals, np.zeros(4))
    tried = [infidelity(removals, factor * values) / nothing for factor in np.linspace(0, 3, 3001)]
    found = infidelity_normalised(removals, values)
    assert found == pytest.approx(min(tried), abs=1e-5)
    assert 0 < found < 0.99
    assert infidelity_normalised(removals, 1000 * values) == pytest.approx(found)
    assert infidelity_normalised(removals, -values) == 1


def test_a_sum_is_explained_without_a_rest():
    weights = [0.5, -1.0, 2.0, 0.1]
    removals = all_removals(LinearGame(weights))
    assert infidelity(removals, weights) == pytest.approx(0, abs=1e-9)
    assert infidelity_normalised(removals, np.multiply(7, weights)) == pytest.approx(0, abs=1e-9)
    assert sensitivity_n(removals, weights) == pytest.approx(np.ones(3))


def test_where_nothing_drops_nothing_is_explained():
    removals = all_removals(LinearGame([0.0, 0.0, 0.0]))
    assert infidelity_normalised(removals, [1.0, 2.0, 3.0]) == 1
    assert infidelity(removals, [0.0, 0.0, 0.0]) == 0
    assert sensitivity_n(removals, [1.0, 2.0, 3.0]) == pytest.approx(np.zeros(2))


@pytest.mark.parametrize("seed", range(5))
def test_spearman_is_scipys_ties_included(seed):
    random = np.random.default_rng(seed)
    first, second = random.integers(4, size=7), random.normal(size=7).round(seed % 3)
    assert spearman(first, second) == pytest.approx(scipy.stats.spearmanr(first, second).statistic)


def test_spearman_of_what_ranks_nothing_is_zero():
    assert spearman([1, 1, 1], [1, 2, 3]) == 0
    assert spearman([1, 2, 3], [2.5, 2.5, 2.5]) == 0
    assert spearman([1, 2, 3], [10, 20, 25]) == pytest.approx(1)


def test_a_game_remembered_asks_for_a_subset_once():
    ask = Counted(TableGame(SCORES), strokes(4), 64)
    explain(strokes(4), Remembered(ask), "shapley")
    before = ask.calls
    all_removals(Remembered(ask))
    assert deletion_curve(Remembered(ask), VALUES) == pytest.approx(deletion_curve(TableGame(SCORES), VALUES))
    assert ask.calls == before == 16


# --- disturbance


def test_jitter_moves_every_point_evenly_within_a_disc():
    sketch = Sketch.from_points([np.full((2000, 2), 0.5), [(0.1, 0.2)]], "cat")
    moved = jittered(sketch, seeded(), radius=0.02)
    offsets = (moved[0].points - 0.5) / 0.02
    distances = np.linalg.norm(offsets, axis=1)
    assert distances.max() <= 1
    assert (distances < np.sqrt(0.5)).mean() == pytest.approx(0.5, abs=0.04)
    assert offsets.mean(axis=0) == pytest.approx([0, 0], abs=0.04)
    assert (moved.ids, moved.label) == (sketch.ids, "cat")
    assert moved.equals(jittered(sketch, seeded(), radius=0.02))
    assert not moved.equals(jittered(sketch, seeded(1), radius=0.02))


def test_max_sensitivity_is_the_largest_relative_change():
    values, moved = np.array([3.0, 4.0]), np.array([[3.0, 4.5], [0.0, 0.0], [3.0, 4.0]])
    assert max_sensitivity(values, moved[[0, 2]]) == pytest.approx(0.1)
    assert max_sensitivity(values, moved) == pytest.approx(1)
    assert max_sensitivity([0.0, 0.0], [[0.0, 0.0]]) == 0
    assert max_sensitivity([0.0, 0.0], [[0.0, 1.0]]) == np.inf


def test_a_planted_stroke_lies_anywhere_in_the_order_and_leaves_the_others():
    stranger, places = CROSSING[1], set()
    for seed in range(40):
        sketch, place = planted(CROSSING, stranger, seeded(seed))
        places.add(place)
        assert np.array_equal(sketch[place].points, stranger.points)
        assert sketch.without([sketch[place].id]).equals(CROSSING)
    assert places == {0, 1, 2, 3, 4}


def test_planted_auc_counts_the_strokes_above():
    values = [0.1, 0.5, 0.5, 0.9]
    assert planted_auc(values, 0) == 1
    assert planted_auc(values, 3) == 0
    assert planted_auc(values, 1) == pytest.approx((1 + 0.5) / 3)


@pytest.mark.parametrize("builder", ["sketchcnn", "sketchxainet"])
def test_the_last_step_of_a_cascade_is_another_network_altogether(builder):
    trained = recogniser(builder, seed=5)
    with torch.no_grad():
        for tensor in trained.network.state_dict().values():
            if tensor.is_floating_point():
                tensor.add_(0.25)
    before = {key: tensor.clone() for key, tensor in trained.network.state_dict().items()}
    seen, names = set(), list(stages(trained.network))
    for step, (name, other) in enumerate(cascade(trained, seeded(3))):
        state = other.network.state_dict()
        seen |= set(stages(trained.network)[name])
        assert name == names[step]
        assert not other.network.training
        for key, tensor in state.items():
            integer = not tensor.is_floating_point()
            assert torch.equal(tensor, before[key]) == (key not in seen or integer), (name, key)
    fresh = randomised(trained, seeded(3)).network.state_dict()
    assert all(torch.equal(state[key], fresh[key]) for key in state)
    assert seen == set(before)
    assert names[0] == "head"
    assert all(torch.equal(tensor, before[key]) for key, tensor in trained.network.state_dict().items())


def test_batch_norms_are_untrained_too():
    trained = recogniser("sketchcnn")
    for module in trained.network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.fill_(9)
            module.weight.data.fill_(9)
    norms = [m for m in randomised(trained, seeded()).network.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert norms
    assert all(float(norm.running_mean.abs().max()) == 0 and float(norm.weight.detach().min()) == 1 for norm in norms)


def test_untrained_weights_come_from_the_generator_alone():
    trained = recogniser("sketchcnn")
    state = torch.get_rng_state()
    generator = seeded(1)
    first, second, again = (randomised(trained, g).network.head.weight for g in (generator, generator, seeded(1)))
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(first, again)
    assert not torch.equal(first, second)
    assert randomised(trained, seeded()).classes == trained.classes


def test_a_map_of_an_untrained_network_is_another_map():
    trained = recogniser("sketchcnn")
    other = randomised(trained, seeded(8))
    first, second = (explain(CROSSING, logit(r, "cat"), "leave_one_out").values for r in (trained, other))
    assert not np.allclose(first, second)
