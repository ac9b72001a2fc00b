"""Colours for a photo against drawings with a stroke left out."""

import numpy as np
import pytest

from demos.retrieve.answers import Wish, answer
from demos.retrieve.why import CHOICE, FLOOR, LABELS, MOST_STROKES, PLACES, Question, heat
from sketchlib.attribution import METHODS
from sketchlib.errors import InputError
from sketchlib.io import from_pad
from sketchlib.retrieval.lines import SPAN
from sketchlib.viz import colour
from tests.demos.retrieve.furniture import CHAIR, NAMES

SKETCH = from_pad(CHAIR)


def cosine(network, gallery, sketch, name, frame):
    """Likeness of a sketch that lies in the frame of another."""
    from sketchlib.models.inputs import flat
    from sketchlib.retrieval.lines import drawn_lines

    low, high = frame.bounds()
    scale = SPAN / float((high - low).max())
    placed = sketch.transformed(scale, 0.5 - scale * (low + high) / 2)
    row = network.embed_lines(drawn_lines(flat([placed]), 64))[0]
    return float(row @ gallery.vectors[gallery.index(name)])


def told(mark):
    return float(mark["value"].split()[0].replace("−", "-"))


@pytest.mark.parametrize("other", ["", "aim"])
def test_a_stroke_is_worth_what_its_absence_costs(shop, network, other):
    wish = {"canvas": "64", "aim": NAMES[3]}
    nearest = answer(SKETCH, 5, Wish.read(wish))["top"][0][0]
    assert nearest != NAMES[3]
    found = heat(SKETCH, 5, CHOICE | wish | {"other": other})

    def worth(sketch):
        against = cosine(network, shop, sketch, NAMES[3], SKETCH) if other else 0
        return cosine(network, shop, sketch, nearest, SKETCH) - against

    ids = [3, 7, 9]
    wanted = [worth(SKETCH) - worth(SKETCH.keep(set(ids) - {each})) for each in ids]
    limit = max(FLOOR, *map(abs, wanted))
    assert [mark["id"] for mark in found["strokes"]] == ids
    for mark, value in zip(found["strokes"], wanted, strict=True):
        assert told(mark) == pytest.approx(value, abs=0.1 * abs(value) + 0.005)
        assert mark["value"].endswith(" of likeness")
        assert mark["color"] in {colour(np.clip(round(value / limit * 24 + step) / 24, -1, 1)) for step in (-1, 0, 1)}
    legend = found["legend"]
    words = f"Which strokes speak for {nearest[:-4]}" + (f" and not {NAMES[3][:-4]}?" if other else "?")
    assert legend["question"] == words
    assert "at 64 px" in legend["about"]
    assert "gap:" in legend["about"]


@pytest.mark.parametrize(("show", "method"), [(show, name) for show, names in LABELS.items() for name in names])
def test_every_method_colours_every_stroke(shop, show, method):
    found = heat(SKETCH, 5, CHOICE | {"show": show, "method": method, "canvas": "32"})
    assert [mark["id"] for mark in found["strokes"]] == [3, 7, 9]
    assert all(bool(mark["pieces"]) == (show == "parts") for mark in found["strokes"])
    assert METHODS[method].parts == ("segments" if show == "parts" else "strokes")


def test_parts_lie_where_they_were_drawn(shop):
    found = heat(SKETCH, 5, CHOICE | {"show": "parts", "method": "p_sla", "canvas": "32"})
    for mark, stroke in zip(found["strokes"], CHAIR["strokes"], strict=True):
        ends = [mark["pieces"][0]["pts"][0], mark["pieces"][-1]["pts"][-1]]
        assert np.allclose(ends, [stroke["pts"][0], stroke["pts"][-1]], atol=0.1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"show": "off"}, "Colours are off."),
        ({"show": "pixels"}, "got 'leave_one_out' of 'pixels'"),
        ({"method": "p_sla"}, "got 'p_sla' of 'strokes'"),
        ({"target": "99"}, "got '99'"),
        ({"target": "aim"}, "no target yet"),
        ({"other": "1"}, "two different photos"),
        ({"canvas": "48"}, "a canvas is one of"),
        ({"gallery": "nobody's"}, "choose them again"),
    ],
)
def test_what_cannot_be_coloured_is_a_sentence(shop, change, said):
    found = heat(SKETCH, 5, CHOICE | change)
    assert found["strokes"] == []
    assert said in found["legend"]["note"]


def test_one_stroke_and_very_many_have_no_colours(shop):
    assert "nothing to rank" in heat(SKETCH.prefix(1), 1, CHOICE)["legend"]["note"]
    stroke = [[10, 10], [200, 40]]
    many = from_pad({"strokes": [{"id": place, "pts": stroke} for place in range(MOST_STROKES + 1)]})
    assert f"at most {MOST_STROKES}" in heat(many, 1, CHOICE)["legend"]["note"]


def test_a_place_beyond_the_gallery_is_a_sentence(shop, monkeypatch):
    monkeypatch.setattr("demos.retrieve.why.SHOWN", 4)
    assert "4 photos were found, got number 9" in heat(SKETCH, 5, CHOICE | {"target": "9"})["legend"]["note"]


def test_the_first_choice_is_valid_and_every_place_is_offered():
    assert Question.read(None) == Question("strokes", "leave_one_out", "1", "")
    assert [place for place, _ in PLACES] == ["aim", *map(str, range(1, 11))]
    with pytest.raises(InputError):
        Question.read({"target": "0"})
