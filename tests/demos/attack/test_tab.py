"""The Attack tab without a browser: what it answers, refuses, stops and shows; the game, one deletion at a time."""

import base64
import io
import json

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from demos import attack as tab
from demos.attack import ANY, SURPRISING, answer, drawings, live, models, photos, play
from demos.attack.game import scores, singles
from demos.attack.sights import sight
from demos.ui import first_model
from sketchlib.io import from_pad
from sketchlib.models.inputs import flat, network_inputs
from tests.adversarial.toys import Table, strokes
from tests.attribution.oracle import CLASSES, recogniser
from tests.demos.toys import on_shelf

DRAWN = {
    "v": 1,
    "size": 256,
    "rev": 4,
    "strokes": [
        {"id": 3, "pts": [[40, 50], [190, 160], [90, 220]]},
        {"id": 8, "pts": [[50, 190], [220, 40]]},
        {"id": 9, "pts": [[150, 60], [160, 130], [200, 130]]},
    ],
}
NAME = "toy-v2"


@pytest.fixture(params=["sketchxainet", "sketchcnn"])
def model(request, monkeypatch):
    return on_tab(monkeypatch, recogniser(request.param))


def on_tab(monkeypatch, made):
    monkeypatch.setattr(answer, "choices_here", lambda: [("toy", NAME)])
    monkeypatch.setattr(answer, "UNSURE", 0.0)
    return on_shelf(monkeypatch, made)


def asked(sketch=DRAWN, strategy="greedy", parts="strokes", budget=1.0, target=ANY, ticket=""):
    return json.loads(tab.attack(sketch, NAME, strategy, parts, budget, target, ticket))


def refused(*arguments, **options):
    with pytest.raises(gr.Error) as caught:
        asked(*arguments, **options)
    return caught.value.message


@pytest.mark.parametrize("strategy", tab.STRATEGIES)
def test_every_step_is_what_the_model_says_of_what_is_left(model, strategy):
    found, whole = asked(strategy=strategy), from_pad(DRAWN)
    assert (found["rev"], found["ticket"], found["target"]) == (4, "", None)
    assert found["names"][0] == found["category"]
    for place, step in enumerate(found["steps"]):
        assert (len(step["kept"]), len(step["gone"])) == (3 - place, place)
        left = [stroke for stroke in whole if np.round(stroke.points, 4).tolist() in step["kept"]]
        row = model.probabilities([whole.keep({stroke.id for stroke in left})])[0]
        assert step["chances"] == pytest.approx([row[model.classes.index(name)] for name in found["names"]], abs=1e-3)
    (row,) = found["models"]
    assert row["before"] == [found["category"], pytest.approx(found["steps"][0]["chances"][0], abs=1e-3)]
    assert row["after"][0] == found["steps"][-1]["top"]
    assert row["fooled"] == found["flipped"]
    assert json.loads(found["record"])["note"] == found["note"]


def test_pieces_are_deleted_too(model):
    found = asked(parts="segments", strategy="random", budget=0.2)
    assert found["ink"] <= 0.2 + 1e-9
    assert all(len(step["kept"]) >= 1 for step in found["steps"])


def test_what_the_model_sees_is_its_input(model):
    seen = sight(model, from_pad(DRAWN))
    if model.card.preprocessing.canvas_side is None:
        assert [len(points) for points in seen["strokes"]] == [len(each) for each in model.prepare(from_pad(DRAWN))]
        return
    ink = network_inputs(flat([model.prepare(from_pad(DRAWN))]), model.card.preprocessing)[0, 0].numpy()
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(seen["ink"]))))
    np.testing.assert_allclose(picture, 255 * (1 - ink), atol=0.51)
    assert seen["side"] == len(picture)


def test_the_picture_is_text_without_markup_of_others(model, monkeypatch):
    hostile = "<img src=x onerror=alert(1)>"
    monkeypatch.setattr(model, "classes", (hostile, *CLASSES[1:]))
    found = asked(strategy="exhaustive")
    assert "<img" not in found["svg"]
    assert found["svg"].count("<path") > 6


def test_errors_are_sentences(model, monkeypatch):
    one, same = DRAWN["strokes"][:1], [{**DRAWN["strokes"][0], "id": i} for i in range(3)]
    assert "got an empty one" in refused({**DRAWN, "strokes": []})
    assert "a sketch of one stroke" in refused({**DRAWN, "strokes": one})
    assert "got the same one 3 times" in refused({**DRAWN, "strokes": same})
    seen = asked()["category"]
    assert "another class than the one the model sees already" in refused(target=seen)
    assert "a target is one of" in refused(target="yak")
    many = [{"id": i, "pts": [[i, i], [9, 200 - i]]} for i in range(65)]
    assert "at most 64 strokes, got 65" in refused({**DRAWN, "strokes": many})
    assert "up to 14 strokes, got 20" in refused({**DRAWN, "strokes": many[:20]}, strategy="exhaustive")
    monkeypatch.setattr(answer, "UNSURE", 1.01)
    assert "a sketch that the model recognises" in refused()


def test_a_stopped_attack_asks_nothing_more(model):
    models.tickets.stop({"ticket": "7-7"})
    assert asked(ticket="7-7") == {"ticket": "7-7", "stopped": True}
    assert asked(ticket="7-8")["ticket"] == "7-8"


def test_live_repeats_the_strokes(model):
    found = live({"sketch": DRAWN, "model": NAME})
    assert [each["id"] for each in found["strokes"]] == [3, 8, 9]
    assert found["top"][0][0] == asked()["category"]
    assert live({"sketch": None, "model": NAME}) == {"rev": 0, "top": []}
    assert "error" in live({"sketch": DRAWN, "model": "nobody"})


def test_the_game_tries_every_single_deletion():
    for seed in range(20):
        model, six = Table(6, seed), strokes(6)
        found, rows = singles(model, six), {}
        whole = model.row(six.ids)
        own = int(whole.argmax())
        for id_ in six.ids:
            left = model.row([i for i in six.ids if i != id_])
            rows[id_] = left[own] - max(np.delete(left, own))
        drop = {id_: whole[own] - max(np.delete(whole, own)) - margin for id_, margin in rows.items()}
        best = max(drop.values())
        assert found["best"] == min(rows, key=rows.get)
        for row in found["rows"]:
            wanted = 100 * max(0, drop[row["id"]] / best) if best > 0 else 100 * (row["id"] == found["best"])
            assert row["points"] == pytest.approx(wanted, abs=0.5)


def test_points_where_every_deletion_helps_the_model():
    assert scores(np.array([-2.0, -1.0, -3.0])) == [0, 100, 0]
    assert scores(np.array([-1.0, 2.0, 1.0])) == [0, 100, 50]


def test_the_game_wants_strokes(model):
    assert play({"sketch": DRAWN, "model": NAME})["model"] == model.card.title
    assert (
        "2 to 64 strokes, got 1" in play({"sketch": {**DRAWN, "strokes": DRAWN["strokes"][:1]}, "model": NAME})["error"]
    )


def test_furniture_is_looked_for_among_photos(model, monkeypatch):
    from sketchlib.errors import CheckpointError

    class Shop:
        names, vectors = ("a.jpg", "b.jpg", "c.jpg"), np.eye(3)

        def thumbnail(self, name):
            return b"jpeg of " + name.encode()

    class Network:
        def embed_sketches(self, some, canvas):
            assert canvas == 128
            return np.array([[0.9, 0.1, 0.0] if len(each) == 3 else [0.2, 0.5, 0.4] for each in some])

    found = asked()
    assert found["photos"] is None
    monkeypatch.setattr(photos, "FURNITURE", {found["category"]})
    for name, value in {"shipped": Shop, "retriever": Network, "why_not": lambda: ""}.items():
        monkeypatch.setattr(photos, name, value)
    drop = asked()["photos"]
    assert (drop["photo"], drop["before"], drop["after"], drop["photos"]) == ("a.jpg", 1, 3, 3)
    assert base64.b64decode(drop["picture"]) == b"jpeg of a.jpg"

    def broken():
        raise CheckpointError("a network has weights, got none")

    monkeypatch.setattr(photos, "shipped", broken)
    assert asked()["photos"]["error"] == "a network has weights, got none"


def test_the_first_examples_surprise():
    assert [each["name"] for each in drawings()[: len(SURPRISING)]] == list(SURPRISING)
    if not first_model():
        pytest.skip("needs a shipped model with its weights beside the card in checkpoints/")
    from sketchlib.adversarial import attack
    from sketchlib.models import load

    both = [load("sketchxainet66"), load("sketchcnn66")]
    for each in drawings()[: len(SURPRISING)]:
        sketch = from_pad({"v": 1, "size": 256, "rev": 0, "strokes": each["strokes"]})
        assert 1 in [len(attack(made, sketch).deleted) for made in both], each["name"]


def test_a_model_that_fails_to_load_leaves_the_old_one(model, monkeypatch):
    told = []
    monkeypatch.setattr(gr, "Warning", lambda text, **_: told.append(text))
    assert tab.use_model("<b>", NAME) == (gr.skip(), gr.skip(), gr.skip(), NAME)
    assert len(told) == 1
    assert "<" not in told[0]
