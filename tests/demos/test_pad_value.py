"""The pad's value at the door, and the component that carries it."""

import json

import gradio as gr
import pytest

from demos.pad import Answers, SketchPad, clean
from sketchlib.errors import InputError

GOOD = {"v": 1, "size": 256, "rev": 5, "strokes": [{"id": 2, "pts": [[1, 2, 3, 0.5], [4.5, 6, 7, 1]]}]}


def leaves(value):
    if isinstance(value, dict):
        for key, item in value.items():
            assert isinstance(key, str)
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield value


def test_clean_keeps_a_good_value():
    assert clean(GOOD) == GOOD
    assert clean(clean(GOOD)) == clean(GOOD)


def test_clean_value_is_plain_ascii_numbers_under_known_keys():
    """So that it can be mailed, pasted and logged: whatever else came along is gone."""
    dirty = GOOD | {"html": "<script>", "label": "ü", "strokes": [GOOD["strokes"][0] | {"onclick": "alert(1)"}]}
    value = clean(dirty)
    assert all(isinstance(leaf, int | float) and not isinstance(leaf, bool) for leaf in leaves(value))
    assert json.dumps(value, ensure_ascii=False).isascii()
    assert set(value) == {"v", "size", "rev", "strokes"}
    assert set(value["strokes"][0]) == {"id", "pts"}


@pytest.mark.parametrize("revision", [None, "7", True, 2.5, [1], {}])
def test_an_odd_revision_counts_as_none(revision):
    assert clean(GOOD | {"rev": revision})["rev"] == 0


@pytest.mark.parametrize(
    "payload",
    [
        7,
        [],
        "[",
        {"strokes": None},
        {"strokes": [{"id": 1, "pts": []}]},
        {"strokes": [{"id": 1, "pts": [[1, float("nan")]]}]},
        {"strokes": [{"id": 1, "pts": [[1, float("inf")]]}]},
        {"strokes": [{"id": 1, "pts": [[1, "2"]]}]},
        {"strokes": [{"id": "1", "pts": [[1, 2]]}]},
        {"strokes": [{"id": 1, "pts": [[1, 2]]}, {"id": 1, "pts": [[3, 4]]}]},
        {"strokes": [{"id": n, "pts": [[1, 2]]} for n in range(2001)]},
        {"strokes": [{"id": 1, "pts": [[1, 2]] * 100_001}]},
    ],
)
def test_what_breaks_a_rule_is_refused_in_one_sentence(payload):
    with pytest.raises(InputError) as caught:
        clean(payload)
    assert "\n" not in str(caught.value)
    with pytest.raises(gr.Error):
        SketchPad().preprocess(payload)


def test_one_dot_and_an_empty_pad_are_fine():
    assert clean({"strokes": [{"id": 1, "pts": [[5, 5]]}]})["strokes"] == [{"id": 1, "pts": [[5, 5]]}]
    assert clean(None)["strokes"] == []


def test_templates_hold_nothing_that_gradio_would_run():
    for widget in (SketchPad(), Answers()):
        for template in (widget.html_template, widget.css_template):
            assert not any(mark in template for mark in ("`", "${", "{{"))


def test_quoted_words_of_the_script_are_no_events():
    assert not hasattr(SketchPad(), "heat")
    assert not hasattr(Answers(), "value_")
