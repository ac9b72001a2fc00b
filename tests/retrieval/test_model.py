"""Networks from cards: what they embed, what a query says of itself, and what they refuse."""

import math

import numpy as np
import pytest
import torch

from sketchlib.errors import CheckpointError, InputError, SketchError
from sketchlib.models import runtime
from sketchlib.retrieval.canvas import selector_flops, selector_points, student_flops
from sketchlib.retrieval.cost import flops
from sketchlib.retrieval.gradients import gradients_flops
from sketchlib.retrieval.lines import CANVASES, photo_lines, sketch_lines
from sketchlib.retrieval.model import Retriever, TeacherModel, build, load_embedder, load_retriever
from sketchlib.sketch import Sketch
from tests.network_oracle import random_drawing
from tests.retrieval import cards

SKETCHES = [Sketch.from_points(random_drawing(np.random.default_rng(seed), 3, 6)) for seed in range(3)]
PHOTOS = [np.random.default_rng(seed).integers(0, 256, (40, 60, 3), dtype=np.uint8) for seed in range(3)]
EMPTY = Sketch()


@pytest.fixture(scope="module")
def student(tmp_path_factory) -> Retriever:
    return load_retriever(cards.write_student(tmp_path_factory.mktemp("student")))


@pytest.fixture(scope="module")
def teacher(tmp_path_factory) -> TeacherModel:
    return load_embedder(cards.write(tmp_path_factory.mktemp("teacher"), "retrieval_teacher", cards.TEACHER))


@pytest.fixture(params=["student", "teacher"])
def model(request):
    return request.getfixturevalue(request.param)


def test_photos_become_rows_of_length_1_whatever_their_number(teacher):
    rows = teacher.embed_photos(PHOTOS)
    assert rows.shape == (3, teacher.dimension)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert teacher.embed_photos([]).shape == (0, teacher.dimension)


def test_sketches_become_rows_of_length_1_whatever_their_number(model):
    rows = model.embed_sketches(SKETCHES, 96)
    assert rows.shape == (3, model.dimension)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert model.embed_sketches([], 96).shape == (0, model.dimension)


def test_rows_are_the_networks_own(model):
    """ONNX Runtime and its pieces of 16 against one pass of torch."""
    canvas = 32 if isinstance(model, Retriever) else model.canvas
    sketches = SKETCHES * 6
    with torch.no_grad():
        drawn = model.network(sketch_lines(sketches, canvas)).numpy()
    assert model.embed_sketches(sketches, canvas) == pytest.approx(drawn, abs=1e-4)


def test_rows_of_photos_are_the_teachers_own(teacher):
    """Blank photos among them."""
    photos = [*PHOTOS, np.full((9, 9, 3), 7, np.uint8)] * 5
    with torch.no_grad():
        seen = teacher.network(torch.cat([teacher.lines(photo) for photo in photos])).numpy()
    assert teacher.embed_photos(photos) == pytest.approx(seen, abs=1e-4)


def test_torch_stands_in_where_the_runtime_is_missing(model, monkeypatch):
    expected = model.embed_sketches(SKETCHES, 96)
    monkeypatch.setattr(runtime, "available", lambda: False)
    assert model.embed_sketches(SKETCHES, 96) == pytest.approx(expected, abs=1e-4)


def test_a_photos_lines_have_the_side_of_the_card(teacher):
    lines = teacher.lines(PHOTOS[0])
    assert lines.shape == (1, 1, teacher.canvas, teacher.canvas)
    assert 0 <= float(lines.min()) < float(lines.max()) <= 1


def test_a_photos_lines_are_reduced_on_the_way_as_the_card_says(tmp_path):
    cards.write(tmp_path, "retrieval_teacher", cards.TEACHER | {"photos_at": 128}, "toy-teacher")
    teacher: TeacherModel = load_embedder(tmp_path / "toy-teacher-v1.toml")
    kept = np.rint(photo_lines(PHOTOS[0]).reshape(128, 2, 128, 2).mean((1, 3))) / 255
    side, places = teacher.canvas, 128 / teacher.canvas
    windows = [slice(math.floor(place * places), math.ceil((place + 1) * places)) for place in range(side)]
    expected = [[kept[row, column].mean() for column in windows] for row in windows]
    assert teacher.lines(PHOTOS[0])[0, 0].numpy() == pytest.approx(np.array(expected), abs=2e-3)


def test_identity_is_the_card_and_its_weights(student, tmp_path):
    assert student.identity == f"toy-v1 {student.card.weights.files[0].sha256[:12]}"
    other = load_retriever(cards.write_student(tmp_path, seed=1))
    assert other.identity != student.identity
    assert student.photos.identity == f"toy-teacher-v1 {student.photos.card.weights.files[0].sha256[:12]}"


def test_a_teacher_that_ships_need_not_lie_beside_its_student(tmp_path):
    card = cards.write(tmp_path, "sketchynet", {"teacher": "chair-teacher-v3", "hidden": 6})
    assert load_retriever(card).photos.card.title == "chair-teacher-v3"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"dimension": 8}, "one dimension, got 1304 and 2576: toy-teacher-v1, toy-v1"),
        (None, "one of .* or the path of a .toml card, got 'toy-teacher-v1'"),
    ],
)
def test_a_student_without_its_teacher_is_refused(tmp_path, settings, words):
    if settings:
        cards.write(tmp_path, "retrieval_teacher", {"side": 96, **settings}, "toy-teacher")
    with pytest.raises(CheckpointError, match=words):
        load_retriever(cards.write(tmp_path, "sketchynet", cards.STUDENT))


def test_a_student_is_no_teacher(tmp_path):
    cards.write_student(tmp_path)
    card = cards.write(tmp_path, "sketchynet", {"teacher": "toy-v1"}, "other")
    with pytest.raises(CheckpointError, match="builder retrieval_teacher, got sketchynet: toy-v1"):
        load_retriever(card)


@pytest.mark.parametrize("canvas", CANVASES)
def test_a_query_by_hand_reads_the_canvas_it_is_told(student, canvas):
    query = student.query(SKETCHES[0], canvas)
    assert query.canvas == canvas
    assert query.vector == pytest.approx(student.embed_sketches(SKETCHES[:1], canvas)[0], abs=1e-5)
    assert query.flops == student_flops()[CANVASES.index(canvas)]
    assert query.milliseconds > 0


def test_a_query_by_the_selector_reads_its_most_probable_canvas(student):
    for sketch in SKETCHES:
        query = student.query(sketch)
        with torch.no_grad():
            rows = torch.from_numpy(selector_points(sketch))
            logits = student.selector(rows[None], torch.tensor([len(rows)]))[0]
        expected = torch.exp(logits) / torch.exp(logits).sum()
        assert query.probabilities == pytest.approx(expected.tolist(), abs=1e-5)
        assert sum(query.probabilities) == pytest.approx(1, abs=1e-5)
        assert query.canvas == CANVASES[int(expected.argmax())]
        assert query.vector == pytest.approx(student.embed_sketches([sketch], query.canvas)[0], abs=1e-5)
        cost = student_flops()[CANVASES.index(query.canvas)] + selector_flops(student.selector, len(rows))
        assert query.flops == cost


class Distances:
    """Photos whose distances from a query are given: what a search says of them."""

    def __init__(self, *distances, count=1000):
        self.distances, self.asked, self.count = np.array(distances), 0, count

    def __len__(self):
        return self.count

    def nearest(self, queries, top):
        self.asked += 1
        rows = np.tile(self.distances[:top], (len(queries), 1))
        return np.zeros(rows.shape, int), rows


@pytest.fixture
def choosy(student):
    """The student with a selector that takes 64 pixels."""
    bias = student.selector.head.bias.data
    before = bias.clone()
    bias[1] += 100
    yield Retriever(student.network, student.card, student.photos)  # exported anew
    bias.copy_(before)


@pytest.mark.parametrize(("distances", "does"), [((0.939, 1), True), ((0.941, 1), False), ((0.5,), True)])
def test_a_glance_does_where_the_nearest_photo_stands_out(choosy, distances, does):
    photos = Distances(*distances)
    query, alone = choosy.query(SKETCHES[0], photos=photos), choosy.query(SKETCHES[0])
    glance = choosy.query(SKETCHES[0], 32)
    assert alone.canvas == 64
    assert photos.asked == 1
    if does:
        assert (query.looks, query.flops) == ((32,), glance.flops)
        assert query.vector == pytest.approx(glance.vector)
    else:
        assert (query.looks, query.flops) == ((32, 64), glance.flops + alone.flops)
        assert query.vector == pytest.approx(alone.vector)
    assert query.probabilities == alone.probabilities


def test_among_many_photos_there_is_no_glance(choosy):
    photos = Distances(0.1, 1, count=1001)
    query, alone = choosy.query(SKETCHES[0], photos=photos), choosy.query(SKETCHES[0])
    assert (query.looks, query.flops, photos.asked) == ((64,), alone.flops, 0)
    assert query.vector == pytest.approx(alone.vector)


def test_many_sketches_are_read_as_each_alone(choosy):
    class Halves(Distances):
        def nearest(self, queries, top):
            every = np.array([[0.5, 1.0] if row @ vectors[1] > 0.999 else [1.0, 1.0] for row in queries])
            return np.zeros(every.shape, int), every

    vectors = choosy.embed_sketches(SKETCHES, 32)
    reading = choosy.read(SKETCHES, Halves())
    alone = [choosy.query(sketch, photos=Halves()) for sketch in SKETCHES]
    assert reading.looks == tuple(query.looks for query in alone) == ((32, 64), (32,), (32, 64))
    assert reading.vectors == pytest.approx(np.stack([query.vector for query in alone]), abs=1e-5)
    assert reading.glanced.tolist() == [len(looks) == 1 for looks in reading.looks]
    assert choosy.read([], Halves()).vectors.shape == (0, choosy.dimension)


@pytest.mark.parametrize("wanted", range(4))
def test_the_selector_can_take_every_canvas(student, wanted):
    bias = student.selector.head.bias.data
    before = bias.clone()
    bias[wanted] += 100
    taken = Retriever(student.network, student.card, student.photos).query(SKETCHES[0]).canvas  # exported anew
    bias.copy_(before)
    assert taken == CANVASES[wanted]


def test_probabilities_do_not_depend_on_the_batch(student):
    together = student.canvas_probabilities(SKETCHES)
    assert together.shape == (3, 4)
    alone = np.concatenate([student.canvas_probabilities([sketch]) for sketch in SKETCHES])
    assert together == pytest.approx(alone, abs=1e-6)


def test_the_teachers_cost_is_that_of_its_canvas(teacher):
    assert teacher.canvas == 96
    assert teacher.flops == flops(teacher.network, (1, 1, 96, 96)) + gradients_flops(96)


@pytest.mark.parametrize("canvas", [0, 31, 96, 512, -32])
def test_an_unknown_canvas_is_refused(student, canvas):
    with pytest.raises(InputError, match=f"one of 32, 64, 128, 256 pixels, got {canvas}"):
        student.query(SKETCHES[0], canvas)


def test_an_empty_sketch_is_refused(student, teacher):
    for ask in (
        lambda: student.query(EMPTY),
        lambda: student.query(EMPTY, 64),
        lambda: student.canvas_probabilities([SKETCHES[0], EMPTY]),
        lambda: teacher.embed_sketches([EMPTY], 96),
    ):
        with pytest.raises(SketchError, match="at least one stroke, got an empty sketch"):
            ask()


def test_a_dot_is_a_query(student):
    query = student.query(Sketch.from_points([[(0.2, 0.2)]]))
    assert np.isfinite(query.vector).all()


def test_a_card_of_something_else_is_refused(tmp_path):
    teacher = cards.write(tmp_path, "retrieval_teacher", cards.TEACHER, "teacher")
    with pytest.raises(CheckpointError, match="builder sketchynet, got retrieval_teacher"):
        load_retriever(teacher)
    wrong = teacher.with_name("wrong-v1.toml")
    wrong.write_text(teacher.read_text().replace("side = 96", "side = 96\ndimension = 8"))
    with pytest.raises(CheckpointError, match="fit its network"):
        load_embedder(wrong)
    with pytest.raises(CheckpointError, match="sketchynet or retrieval_teacher, got 'sketchcnn'"):
        build("sketchcnn", {})


def test_a_setting_nobody_knows_is_refused():
    with pytest.raises(CheckpointError, match="colour"):
        build("sketchynet", {"colour": 3})


def test_changed_weights_are_refused(tmp_path):
    path = cards.write_student(tmp_path)
    file = path.with_suffix(".safetensors")
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(CheckpointError, match="sha256"):
        load_retriever(path)
