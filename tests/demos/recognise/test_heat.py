"""What a visitor may ask for, and the colours: against the toy's own arithmetic."""

import numpy as np
import pytest
import torch

from demos.recognise.heat import DEFAULT, LABELS, LIVE, MOST_LIVE, SANITY, Choice, live_heat
from demos.ui import COLOURS, RANDOMISED, shelf
from demos.ui.models import with_random_weights
from sketchlib.attribution import METHODS
from sketchlib.errors import InputError
from sketchlib.io import from_pad
from sketchlib.models import Recogniser, build
from sketchlib.viz import colour
from tests.demos.toys import BARS, HOSTILE, SQUARE, Toy, card, on_shelf, tilt

IDS = {11, 12, 13}


@pytest.fixture
def model(monkeypatch):
    return on_shelf(monkeypatch, Toy())


def coloured(sketch=BARS, **wanted):
    return live_heat("toy-v2", from_pad(sketch), sketch["rev"], wanted, "one")


def test_every_method_is_offered_under_the_mode_its_values_belong_to():
    offered = {mode: set(labels) for mode, labels in LABELS.items()}
    assert offered["strokes"] == {name for name, method in METHODS.items() if method.parts == "strokes"}
    assert offered["parts"] == {name for name, method in METHODS.items() if method.parts != "strokes"}
    assert all(method in offered[mode] for mode, method in DEFAULT.items())
    assert set(METHODS) > LIVE >= set(DEFAULT.values())


def test_whole_strokes_get_what_their_absence_costs(model):
    heat = coloured()
    wanted = {one: tilt(BARS, IDS) - tilt(BARS, IDS - {one}) for one in IDS}
    limit = max(1.0, *map(abs, wanted.values()))
    for mark in heat["strokes"]:
        value = wanted[mark["id"]]
        assert float(mark["value"].split()[0].replace("−", "-")) == pytest.approx(value, abs=0.011)
        share = round(value / limit * 24) / 24
        assert (mark["color"], mark["dark"]) == (colour(share), colour(share, "dark"))
        assert mark["pieces"] == []
    assert wanted[11] > 1 > 0 > wanted[12]
    legend = heat["legend"]
    assert legend["question"] == "Which strokes speak for one?"
    assert (legend["low"], legend["high"]) == pytest.approx((wanted[12] / limit, 1.0))
    assert "5 model calls" in legend["about"]
    assert "gap: 0 of" in legend["about"] or "gap: +0.0" in legend["about"] or "gap: −0.0" in legend["about"]


def test_another_class_and_a_contrast_turn_the_colours(model):
    one, two = coloured(), coloured(target="two")
    assert [mark["color"] for mark in two["strokes"]] != [mark["color"] for mark in one["strokes"]]
    both = coloured(target="one", other="two")
    assert both["legend"]["question"] == "Which strokes speak for one and not two?"
    doubled = [float(mark["value"].split()[0].replace("−", "-")) for mark in both["strokes"]]
    single = [float(mark["value"].split()[0].replace("−", "-")) for mark in one["strokes"]]
    assert doubled == pytest.approx([2 * value for value in single], abs=0.03)


def test_parts_are_pieces_of_the_stroke_in_the_pads_unit(model):
    heat = coloured(show="parts")
    left = heat["strokes"][0]
    points = np.concatenate([piece["pts"] for piece in left["pieces"]])
    assert points[:, 0] == pytest.approx(30)
    assert (points[:, 1].min(), points[:, 1].max()) == pytest.approx((20, 236))
    assert "in all" in left["value"]
    assert heat["legend"]["unit"] == "logits per canvas side"


def test_a_slow_method_or_a_large_sketch_is_promised_for_later(model):
    promised = coloured(method="shapley")
    assert promised["pending"]
    assert promised["strokes"] == []
    assert "when the pen rests" in promised["legend"]["note"]
    many = {"rev": 1, "strokes": [{"id": n, "pts": [[n, 0], [n, 90]]} for n in range(MOST_LIVE + 1)]}
    assert coloured(many)["pending"]
    assert not coloured(many, show="off")["pending"]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"target": "unicorn"}, "'unicorn'"),
        ({"target": "one", "other": "one"}, "two different classes"),
        ({"method": "p_sla"}, "'p_sla'"),
        ({"show": HOSTILE}, HOSTILE),
        ({"show": "off"}, "Colours are off."),
    ],
)
def test_trouble_is_a_note_without_colours(model, wanted, said):
    heat = coloured(**wanted)
    assert heat["strokes"] == []
    assert said in heat["legend"]["note"]
    assert "\n" not in heat["legend"]["note"]


def test_one_stroke_has_nothing_to_rank(model):
    one = SQUARE | {"strokes": SQUARE["strokes"][:1]}
    for method in ("leave_one_out", "shapley"):
        heat = coloured(one, method=method)
        assert heat["strokes"] == []
        assert heat["legend"]["note"].startswith("A sketch of one stroke has nothing to rank")


def test_a_network_that_says_nan_is_a_note(model):
    with torch.no_grad():
        model.network.unit.fill_(float("nan"))
    assert "finite number" in coloured()["legend"]["note"]


@pytest.mark.parametrize("payload", [None, 5, "x", [], {}, {"sanity": "yes"}, {"target": None, "other": False}])
def test_what_a_choice_leaves_out_is_the_default(payload):
    assert Choice.read(payload) == Choice()


@pytest.mark.parametrize("payload", [{"method": 3}, {"show": None}, {"show": "parts", "method": "sla"}])
def test_a_choice_that_does_not_exist_is_refused(payload):
    with pytest.raises(InputError, match=r"one of|whole strokes"):
        Choice.read(payload)


def test_the_sanity_switch_shows_an_untrained_twin(monkeypatch):
    network = build("sketchcnn", {"classes": 3, "widths": (4, 4, 4, 4)})
    trained = Recogniser(network, card(builder="sketchcnn", config={"widths": [4, 4, 4, 4]}))
    trained.score_ink = trained.network
    monkeypatch.setattr("demos.ui.models.with_random_weights", quick_twin)
    on_shelf(monkeypatch, trained)
    heat = coloured(sanity=True)
    assert heat["legend"]["warning"] == SANITY
    assert heat["legend"]["badge"] == "untrained network"
    assert "warning" not in coloured()["legend"]
    assert heat["legend"]["low"] != pytest.approx(coloured()["legend"]["low"], rel=1e-3)
    assert coloured(sanity=True)["strokes"] == heat["strokes"]
    assert shelf.get(RANDOMISED + "toy-v2") is not trained


def quick_twin(recogniser):
    twin = with_random_weights(recogniser)
    twin.score_ink = twin.network
    return twin


def test_an_untrained_twin_is_always_the_same_and_draws_from_no_global_source():
    trained = Recogniser(build("sketchcnn", {"classes": 3}), card(builder="sketchcnn"))
    before = torch.get_rng_state()
    one, two = with_random_weights(trained), with_random_weights(trained)
    assert torch.equal(before, torch.get_rng_state())
    pairs = zip(one.network.state_dict().values(), two.network.state_dict().values(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    assert one.classes == trained.classes
    mine, theirs = (next(each.network.parameters()) for each in (trained, one))
    assert not torch.equal(mine, theirs)


def test_explanations_take_a_lane_and_let_guesses_go_first(monkeypatch):
    on_shelf(monkeypatch, Toy())
    taken, lane = [], shelf.lane
    monkeypatch.setattr(shelf, "lane", lambda patience: taken.append(patience) or lane(patience))
    live_heat("toy-v2", from_pad(BARS), 4, {}, "one")
    assert taken == [COLOURS]
