"""The Recognise tab without a browser: fast call, files, links, the chart, and what happens to hostile text."""

import base64
import json
from itertools import pairwise
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from demos import recognise
from demos.recognise import (
    chart,
    finding,
    known_since,
    leading,
    live,
    named_at,
    open_file,
    prefixes,
    restore,
    share,
    spread,
)
from demos.ui import models as ui_models
from demos.ui.models import Shelf
from sketchlib.errors import CheckpointError
from sketchlib.io import from_pad, from_token, to_token
from sketchlib.models.cards import Card, Preprocessing, Score, WeightFile, Weights
from sketchlib.sketch import Sketch

HOSTILE = "<img src=x onerror=alert(1)>"
CLASSES = ("one", "two", HOSTILE)
SQUARE = {"v": 1, "size": 256, "rev": 7, "strokes": [{"id": 3, "pts": [[0, 0], [256, 0]]}, {"id": 8, "pts": [[9, 9]]}]}


def card(**changes):
    weights = Weights((WeightFile("w.safetensors", "0" * 64),))
    fields = {"name": "toy", "version": 2, "builder": "toy", "licence": "none", "trained_on": "here", "command": "none"}
    fields |= {"classes": CLASSES, "config": {}, "preprocessing": Preprocessing("none"), "weights": weights}
    return Card(**fields | changes)


class Counting:
    """Sure of "one" for one stroke and of "two" for more; counts its calls."""

    classes, card = CLASSES, card()

    def __init__(self):
        self.calls = []

    def probabilities(self, sketches):
        self.calls.append(len(sketches))
        return np.array([[0.7, 0.2, 0.1] if len(s) == 1 else [0.2, 0.5, 0.3] for s in sketches], np.float32)


@pytest.fixture
def model(monkeypatch):
    toy = Counting()

    def load(name):
        if name != "toy-v2":
            raise CheckpointError(f"a model is toy-v2, got {name!r}")
        return toy

    monkeypatch.setattr(recognise, "shelf", Shelf(load))
    return toy


def test_live_ranks_the_classes_and_keeps_the_revision(model):
    answer = live({"sketch": SQUARE, "model": "toy-v2"})
    assert answer["rev"] == 7
    assert [label for label, _ in answer["top"]] == ["two", HOSTILE, "one"]
    assert [chance for _, chance in answer["top"]] == pytest.approx([0.5, 0.3, 0.2])
    assert answer["note"] == "Softmax over 3 classes by toy-v2, one drawing."


@pytest.mark.parametrize(
    ("request_", "wanted"),
    [
        ({"sketch": SQUARE, "model": HOSTILE}, HOSTILE),
        ({"sketch": {"strokes": [{"pts": "x"}]}, "model": "toy-v2"}, "stroke 1"),
        ({"sketch": 5, "model": "toy-v2"}, "strokes"),
    ],
)
def test_live_answers_trouble_with_one_sentence(model, request_, wanted):
    answer = live(request_)
    assert list(answer) == ["error"]
    assert wanted in answer["error"]
    assert "\n" not in answer["error"]


def test_live_about_nothing_asks_no_model(model):
    assert live({"sketch": None, "model": "toy-v2"}) == {"rev": 0, "top": []}
    assert model.calls == []


def test_recognise_runs_all_prefixes_in_one_batch(model):
    answer, drawn = recognise.recognise(SQUARE, "toy-v2")
    assert model.calls == [2]
    assert answer["top"][0][0] == "two"
    assert [list(trace.x) for trace in drawn.data] == [[1, 2]] * 3
    winner = drawn.data[-1]
    assert list(winner.y) == pytest.approx([20, 50])


def test_hostile_labels_are_escaped_in_the_chart(model):
    chances = np.array([[0.1, 0.1, 0.8]], np.float32)
    text = chart([1], chances, CLASSES).to_json()
    assert "<img" not in json.loads(text)["layout"]["title"]["subtitle"]["text"]
    assert all("<img" not in trace.name for trace in chart([1], chances, CLASSES).data)
    assert all("<" not in note.text for note in chart([1], chances, CLASSES).layout.annotations)


def test_handler_errors_become_escaped_toasts(model):
    with pytest.raises(gr.Error) as caught:
        recognise.recognise(SQUARE, HOSTILE)
    assert "&lt;img" in caught.value.message
    assert "<" not in caught.value.message


def test_prefixes_are_all_strokes_or_evenly_chosen_ones_with_the_last():
    sketch = Sketch.from_points([[[0, i / 200]] for i in range(200)])
    counts, steps = prefixes(sketch.prefix(5))
    assert counts == [1, 2, 3, 4, 5]
    assert [step.ids for step in steps] == [sketch.ids[:n] for n in counts]
    counts, steps = prefixes(sketch)
    assert (len(counts), counts[0], counts[-1]) == (48, 1, 200)
    assert [len(step) for step in steps] == counts == sorted(set(counts))


@pytest.mark.parametrize(
    ("leaders", "since"), [([0], 0), ([1, 0], 1), ([0, 0, 0], 0), ([0, 1, 0], 2), ([2, 1, 1, 1], 1), ([1, 1, 2, 2], 2)]
)
def test_known_since_is_the_start_of_the_last_run(leaders, since):
    assert known_since(np.eye(3, dtype=np.float32)[leaders]) == since


def test_leading_ends_with_the_winner_and_leaves_out_the_negligible():
    chances = np.array([[0.02, 0.8, 0.12, 0.06, 0.0], [0.6, 0.3, 0.05, 0.05, 0.0]], np.float32)
    assert leading(chances)[-1] == 0
    assert set(leading(chances)) == {0, 1, 2}


def test_a_line_is_named_at_its_end_or_where_it_peaked_before_it_vanished():
    chances = np.array([[0.1, 0.7, 0.1], [0.2, 0.1, 0.6], [0.9, 0.02, 0.06]], np.float32)
    assert named_at(chances) == {2: [0, 2], 0: [1]}


def test_finding_in_words():
    assert finding("cat", [1], 0) == "cat leads after one stroke"
    assert finding("cat", [1, 2, 3], 0) == "cat led from the first stroke to the last"
    assert finding("cat", [1, 3, 5], 1) == "cat led from stroke 3 of 5 on"
    assert finding("cat", [1, 2, 3], 2) == "cat took the lead with the last of 3 strokes"


def test_spread_labels_keep_their_order_and_distance():
    heights = [50.0, 1.0, 1.0, 2.0, 90.0]
    placed = spread(heights)
    order = sorted(placed)
    assert min(b - a for a, b in pairwise(order)) >= 9
    assert np.argsort(placed, kind="stable").tolist() == np.argsort(heights, kind="stable").tolist()
    assert spread([10.0, 80.0]) == [10.0, 80.0]


def sent(name, content):
    return open_file({"name": name, "data": base64.b64encode(content).decode()})


def test_a_file_is_fitted_and_a_pad_file_keeps_its_place():
    answer = sent("x.ndjson", b'{"word": "x", "drawing": [[[0, 51], [0, 51]]]}\n')
    assert answer["sketch"]["strokes"][0]["pts"][0] == pytest.approx([0.08 * 256] * 2, abs=0.01)
    assert sent("x.json", json.dumps(SQUARE).encode())["sketch"]["strokes"][1]["pts"] == [[9, 9]]


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("../../etc/pass<wd>.svg", b"nonsense", "pass_wd_.svg"),
        ("empty.ndjson", b"", "empty.ndjson"),
        ("a.exe", b"MZ", "a.exe"),
        ("x" * 500 + ".svg", b"nonsense", "xxx.svg"),
        ("nul\0l.svg", b"nonsense", "nul_l.svg"),
        ("big.svg", b" " * 3_000_000, "2 MB"),
    ],
)
def test_a_bad_file_is_one_sentence_with_its_name(name, content, wanted):
    answer = sent(name, content)
    assert list(answer) == ["error"]
    assert wanted in answer["error"]
    assert "\n" not in answer["error"]


def test_open_file_refuses_a_damaged_transfer():
    assert "transfer" in open_file({"name": "a.svg", "data": "*"})["error"]
    assert list(open_file({})) == ["error"]


def test_link_and_back():
    token = share(SQUARE)["token"]
    assert token == to_token(from_pad(SQUARE))
    value = restore(SimpleNamespace(query_params={"s": token}))
    assert from_pad(value).equals(from_token(token), tolerance=1e-5)
    assert max(abs(a.points - b.points).max() for a, b in zip(from_pad(value), from_pad(SQUARE), strict=True)) < 1 / 255


def test_damaged_link_is_a_toast_and_no_link_is_nothing():
    with pytest.raises(gr.Error, match="link"):
        restore(SimpleNamespace(query_params={"s": "<b>"}))
    assert restore(SimpleNamespace(query_params={})) == gr.skip()
    assert "error" in share({"strokes": 3})


def test_a_model_that_fails_to_load_leaves_the_old_one(model, monkeypatch):
    toasts = []
    monkeypatch.setattr(gr, "Warning", lambda text, **_: toasts.append(text))
    assert recognise.use_model("<b>", "toy-v2") == (gr.skip(), "toy-v2")
    assert len(toasts) == 1
    assert "<" not in toasts[0]


def test_description_tells_how_far_to_trust_the_model():
    score = Score("macro_top1", 0.921, "python -m sketchlib evaluate", "val", 0, 1200, (0.91, 0.93))
    line = ui_models.describe(card(scores=(score,)))
    assert line.endswith("Its macro top-1 is 92.1% on val, 95% interval 91.0% to 93.0%, n = 1,200.")
