"""What is published: ranks of made-up encoders counted by hand, identities between rows, intervals by photo."""

import itertools
import json
import math
from types import SimpleNamespace

import numpy as np
import pytest

from sketchlib.errors import InputError
from sketchlib.io.photos import read_photo
from sketchlib.models import runtime
from sketchlib.retrieval.canvas import selector_flops, selector_points, student_flops
from sketchlib.retrieval.evaluation import Questions, RetrievalScores, retrieval
from sketchlib.retrieval.hog import hog
from sketchlib.retrieval.lines import CANVASES, photo_lines, sketch_lines
from sketchlib.retrieval.metrics import bootstrap
from sketchlib.retrieval.model import Retriever, load_embedder, load_retriever
from sketchlib.retrieval.networks import CanvasSelector
from sketchlib.sketch import Sketch
from tests.network_oracle import random_drawing
from tests.retrieval import cards
from tests.train.retrieval.toys import pairs

PHOTOS, SKETCHES, DIMENSION = 12, 40, 6
STUDENT_ROWS = [f"fixed_{canvas}" for canvas in CANVASES]
KEYS = {"teacher", *STUDENT_ROWS, "selector", "adaptive", "random", "oracle", "hog"}


def unit_rows(count: int, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, DIMENSION))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def questions() -> Questions:
    random = np.random.default_rng(0)
    photos = [random.integers(0, 256, (30, 30, 3), dtype=np.uint8) for _ in range(PHOTOS)]
    sketches = [Sketch.from_points(random_drawing(random, 3, 5)) for _ in range(SKETCHES)]
    return Questions(photos, sketches, [int(photo) for photo in random.integers(0, PHOTOS, SKETCHES)])


QUESTIONS = questions()
GALLERY = unit_rows(PHOTOS, 1)


class Stub:
    """A student that is better on larger canvases, and a selector that takes them in turn."""

    card = SimpleNamespace(title="stub-v1")
    selector = CanvasSelector(len(CANVASES), 4)
    canvas, flops, dimension = 96, 10**9, DIMENSION
    read, _read, _empty = Retriever.read, Retriever._read, Retriever._empty

    def __init__(self) -> None:
        noise = dict(zip(CANVASES, (2.0, 1.0, 0.6, 0.5), strict=True))
        own = GALLERY[list(QUESTIONS.photo_of)]
        rows = {canvas: own + size * unit_rows(SKETCHES, canvas) for canvas, size in noise.items()}
        self.rows = {canvas: row / np.linalg.norm(row, axis=1, keepdims=True) for canvas, row in rows.items()}
        self.rows[self.canvas] = self.rows[64]
        self.photos = self  # its own teacher

    def embed_photos(self, photos) -> np.ndarray:
        assert list(photos) == list(QUESTIONS.photos)
        return GALLERY

    def embed_sketches(self, sketches, canvas: int) -> np.ndarray:
        return self.rows[canvas][[QUESTIONS.sketches.index(sketch) for sketch in sketches]]

    def canvas_probabilities(self, sketches) -> np.ndarray:
        taken = [chosen(QUESTIONS.sketches.index(sketch)) for sketch in sketches]
        return 0.1 + 0.6 * np.eye(len(CANVASES), dtype=np.float32)[taken]

    def query(self, sketch, photos=None):
        return SimpleNamespace(milliseconds=float(QUESTIONS.sketches.index(sketch)))


def chosen(sketch: int) -> int:
    """Canvases in turn, the smallest twice as often as each other."""
    return (0, 1, 2, 3, 0)[sketch % 5]


STUB = Stub()


@pytest.fixture(scope="module")
def scores() -> RetrievalScores:
    return retrieval(QUESTIONS, STUB, STUB)


def slow_ranks(rows: np.ndarray) -> list[int]:
    found = []
    for row, own in zip(rows, QUESTIONS.photo_of, strict=True):
        away = [math.dist(row, photo) for photo in GALLERY]
        found.append(sum(distance <= away[own] for distance in away))
    return found


RANKS = {canvas: slow_ranks(STUB.rows[canvas]) for canvas in CANVASES}
COSTS = dict(zip(CANVASES, student_flops(), strict=True))


def check(found, ranks: list[int], costs: list[float]) -> None:
    for k in (1, 5, 10):
        assert getattr(found, f"acc{k}") == pytest.approx(sum(rank <= k for rank in ranks) / len(ranks))
    assert found.mean_rank == pytest.approx(sum(ranks) / len(ranks))
    assert found.gflops == pytest.approx(sum(costs) / len(costs) / 1e9)


def test_there_is_a_row_for_every_encoder_and_control(scores):
    assert set(scores.encoders) == KEYS
    assert set(retrieval(QUESTIONS, STUB, None).encoders) == KEYS - {"teacher"}
    assert (scores.model, scores.n_sketches, scores.n_photos) == ("stub-v1", SKETCHES, PHOTOS)


@pytest.mark.parametrize("canvas", CANVASES)
def test_a_fixed_canvas_is_scored_sketch_by_sketch(scores, canvas):
    check(scores.encoders[f"fixed_{canvas}"], RANKS[canvas], [COSTS[canvas]] * SKETCHES)


def test_the_teacher_is_asked_on_its_own_canvas(scores):
    check(scores.encoders["teacher"], RANKS[64], [10**9] * SKETCHES)


def asking(number: int) -> int:
    return selector_flops(STUB.selector, len(selector_points(QUESTIONS.sketches[number])))


def test_the_selector_alone_takes_its_canvases_and_pays_for_the_choice(scores):
    ranks = [RANKS[CANVASES[chosen(number)]][number] for number in range(SKETCHES)]
    costs = [COSTS[CANVASES[chosen(number)]] + asking(number) for number in range(SKETCHES)]
    check(scores.encoders["selector"], ranks, costs)
    assert scores.chosen == pytest.approx({32: 0.4, 64: 0.2, 128: 0.2, 256: 0.2})


def test_adaptive_glances_and_asks_the_selector_where_two_photos_are_as_near(scores):
    ranks, costs = [], []
    for number, row in enumerate(STUB.rows[32]):
        first, second = sorted(math.dist(row, photo) for photo in GALLERY)[:2]
        canvas = 32 if first <= 0.94 * second else CANVASES[chosen(number)]
        ranks.append(RANKS[canvas][number])
        again = first > 0.94 * second
        costs.append(COSTS[32] + again * (asking(number) + (COSTS[canvas] if canvas != 32 else 0)))
    check(scores.encoders["adaptive"], ranks, costs)
    assert scores.glanced == pytest.approx(sum(cost == COSTS[32] for cost in costs) / SKETCHES)
    assert 0 < scores.glanced < 1


@pytest.mark.parametrize("name", ["acc1", "acc5", "acc10", "mean_rank"])
def test_random_mixes_two_neighbouring_canvases_for_the_cost_of_adaptive(scores, name):
    cost = scores.encoders["adaptive"].gflops
    assert scores.encoders["random"].gflops == pytest.approx(cost)
    low, high = next(pair for pair in itertools.pairwise(STUDENT_ROWS) if cost <= scores.encoders[pair[1]].gflops)
    ends = [scores.encoders[each] for each in (low, high)]
    dear = (cost - ends[0].gflops) / (ends[1].gflops - ends[0].gflops)
    expected = (1 - dear) * getattr(ends[0], name) + dear * getattr(ends[1], name)
    assert getattr(scores.encoders["random"], name) == pytest.approx(expected)


def test_the_lead_is_over_random_sketch_by_sketch(scores):
    assert scores.lead == pytest.approx(scores.encoders["adaptive"].acc1 - scores.encoders["random"].acc1)
    low, high = scores.lead_ci
    assert low < scores.lead < high
    apart = math.hypot(*(np.subtract(*scores.encoders[name].acc1_ci) for name in ("adaptive", "random")))
    assert high - low < apart  # the same sketches: their differences vary less than two samples of them


def test_the_oracle_takes_the_smallest_canvas_of_the_best_rank(scores):
    ranks, costs = [], []
    for number in range(SKETCHES):
        best = min(RANKS[canvas][number] for canvas in CANVASES)
        canvas = next(canvas for canvas in CANVASES if RANKS[canvas][number] == best)
        ranks.append(best)
        costs.append(COSTS[canvas])
    check(scores.encoders["oracle"], ranks, costs)


def test_nothing_that_chooses_beats_the_oracle(scores):
    oracle = scores.encoders["oracle"]
    for name in (*STUDENT_ROWS, "selector", "adaptive", "random"):
        other = scores.encoders[name]
        assert oracle.mean_rank <= other.mean_rank
        assert all(getattr(oracle, f"acc{k}") >= getattr(other, f"acc{k}") for k in (1, 5, 10))


def test_hog_is_the_cosine_of_lines_without_learning(scores):
    shown = [hog(photo_lines(photo)) for photo in QUESTIONS.photos]
    ranks = []
    for sketch, own in zip(QUESTIONS.sketches, QUESTIONS.photo_of, strict=True):
        asked = hog((255 * sketch_lines([sketch], 256)[0, 0].numpy()).astype(np.uint8))
        cosines = [float(asked @ each) for each in shown]
        ranks.append(sum(cosine >= cosines[own] for cosine in cosines))
    check(scores.encoders["hog"], ranks, [0.0])


def test_milliseconds_are_medians_and_missing_where_nothing_is_run(scores):
    assert scores.encoders["adaptive"].ms == np.median(range(SKETCHES))
    assert scores.encoders["fixed_32"].ms > 0
    for name in ("random", "oracle", "hog"):
        assert scores.encoders[name].ms is scores.encoders[name].ms_ci is None


def test_intervals_hold_their_values_and_json_holds_plain_ones(scores):
    plain = json.loads(json.dumps(scores.as_json()))
    assert set(plain) == KEYS | {"model", "chosen", "glanced", "lead", "lead_ci", "n_sketches", "n_photos"}
    for name in KEYS:
        for field in ("acc1", "acc5", "acc10", "mean_rank", "gflops"):
            low, high = plain[name][f"{field}_ci"]
            assert low - 1e-9 <= plain[name][field] <= high + 1e-9
        assert {"ms", "ms_ci"} <= set(plain[name])


def test_intervals_are_those_of_photos_not_of_sketches():
    """Sketches of a photo all alike: 25 photos of 16 sketches each say as much as 25 sketches."""
    values, groups = np.random.default_rng(0).normal(size=25), np.repeat(np.arange(25), 16)
    low, high = bootstrap(values[groups], groups)
    expected = 2 * 1.96 * values.std() / math.sqrt(25)
    assert high - low == pytest.approx(expected, rel=0.12)
    assert (low + high) / 2 == pytest.approx(values.mean(), abs=0.1 * expected)
    alone = bootstrap(values[groups], np.arange(25 * 16))
    assert alone[1] - alone[0] == pytest.approx(expected / 4, rel=0.12)


def test_photos_of_many_sketches_weigh_more():
    """Drawn again whole: one photo of 30 sketches right, 9 of one sketch wrong; a resample has 0, 1, 2... of it."""
    groups = np.array([0] * 30 + list(range(1, 10)))
    values = (groups == 0).astype(float)
    low, high = bootstrap(values, groups)
    assert low == 0
    assert high == pytest.approx(90 / 97, abs=0.03)


def test_a_statistic_that_never_varies_has_no_width():
    assert bootstrap(np.full(8, 0.5), np.arange(8)) == (0.5, 0.5)


@pytest.mark.parametrize(("photos", "sketches"), [(1, 1), (0, 0), (2, 0)])
def test_too_little_to_judge_is_refused(photos, sketches):
    few = Questions(QUESTIONS.photos[:photos], QUESTIONS.sketches[:sketches], [0] * sketches)
    with pytest.raises(InputError, match=f"got {photos} and {sketches}"):
        retrieval(few, STUB, None)


def test_networks_from_cards_are_scored(tmp_path, monkeypatch):
    monkeypatch.setattr(runtime, "available", lambda: False)  # exports take longer than the rest
    toys = pairs(tmp_path)
    student = load_retriever(cards.write_student(tmp_path))
    teacher = load_embedder(cards.write(tmp_path, "retrieval_teacher", cards.TEACHER, "teacher"))
    asked = Questions([read_photo(path) for path in toys.photos], toys.sketches, toys.photo_of)
    scores = retrieval(asked, student, teacher)
    assert set(scores.encoders) == KEYS
    assert scores.encoders["teacher"].gflops == pytest.approx(teacher.flops / 1e9)
    assert scores.encoders["hog"].acc1 == 1
    assert all(each.acc5 == each.acc10 == 1 for each in scores.encoders.values())
